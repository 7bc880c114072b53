"""Which teams of a period need a look: all of them, some, or one page, in as many queries."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload, selectinload

from companion.applications.models import Challenge
from companion.core import clock
from companion.core.db import db
from companion.notices.alerts import DEFAULTS, REPEAT_DAYS, Alert, Rule, alerts_of
from companion.notices.models import AlertSettings, AlertTold
from companion.notices.queries.teamfacts import COSTLY, Known, add_costly, facts_by_team
from companion.periods.models import Period
from companion.teams.models import Team, TeamMember
from companion.teams.narrowing import Narrowing

RULES = frozenset(Rule)


@dataclass(frozen=True)
class TeamAlerts:
    """A team with what needs a look."""

    team: Team
    alerts: list[Alert]

    @property
    def is_urgent(self) -> bool:
        """True when one of them is."""
        return any(alert.rule.is_urgent for alert in self.alerts)


def limits_of(period: Period) -> dict[Rule, int]:
    """After how many days each rule speaks in a period."""
    row = db.session.get(AlertSettings, period.id)
    stored = row.limits if row else {}
    return {rule: stored.get(rule.value, days) for rule, days in DEFAULTS.items()}


def repeat_days_of(period: Period) -> int:
    """Days after which a letter may mention the same thing again."""
    row = db.session.get(AlertSettings, period.id)
    return row.repeat_days if row else REPEAT_DAYS


def key_of(alert: Alert) -> tuple[str, str]:
    """Rule and hash of the subject, as what has been told is kept."""
    return alert.rule.value, hashlib.sha256(alert.subject.encode()).hexdigest()[:32]


def not_told(
    found: Sequence[TeamAlerts], audience: str, today: dt.date, repeat_days: int
) -> list[TeamAlerts]:
    """What no letter to this audience has mentioned within the interval."""
    since = today - dt.timedelta(days=repeat_days)
    told = {
        (row.team_id, row.rule, row.subject)
        for row in db.session.scalars(
            select(AlertTold).where(AlertTold.audience == audience, AlertTold.told_on > since)
        )
    }
    left = [
        TeamAlerts(row.team, [a for a in row.alerts if (row.team.id, *key_of(a)) not in told])
        for row in found
    ]
    return [row for row in left if row.alerts]


def alerts_by_team(period: Period, team_ids: Sequence[int]) -> dict[int, list[Alert]]:
    """What needs a look at these teams, by team id; nothing for those that are well or rest."""
    return {row.team_id: row.alerts for row in _watched(period, Team.id.in_(team_ids))}


def team_alerts(period: Period, team_ids: Sequence[int] | None = None) -> list[TeamAlerts]:
    """Every running team (or of these) that needs a look: the urgent first, then by number."""
    within = Team.period_id == period.id if team_ids is None else Team.id.in_(team_ids)
    return _with_teams(_watched(period, within))


def page_of_alerts(
    period: Period,
    wanted: Narrowing,
    *,
    rule: Rule | None = None,
    page: int = 1,
    size: int = 100,
) -> tuple[list[TeamAlerts], int]:
    """One page of them (behind the last, the last), and how many there are in all.

    `rule` leaves only what it says.
    """
    within = and_(Team.period_id == period.id, wanted.condition)
    if rule is None:
        found = _decided(period, within, page, size)
    else:
        found = _watched(period, within, {rule})
    page = min(page, _pages(found, size))
    return _with_teams(found[(page - 1) * size : page * size]), len(found)


def _pages(found: Sequence[Watched], size: int) -> int:
    return -(-len(found) // size) or 1


def _decided(period: Period, within: ColumnElement[bool], page: int, size: int) -> list[Watched]:
    """Every team of a list in its order; the alerts of one page are whole.

    What takes long is read only where it decides: for teams that nothing else brings into the
    list, and for those that may stand on the page. It is never urgent, so it moves nobody ahead.
    """
    known = facts_by_team(period, within)
    found = _watch(period, known, RULES)
    brought = {row.team_id for row in found}
    well = [team_id for team_id in known if team_id not in brought]
    # Teams that come in between push others back, at most by their number.
    first = max(0, (min(page, _pages(found, size)) - 1) * size - len(well))
    unsure = well + [row.team_id for row in found[first : page * size]]
    add_costly(known, period, Team.id.in_(unsure), COSTLY)
    return _watch(period, known, RULES)


class Watched(NamedTuple):
    """A team with what needs a look."""

    team_id: int
    number: int
    alerts: list[Alert]


def _watched(
    period: Period, within: ColumnElement[bool], rules: Collection[Rule] = RULES
) -> list[Watched]:
    """What needs a look by some of the rules: the urgent first, then by number."""
    known = facts_by_team(period, within)
    add_costly(known, period, within, rules)
    return _watch(period, known, rules)


def _watch(period: Period, known: Mapping[int, Known], rules: Collection[Rule]) -> list[Watched]:
    limits, today = limits_of(period), min(clock.today(), period.last_day)
    found = []
    for team_id, (number, facts) in known.items():
        alerts = [alert for alert in alerts_of(facts, today, limits) if alert.rule in rules]
        if alerts:
            found.append(Watched(team_id, number, alerts))
    return sorted(
        found, key=lambda row: (not any(one.rule.is_urgent for one in row.alerts), row.number)
    )


def _with_teams(found: Sequence[Watched]) -> list[TeamAlerts]:
    """The same with their teams as pages and letters show them."""
    statement = (
        select(Team)
        .where(Team.id.in_([row.team_id for row in found]))
        .options(
            joinedload(Team.challenge).joinedload(Challenge.municipality),
            selectinload(Team.members).joinedload(TeamMember.official),
        )
    )
    teams = {team.id: team for team in db.session.scalars(statement)}
    return [TeamAlerts(teams[row.team_id], row.alerts) for row in found]
