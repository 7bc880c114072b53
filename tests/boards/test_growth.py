"""The pages over all teams ask the database as often for thirty teams as for three."""

from __future__ import annotations

import datetime as dt

from flask import Flask

from companion.activities.terms import ActivityKind, ActivityState
from companion.core.access import Role
from tests.kit.makers import make_activity, make_next_action, make_period, make_team, make_user
from tests.kit.pages import Browser, count_queries

PAGES = (
    "/",
    "/?sort=last",
    "/2025/teams",
    "/2025/teams?sort=-last",
    "/2025/alerts",
    "/2025/alerts?rule=load",
    "/2025/activities/overview",
    "/2025/load",
)


def grow(teams: int) -> None:
    """More teams, each with what the pages count; every third is well, every third was absent."""
    for number in range(teams):
        team = make_team()
        if number % 3:
            held = make_activity(team, day=dt.date(2025, 8, 28), kind=ActivityKind.SITE_VISIT)
            make_next_action(activity=held, due_on=dt.date(2025, 8 if number % 2 else 12, 1))
        make_activity(team, day=dt.date(2025, 9, 10), state=ActivityState.PLANNED)


def test_pages_over_all_teams_take_the_same_queries_for_three_and_thirty(app: Flask) -> None:
    make_period()
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))

    def counted() -> dict[str, int]:
        found = {}
        for path in PAGES:
            with count_queries() as sent:
                assert boss.get(path).status == 200
            found[path] = len(sent)
        return found

    grow(3)
    few = counted()
    grow(27)
    assert counted() == few
