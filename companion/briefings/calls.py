"""What calendars are told of a team's seat: kept beside the seats, which are written anew.

A calendar forgets nothing by itself: a seat that moves keeps its name and counts up, and one that
is taken away (or whose programme is withdrawn) is told as cancelled.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from companion.activities.calendars import Entry
from companion.applications.models import Challenge
from companion.briefings.models import BriefingCall
from companion.briefings.queries import plan_of, sessions_of
from companion.core import clock
from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.teams.models import Team
from companion.teams.queries import own_to, reach

PAST_DAYS = 400  # how far back a calendar reaches


def renew_calls(period: Period) -> None:
    """Write down what calendars are to say now; only what has changed counts up."""
    plan = plan_of(period)
    is_shown = plan is not None and plan.published_at is not None
    known = {
        call.team_id: call
        for call in db.session.scalars(
            select(BriefingCall).join(BriefingCall.team).where(Team.period_id == period.id)
        )
    }
    seats = [seat for row in sessions_of(period) for seat in row.seats] if is_shown else []
    for seat in seats:
        session = seat.session
        place = session.place or ("オンライン" if session.online_url else "")
        call = known.pop(seat.team_id, None)
        if call is None:
            call = BriefingCall(team_id=seat.team_id)
            db.session.add(call)
        _tell(call, session.name, seat.starts_at, seat.ends_at, place)
    for call in known.values():
        if not call.is_off:
            call.is_off, call.changed_at = True, clock.now()
    db.session.flush()


def _tell(
    call: BriefingCall, name: str, starts_at: dt.datetime, ends_at: dt.datetime, place: str
) -> None:
    said = {"name": name, "starts_at": starts_at, "ends_at": ends_at, "place": place}
    said["is_off"] = False
    if any(getattr(call, key) != value for key, value in said.items()):
        for key, value in said.items():
            setattr(call, key, value)
        call.changed_at = clock.now()


def entries_of(viewer: Viewer, team: Team | None, link: str) -> list[Entry]:
    """The seats of the viewer's teams (or of one) for a calendar; `link` leads to the programme."""
    statement = (
        select(BriefingCall)
        .join(BriefingCall.team)
        .where(
            own_to(viewer),
            reach(viewer, Permission.BRIEFING_VIEW),
            BriefingCall.starts_at >= clock.now() - dt.timedelta(days=PAST_DAYS),
        )
        .options(
            joinedload(BriefingCall.team)
            .joinedload(Team.challenge)
            .joinedload(Challenge.municipality),
            joinedload(BriefingCall.team).joinedload(Team.period),
        )
        .order_by(BriefingCall.starts_at, BriefingCall.team_id)
    )
    if team is not None:
        statement = statement.where(BriefingCall.team_id == team.id)
    return [
        Entry(
            key=f"briefing-{call.team.public_id}",
            changed_at=call.changed_at,
            sequence=call.version - 1,
            summary=f"伴走 {call.team.challenge.municipality.name} 報告会（{call.name}）",
            start=call.starts_at,
            end=call.ends_at,
            location=call.place,
            is_off=call.is_off,
            link=link.format(year=call.team.period.fiscal_year),
            words="プログラム",
        )
        for call in db.session.scalars(statement)
    ]
