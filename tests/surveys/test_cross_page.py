"""Cross tables and checks on screen, from the same engine as the workbook."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select

from companion.applications.models import Challenge
from companion.applications.terms import RankClass
from companion.core.access import Role
from companion.core.db import db, saved
from companion.surveys.actions import close_round, open_round, record_answer_sets
from companion.surveys.groups import OTHER, folded, grouped_answers, groups_of
from companion.surveys.models import Invitation, SurveyRound
from companion.surveys.tables import AnswerSet
from tests.kit.makers import make_challenge, make_official, make_period, make_team, make_user
from tests.kit.pages import Browser

TITLE = "全体評価×政策分野（横％、n=12＊）"


@pytest.fixture
def coordinator(app: Flask) -> Browser:
    period = make_period()
    for number in range(12):
        fields = ["tourism"] if number % 2 else ["tourism", "industry"]
        make_team(make_challenge(fields=fields, period=period), [make_official()])
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def closed(survey_id: str, answers: list[dict[str, object]], occasion: str = "") -> SurveyRound:
    period = make_period()
    with saved():
        row = open_round(survey_id, period, by=None, occasion=occasion)
        record_answer_sets(row, answers)
        close_round(survey_id, period, by=None, occasion=occasion)
    return row


def test_named_answers_are_cut_by_their_banners_whole(coordinator: Browser) -> None:
    answers = [{"overall": "54"[i % 2], "cont": "dk"} for i in range(12)]
    row = closed("municipality_eval", answers)
    results = coordinator.get(f"/rounds/{row.public_id}/results")
    assert "最も多いのは「5（良い）」で、約5割（50.0％、6団体）です。" in results.text()
    page = results.follow("クロス集計と検算")
    assert "検算がすべて合っています" in page.text()
    assert "問1 全体評価 × 政策分野" in page.text()
    rows = {line["政策分野"]: line["n"] for line in page.table("全体評価×政策分野（横％、n=12＊）")}
    assert rows["全体"] == "12＊"
    assert rows["①観光"] == "12＊"
    assert rows["②産業振興"] == "6＊", "named answers are the coordinators' own"


def test_confidential_answers_are_cut_only_above_the_threshold(coordinator: Browser) -> None:
    answers = [{"useful": "54321"[i % 5], "kinds": ["tools"]} for i in range(12)]
    row = closed("backoffice_pulse", answers, "6月分")
    page = coordinator.get(f"/rounds/{row.public_id}/cross")
    rows = {
        line["政策分野"]: line["n"]
        for line in page.table(
            "この一か月の後方支援は、活動に役立ちましたか。×政策分野（横％、n=12＊）"
        )
    }
    assert rows["②産業振興"] == "10未満"


def test_the_results_of_a_closed_round_never_change(coordinator: Browser) -> None:
    """A corrected field moves nobody from group to group: the difference would tell an answer."""
    row = closed("municipality_eval", [{"overall": "54"[i % 2], "cont": "dk"} for i in range(12)])
    at = f"/rounds/{row.public_id}/cross"
    before = coordinator.get(at).text()
    for challenge in db.session.scalars(select(Challenge)):
        challenge.fields = challenge.fields[:1]
    db.session.commit()
    assert coordinator.get(at).text() == before
    assert [line["n"] for line in coordinator.get(at).table(TITLE) if "産業" in line["政策分野"]]


def test_officials_are_cut_by_ministry_and_grade(app: Flask) -> None:
    """Ministries of fewer than ten answers stand together; grades stand in three bands."""
    period = make_period()
    for number in range(14):
        official = make_official(
            ministry_code="mic" if number < 10 else ("mof", "moj", "mod", "cao")[number - 10],
            rank_class=RankClass.DEPUTY if number % 2 else RankClass.COUNSELLOR,
        )
        make_team(make_challenge(period=period), [official])
    row = closed("backoffice_pulse", [{"useful": "5", "kinds": []}] * 14, "6月分")
    sets = grouped_answers(row)
    assert Counter(one.banners["ministry_group"][0] for one in sets) == {"other": 14}
    assert Counter(one.banners["grade_band"][0] for one in sets) == {"deputy": 7, "senior": 7}
    assert groups_of("ministry_group", sets) == [OTHER]


@pytest.mark.parametrize(
    ("sizes", "left"),
    [
        ({"a": 30, "b": 9, "c": 2}, {"a": 30, "other": 11}),
        ({"a": 30, "b": 12, "c": 5, "d": 2}, {"a": 30, "other": 19}),  # 7 are too few
        ({"a": 30, "b": 12}, {"a": 30, "b": 12}),
        ({"a": 30, "b": 3}, {"other": 33}),
        ({"a": 3}, {"a": 3}),
    ],
)
def test_small_groups_are_folded_until_they_are_large(
    sizes: dict[str, int], left: dict[str, int]
) -> None:
    sets = [AnswerSet({}, banners={"m": [code]}) for code, n in sizes.items() for _ in range(n)]
    assert Counter(one.banners["m"][0] for one in folded(sets, "m", 10)) == left


def test_anonymous_answers_have_no_groups(coordinator: Browser) -> None:
    row = closed("official_eval", [])
    kept = select(Invitation).where(Invitation.groups.is_not(None))
    assert not list(db.session.scalars(kept))
    page = coordinator.get(f"/rounds/{row.public_id}/cross")
    assert "属性で分けられません" in page.text()
