"""Load and results: whole months are judged, single persons stay with who may see them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask

from companion.activities.load import LoadLevel, MonthLoad, judged, level_of, share_tenths, strain
from companion.activities.queries.load import official_loads
from companion.activities.queries.results import team_results
from companion.activities.queries.strain import page_of_loads
from companion.activities.terms import ActivityKind, ActivityState
from companion.core.access import Role
from companion.core.db import saved
from companion.teams.models import Team, TeamPause
from tests.kit.makers import (
    account_of,
    make_activity,
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_team,
    make_user,
    make_viewer,
)
from tests.kit.pages import Browser, count_queries

APRIL = dt.date(2025, 4, 1)


@pytest.mark.parametrize(
    ("minutes", "agreed", "is_whole", "level"),
    [
        (1861, 20, True, LoadLevel.OVER),
        (1861, 20, False, LoadLevel.OVER),
        (1860, 20, True, LoadLevel.FITTING),
        (1396, 15, True, LoadLevel.ABOVE_AGREED),
        (1395, 15, True, LoadLevel.FITTING),
        (465, 10, True, LoadLevel.FITTING),
        (464, 10, True, LoadLevel.UNDER),
        (0, 10, True, LoadLevel.UNDER),
        (0, 10, False, LoadLevel.OPEN),
        (900, 10, False, LoadLevel.OPEN),
    ],
)
def test_a_month_is_held_against_the_working_time(
    minutes: int, agreed: int, is_whole: bool, level: LoadLevel
) -> None:
    load = MonthLoad(APRIL, minutes, is_whole)
    assert level_of(load, agreed_percent=agreed) is level


@pytest.mark.parametrize(("minutes", "tenths"), [(0, 0), (930, 100), (1860, 200), (1200, 129)])
def test_shares_are_rounded_with_integers(minutes: int, tenths: int) -> None:
    assert share_tenths(minutes) == tenths


@pytest.mark.parametrize(
    ("minutes", "found"),
    [
        ([], None),
        ([2000], None),
        ([2000, 2000], LoadLevel.OVER),
        ([2000, 2000, 900], None),
        ([900, 2000, 2000], LoadLevel.OVER),
        ([0, 0], LoadLevel.UNDER),
        ([2000, 0], None),
    ],
)
def test_two_months_running_are_a_strain(minutes: list[int], found: LoadLevel | None) -> None:
    assert strain(judged([MonthLoad(APRIL, count) for count in minutes])) is found


def test_a_month_that_cannot_be_judged_is_passed_over() -> None:
    months = [MonthLoad(APRIL, 0), MonthLoad(APRIL, 0), MonthLoad(APRIL, 0, is_whole=False)]
    assert strain(judged(months)) is LoadLevel.UNDER


@pytest.fixture
def team(app: Flask) -> Team:
    make_period()
    return make_team(make_challenge(make_municipality("あさひ見本町")))


def test_minutes_are_counted_by_japans_months(team: Team) -> None:
    make_activity(team, day=dt.date(2025, 6, 30), minutes=2000)
    make_activity(team, day=dt.date(2025, 7, 1), minutes=1900)
    make_activity(team, day=dt.date(2025, 8, 31), minutes=120)
    make_activity(team, day=dt.date(2025, 9, 1), state=ActivityState.PLANNED)
    with saved():
        team.members[2].started_on = dt.date(2025, 7, 15)
    loads = official_loads(team.period, make_viewer(Role.COORDINATOR))
    assert [month.minutes for month in loads[0].months] == [0, 0, 2000, 1900, 120, 0]
    assert [level.value for level in loads[0].levels] == [
        *("under", "under", "over", "over", "under", "open"),
    ]
    assert loads[0].strain is None
    early = MonthLoad(dt.date(2025, 6, 1), 2000, is_whole=False)  # logged before the start
    assert loads[2].months[0] == early
    assert loads[2].months[1].is_whole is False


def test_each_role_sees_what_is_its_own(app: Flask, team: Team) -> None:
    make_activity(team, minutes=1900)
    other = make_team()
    page = Browser(app).sign_in_as(make_user(Role.COORDINATOR)).get("/2025/load")
    rows = page.table("支援官ごとの月別の時間")
    assert len(rows) == 6
    assert rows[0]["8月"] == "31.7 上限超" or rows[0]["8月"] == "31.7上限超"
    mine = Browser(app).sign_in_as(account_of(team.members[0].official)).get("/2025/load")
    assert mine.heading == "わたしの従事時間"
    assert mine.table()[4]["割合"] == "20.4％"
    assert other.members[0].official.name not in mine.text()
    assert team.members[1].official.name not in mine.text()
    for user in (make_user(Role.MUNICIPALITY), make_user(Role.PREFECTURE)):
        assert Browser(app).sign_in_as(user).get("/2025/load").status == 404


@pytest.mark.parametrize(("people", "is_shown"), [(9, False), (10, True)])
def test_a_ministry_gets_counts_of_ten_or_more(app: Flask, people: int, is_shown: bool) -> None:
    make_period()
    made = make_team(officials=[make_official(ministry_code="mic") for _ in range(people)])
    make_activity(made, minutes=600)
    page = Browser(app).sign_in_as(make_user(Role.MINISTRY, ministry_code="mic")).get("/2025/load")
    assert bool(page.tables) is is_shown
    assert made.members[0].official.name not in page.text()
    if is_shown:
        assert page.table()[4] == {
            "月": "2025年8月",
            "支援官（人）": "10",
            "時間": "100.0",
            "20％超（人）": "0",
            "5％未満（人）": "0",
        }


def test_the_load_of_many_takes_as_many_queries_as_of_few(app: Flask, team: Team) -> None:
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    with count_queries() as few:
        browser.get("/2025/load")
    for _ in range(4):
        make_activity(make_team())
    with count_queries() as many:
        browser.get("/2025/load")
    assert len(many) == len(few) <= 12, many


def test_results_are_counted_by_team_and_month(team: Team) -> None:
    make_activity(team, day=dt.date(2025, 5, 31))
    make_activity(team, day=dt.date(2025, 5, 1), kind=ActivityKind.SITE_VISIT, minutes=300)
    last = make_activity(team, day=dt.date(2025, 8, 1), kind=ActivityKind.WORKSHOP)
    make_activity(team, day=dt.date(2025, 8, 9), state=ActivityState.CANCELLED)
    empty = make_team()
    rows = team_results(team.period, make_viewer(Role.COORDINATOR))
    assert [row.team for row in rows] == [team, empty]
    may, august = rows[0].months[dt.date(2025, 5, 1)], rows[0].months[dt.date(2025, 8, 1)]
    assert (may.meetings, may.visits, may.others, may.minutes) == (1, 1, 0, 1170)
    assert (august.meetings, august.visits, august.others, august.minutes) == (0, 0, 1, 270)
    assert rows[0].total.minutes == 1440
    assert (rows[0].last_contact, rows[1].last_contact) == (last.held_start, None)
    prefecture = make_viewer(Role.PREFECTURE, prefecture_code="01")
    assert team_results(team.period, prefecture) == []
    assert team_results(team.period, make_viewer(Role.MINISTRY)) == []


def test_a_month_in_which_the_team_rested_is_not_too_little(team: Team) -> None:
    viewer = make_viewer(Role.COORDINATOR)
    assert official_loads(team.period, viewer)[0].strain is LoadLevel.UNDER
    with saved():
        team.pauses.append(
            TeamPause(
                started_on=dt.date(2025, 5, 20), ended_on=dt.date(2025, 8, 3), reason="水害の復旧"
            )
        )
    load = official_loads(team.period, viewer)[0]
    assert [level.value for level in load.levels] == ["under", *["open"] * 5]
    assert load.strain is None


def test_everybodys_time_is_sorted_narrowed_and_turned_page_by_page(app: Flask) -> None:
    period = make_period()
    boss = make_viewer(Role.COORDINATOR)
    people = [make_official(f"支援 {name}") for name in "うえあい"]
    first, second = make_team(officials=people[:2]), make_team(officials=people[2:])
    for month in (6, 7, 8):
        make_activity(first, day=dt.date(2025, month, 3), minutes=700)
    make_activity(second, day=dt.date(2025, 4, 3), minutes=900)

    def names(page: int = 1, **wanted: Any) -> list[str]:
        shown = page_of_loads(period, boss, page=page, size=3, **({"sort": "team"} | wanted))
        return [load.official.name[-1] for load in shown.rows]

    assert (names(), names(2), names(9)) == (["う", "え", "あ"], ["い"], ["い"])
    assert names(sort="-minutes") == ["う", "え", "あ"]
    assert names(sort="minutes") == ["あ", "い", "う"]
    assert names(level=LoadLevel.UNDER) == ["あ", "い"]
    whole = page_of_loads(period, boss, sort="team", size=9)
    loads = official_loads(period, boss)
    assert [row.minutes for row in whole.rows] == [row.minutes for row in loads]
    for level in (LoadLevel.OVER, LoadLevel.UNDER):
        assert whole.strained.get(level, 0) == sum(row.strain is level for row in loads)
    assert page_of_loads(period, make_viewer(Role.OFFICIAL), sort="team").rows == []
