"""A municipality may let its own team read what it wrote: texts alone, after closing."""

from __future__ import annotations

import pytest
from flask import Flask

from companion.core import audit
from companion.core.access import Role
from companion.core.db import db, saved
from companion.people.models import User
from companion.surveys.actions import close_round
from companion.surveys.models import Invitation
from companion.surveys.terms import Channel
from companion.teams.models import Team
from tests.kit.makers import (
    account_of,
    make_challenge,
    make_municipality,
    make_official,
    make_team,
    make_user,
)
from tests.kit.pages import Browser, Page
from tests.surveys.test_answering import begin, opened, stored, team, town

__all__ = ["team"]
TICK = "shares_texts"
WORDS = "視点が変わった。"


def looked_over(browser: Browser, text: str = WORDS) -> Page:
    """Everything answered, before handing in."""
    return begin(browser).submit("保存して次へ", overall="2", cont="dk", change=text)


def again(browser: Browser) -> Page:
    """The answer once more, before handing in."""
    page = browser.get("/2025/my-surveys").follow("回答を見直す").follow("回答を訂正する")
    return page.submit("保存して次へ")


def closed(team: Team) -> None:
    with saved():
        close_round("municipality_eval", team.period, by=None)


def of_team(team: Team) -> User:
    return account_of(team.members[0].official)


def shown(app: Flask, team: Team, user: User) -> bool:
    page = Browser(app).sign_in_as(user).get(f"/teams/{team.public_id}")
    assert page.status == 200
    is_shown = "市町村からの自由記述" in page.text()
    assert is_shown == (WORDS in page.text())
    return is_shown


def test_nothing_is_shared_unless_it_is_ticked(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    page = looked_over(town(app, team))
    assert TICK not in page.form("提出する").fields
    done = page.submit("提出する")
    assert "見せない" in done.text()
    closed(team)
    assert not shown(app, team, of_team(team))


def test_after_closing_the_own_team_reads_the_words_alone(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    done = looked_over(town(app, team)).submit("提出する", shares_texts="y")
    assert "終了後に見せる" in done.text()
    assert not shown(app, team, of_team(team)), "not before closing"
    closed(team)
    assert shown(app, team, of_team(team))
    page = Browser(app).sign_in_as(of_team(team)).get(f"/teams/{team.public_id}")
    assert "市町村の評価" not in page.text()
    words = page.text("#shared-texts ~ dl.details--answers")
    assert words.endswith(WORDS)
    assert "どのように評価" not in words


@pytest.mark.parametrize(
    "role", [Role.COORDINATOR, Role.MUNICIPALITY, Role.PREFECTURE, Role.MINISTRY, Role.AUDITOR]
)
def test_no_other_role_finds_them_there(app: Flask, team: Team, role: Role) -> None:
    opened("municipality_eval", team.period)
    looked_over(town(app, team)).submit("提出する", shares_texts="y")
    closed(team)
    place = team.challenge.municipality
    given = {
        Role.MUNICIPALITY: {"municipality": place},
        Role.PREFECTURE: {"prefecture_code": place.prefecture_code},
    }.get(role, {})
    user = make_user(role, **given)  # type: ignore[arg-type]
    assert not shown(app, team, user)


def test_another_team_does_not_read_them(app: Flask, team: Team) -> None:
    other = make_team(
        make_challenge(make_municipality()),
        officials=[make_official(ministry_code=c) for c in ("mof", "moj", "mofa")],
    )
    opened("municipality_eval", team.period)
    looked_over(town(app, team)).submit("提出する", shares_texts="y")
    closed(team)
    assert shown(app, team, of_team(team))
    assert not shown(app, team, of_team(other))
    assert not shown(app, other, of_team(other))


def test_it_is_taken_back_while_the_survey_is_open(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    browser = town(app, team)
    looked_over(browser).submit("提出する", shares_texts="y")
    page = again(browser)
    assert page.form("提出する").fields[TICK] == "y", "as it was last said"
    page.submit("提出する", shares_texts=False)
    assert [row.shares_texts for row in stored()] == [False, True]
    closed(team)
    assert not shown(app, team, of_team(team))


def test_it_survives_a_correction_and_what_is_typed_in(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    browser = town(app, team)
    looked_over(browser, "はじめの文章").submit("提出する", shares_texts="y")
    again(browser).submit("提出する")
    boss = Browser(app).sign_in_as(make_user())
    invitation = db.session.get_one(Invitation, stored()[0].invitation_id)
    page = boss.get(f"/invitations/{invitation.public_id}/enter")
    assert "ここでは選べません" in page.text()
    page.submit(
        "この内容で受け付ける",
        channel=Channel.PHONE.value,
        overall="3",
        cont="dk",
        change=WORDS,
        confirmed="y",
    )
    assert [row.shares_texts for row in stored()] == [True, True, True]
    closed(team)
    assert shown(app, team, of_team(team))


def test_the_officials_survey_offers_no_such_tick(app: Flask, team: Team) -> None:
    opened("official_eval", team.period)
    browser = Browser(app).sign_in_as(of_team(team))
    assert "見せてよい" not in begin(browser).text("body")


def test_the_audit_trail_says_what_was_chosen(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    looked_over(town(app, team)).submit("提出する", shares_texts="y")
    line = db.session.query(audit.AuditLine).filter_by(action="survey.submit").one()
    assert line.detail["shares_texts"] is True
