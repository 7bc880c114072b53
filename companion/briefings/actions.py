"""Making sessions, proposing seats, moving teams by hand, publishing the programme."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from companion.activities.dates import is_business_day
from companion.briefings.arrange import Arrangement, arrange
from companion.briefings.models import (
    BriefingPlan,
    BriefingSeat,
    BriefingSession,
    UnsuitableDay,
)
from companion.briefings.queries import (
    clashes_of,
    parties,
    plan_of,
    programme,
    resting,
    seat_of,
    seats_of,
    sessions_of,
    sitting,
    teams_to_report,
)
from companion.briefings.rules import clashes
from companion.briefings.terms import ProgrammePublished
from companion.core import audit, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.periods.models import Period
from companion.teams.models import Team


@dataclass(frozen=True)
class SessionWords:
    """When and where a session is: beginning, minutes for each team, teams at most, place."""

    starts_at: dt.datetime
    team_minutes: int
    size: int
    place: str = ""
    online_url: str = ""


def _plan(period: Period) -> BriefingPlan:
    plan = plan_of(period)
    if plan is None:
        plan = BriefingPlan(period_id=period.id)
        db.session.add(plan)
        db.session.flush()
    return plan


def _write(session: BriefingSession, words: SessionWords) -> None:
    for name, value in vars(words).items():
        setattr(session, name, value)


def make_sessions(
    period: Period, count: int, first: SessionWords, *, by: Viewer | None
) -> list[BriefingSession]:
    """Add sessions on business days running, all at the hour of the first; each can be moved."""
    _plan(period)
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
    before = _counted(session.period)
    _write(session, words)
    db.session.flush()
    _refuse_new_clashes(session.period, before)
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


def _counted(period: Period) -> set[str]:
    """What clashes now: only what comes newly is refused."""
    sessions, teams = sessions_of(period), teams_to_report(period)
    found = clashes(
        parties(teams, sessions), [sitting(row) for row in sessions], seats_of(sessions)
    )
    return {sentence for said in found.values() for sentence in said}


def _refuse_new_clashes(period: Period, before: set[str]) -> None:
    db.session.expire_all()
    new = _counted(period) - before
    if new:
        raise Refused(" ".join(sorted(new)))


def propose(period: Period, *, keeps_fixed: bool, by: Viewer | None) -> Arrangement:
    """Give every team a seat anew; seats set by hand may stay.

    Raises:
        Refused: there is no session yet.
    """
    sessions = sessions_of(period)
    if not sessions:
        raise Refused("報告会の回がまだありません。先に回を登録してください。")
    teams = [team for team in teams_to_report(period) if not resting(team)]
    seats = [seat for session in sessions for seat in session.seats]
    _remember(period, seats)
    fixed = {seat.team_id: seat.session_id for seat in seats if keeps_fixed and seat.is_fixed}
    found = arrange(parties(teams, sessions), [sitting(row) for row in sessions], fixed)
    numbers = {team.id: team.number for team in teams}
    places = {seat.team_id: seat.position for seat in seats if seat.team_id in fixed}
    _write_seats(
        period,
        [
            (team_id, session.id, team_id in fixed)
            for session in sessions
            for team_id in _in_order(
                [t for t, s in found.seats.items() if s == session.id], places, numbers
            )
        ],
    )
    audit.record(
        "briefing.propose", period.name, by=by, seated=len(found.seats), left=len(found.left)
    )
    return found


def _in_order(
    team_ids: Sequence[int], places: dict[int, int], numbers: dict[int, int]
) -> list[int]:
    """The teams of a session by number, those set by hand at their places."""
    ordered = sorted((t for t in team_ids if t not in places), key=lambda t: numbers[t])
    for team_id in sorted((t for t in team_ids if t in places), key=lambda t: places[t]):
        ordered.insert(places[team_id], team_id)
    return ordered


def _remember(period: Period, seats: Sequence[BriefingSeat]) -> None:
    _plan(period).before = [
        [seat.team_id, seat.session_id, seat.position, int(seat.is_fixed)] for seat in seats
    ]


def _write_seats(period: Period, rows: Sequence[tuple[int, int, bool]]) -> None:
    """Write all seats anew: (team, session, fixed), in the order in which teams speak."""
    own = select(BriefingSession.id).where(BriefingSession.period_id == period.id)
    db.session.execute(delete(BriefingSeat).where(BriefingSeat.session_id.in_(own)))
    position: Counter[int] = Counter()
    for team_id, session_id, is_fixed in rows:
        place = position[session_id]
        position[session_id] += 1
        db.session.add(
            BriefingSeat(team_id=team_id, session_id=session_id, position=place, is_fixed=is_fixed)
        )
    db.session.flush()
    db.session.expire_all()


def _rewrite(period: Period, change: Callable[[dict[int, list[tuple[int, bool]]]], None]) -> None:
    """Let `change` alter who sits where ({session: [(team, fixed), …]}), and write it down."""
    sessions = sessions_of(period)
    before = _counted(period)
    _remember(period, [seat for session in sessions for seat in session.seats])
    rows = {s.id: [(seat.team_id, seat.is_fixed) for seat in s.seats] for s in sessions}
    change(rows)
    _write_seats(
        period, [(team, session, fixed) for session, some in rows.items() for team, fixed in some]
    )
    _refuse_new_clashes(period, before)


def move_team(
    team: Team,
    session: BriefingSession,
    *,
    position: int | None = None,
    instead_of: Team | None = None,
    by: Viewer | None,
) -> None:
    """Give a team a seat by hand; `instead_of` takes the seat that becomes free.

    Raises:
        Refused: the session is full, or somebody could not come or would be in two at once; says
            who.
    """
    present = seat_of(team)
    there = [seat.team_id for seat in session.seats]
    if team.id not in there and instead_of is None and len(there) >= session.size:
        raise Refused(
            f"{session.name}は{session.size}チームで満席です。入れ替えるチームを選んでください。"
        )
    if instead_of is not None and instead_of.id not in there:
        raise Refused(f"{instead_of.challenge.municipality.name}は{session.name}にいません。")
    was = present.session_id if present else None
    target = session.id

    def change(rows: dict[int, list[tuple[int, bool]]]) -> None:
        place = position
        if instead_of is not None and instead_of.id != team.id:
            place = [t for t, _ in rows[target]].index(instead_of.id)
            rows[target] = [row for row in rows[target] if row[0] != instead_of.id]
        if was is not None:
            index = [t for t, _ in rows[was]].index(team.id)
            rows[was].pop(index)
            if instead_of is not None:
                rows[was].insert(index, (instead_of.id, True))
        some = rows[target]
        some.insert(len(some) if place is None else min(place, len(some)), (team.id, True))

    _rewrite(session.period, change)
    audit.record("briefing.move", team.public_id, by=by, session=session.public_id)


def take_out(team: Team, *, by: Viewer | None) -> None:
    """Take a team's seat away.

    Raises:
        Refused: it has none.
    """
    if seat_of(team) is None:
        raise Refused("このチームはまだどの回にも入っていません。")

    def change(rows: dict[int, list[tuple[int, bool]]]) -> None:
        for session_id, some in rows.items():
            rows[session_id] = [row for row in some if row[0] != team.id]

    _rewrite(team.period, change)
    audit.record("briefing.take_out", team.public_id, by=by)


def take_back(period: Period, *, by: Viewer | None) -> None:
    """Put the seats back as they were before the latest change.

    Raises:
        Refused: there is nothing to take back, or a session or team has gone since.
    """
    plan = plan_of(period)
    if plan is None or plan.before is None:
        raise Refused("取り消せる変更がありません。")
    sessions = {row.id: row for row in sessions_of(period)}
    rows = sorted(plan.before, key=lambda row: (row[1], row[2]))
    if any(row[1] not in sessions for row in rows):
        raise Refused("前の配置にあった回が削除されているため、元に戻せません。")
    _write_seats(period, [(team, session, bool(fixed)) for team, session, _, fixed in rows])
    _plan(period).before = None
    audit.record("briefing.take_back", period.name, by=by)


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
    _plan(period).published_at = clock.now()
    audit.record("briefing.publish", period.name, by=by)
    db.session.flush()
    events.publish(ProgrammePublished(period.id))


def withdraw_programme(period: Period, *, by: Viewer | None) -> None:
    """Hide the programme again from all but those who arrange it."""
    _plan(period).published_at = None
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
