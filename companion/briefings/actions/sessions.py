"""Sessions of briefings: when, where, for how many teams."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from companion.activities.dates import is_business_day
from companion.briefings.actions.publishing import plan_for
from companion.briefings.calls import renew_calls
from companion.briefings.models import (
    BriefingSession,
)
from companion.briefings.queries import (
    parties,
    seats_of,
    sessions_of,
    sitting,
    teams_to_report,
)
from companion.briefings.rules import clashes
from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.periods.models import Period


@dataclass(frozen=True)
class SessionWords:
    """When and where a session is: beginning, minutes for each team, teams at most, place."""

    starts_at: dt.datetime
    team_minutes: int
    size: int
    place: str = ""
    online_url: str = ""


def _write(session: BriefingSession, words: SessionWords) -> None:
    for name, value in vars(words).items():
        setattr(session, name, value)


def make_sessions(
    period: Period, count: int, first: SessionWords, *, by: Viewer | None
) -> list[BriefingSession]:
    """Add sessions on business days running, all at the hour of the first; each can be moved."""
    plan_for(period)
    last = db.session.scalar(
        select(func.max(BriefingSession.number)).where(BriefingSession.period_id == period.id)
    )
    local = clock.to_jst(first.starts_at)
    day = local.date()
    made: list[BriefingSession] = []
    while len(made) < count:
        if not made or is_business_day(day):  # the first day is the coordinator's own choice
            session = BriefingSession(period_id=period.id, number=(last or 0) + len(made) + 1)
            starts_at = clock.at_jst(day, local.time())
            _write(session, SessionWords(**(vars(first) | {"starts_at": starts_at})))
            made.append(session)
        day += dt.timedelta(days=1)
    db.session.add_all(made)
    db.session.flush()
    audit.record("briefing.make", period.name, by=by, count=count)
    return made


def change_session(session: BriefingSession, words: SessionWords, *, by: Viewer | None) -> None:
    """Move a session or change its size.

    Raises:
        Refused: more teams have a seat in it, or somebody could not come; names who.
    """
    if len(session.seats) > words.size:
        raise Refused(
            f"{session.name}には{len(session.seats)}チームが入っています。"
            f"先に{len(session.seats) - words.size}チームをほかの回に移してください。"
        )
    before = clashes_now(session.period)
    _write(session, words)
    db.session.flush()
    refuse_new_clashes(session.period, before)
    renew_calls(session.period)
    audit.record("briefing.change", session.public_id, by=by, start=words.starts_at.isoformat())


def remove_session(session: BriefingSession, *, by: Viewer | None) -> None:
    """Take an empty session away.

    Raises:
        Refused: teams have seats in it.
    """
    if session.seats:
        raise Refused(f"{session.name}にはチームが入っています。先にほかの回に移してください。")
    db.session.delete(session)
    audit.record("briefing.remove", session.public_id, by=by)


def clashes_now(period: Period) -> set[str]:
    """What clashes now: only what comes newly is refused."""
    sessions, teams = sessions_of(period), teams_to_report(period)
    found = clashes(
        parties(teams, sessions), [sitting(row) for row in sessions], seats_of(sessions)
    )
    return {sentence for said in found.values() for sentence in said}


def refuse_new_clashes(period: Period, before: set[str]) -> None:
    """Undo a change after which there are clashes that were not there `before`.

    Raises:
        Refused: says who would be in two places or cannot come.
    """
    db.session.expire_all()
    new = clashes_now(period) - before
    if new:
        raise Refused(" ".join(sorted(new)))
