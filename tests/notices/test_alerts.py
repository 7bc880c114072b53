"""When a team needs a look: a table of cases, the page, and the weekly digest."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.activities.terms import ActivityKind, AttendanceStatus
from companion.core import clock
from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.mail import Letter
from companion.inquiries.actions import Question, ask_secretariat
from companion.inquiries.terms import InquiryKind
from companion.notices.alerts import DEFAULTS, Overdue, Rest, Rule, TeamFacts, alerts_of
from companion.notices.jobs import send_digest
from companion.notices.queries import page_of_alerts, team_alerts
from companion.notices.queries.teamfacts import COSTLY
from companion.periods.queries import find_period
from companion.teams.narrowing import Narrowing
from companion.teams.terms import TeamState
from tests.conftest import MOMENT
from tests.kit.makers import (
    make_activity,
    make_challenge,
    make_municipality,
    make_next_action,
    make_official,
    make_period,
    make_team,
    make_user,
    viewer_as,
)
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
    (TeamFacts(ago(60), overdue=[Overdue("資料", "チーム", ago(6))], **FRESH), []),
    (TeamFacts(ago(60), overdue=[Overdue("資料", "チーム", ago(7))], **FRESH), [Rule.OVERDUE]),
    (TeamFacts(ago(60), overdue=[Overdue("資料", "チーム", ago(20))], **FRESH), [Rule.OVERDUE]),
    (
        TeamFacts(ago(60), overdue=[Overdue("資料", "チーム", ago(21))], **FRESH),
        [Rule.OVERDUE_LONG],
    ),
    (TeamFacts(ago(60), unused=[("青山さん", ago(6))], **FRESH), []),
    (TeamFacts(ago(60), unused=[("青山さん", ago(7))], **FRESH), [Rule.UNUSED]),
    (TeamFacts(ago(60), unused=[("青山さん", ago(14))], **FRESH), [Rule.UNUSED_LONG]),
    (TeamFacts(ago(90), kicked_off_on=ago(59), **FRESH), []),
    (TeamFacts(ago(90), kicked_off_on=ago(60), **FRESH), [Rule.NO_INQUIRY]),
    (TeamFacts(ago(90), kicked_off_on=ago(80), has_asked=True, **FRESH), []),
    # Rested for 20 of the 70 days since the kick-off.
    (TeamFacts(ago(90), kicked_off_on=ago(70), rests=[Rest(ago(40), ago(20))], **FRESH), []),
    (TeamFacts(ago(90), is_paused=True, unused=[("青山さん", ago(30))]), []),
]


@pytest.mark.parametrize(("facts", "expected"), CASES)
def test_each_rule_speaks_from_its_day_on(facts: TeamFacts, expected: list[Rule]) -> None:
    found = alerts_of(facts, TODAY)
    assert [alert.rule for alert in found] == expected
    assert all(alert.reason and alert.step for alert in found)


HALVES = [
    # Started in April; the half-year ends on 30 September.
    (dt.date(2025, 4, 1), None, dt.date(2025, 9, 20), [Rule.NO_VISIT]),
    (dt.date(2025, 6, 1), None, dt.date(2025, 9, 8), []),  # 22 days are left
    (dt.date(2025, 6, 1), None, dt.date(2025, 9, 9), [Rule.NO_VISIT_HALF]),
    (dt.date(2025, 6, 1), None, dt.date(2025, 9, 30), [Rule.NO_VISIT]),  # 121 days by then
    (dt.date(2025, 4, 1), dt.date(2025, 7, 1), dt.date(2025, 9, 20), []),
    (dt.date(2025, 4, 1), dt.date(2025, 12, 1), dt.date(2026, 3, 20), []),
    (dt.date(2025, 8, 1), None, dt.date(2025, 9, 20), []),  # too new to be asked
    (dt.date(2026, 1, 5), None, dt.date(2026, 3, 20), [Rule.NO_VISIT_HALF]),
]


@pytest.mark.parametrize(("started", "visited", "today", "expected"), HALVES)
def test_a_visit_is_asked_for_in_every_half_year(
    started: dt.date, visited: dt.date | None, today: dt.date, expected: list[Rule]
) -> None:
    facts = TeamFacts(started, last_contact=today, last_visit=visited)
    rules = [alert.rule for alert in alerts_of(facts, today)]
    assert rules == expected


def test_a_limit_of_nought_is_off() -> None:
    facts = TeamFacts(ago(200), absences={"青山": 9}, unused=[("青山さん", ago(30))])
    assert alerts_of(facts, TODAY, dict.fromkeys(DEFAULTS, 0)) == []


def test_a_rule_that_is_off_does_not_silence_another() -> None:
    limits = DEFAULTS | {Rule.KICKOFF: 0}
    found = alerts_of(TeamFacts(ago(40)), TODAY, limits)
    assert [alert.rule for alert in found] == [Rule.QUIET]


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
    other = make_team()
    make_next_action(other, "地図を送る", due_on=dt.date(2025, 8, 1))
    assert len(boss.get("/2025/alerts?page=9").table()) == 2
    only = boss.get(f"/2025/alerts?team={other.public_id}")
    assert len(only.table()) == 1
    assert len(only.follow("すべてのチーム").table()) == 2


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
    often = boss.get("/2025/alerts/settings").submit("保存する", repeat_days="0")
    assert any("1から90まで" in error for error in often.errors)


def test_accounts_that_nobody_uses_and_help_nobody_asks_for_are_told(app: Flask) -> None:
    make_period()
    team = make_team()
    make_activity(team, day=dt.date(2025, 5, 20))
    make_activity(team, day=dt.date(2025, 8, 28), kind=ActivityKind.SITE_VISIT)
    with clock.held(MOMENT - dt.timedelta(days=8)):
        never = make_user(Role.OFFICIAL, official=team.members[0].official)
        used = make_user(Role.OFFICIAL, official=team.members[1].official)
        make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality, active=False)
    Browser(app).sign_in_as(used)
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    (row,) = boss.get("/2025/alerts").table()
    said = row["理由と次にすること"]
    assert f"{never.name}さんのアカウントが、招待から8日たっても" in said
    assert f"{used.name}さんのアカウント" not in said
    assert "後方支援をまだ利用していません" in said
    assert "好事例・専門家・企業の紹介" in said
    with saved():
        ask_secretariat(team, Question(InquiryKind.SCHEME, "例", "例"), by=viewer_as(used))
    (row,) = boss.get("/2025/alerts").table()
    assert "後方支援" not in row["理由と次にすること"]


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
    # The same is not told again for a fortnight; what is new is.
    with clock.held(dt.datetime(2025, 9, 22, 1, tzinfo=dt.UTC)):
        assert send_digest() == 0
    make_next_action(team, "地図を送る", due_on=dt.date(2025, 9, 1))
    with clock.held(dt.datetime(2025, 9, 29, 1, tzinfo=dt.UTC)):
        assert send_digest() == 1  # actions have letters of their own to who owes them
    assert "地図を送る" in newest_digest()
    assert "資料を送る" not in newest_digest()
    with clock.held(dt.datetime(2025, 10, 6, 1, tzinfo=dt.UTC)):
        assert send_digest() == 2
    assert "地図を送る" not in newest_digest()
    assert "資料を送る" in newest_digest()


def newest_digest() -> str:
    digests = select(Letter.body).where(Letter.subject.startswith("【今週の確認】"))
    return db.session.scalars(digests.order_by(Letter.id)).all()[-1]


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


def test_pages_say_the_same_as_the_whole_list_and_cost_the_same(app: Flask) -> None:
    """What takes long is read only where it decides: no team and no alert is lost by that."""
    make_period()
    for number in range(1, 10):
        team = make_team(size=2)
        with saved():  # too new for anything but what follows
            for member in team.members:
                member.started_on = dt.date(2025, 7, 20)
        for back in range(3):
            day = dt.date(2025, 9, 1) - dt.timedelta(days=7 * back)
            visit = make_activity(team, day=day, kind=ActivityKind.SITE_VISIT)
            if number % 3 == 0:
                with saved():
                    visit.attendances[0].status = AttendanceStatus.ABSENT
        if number in (2, 3, 7, 9):
            late = dt.date(2025, 8, 25 if number == 2 else 1)
            make_next_action(team, "資料を送る", due_on=late)
    period = find_period(2025)
    whole = [(row.team.number, [a.rule for a in row.alerts]) for row in team_alerts(period)]
    assert [number for number, _ in whole] == [3, 7, 9, 2, 6]
    assert (6, [Rule.ABSENT]) in whole
    counts = set()
    for size in (1, 2, 3):
        found = []
        for page in range(1, -(-len(whole) // size) + 1):
            with count_queries() as sent:
                rows, count = page_of_alerts(period, Narrowing(), page=page, size=size)
            assert count == len(whole)
            found += [(row.team.number, [a.rule for a in row.alerts]) for row in rows]
            counts.add(len(sent))
        assert found == whole
        last, _ = page_of_alerts(period, Narrowing(), page=99, size=size)
        assert [row.team.number for row in last] == [row[0] for row in whole[-len(last) :]]
    assert max(counts) <= 20
    for rule in Rule:
        rows, count = page_of_alerts(period, Narrowing(), rule=rule)
        said = sorted(number for number, rules in whole if rule in rules)
        assert [row.team.number for row in rows] == said
    assert not any(rule.is_urgent for rule in COSTLY)


def test_the_page_is_narrowed_and_costs_the_same_for_many_teams(app: Flask) -> None:
    make_period()
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    counts = []
    for number in range(1, 5):
        town = make_municipality(f"第{number}見本町", prefecture_code=f"0{number}")
        official = make_official(ministry_code=("mic", "env")[number % 2])
        team = make_team(make_challenge(town), [official, make_official(ministry_code="meti")])
        make_next_action(team, "資料を送る", due_on=dt.date(2025, 8, 1))
        if number > 2:
            make_activity(team, day=dt.date(2025, 9, 1), kind=ActivityKind.SITE_VISIT)
        with count_queries() as statements:
            boss.get("/2025/alerts")
        counts.append(len(statements))
    assert counts[0] == counts[-1] <= 30

    def towns(**query: str) -> list[str]:
        tables = boss.get("/2025/alerts", query).tables
        return [row["チーム"][-5:] for rows in tables.values() for row in rows]

    assert len(towns()) == 4
    assert towns(prefecture="02") == ["第2見本町"]
    assert towns(ministry="env", rule="overdue_long") == ["第1見本町", "第3見本町"]
    assert len(towns(rule="kickoff")) == 2
    assert towns(prefecture="47", field="nothing") == []
    assert len(towns(rule="nothing")) == 4
