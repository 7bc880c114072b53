"""Forming teams and making them known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from companion.applications.terms import ChallengeState, OfficialState
from companion.core import events
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.teams.actions import TeamPlan, announce_teams, form_teams
from companion.teams.models import Team, TeamMember
from companion.teams.terms import MemberRole, TeamsAnnounced, TeamState
from tests.kit.makers import make_challenge, make_municipality, make_official, make_period

pytestmark = pytest.mark.usefixtures("app")


def plan_for(code: str, officials: int = 3) -> TeamPlan:
    town = make_municipality(prefecture_code=code)
    chosen = [make_official() for _ in range(officials)]
    return TeamPlan(
        challenge=make_challenge(town),
        officials=chosen,
        score=8123,
        parts={"coverage": 4500},
        reasons=["観光の経験者が2人います。"],
        member_reasons={chosen[0].email: ["希望の県です。"]},
    )


def test_teams_are_numbered_by_municipality_code_and_the_leader_comes_first() -> None:
    plans = [plan_for("40"), plan_for("01"), plan_for("20")]
    with saved():
        teams = form_teams(make_period(), plans, by=None)
    assert [(t.number, t.challenge.municipality.prefecture_code) for t in teams] == [
        (1, "01"),
        (2, "20"),
        (3, "40"),
    ]
    assert [m.role for m in teams[0].members] == [
        MemberRole.LEADER,
        MemberRole.MEMBER,
        MemberRole.MEMBER,
    ]
    assert teams[0].score == 8123
    assert [m.reasons for m in teams[0].members] == [["希望の県です。"], [], []]
    assert {t.state for t in teams} == {TeamState.PROPOSED}
    assert teams[0].members[0].started_on is None


def test_a_second_proposal_replaces_the_first() -> None:
    plans = [plan_for("01"), plan_for("20")]
    with saved():
        form_teams(make_period(), plans, by=None)
    with saved():
        form_teams(make_period(), plans[1:], by=None)
    teams = list(db.session.scalars(select(Team)))
    assert [(t.number, t.challenge.municipality.prefecture_code) for t in teams] == [(1, "20")]
    assert len(list(db.session.scalars(select(TeamMember)))) == 3


def test_teams_once_announced_are_not_formed_again() -> None:
    plans = [plan_for("01")]
    with saved():
        form_teams(make_period(), plans, by=None)
        announce_teams(make_period(), by=None)
    with pytest.raises(Refused, match="既に確定または公表"):
        form_teams(make_period(), plans, by=None)


def test_what_cannot_be_a_team_is_refused() -> None:
    period = make_period()
    one, two = plan_for("01"), plan_for("20")
    other = make_official(period=make_period(2026))
    for plans, message in [
        ([], "チームがありません"),
        ([TeamPlan(one.challenge, [])], "支援官がいません"),
        ([one, TeamPlan(one.challenge, two.officials)], "二つのチーム"),
        ([one, TeamPlan(two.challenge, one.officials)], "二つの席"),
        ([TeamPlan(one.challenge, [other])], "以外の応募"),
    ]:
        with pytest.raises(Refused, match=message):
            form_teams(period, plans, by=None)


@pytest.fixture
def heard() -> Iterator[list[TeamsAnnounced]]:
    told: list[TeamsAnnounced] = []
    events.on(TeamsAnnounced)(told.append)
    yield told
    events._listeners[TeamsAnnounced].remove(told.append)


def test_the_announcement_gives_everybody_a_result(heard: list[TeamsAnnounced]) -> None:
    plan = plan_for("01")
    left = make_challenge(make_municipality(prefecture_code="02"), state=ChallengeState.ELIGIBLE)
    gone = make_challenge(make_municipality(prefecture_code="03"), state=ChallengeState.WITHDRAWN)
    spare = make_official(state=OfficialState.CONSENTED)
    out = make_official(state=OfficialState.INELIGIBLE)
    with saved():
        form_teams(make_period(), [plan], by=None)
        (team,) = announce_teams(make_period(), by=None)
    assert team.state is TeamState.ACTIVE
    assert team.announced_at is not None
    assert {m.started_on for m in team.members} == {dt.date(2025, 9, 2)}
    assert plan.challenge.state is ChallengeState.SELECTED
    assert {o.state for o in plan.officials} == {OfficialState.ASSIGNED}
    assert left.state is ChallengeState.NOT_SELECTED
    assert gone.state is ChallengeState.WITHDRAWN
    assert spare.state is OfficialState.NOT_ASSIGNED
    assert out.state is OfficialState.INELIGIBLE
    assert heard == [TeamsAnnounced(team.period_id, (team.id,))]
    acts = list(db.session.scalars(select(AuditLine.action).order_by(AuditLine.id)))
    assert acts == ["team.form", "team.announce"]


def test_nothing_to_announce_is_said() -> None:
    with pytest.raises(Refused, match="公表を待っているチームがありません"):
        announce_teams(make_period(), by=None)
