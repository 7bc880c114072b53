"""Rounds of killing a process at work, for the test of durability and for its measurement."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, select

from companion.activities.models import Activity, Attendance
from companion.applications.actions import apply_plan, plan_import
from companion.core import audit
from companion.core.chain import verify
from companion.core.db import db, saved
from companion.core.forms import UsedFormKey
from companion.core.lgcode import check_digit
from companion.places.models import Municipality
from companion.places.prefectures import PREFECTURE_NAMES
from companion.teams.models import Team
from tests.kit.dying import Acknowledge, killed
from tests.kit.makers import account_of, make_challenge, make_official, make_team
from tests.kit.pages import Browser
from tests.kit.workbooks import book

ROWS = 150


@dataclass
class Outcome:
    """What the rounds showed; `lost` and `half` must be 0."""

    rounds: int = 0
    acknowledged: int = 0
    cut_off: int = 0
    lost: int = 0
    half: int = 0


def kill_posts(app: Flask, rounds: int, chance: random.Random) -> Outcome:
    """People record meetings one after the other; the server dies at any moment."""
    team = make_team(make_challenge(), [make_official() for _ in range(3)])
    browser, address = (
        Browser(app).sign_in_as(account_of(team.members[0].official)),
        f"/logs/{team.public_id}/meeting",
    )
    fields = browser.get(address).form("記録する").fields.to_dict(flat=False)
    team_id, outcome = team.id, Outcome()
    for number in range(rounds):
        first = number * 1000
        # Nobody works more than 24 hours a day: short meetings, every round on another day.
        day = dt.date.fromisoformat(fields["held_on"][0]) - dt.timedelta(days=number % 100)
        when = {"held_on": day.isoformat()}
        when |= {f"people-{place}-minutes": "5" for place in range(3)}

        def work(done: Acknowledge, first: int = first, when: dict[str, str] = when) -> None:
            for index in range(first, first + 1000):
                sent = {**fields, "title": f"会議{index}。", "form_key": f"key-of-{index}", **when}
                answer = browser.raw("POST", address, data=sent)
                assert answer.status_code == 303, answer.status_code
                done(index)

        acknowledged = killed(chance.uniform(0.02, 0.6), work)
        outcome.rounds += 1
        outcome.acknowledged += len(acknowledged)
        _look_at_posts(team_id, acknowledged, outcome)
    outcome.half += not verify(audit.all_lines()).holds
    return outcome


def _look_at_posts(team_id: int, acknowledged: list[int], outcome: Outcome) -> None:
    db.session.rollback()
    team = db.session.get_one(Team, team_id)
    titles = db.session.scalars(select(Activity.title).where(Activity.team_id == team.id)).all()
    outcome.lost += len({f"会議{index}。" for index in acknowledged} - set(titles))
    people = dict(
        db.session.execute(
            select(Activity.id, func.count()).join(Attendance).group_by(Activity.id)
        ).all()
    )
    stored = db.session.scalars(select(Activity.id)).all()
    outcome.half += sum(people.get(id_) != 3 for id_ in stored)
    lines = {line["target"] for line in audit.all_lines() if line["action"].startswith("activity.")}
    ids = set(db.session.scalars(select(Activity.public_id)))
    outcome.half += len(ids ^ lines)
    keys = select(func.count()).where(UsedFormKey.key.startswith("key-of-"))
    outcome.half += db.session.scalar(keys) != len(stored)


def kill_imports(app: Flask, rounds: int, chance: random.Random) -> Outcome:
    """A list is taken in; the process dies at any moment: all of it is there, or nothing."""
    outcome, before = Outcome(), _places()
    codes = iter(f"{p:02}{n}" for p in range(1, 48) for n in range(850, 1000))
    lists = []
    for _ in range(min(rounds, 40)):
        rows = [_town(next(codes)) for _ in range(ROWS)]
        lists.append(book("団体コード一覧", HEADER, rows))
    longest = 0.6
    for number in range(rounds):
        data = lists[number % len(lists)]

        def work(done: Acknowledge, data: bytes = data) -> None:
            with app.app_context(), saved():
                apply_plan(plan_import("codes", data, "codes.xlsx", period=None), by=None)
            done(1)

        acknowledged = killed(chance.uniform(0.02, longest), work)
        # Towards moments of which half are too early, however fast this machine is just now.
        longest *= 0.9 if acknowledged else 1.1
        db.session.rollback()
        now = _places()
        outcome.rounds += 1
        outcome.acknowledged += len(acknowledged)
        outcome.cut_off += not acknowledged
        outcome.half += now - before not in {0, ROWS}
        outcome.lost += bool(acknowledged) and now - before != ROWS
        with saved():
            added = select(Municipality).where(Municipality.name.startswith("試し"))
            for row in db.session.scalars(added):
                db.session.delete(row)
        before = _places()
    return outcome


HEADER = ("団体コード", "都道府県名（漢字）", "市区町村名（漢字）", "市区町村名（カナ）")


def _town(five: str) -> tuple[str, str, str, str]:
    return f"{five}{check_digit(five)}", PREFECTURE_NAMES[five[:2]], f"試し{five}町", "タメシチョウ"


def _places() -> int:
    return db.session.scalar(select(func.count()).select_from(Municipality)) or 0
