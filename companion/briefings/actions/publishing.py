"""The programme shown or hidden, and days that do not suit a team."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select

from companion.briefings.calls import renew_calls
from companion.briefings.models import (
    BriefingPlan,
    UnsuitableDay,
)
from companion.briefings.queries import (
    clashes_of,
    plan_of,
    programme,
)
from companion.briefings.terms import ProgrammePublished
from companion.core import audit, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.periods.models import Period
from companion.teams.models import Team


def plan_for(period: Period) -> BriefingPlan:
    """The period's plan of briefings, begun where there is none."""
    plan = plan_of(period)
    if plan is None:
        plan = BriefingPlan(period_id=period.id)
        db.session.add(plan)
        db.session.flush()
    return plan


def publish_programme(period: Period, *, by: Viewer | None) -> None:
    """Show the programme to all teams and municipalities.

    Raises:
        Refused: no team has a seat, or somebody is in two places at once.
    """
    shown = programme(period, None)
    if shown is None or not any(session.seats for session in shown.sessions):
        raise Refused("どのチームもまだ回に入っていません。")
    found = clashes_of(shown)
    if found:
        raise Refused(" ".join(dict.fromkeys(s for said in found.values() for s in said)))
    plan_for(period).published_at = clock.now()
    audit.record("briefing.publish", period.name, by=by)
    db.session.flush()
    renew_calls(period)
    events.publish(ProgrammePublished(period.id))


def withdraw_programme(period: Period, *, by: Viewer | None) -> None:
    """Hide the programme again from all but those who arrange it."""
    plan_for(period).published_at = None
    db.session.flush()
    renew_calls(period)
    audit.record("briefing.withdraw", period.name, by=by)


def add_unsuitable_day(team: Team, day: dt.date, note: str, *, by: Viewer) -> None:
    """Write down a day on which a team or its municipality cannot come; once more renews it.

    Raises:
        Refused: the day lies outside the period.
    """
    period = team.period
    if not period.first_day <= day <= period.last_day:
        raise Refused(f"{period.name}の日付（4月1日～3月31日）を入力してください。")
    row = db.session.scalar(
        select(UnsuitableDay).where(UnsuitableDay.team_id == team.id, UnsuitableDay.day == day)
    )
    if row is None:
        row = UnsuitableDay(team_id=team.id, day=day)
        db.session.add(row)
    row.note, row.entered_by_id, row.entered_at = note.strip(), by.user_id, clock.now()
    db.session.flush()
    audit.record("briefing.day_add", team.public_id, by=by, day=day.isoformat())


def remove_unsuitable_day(team: Team, day: dt.date, *, by: Viewer) -> None:
    """Take such a day back."""
    db.session.execute(
        delete(UnsuitableDay).where(UnsuitableDay.team_id == team.id, UnsuitableDay.day == day)
    )
    audit.record("briefing.day_remove", team.public_id, by=by, day=day.isoformat())
