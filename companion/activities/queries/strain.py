"""Whose time is too much or too little for months running, by plain rows: a country in one go."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from companion.activities.load import (
    RUNNING,
    LoadLevel,
    MonthLoad,
    Service,
    is_whole,
    judged,
    served,
    strain,
)
from companion.activities.queries.load import (
    OfficialLoad,
    minutes_by_official,
    minutes_of_year,
    official_loads,
)
from companion.activities.queries.results import months_of
from companion.applications.models import Official
from companion.core import clock
from companion.core.access import Permission, Scope, Viewer
from companion.core.db import db
from companion.people.models import Ministry
from companion.periods.models import Period
from companion.teams.models import Team, TeamMember, TeamPause
from companion.teams.terms import ANNOUNCED

# Nearly everybody is judged by so many of the latest months; only for the others all are read.
RECENT = 4


@dataclass(frozen=True)
class LoadPage:
    """One page of officials, how many there are of them and in all, and how many are strained."""

    rows: list[OfficialLoad]
    count: int
    people: int
    strained: Mapping[LoadLevel, int]


def strains_of(period: Period, within: ColumnElement[bool]) -> list[tuple[int, str, LoadLevel]]:
    """(team, name, level) of the officials of some teams whose work in any team strains them."""
    return [
        (team_id, name, level)
        for team_id, name, level in _strained(period, within).values()
        if level is not None
    ]


def page_of_loads(
    period: Period,
    viewer: Viewer,
    *,
    sort: str,
    level: LoadLevel | None = None,
    page: int = 1,
    size: int = 100,
) -> LoadPage:
    """One page (behind the last, the last) of the officials' time, for who may see everybody's."""
    if viewer.grant(Permission.LOAD_VIEW).scope is not Scope.ALL:
        return LoadPage([], 0, 0, {})
    strained = _strained(period, Team.period_id == period.id)
    kept = [key for key in _ordered(period, sort) if level is None or strained[key][2] is level]
    page = min(page, -(-len(kept) // size) or 1)
    wanted = kept[(page - 1) * size : page * size]
    loads = {load.official.id: load for load in official_loads(period, viewer, wanted)}
    counts = Counter(known[2] for known in strained.values() if known[2] is not None)
    return LoadPage([loads[key] for key in wanted], len(kept), len(strained), counts)


def _ordered(period: Period, sort: str) -> list[int]:
    """Everybody who serves or served in the order of a sorting (`-…`: descending)."""
    rows = db.session.execute(
        select(TeamMember.official_id, Team.number, Official.kana, Official.name, Ministry.position)
        .join(TeamMember.team)
        .join(TeamMember.official)
        .join(Ministry, Ministry.code == Official.ministry_code)
        .where(
            Team.period_id == period.id,
            Team.state.in_(ANNOUNCED),
            TeamMember.started_on.is_not(None),
        )
        .order_by(Team.number, TeamMember.position)
    )
    keys: dict[int, Any] = {}
    for place, (key, _, kana, name, ministry) in enumerate(rows):
        keys[key] = {"name": kana or name, "ministry": ministry}.get(sort.removeprefix("-"), place)
    if sort.removeprefix("-") == "minutes":
        spent = minutes_of_year(period)
        keys = {key: spent.get(key, 0) for key in keys}
    return sorted(keys, key=lambda key: keys[key], reverse=sort.startswith("-"))


Known = tuple[int, str, LoadLevel | None]


def _strained(period: Period, within: ColumnElement[bool]) -> dict[int, Known]:
    """(team, name, level) by official."""
    people = select(TeamMember.official_id).join(TeamMember.team).where(within)
    names: dict[int, tuple[int, str]] = {}
    services: dict[int, list[Service]] = defaultdict(list)
    rests = _rests(period)
    for official_id, name, team_id, first, last in db.session.execute(
        select(
            TeamMember.official_id,
            Official.name,
            TeamMember.team_id,
            TeamMember.started_on,
            TeamMember.ended_on,
        )
        .join(TeamMember.team)
        .join(TeamMember.official)
        .where(
            Team.period_id == period.id,
            Team.state.in_(ANNOUNCED),
            TeamMember.started_on.is_not(None),
            TeamMember.official_id.in_(people),
        )
        .order_by(Team.number, TeamMember.position)
    ):
        names[official_id] = team_id, name
        services[official_id].append(Service(first, last, rests.get(team_id, ())))
    months = [month for month in months_of(period) if month <= clock.today()]
    found = _levels(period, services, months[-RECENT:], people)
    if len(months) > RECENT:
        unsure = {key: services[key] for key, (_, count) in found.items() if count < RUNNING}
        if unsure:
            found |= _levels(period, unsure, months, people)
    return {key: (*names[key], found[key][0]) for key in names}


def _rests(period: Period) -> dict[int, tuple[tuple[dt.date, dt.date | None], ...]]:
    rows = db.session.execute(
        select(TeamPause.team_id, TeamPause.started_on, TeamPause.ended_on)
        .join(Team, Team.id == TeamPause.team_id)
        .where(Team.period_id == period.id)
    )
    found: dict[int, list[tuple[dt.date, dt.date | None]]] = defaultdict(list)
    for team_id, first, last in rows:
        found[team_id].append((first, last))
    return {team_id: tuple(rests) for team_id, rests in found.items()}


def _levels(
    period: Period,
    services: dict[int, list[Service]],
    months: Sequence[dt.date],
    people: Select[int],
) -> dict[int, tuple[LoadLevel | None, int]]:
    """What these months say of each official, and how many of them could be judged."""
    if not months:
        return dict.fromkeys(services, (None, RUNNING))
    today, offset = clock.today(), months_of(period).index(months[0])
    spent = minutes_by_official(period, people, since=months[0])
    found: dict[int, tuple[LoadLevel | None, int]] = {}
    # Many have the same days of service: what the months mean to them is found out once.
    alike: dict[tuple[Service, ...], list[int]] = defaultdict(list)
    for key, rows in services.items():
        alike[tuple(rows)].append(key)
    for same, keys in alike.items():
        meant = [
            (n, month, served(month, same), is_whole(month, same, today))
            for n, month in enumerate(months, start=offset)
        ]
        for key in keys:
            levels = judged(
                [
                    MonthLoad(month, spent.get((key, n), 0), whole)
                    for n, month, has_served, whole in meant
                    if has_served or (key, n) in spent
                ]
            )
            found[key] = strain(levels), len(levels)
    return found
