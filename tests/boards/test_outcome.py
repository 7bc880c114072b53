"""What was done, what the indicators say and how it was rated stand beside each other."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from companion.activities.terms import ActivityKind
from companion.core.access import Role
from companion.core.db import saved
from companion.people.models import User
from companion.surveys.actions import close_round, open_round, record_answer_sets
from companion.teams.models import Team
from tests.kit.makers import (
    account_of,
    make_activity,
    make_challenge,
    make_municipality,
    make_period,
    make_team,
    make_user,
)
from tests.kit.pages import Browser


@pytest.fixture
def team(app: Flask) -> Team:
    """A team that met twice and visited once; its municipality rated it with four of five."""
    period = make_period()
    team = make_team(make_challenge(make_municipality("旭見本町", prefecture_code="20")))
    for day in (1, 8):
        make_activity(team, day=dt.date(2025, 8, day))
    make_activity(team, day=dt.date(2025, 7, 1), kind=ActivityKind.SITE_VISIT)
    with saved():
        survey = open_round("municipality_eval", period, by=None)
        record_answer_sets(survey, [{"overall": "4", "cont": "dk"}])
    return team


def closed(team: Team) -> None:
    with saved():
        close_round("municipality_eval", team.period, by=None)


def shown(app: Flask, team: Team, user: User) -> str:
    page = Browser(app).sign_in_as(user).get(f"/teams/{team.public_id}")
    assert page.facts["オンライン会議"] == "2回"
    assert page.facts["現地訪問"] == "1回"
    assert "因果関係を示すものではありません" in page.text() or "決めておくと" in page.text()
    return page.facts.get("市町村の評価", "")


def test_the_rating_stands_beside_activity_once_the_survey_is_closed(
    app: Flask, team: Team
) -> None:
    """Those who read named answers see it, and who gave it; officials never do."""
    boss, town = (
        make_user(Role.COORDINATOR),
        make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality),
    )
    others = [
        account_of(team.members[0].official),
        make_user(Role.PREFECTURE, prefecture_code="20"),
        make_user(Role.AUDITOR),
    ]
    for user in (boss, town, *others):
        assert shown(app, team, user) == ""
    closed(team)
    for user in (boss, town):
        assert shown(app, team, user).startswith("4")
    for user in others:
        assert shown(app, team, user) == ""
