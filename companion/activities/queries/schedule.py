"""Reading what is to come: polls, sessions of the Diet, feeds and what a calendar shows."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from companion.activities.dates import Session
from companion.activities.models import (
    Activity,
    CalendarFeed,
    DietSession,
    Poll,
    PollSlot,
)
from companion.activities.queries import STARTS_AT
from companion.activities.terms import PollState
from companion.applications.models import Challenge, Official
from companion.core import clock
from companion.core.access import Permission, Role, Viewer, roles_held, viewer_of
from companion.core.db import db
from companion.periods.models import Period
from companion.teams.models import Team, TeamMember
from companion.teams.queries import is_own, is_serving_today, own_to, reach

MUNICIPALITY = "municipality"  # how its voice in a poll is called
PAST_DAYS = 400  # how far back a calendar reaches


def diet_sessions(period: Period) -> list[DietSession]:
    """The sessions of the Diet of a period, in order."""
    return list(
        db.session.scalars(
            select(DietSession)
            .where(DietSession.period_id == period.id)
            .order_by(DietSession.first_on)
        )
    )


def sessions_of(period: Period) -> list[Session]:
    """The same, as the rules about dates take them."""
    return [Session(row.name, row.first_on, row.last_on) for row in diet_sessions(period)]


def taken_days(team: Team) -> set[dt.date]:
    """Days on which the team or one of its members has something planned already."""
    people = select(TeamMember.official_id).where(TeamMember.team_id == team.id, is_serving_today())
    teams = select(TeamMember.team_id).where(TeamMember.official_id.in_(people), is_serving_today())
    starts = db.session.scalars(
        select(Activity.planned_start).where(
            Activity.team_id.in_(teams),
            Activity.state == "planned",
            Activity.planned_start >= clock.now(),
        )
    )
    return {clock.to_jst(start).date() for start in starts if start is not None}


def usual_weekday(team: Team) -> int | None:
    """The weekday (Monday 0) of the team's latest contact."""
    last = db.session.scalar(
        select(Activity.held_start)
        .where(Activity.team_id == team.id, Activity.held_start.is_not(None))
        .order_by(Activity.held_start.desc())
        .limit(1)
    )
    return clock.to_jst(last).weekday() if last else None


def _polls() -> Select[Poll]:
    return (
        select(Poll)
        .join(Poll.team)
        .options(
            joinedload(Poll.team).joinedload(Team.challenge).joinedload(Challenge.municipality),
            joinedload(Poll.team).joinedload(Team.period),
            joinedload(Poll.team)
            .selectinload(Team.members)
            .joinedload(TeamMember.official)
            .joinedload(Official.ministry),
            joinedload(Poll.activity),
            selectinload(Poll.slots).selectinload(PollSlot.answers),
        )
    )


def find_poll(public_id: str, viewer: Viewer) -> Poll | None:
    """One poll with its answers, or None when it is out of reach."""
    within = reach(viewer, Permission.ACTIVITY_VIEW)
    return db.session.scalar(_polls().where(Poll.public_id == public_id, within))


def open_polls(teams: Sequence[Team], viewer: Viewer) -> list[Poll]:
    """Polls of these teams that wait for answers or for a decision."""
    if not teams:
        return []
    statement = _polls().where(
        Poll.team_id.in_([team.id for team in teams]),
        Poll.state == PollState.OPEN,
        reach(viewer, Permission.ACTIVITY_VIEW),
    )
    return list(db.session.scalars(statement.order_by(Poll.id)))


def voters(poll: Poll) -> list[tuple[str, str]]:
    """Who is asked: (voice, name), members first, then the municipality."""
    people = [(m.public_id, m.official.name) for m in poll.team.current_members]
    return [*people, (MUNICIPALITY, poll.team.challenge.municipality.name)]


def own_voice(poll: Poll, viewer: Viewer) -> str | None:
    """The voice with which the viewer answers a poll; None when it has none."""
    if viewer.role is Role.MUNICIPALITY:
        return MUNICIPALITY
    if viewer.role is Role.OFFICIAL:
        for member in poll.team.current_members:
            if member.official.email == viewer.email:
                return member.public_id
    return None


def hash_of(secret: str) -> str:
    """How the secret of a feed is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def feeds_of(viewer: Viewer) -> list[CalendarFeed]:
    """The viewer's own feeds that are not revoked, newest first."""
    return list(
        db.session.scalars(
            select(CalendarFeed)
            .where(CalendarFeed.user_id == viewer.user_id, CalendarFeed.revoked_at.is_(None))
            .options(
                joinedload(CalendarFeed.team)
                .joinedload(Team.challenge)
                .joinedload(Challenge.municipality)
            )
            .order_by(CalendarFeed.id.desc())
        )
    )


def feed_of(secret: str) -> tuple[CalendarFeed, Viewer] | None:
    """The feed of a secret with the rights its owner has now.

    None when there is none, when it was revoked, or when the owner lost account, role or team.
    """
    feed = db.session.scalar(
        select(CalendarFeed).where(
            CalendarFeed.secret_hash == hash_of(secret), CalendarFeed.revoked_at.is_(None)
        )
    )
    if feed is None or not feed.user.is_open or feed.role not in roles_held(feed.user):
        return None
    viewer = viewer_of(feed.user, feed.role)
    if not viewer.may(Permission.CALENDAR_FEED):
        return None
    if feed.team is not None and not is_own(feed.team, viewer):
        return None
    return feed, viewer


def calendar_of(viewer: Viewer, team: Team | None = None) -> list[Activity]:
    """What a calendar shows: plans, and what took place within about a year, in order."""
    statement = (
        select(Activity)
        .join(Activity.team)
        .where(own_to(viewer), clock.now() - dt.timedelta(days=PAST_DAYS) <= STARTS_AT)
        .options(
            joinedload(Activity.team).joinedload(Team.challenge).joinedload(Challenge.municipality)
        )
        .order_by(STARTS_AT, Activity.id)
    )
    if team is not None:
        statement = statement.where(Activity.team_id == team.id)
    return list(db.session.scalars(statement))
