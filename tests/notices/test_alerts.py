"""When a team needs a look: a table of cases, the page, and the weekly digest."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core import clock
from companion.core.access import Role
from companion.core.db import db
from companion.core.mail import Letter
from companion.notices.alerts import DEFAULTS, Rest, Rule, TeamFacts, alerts_of
from companion.notices.jobs import send_digest
from companion.teams.terms import TeamState
from tests.conftest import MOMENT
from tests.kit.makers import make_activity, make_next_action, make_period, make_team, make_user
from tests.kit.pages import Browser, count_queries

TODAY = dt.date(2025, 9, 2)


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


FRESH = {"last_contact": ago(3), "last_visit": ago(3)}
CASES = [
    (TeamFacts(ago(9)), []),
    (TeamFacts(ago(10)), [Rule.KICKOFF]),
    (TeamFacts(ago(10), has_plan=True), []),
    (TeamFacts(ago(60), last_contact=ago(36)), []),
    (TeamFacts(ago(60), last_contact=ago(37)), [Rule.QUIET]),
    (TeamFacts(ago(100), last_contact=ago(60)), [Rule.SILENT]),
    (TeamFacts(ago(200), last_contact=ago(5)), [Rule.NO_VISIT]),
    (TeamFacts(ago(200), last_contact=ago(5), last_visit=ago(119)), []),
    # Rested for 30 of 60 days: 30 days count, which is not quiet yet.
    (TeamFacts(ago(90), last_contact=ago(60), rests=[Rest(ago(50), ago(20))]), []),
    (TeamFacts(ago(200), is_paused=True), []),
    # Thursday 28 August: Friday, Monday, Tuesday are three business days.
    (TeamFacts(ago(60), oldest_unlogged=dt.date(2025, 8, 28), **FRESH), [Rule.UNLOGGED]),
    (TeamFacts(ago(60), oldest_unlogged=dt.date(2025, 8, 29), **FRESH), []),
    (TeamFacts(ago(60), absences={"青山": 3, "石橋": 2}, **FRESH), [Rule.ABSENT]),
    (TeamFacts(ago(60), strained=[("青山", "多い")], **FRESH), [Rule.LOAD]),
    (TeamFacts(ago(60), overdue=[("資料", "チーム", ago(6))], **FRESH), []),
    (TeamFacts(ago(60), overdue=[("資料", "チーム", ago(7))], **FRESH), [Rule.OVERDUE]),
    (TeamFacts(ago(60), overdue=[("資料", "チーム", ago(21))], **FRESH), [Rule.OVERDUE_LONG]),
]


@pytest.mark.parametrize(("facts", "expected"), CASES)
def test_each_rule_speaks_from_its_day_on(facts: TeamFacts, expected: list[Rule]) -> None:
    found = alerts_of(facts, TODAY)
    assert [alert.rule for alert in found] == expected
    assert all(alert.reason and alert.step for alert in found)


def test_a_limit_of_nought_is_off() -> None:
    facts = TeamFacts(ago(200), absences={"青山": 9})
    assert alerts_of(facts, TODAY, dict.fromkeys(DEFAULTS, 0)) == []


def test_the_page_shows_reason_and_next_step(app: Flask) -> None:
    make_period()
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    assert "確認が必要なチームはありません" in boss.get("/2025/alerts").text()
    team = make_team()
    make_next_action(team, "資料を送る", due_on=dt.date(2025, 8, 1))
    make_team(state=TeamState.PAUSED)
    page = boss.get("/2025/alerts")
    (row,) = page.table()
    assert team.challenge.municipality.full_name in row["チーム"]
    assert "「資料を送る」" in row["理由と次にすること"]
    assert "担当と決めてください" in row["理由と次にすること"]


def test_the_conditions_are_set_for_the_period(app: Flask) -> None:
    make_period()
    team = make_team()
    make_activity(team, held_start=MOMENT - dt.timedelta(days=20))
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = boss.get("/2025/alerts/settings")
    bad = page.submit("保存する", quiet="401")
    assert any("0から400まで" in error for error in bad.errors)
    done = page.submit("保存する", quiet="15")
    assert "間が空いている" in done.text()
    stale = page.submit("保存する", quiet="50")
    assert stale.status == 409


def test_the_digest_goes_out_once_a_week_on_the_first_business_day(app: Flask) -> None:
    make_period()
    make_user(Role.COORDINATOR)
    team = make_team()
    make_next_action(team, "資料を送る", due_on=dt.date(2025, 8, 1))

    def letters() -> list[str]:
        return sorted(db.session.scalars(select(Letter.subject)))

    # Monday 15 September is a holiday: Tuesday is the day.
    with clock.held(dt.datetime(2025, 9, 15, 1, tzinfo=dt.UTC)):
        assert send_digest() == 0
    with clock.held(dt.datetime(2025, 9, 16, 1, tzinfo=dt.UTC)):
        assert send_digest() == 2
        assert send_digest() == 0
    with clock.held(dt.datetime(2025, 9, 19, 1, tzinfo=dt.UTC)):
        assert send_digest() == 0
    town = team.challenge.municipality.full_name
    assert letters() == ["【今週の確認】令和7年度 1チーム", f"【確認のお願い】{town}のチーム"]
    with clock.held(dt.datetime(2025, 9, 22, 1, tzinfo=dt.UTC)):
        assert send_digest() == 2


def test_the_page_takes_the_same_queries_for_few_and_many(app: Flask) -> None:
    make_period()
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    make_next_action(make_team(), due_on=dt.date(2025, 8, 1))
    with count_queries() as few:
        boss.get("/2025/alerts")
    for _ in range(5):
        make_next_action(make_team(), due_on=dt.date(2025, 8, 1))
    with count_queries() as many:
        boss.get("/2025/alerts")
    assert len(many) == len(few)
