"""A small world with everything twice: what each role may reach, and the same of somebody else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from companion.core.access import PUBLIC, ROLES_OF, Permission, Role, mark_of
from companion.core.db import db, saved
from companion.core.jobs import Job, JobState
from companion.matching.models import MatchRun
from companion.people.models import User
from companion.teams.terms import TeamState
from tests.kit.makers import (
    account_of,
    make_activity,
    make_challenge,
    make_municipality,
    make_next_action,
    make_official,
    make_period,
    make_team,
    make_user,
)

Kind = Literal["own", "other", "hidden", "missing"]
KINDS: tuple[Kind, ...] = ("own", "other", "hidden", "missing")
MISSING = "zzzzzzzzzzzzzzzz"
EVERYONE = frozenset(Role)
STAFF = frozenset({Role.COORDINATOR, Role.AUDITOR})


@dataclass
class World:
    """One account a role, and every kind of thing: own, somebody else's, not yet announced."""

    users: dict[Role, User] = field(default_factory=dict)
    # first part of the address -> kind -> what stands in the address
    things: dict[str, dict[Kind, str]] = field(default_factory=dict)


# Which roles reach somebody else's thing, and one that is not announced. Own things are reached by
# every role that holds the page's permission, unless OWN says otherwise.
OTHER: dict[str, frozenset[Role]] = {
    "teams": EVERYONE,
    "challenges": STAFF,
    "officials": STAFF,
    "activities": STAFF,
    "logs": frozenset(),  # what a team writes: its address names the team
    "actions": frozenset(),
    "matching": STAFF,
    "jobs": STAFF,
    "accounts": STAFF,
}
HIDDEN: dict[str, frozenset[Role]] = {"teams": STAFF}

# A page that all who hold its mark may read, and only some may act on.
ACTING: dict[tuple[str, str], Permission] = {
    ("matching.runs", "POST"): Permission.MATCH_RUN,
}


def build() -> World:
    """Make the world."""
    world = World()
    period = make_period()
    near, far = make_municipality(prefecture_code="20"), make_municipality(prefecture_code="30")
    third = make_municipality(prefecture_code="30")
    own = make_team(
        make_challenge(near),
        [make_official(ministry_code="mic"), make_official(), make_official()],
    )
    other = make_team(make_challenge(far), [make_official(ministry_code="env") for _ in range(3)])
    hidden = make_team(make_challenge(third), state=TeamState.PROPOSED)
    official = account_of(own.members[0].official)
    world.users = {
        Role.COORDINATOR: make_user(Role.COORDINATOR),
        Role.OFFICIAL: official,
        Role.MUNICIPALITY: make_user(Role.MUNICIPALITY, municipality=near),
        Role.PREFECTURE: make_user(Role.PREFECTURE, prefecture_code="20"),
        Role.MINISTRY: make_user(Role.MINISTRY, ministry_code="mic"),
        Role.AUDITOR: make_user(Role.AUDITOR),
    }
    ours, theirs = make_activity(own, author=official), make_activity(other)
    stranger = account_of(other.members[0].official)
    with saved():
        runs = [
            MatchRun(
                period_id=period.id,
                seed=number,
                team_count=1,
                status="optimal",
                teams=[],
                data_hash="0" * 64,
                milliseconds=1,
            )
            for number in range(2)
        ]
        jobs = [
            Job(kind="match", title="マッチング", state=state)
            for state in (JobState.RUNNING, JobState.FAILED)
        ]
        db.session.add_all([*runs, *jobs])
    pairs = {
        "teams": (own, other),
        "challenges": (own.challenge, other.challenge),
        "officials": (own.members[0].official, other.members[0].official),
        "activities": (ours, theirs),
        "logs": (own, other),
        "actions": (make_next_action(activity=ours), make_next_action(activity=theirs)),
        "matching": (runs[0], runs[1]),
        "jobs": (jobs[0], jobs[1]),
        "accounts": (stranger, world.users[Role.AUDITOR]),
    }
    for name, (mine, foreign) in pairs.items():
        world.things[name] = {
            "own": mine.public_id,
            "other": foreign.public_id,
            "missing": MISSING,
        }
    world.things["teams"]["hidden"] = hidden.public_id
    return world


@dataclass(frozen=True)
class Wanted:
    """One request: what is asked for, and whose thing it is."""

    endpoint: str
    method: str
    path: str
    kind: Kind
    thing: str | None  # first part of the address when it names a thing

    def is_reached_by(self, role: Role) -> bool:
        """True when this thing exists for the role (which also needs the page's permission)."""
        if self.kind == "missing":
            return False
        if self.thing is None or self.kind == "own":
            return True
        return role in (OTHER if self.kind == "other" else HIDDEN)[self.thing]


def allowed(app: Flask, wanted: Wanted, role: Role) -> bool:
    """What the one role table and the reach of the thing say."""
    mark = ACTING.get((wanted.endpoint, wanted.method)) or mark_of(app, wanted.endpoint)
    if mark != PUBLIC and role not in ROLES_OF[Permission(str(mark))]:
        return False
    return wanted.is_reached_by(role)


class UnknownThingError(LookupError):
    """A page names a thing that this world does not hold: add it to `build` and to OTHER."""


def requests_of(app: Flask, world: World, kinds: tuple[Kind, ...] = KINDS) -> Iterator[Wanted]:
    """Every page of the application with every thing it can name, from the URL map.

    Raises:
        UnknownThingError: a new kind of page has come that this world does not know.
    """
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for kind, path, thing in _paths(app, rule, world):
                if kind in kinds:
                    yield Wanted(rule.endpoint, method, path, kind, thing)


def _paths(app: Flask, rule: Rule, world: World) -> Iterator[tuple[Kind, str, str | None]]:
    arguments = set(rule.arguments)
    thing = rule.rule.split("<")[0].strip("/").split("/")[0] if arguments else None
    if "year" in arguments:
        thing = None
        arguments.remove("year")
        assert not arguments, f"{rule.rule}: a page of a year that also names a thing"
        yield "own", _build(app, rule, {"year": 2025}), None
        yield "missing", _build(app, rule, {"year": 1999}), None
        return
    if not arguments:
        yield "own", rule.rule, None
        return
    if thing not in world.things:
        raise UnknownThingError(f"{rule.rule} ({rule.endpoint})")
    for kind, value in world.things[thing].items():
        yield kind, _build(app, rule, dict.fromkeys(arguments, value)), thing


def _build(app: Flask, rule: Rule, values: dict[str, object]) -> str:
    built = rule.build(values)
    assert built is not None, rule.rule
    return built[1]


def fingerprint() -> str:
    """A hash of every row of every table."""
    digest = hashlib.sha256()
    db.session.rollback()
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            digest.update(f"{table.name} {len(rows)} {rows}".encode())
    return digest.hexdigest()
