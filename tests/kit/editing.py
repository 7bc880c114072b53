"""Many people editing the same things at once, and a checker of the history they leave.

Every text a worker saves is unlike any other, and names the text it was written over. Had one
saved edit been lost under another, two saved edits would name the same text as the one before.
"""

from __future__ import annotations

import json
import os
import random
import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from companion.core.db import db, saved
from companion.indicators.models import Indicator
from tests.kit.makers import (
    account_of,
    make_activity,
    make_challenge,
    make_next_action,
    make_official,
    make_period,
    make_team,
)
from tests.kit.pages import Browser

MARK = re.compile(r"T\d+x\d+e")
VERSION = re.compile(r'name="version"[^>]*value="(\d+)"')
BEGINNING = "T0x0e"


@dataclass(frozen=True)
class Target:
    """A form over one row: where it stands, what it sends, and its field that is rewritten."""

    address: str
    fields: dict[str, list[str]]
    name: str


@dataclass
class Outcome:
    """What the edits led to; `lost`, `unshown` and `broken` must be 0."""

    edits: int = 0
    saved: int = 0
    conflicts: int = 0
    lost: int = 0
    unshown: int = 0  # conflicts that did not show both texts
    broken: Counter[str] = field(default_factory=Counter)


def make_targets(app: Flask) -> tuple[list[Target], list[Browser]]:
    """Two logs, two next actions and two indicators of one team, and its three officials."""
    period = make_period()
    team = make_team(make_challenge(period=period), [make_official() for _ in range(3)])
    browsers = [Browser(app).sign_in_as(account_of(m.official)) for m in team.members]
    found = []
    for number in range(2):
        log = make_activity(team, title=BEGINNING)
        action = make_next_action(team, BEGINNING)
        with saved():
            row = Indicator(
                team_id=team.id,
                name=f"例{number}",
                unit="人",
                source=BEGINNING,
                baseline=1,
                baseline_on=period.first_day,
                target=2,
                target_on=period.last_day,
            )
            db.session.add(row)
        found += [
            _target(browsers[number], f"/activities/{log.public_id}/log", "title"),
            _target(browsers[number], f"/actions/{action.public_id}/edit", "text"),
            _target(browsers[number], f"/indicators/{row.public_id}/edit", "source"),
        ]
    return found, browsers


def _target(browser: Browser, address: str, name: str) -> Target:
    page = browser.get(address)
    form = next(f for f in page.forms if name in f.names and "version" in f.names)
    return Target(address, form.fields.to_dict(flat=False), name)


def edit(app: Flask, count: int, workers: int = 8) -> Outcome:
    """Let so many processes save `count` edits in all at the same six things; check the history."""
    targets, browsers = make_targets(app)

    def work(worker: int, tell: Callable[[Any], None]) -> None:
        chance, browser = random.Random(worker), browsers[worker % len(browsers)]
        for number in range(1, count // workers + 1):
            place = chance.randrange(len(targets))
            target, own = targets[place], f"T{worker + 1}x{number}e"
            shown = browser.raw("GET", target.address).get_data(as_text=True)
            seen, version = _newest(shown, target), VERSION.search(shown)
            assert version is not None, shown[:2000]
            sent = {**target.fields, "version": version[1], target.name: f"{own}<{seen}"}
            sent["form_key"] = f"key-{own}"
            answer = browser.raw("POST", target.address, data=sent)
            text = answer.get_data(as_text=True)
            kind = {303: "saved", 409: "conflict"}.get(answer.status_code, str(answer.status_code))
            both = own in text and any(mark not in {own, seen} for mark in MARK.findall(text))
            tell([place, seen, own, kind, both])

    history = in_processes(workers, work)
    stored = [
        _newest(browsers[0].raw("GET", target.address).get_data(as_text=True), target)
        for target in targets
    ]
    return check(history, stored)


def _newest(page: str, target: Target) -> str:
    """The text that stands in the field now: the first mark after the field's name."""
    after = page[page.find(f'name="{target.name}"') :]
    found = MARK.search(after)
    return found[0] if found else ""


def check(history: Iterable[list[Any]], stored: list[str]) -> Outcome:
    """What the history says: each saved edit stands on another, in one line to the end."""
    outcome, over = Outcome(), [Counter[str]() for _ in stored]
    for place, seen, own, kind, both in history:
        outcome.edits += 1
        if kind == "saved":
            outcome.saved += 1
            over[place][seen] += 1
            over[place][f"own {own}"] += 1
        elif kind == "conflict":
            outcome.conflicts += 1
            outcome.unshown += not both
        else:
            outcome.broken[kind] += 1
    for place, counted in enumerate(over):
        written = {key.removeprefix("own ") for key in counted if key.startswith("own ")}
        under = {key: times for key, times in counted.items() if not key.startswith("own ")}
        outcome.lost += sum(times - 1 for times in under.values())  # two over the same text
        outcome.lost += len(set(under) - written - {BEGINNING})  # over a text nobody saved
        outcome.lost += ({BEGINNING} | written) - set(under) != {stored[place]}  # not at the end
    return outcome


def in_processes(
    count: int, work: Callable[[int, Callable[[Any], None]], None]
) -> Iterable[list[Any]]:
    """Do `work` in so many copies of this process at once; gives back all that they tell."""
    db.session.remove()
    db.engine.dispose()
    pipes, children = [], []
    for number in range(count):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.close(reader)
                with os.fdopen(writer, "w") as out:
                    work(number, lambda said: out.write(json.dumps(said) + "\n") and None)
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        os.close(writer)
        pipes.append(os.fdopen(reader))
        children.append(child)
    told = []
    for pipe in pipes:
        with pipe:
            told += [json.loads(line) for line in pipe]
    ended = [os.waitpid(child, 0)[1] for child in children]
    assert ended == [0] * count, ended
    return told
