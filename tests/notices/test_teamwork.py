"""Letters within a team: dates, objections, next actions, the programme of the 報告会."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.activities.actions.reviewing import confirm_activity, object_to_activity
from companion.activities.actions.scheduling import ask_for_date, decide_poll
from companion.activities.terms import ActionState, ActivityKind, OwnerKind
from companion.activities.written import Plan
from companion.briefings.actions import SessionWords, make_sessions, propose, publish_programme
from companion.core import clock
from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.mail import Letter
from companion.notices.jobs import send_action_letters
from companion.teams.models import Team
from companion.teams.terms import TeamState
from tests.conftest import MOMENT
from tests.kit.makers import (
    account_of,
    make_activity,
    make_next_action,
    make_period,
    make_team,
    make_user,
    viewer_as,
)
from tests.kit.pages import Browser


@pytest.fixture
def team(app: Flask) -> Team:
    make_period()
    return make_team()


def told(prefix: str) -> dict[str, str]:
    """Recipient -> subject of the letters with such a key."""
    db.session.expire_all()
    rows = select(Letter).where(Letter.key.startswith(prefix)).order_by(Letter.id)
    return {letter.recipient: letter.subject for letter in db.session.scalars(rows)}


def everybody(team: Team) -> set[str]:
    return {m.official.email for m in team.members} | {team.challenge.contact_email}


def test_a_poll_is_told_to_all_but_who_asks(team: Team) -> None:
    asker = viewer_as(account_of(team.members[0].official))
    start = MOMENT + dt.timedelta(days=7)
    plan = Plan(ActivityKind.ONLINE_MEETING, start, start + dt.timedelta(hours=1))
    with saved():
        poll = ask_for_date(team, plan, [start, start + dt.timedelta(days=1)], by=asker)
    assert set(told("poll/")) == everybody(team) - {asker.email}
    other = viewer_as(account_of(team.members[1].official))
    with saved():
        decide_poll(poll, poll.slots[1].id, by=other)
    decided = told(f"poll/{poll.public_id}/decided")
    assert set(decided) == everybody(team) - {other.email}
    assert set(decided.values()) == {"【日程の決定】オンライン会議"}


def test_an_objection_goes_to_the_team_and_its_correction_back(app: Flask, team: Team) -> None:
    author = account_of(team.members[0].official)
    activity = make_activity(team, author=author)
    town = make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)
    with saved():
        object_to_activity(activity, "時刻が違います", by=viewer_as(town))
    assert set(told("log/")) == {m.official.email for m in team.members}
    body = db.session.scalars(select(Letter.body)).first()
    assert "時刻が違います" not in (body or ""), "what people write stays on the page"
    page = Browser(app).sign_in_as(author).get(f"/activities/{activity.public_id}/log")
    page.submit("記録する", title="時刻を直した")
    assert set(told(f"log/{activity.public_id}/correction")) == {team.challenge.contact_email}
    with saved():
        confirm_activity(activity, by=viewer_as(town))
    assert len(told("log/")) == 4


DUE = dt.date(2025, 9, 10)
# Day -> who has been told until then; the 13th to 15th are no business days.
TOLD = [
    ("2025-09-05", []),
    ("2025-09-08", ["due"]),
    ("2025-09-16", ["due"]),
    ("2025-09-17", ["due", "overdue"]),
    ("2025-09-30", ["due", "overdue"]),
    ("2025-10-01", ["due", "leader", "overdue"]),
]


def steps() -> list[str]:
    keys = db.session.scalars(select(Letter.key).where(Letter.key.startswith("action/")))
    return sorted(key.rpartition("/")[2] for key in keys)


def on(day: str) -> dt.datetime:
    return clock.at_jst(dt.date.fromisoformat(day), dt.time(9, 30))


def test_the_owner_is_told_before_and_a_week_after_the_leader_after_three(team: Team) -> None:
    action = make_next_action(team, due_on=DUE, owner_kind=OwnerKind.MUNICIPALITY)
    for day, expected in TOLD:
        with clock.held(on(day)):
            send_action_letters()
            assert send_action_letters() == 0
            assert (day, steps()) == (day, expected)
    owner = told(f"action/{action.public_id}/{DUE}/overdue")
    assert set(owner) == {team.challenge.contact_email}
    leader = told(f"action/{action.public_id}/{DUE}/leader")
    assert set(leader) == {team.members[0].official.email}


def test_nothing_on_holidays_nor_for_teams_that_rest_nor_for_what_is_done(team: Team) -> None:
    action = make_next_action(team, due_on=DUE)
    with clock.held(on("2025-09-23")):  # 秋分の日
        assert send_action_letters() == 0
    with saved():
        team.state = TeamState.PAUSED
    with clock.held(on("2025-09-24")):
        assert send_action_letters() == 0
    with saved():
        team.state, action.state = TeamState.ACTIVE, ActionState.DONE
    with clock.held(on("2025-09-24")):
        assert send_action_letters() == 0


def test_each_team_learns_when_it_speaks(team: Team) -> None:
    period = make_period()
    words = SessionWords(starts_at=on("2025-09-17"), team_minutes=15, size=10)
    with saved():
        make_sessions(period, 1, words, by=None)
        propose(period, keeps_fixed=False, by=None)
        publish_programme(period, by=None)
    assert set(told("briefing/")) == everybody(team)
    with saved():
        publish_programme(period, by=None)
    assert len(told("briefing/")) == 4
