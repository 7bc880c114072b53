"""Members leave, come and are called back, and teams pause, by eight people at the same moment.

Whatever comes first, no official serves in two teams, no team has a fourth member, nobody has two
successors, no team rests twice. `--long` takes 20,000 acts.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from companion.applications.models import Official
from companion.applications.terms import OfficialState
from companion.core import clock
from companion.core.access import Role, Viewer
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.teams.actions import (
    appoint,
    end_appointment,
    pause_team,
    resume_team,
    take_back_end,
)
from companion.teams.models import Team, TeamMember, TeamPause
from companion.teams.terms import EndKind, TeamState
from tests.conftest import MOMENT
from tests.kit.makers import make_official, make_period, make_team, make_user, viewer_as

PEOPLE = 8
DAY = MOMENT.date()
# A race that was lost: a request would be begun anew (core.errors).
LOST = (StaleDataError, IntegrityError, OperationalError)
ACTS = ("leave", "come", "come", "call back", "call back", "pause", "resume")


def act(chance: random.Random, by: Viewer) -> None:
    """One act of a person who looks at what there is and does something with it."""
    what = chance.choice(ACTS)
    members = list(db.session.scalars(select(TeamMember).order_by(TeamMember.id)))
    member = chance.choice(members)
    if what == "leave":
        end_appointment(member, DAY - dt.timedelta(days=1), EndKind.TRANSFER, "", by=by)
    elif what == "come":
        leaving = [row for row in members if row.ended_on is not None]
        officials = list(db.session.scalars(select(Official).order_by(Official.id)))
        if leaving:
            place = chance.choice(leaving[-3:])
            official = chance.choice(officials)
            official.state = OfficialState.ELIGIBLE  # whoever left may come again
            appoint(place.team, official, DAY, replaces=place, reasons=[], by=by)
    elif what == "call back":
        leaving = [row for row in members if row.ended_on is not None]
        if leaving:
            take_back_end(chance.choice(leaving[-3:]), by=by)
    elif what == "pause":
        pause_team(member.team, "例", by=by)
    else:
        resume_team(member.team, by=by)


def broken() -> list[str]:
    """The rules of the programme that do not hold."""
    db.session.rollback()
    found = []
    open_ones = select(TeamMember.team_id, TeamMember.official_id).where(
        TeamMember.ended_on.is_(None)
    )
    rows = db.session.execute(open_ones).all()
    found += [f"team {t} has {n}" for t, n in Counter(r[0] for r in rows).items() if n > 3]
    found += [f"official {o} in {n}" for o, n in Counter(r[1] for r in rows).items() if n > 1]
    replaced = db.session.execute(
        select(TeamMember.id).where(
            TeamMember.ended_on.is_(None),
            TeamMember.id.in_(select(TeamMember.replaces_id)),
        )
    ).all()
    found += [f"member {row.id} serves beside a successor" for row in replaced]
    resting = db.session.execute(
        select(TeamPause.team_id, func.count())
        .where(TeamPause.ended_on.is_(None))
        .group_by(TeamPause.team_id)
        .having(func.count() > 1)
    ).all()
    db.session.rollback()  # SQLite would make the others wait for whoever has looked
    return found + [f"team {team} rests {count} times" for team, count in resting]


@pytest.mark.parametrize("seed", range(2))
def test_no_two_acts_break_a_rule(app: Flask, seed: int, request: pytest.FixtureRequest) -> None:
    acts = 10_000 if request.config.getoption("--long") else 80
    period = make_period()
    for _ in range(2):
        make_team(
            officials=[make_official(period=period) for _ in range(3)], state=TeamState.ACTIVE
        )
    for _ in range(3):
        make_official(period=period)
    by = viewer_as(make_user(Role.COORDINATOR))
    db.session.commit()
    db.session.remove()
    done = Counter[str]()

    def person(number: int, together: Barrier) -> str:
        with clock.held(MOMENT), app.app_context():
            together.wait()
            try:
                with saved():
                    act(random.Random(number), by)
                return "done"
            except (Refused, *LOST) as refusal:
                return type(refusal).__name__
            finally:
                db.session.remove()

    with ThreadPoolExecutor(PEOPLE) as pool:
        for first in range(0, acts, PEOPLE):
            together = Barrier(PEOPLE)
            numbers = [seed * 1_000_000 + first + place for place in range(PEOPLE)]
            done.update(pool.map(lambda number, at=together: person(number, at), numbers))
            assert broken() == [], f"seed {seed}, acts from {first}: {done}"
    assert done["done"] > acts // 10, done
    assert db.session.scalar(select(func.count()).select_from(Team)) == 2
