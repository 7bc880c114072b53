"""Who speaks in which session: proposed by the programme, moved by hand, taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from sqlalchemy import delete, select

from companion.briefings.actions.publishing import plan_for
from companion.briefings.actions.sessions import clashes_now, refuse_new_clashes
from companion.briefings.arrange import Arrangement, arrange
from companion.briefings.calls import renew_calls
from companion.briefings.models import (
    BriefingSeat,
    BriefingSession,
)
from companion.briefings.queries import (
    parties,
    plan_of,
    resting,
    seat_of,
    sessions_of,
    sitting,
    teams_to_report,
)
from companion.core import audit
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.periods.models import Period
from companion.teams.models import Team


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
    plan_for(period).before = [
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
    renew_calls(period)


def _rewrite(period: Period, change: Callable[[dict[int, list[tuple[int, bool]]]], None]) -> None:
    """Let `change` alter who sits where ({session: [(team, fixed), …]}), and write it down."""
    sessions = sessions_of(period)
    before = clashes_now(period)
    _remember(period, [seat for session in sessions for seat in session.seats])
    rows = {s.id: [(seat.team_id, seat.is_fixed) for seat in s.seats] for s in sessions}
    change(rows)
    _write_seats(
        period, [(team, session, fixed) for session, some in rows.items() for team, fixed in some]
    )
    refuse_new_clashes(period, before)


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
    plan_for(period).before = None
    audit.record("briefing.take_back", period.name, by=by)
