"""What cannot be matched: a sentence that names the rule, and the earlier draft stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, select

from companion.applications.models import Challenge, ChallengeField, Official, OfficialPlace
from companion.applications.terms import PlaceRelation
from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.jobs import run_next
from companion.matching.actions import begin_draft, record_run
from companion.matching.models import MatchDraft
from companion.matching.queries import sketch_of
from companion.matching.queries.freezing import freeze
from companion.matching.solve import solve
from tests.kit.makers import (
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_user,
)
from tests.kit.pages import Browser, Page

MINISTRIES = ("mic", "maff", "meti")


@pytest.fixture
def draft(app: Flask) -> MatchDraft:
    """A draft of two teams in 長野県 and 島根県 from nine officials of three ministries."""
    period = make_period(team_count=2)
    for prefecture in ("20", "32"):
        make_challenge(make_municipality(prefecture_code=prefecture))
    for index in range(9):
        make_official(ministry_code=MINISTRIES[index % 3])
    with saved():
        frozen = freeze(period, team_count=2)
        run = record_run(period, frozen, solve(frozen.problem, time_limit=20), by=None)
        return begin_draft(run, "先の案", by=None)


def officials() -> list[Official]:
    return list(db.session.scalars(select(Official).order_by(Official.id)))


def nobody_leads() -> None:
    for row in officials():
        row.can_lead = False


def one_ministry_has_nearly_all() -> None:
    for row in officials()[:7]:
        row.ministry_code = "mic"
    officials()[7].ministry_code = "maff"
    officials()[8].ministry_code = "meti"


def all_exclude_nagano() -> None:
    for row in officials():
        row.places.append(
            OfficialPlace(relation=PlaceRelation.EXCLUDED, prefecture_code="20", position=0)
        )


def no_challenge() -> None:
    db.session.execute(delete(ChallengeField))
    db.session.execute(delete(Challenge))


def one_challenge() -> None:
    last = db.session.scalars(select(Challenge).order_by(Challenge.id.desc())).first()
    db.session.delete(last)


def teams_of_four() -> None:
    make_period(team_size=4)


def nobody_consents() -> None:
    for row in officials():
        row.has_consent = False


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (nobody_leads, "リーダーを務められる応募者が0席分で、2チームに足りません"),
        (one_ministry_has_nearly_all, "同じ府省庁からは1チームに1人のため"),
        (all_exclude_nagano, "本人が対応困難とした地域には置かない（該当する応募者は9人）"),
        (one_challenge, "市町村が足りません（対象は1団体）"),
        (
            teams_of_four,
            "1チーム4人を異なる府省庁から選ぶには府省庁が足りません（応募者の府省庁は3）",
        ),
        (nobody_consents, "上司の同意がある応募者は0席分です"),
    ],
)
def test_a_run_that_cannot_be_names_the_rule_and_leaves_the_draft(
    app: Flask, draft: MatchDraft, spoil: Callable[[], None], said: str
) -> None:
    teams = sketch_of(draft).teams
    with saved():
        spoil()
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    waiting = start(browser)
    assert run_next()
    page = browser.get(waiting.path)
    assert page.status == 200
    assert page.facts["状態"].startswith("条件を満たす編成なし")
    assert any(said in reason for reason in page.texts(".card li")), page.texts(".card li")
    earlier = browser.get(f"/drafts/{draft.public_id}")
    assert len(earlier.table("2チーム")) == 2
    assert "応募の内容が変わっています" in earlier.text() or spoil is teams_of_four
    db.session.expire_all()
    assert sketch_of(db.session.get_one(MatchDraft, draft.id)).teams == teams


def start(browser: Browser) -> Page:
    page = browser.get("/2025/matching")
    return page.submit("実行する", team_count="2", time_limit="5", seed="0")


def test_without_any_challenge_the_page_says_what_to_do_first(
    app: Flask, draft: MatchDraft
) -> None:
    with saved():
        no_challenge()
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    assert "先に「取込」から" in browser.get("/2025/matching").text()
    assert browser.get(f"/drafts/{draft.public_id}").status == 200


def test_pins_that_clash_only_together_are_named(app: Flask, draft: MatchDraft) -> None:
    key = next(iter(sketch_of(draft).teams))
    same = [row for row in officials() if row.ministry_code == "mic"][:2]
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    browser.get(f"/drafts/{draft.public_id}")
    for step, row in enumerate(same):
        browser.post(
            f"/drafts/{draft.public_id}/decide",
            {
                "kind": "pin",
                "challenge": key,
                "person": row.public_id,
                "reason": "要望",
                "step": str(step),
            },
        )
    page = browser.get(f"/drafts/{draft.public_id}").submit("解き直す", closeness="fewest")
    assert run_next()
    result = browser.get(page.path)
    assert result.facts["状態"].startswith("条件を満たす編成なし")
    reasons = "".join(result.texts(".card li"))
    assert all(row.name in reasons for row in same)
    assert "同じ府省庁" in reasons


@pytest.mark.parametrize("name", ["あ" * 61, ""])
def test_a_name_that_cannot_be_is_told(app: Flask, draft: MatchDraft, name: str) -> None:
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = browser.get(f"/drafts/{draft.public_id}").submit("写しを作る", name=name)
    assert page.heading == "下書き「先の案」"
    assert "下書きの名前" in page.notices[0] or "名前を入力" in page.notices[0]
