"""Repeated meetings, polls for a date, feeds for calendars, sessions of the Diet."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from companion.activities.actions.planning import cancel_activity, plan_activity
from companion.activities.dates import repeated, without_days_off
from companion.activities.models import (
    Activity,
    CalendarFeed,
    DietSession,
    Poll,
    PollAnswer,
    PollSlot,
    Series,
)
from companion.activities.queries.schedule import hash_of, own_voice
from companion.activities.terms import (
    ActivityState,
    PollAsked,
    PollDecided,
    PollState,
    Preference,
    Repetition,
)
from companion.activities.written import Plan
from companion.core import audit, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.text import clean
from companion.periods.models import Period
from companion.teams.models import Team


@dataclass(frozen=True)
class Repeating:
    """How a plan is to repeat, until which day."""

    repetition: Repetition
    last_on: dt.date
    every: int = 1

    def days(self, plan: Plan) -> tuple[list[dt.date], list[tuple[dt.date, str]]]:
        """The days it falls on, and those left out because offices are closed."""
        first = clock.to_jst(plan.start).date()
        return without_days_off(repeated(self.repetition, first, self.last_on, every=self.every))


def repeat_activity(
    team: Team, plan: Plan, repeating: Repeating, *, by: Viewer | None
) -> tuple[list[Activity], list[tuple[dt.date, str]]]:
    """Plan a meeting on every day of a repetition; holidays are left out and given back.

    Raises:
        Refused: no day is left.
        Faulty: the first one cannot be planned.
    """
    days, left_out = repeating.days(plan)
    if not days:
        raise Refused("登録できる日がありません。最終日と、祝日に当たらないかを確かめてください。")
    first = clock.to_jst(plan.start).date()
    series = Series(
        team=team,
        repetition=repeating.repetition,
        every=repeating.every,
        first_on=first,
        last_on=repeating.last_on,
        author_id=by.user_id if by else None,
    )
    db.session.add(series)
    db.session.flush()
    made = []
    for day in days:
        later = day - first
        shifted = replace(plan, start=plan.start + later, end=plan.end + later)
        activity = plan_activity(team, shifted, by=by)
        activity.series_id = series.id
        made.append(activity)
    audit.record("series.plan", series.public_id, by=by, team=team.public_id, dates=len(made))
    return made, left_out


def end_series(activity: Activity, *, by: Viewer | None) -> int:
    """Call off what is still to come of a repeated meeting; gives how many dates that were.

    Raises:
        Refused: it does not repeat.
    """
    series = db.session.get(Series, activity.series_id) if activity.series_id else None
    if series is None:
        raise Refused("繰り返しの予定ではありません。")
    ahead = [
        row
        for row in series.activities
        if row.state is ActivityState.PLANNED
        and row.planned_start is not None
        and row.planned_start > clock.now()
    ]
    for row in ahead:
        cancel_activity(row, "繰り返しの終了", by=by)
    series.ended_at = clock.now()
    audit.record("series.end", series.public_id, by=by, dates=len(ahead))
    return len(ahead)


def ask_for_date(
    team: Team, plan: Plan, starts: Sequence[dt.datetime], *, by: Viewer | None
) -> Poll:
    """Put a poll for a date; `plan` says what is to happen and how long it lasts.

    Raises:
        Refused: fewer than two dates, too many, or one that is past.
    """
    wanted = sorted(set(starts))
    if len(wanted) < 2:
        raise Refused("候補を二つ以上選んでください。")
    if len(wanted) > 20:
        raise Refused("候補は20件までです。")
    if wanted[0] <= clock.now():
        raise Refused("過ぎた日時が候補に入っています。これからの日時を選んでください。")
    poll = Poll(
        team=team,
        kind=plan.kind,
        title=clean(plan.title) or plan.kind.label,
        minutes=int((plan.end - plan.start).total_seconds()) // 60,
        medium=clean(plan.medium),
        place=clean(plan.place),
        author_id=by.user_id if by else None,
        slots=[PollSlot(starts_at=start) for start in wanted],
    )
    db.session.add(poll)
    db.session.flush()
    audit.record("poll.ask", poll.public_id, by=by, team=team.public_id, dates=len(wanted))
    events.publish(PollAsked(poll.id, by.email if by else ""))
    return poll


def _locked(poll: Poll) -> Poll:
    """The poll as it is now, held until the transaction ends: answers come one after another."""
    db.session.execute(select(Poll.id).where(Poll.id == poll.id).with_for_update())
    db.session.refresh(poll)
    if poll.state is not PollState.OPEN:
        raise Refused(f"この日程調整は「{poll.state.label}」です。")
    return poll


def answer_poll(poll: Poll, answers: Mapping[int, Preference], *, by: Viewer) -> None:
    """Say for oneself (or for the municipality) which dates suit; a new answer replaces the old.

    Raises:
        Refused: the poll is over, or the person is not asked.
    """
    voice = own_voice(_locked(poll), by)
    if voice is None:
        raise Refused("この日程調整の回答者ではありません。")
    for slot in poll.slots:
        preference = answers.get(slot.id)
        row = next((answer for answer in slot.answers if answer.voter == voice), None)
        if preference is None:
            continue
        if row is None:
            row = PollAnswer(voter=voice)
            slot.answers.append(row)
        row.preference, row.at = preference, clock.now()
    audit.record("poll.answer", poll.public_id, by=by, dates=len(answers))


def decide_poll(poll: Poll, slot_id: int, *, by: Viewer | None) -> Activity:
    """Take one of the dates: it becomes a plan.

    Raises:
        Refused: the poll is over, or it has no such date.
        Faulty: the date has passed meanwhile.
    """
    slot = next((row for row in _locked(poll).slots if row.id == slot_id), None)
    if slot is None:
        raise Refused("決める日時を選んでください。")
    plan = Plan(
        kind=poll.kind,
        start=slot.starts_at,
        end=slot.starts_at + dt.timedelta(minutes=poll.minutes),
        title=poll.title,
        place=poll.place,
        medium=poll.medium,
    )
    activity = plan_activity(poll.team, plan, by=by)
    poll.state, poll.activity_id = PollState.DECIDED, activity.id
    audit.record("poll.decide", poll.public_id, by=by, activity=activity.public_id)
    db.session.flush()
    events.publish(PollDecided(poll.id, by.email if by else ""))
    return activity


def drop_poll(poll: Poll, *, by: Viewer | None) -> None:
    """Give a poll up.

    Raises:
        Refused: it is over already.
    """
    _locked(poll).state = PollState.DROPPED
    audit.record("poll.drop", poll.public_id, by=by)


def make_feed(team: Team | None, *, by: Viewer) -> tuple[CalendarFeed, str]:
    """A new secret address for a calendar; the secret is shown once and only its hash is kept."""
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        user_id=by.user_id,
        role=by.role,
        team_id=team.id if team else None,
        secret_hash=hash_of(secret),
    )
    db.session.add(feed)
    db.session.flush()
    audit.record("feed.make", str(feed.id), by=by, team=team.public_id if team else None)
    return feed, secret


def revoke_feed(feed: CalendarFeed, *, by: Viewer) -> None:
    """From now on the address answers like one that never existed."""
    feed.revoked_at = clock.now()
    audit.record("feed.revoke", str(feed.id), by=by)


def set_diet_session(
    period: Period, name: str, first: dt.date, last: dt.date, *, by: Viewer | None
) -> None:
    """Note a session of the Diet; one that begins on the same day is changed.

    Raises:
        Refused: it ends before it begins.
    """
    if last < first:
        raise Refused("閉会日が召集日より前です。日付を確かめてください。")
    row = db.session.scalar(
        select(DietSession).where(DietSession.period_id == period.id, DietSession.first_on == first)
    )
    if row is None:
        row = DietSession(period_id=period.id, first_on=first)
        db.session.add(row)
    row.name, row.last_on = clean(name), last
    db.session.flush()
    audit.record("diet.set", period.name, by=by, first=first.isoformat(), last=last.isoformat())


def remove_diet_session(row: DietSession, *, by: Viewer | None) -> None:
    """Forget a session of the Diet that was entered by mistake."""
    audit.record("diet.remove", row.period.name, by=by, first=row.first_on.isoformat())
    db.session.delete(row)
