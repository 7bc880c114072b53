"""Sends bent workbooks and bombs to the page that takes lists in, and watches what they cost."""

from __future__ import annotations

import io
import json
import random
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select

from companion.applications.actions import plan_import
from companion.core.access import Role
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.sheets import InvalidWorkbook, child, reader
from companion.periods.models import Period
from tests.core.test_sheet_reader import HOSTILE
from tests.kit.makers import make_challenge, make_official, make_period, make_team, make_user
from tests.kit.mutants import good, mutant
from tests.kit.pages import Browser

# Tables that taking a look at a list may write: the upload itself and what the request leaves.
LOOKED = {"imports", "audit_lines", "used_form_keys", "sign_ins"}


@dataclass
class Outcome:
    """What became of the workbooks; `faults` must be empty."""

    sent: int = 0
    read: int = 0  # shown as a preview
    refused: int = 0  # with one sentence that says what to do
    confirmed: int = 0  # previews that were carried out as well
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0  # seconds of processor time of one workbook, its reading process included
    longest: float = 0.0  # seconds on the clock
    peak: int = 0  # KiB of the reading process that took most, of those that were measured


def coordinator(app: Flask) -> Browser:
    """Somebody who takes lists in, in a period with a team."""
    make_period()
    make_team(make_challenge(), [make_official() for _ in range(3)])
    app.config["WTF_CSRF_ENABLED"] = False
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    return browser


def send_mutants(
    browser: Browser, outcome: Outcome, *, count: int, seed: int, every: int = 10
) -> None:
    """Bend valid lists and send them; now and then carry out what was read.

    The memory of one in `every` is measured, which takes a second reading.
    """
    chance, lists = random.Random(seed), good()
    for number in range(count):
        kind = chance.choice(list(lists))
        way, data = mutant(lists[kind], chance)
        _send(browser, outcome, kind, data, f"{seed}/{number} {kind} {way}", chance, every=every)


def read_inside(outcome: Outcome, *, count: int, seed: int) -> None:
    """Bend valid lists, read them without a process of their own, and plan their taking in.

    Ten times as many in the same time; what the pages make of it is `send_mutants`' part.
    """
    chance, lists = random.Random(seed), good()
    period = db.session.scalars(select(Period)).first()

    def read(data: bytes) -> dict[str, Any]:
        try:
            answer = {"sheets": child.parse(data)}
        except child.guard.InvalidWorkbook as refusal:
            return {"fault": str(refusal)}
        return dict(json.loads(json.dumps(answer)))

    apart, reader._read_apart = reader._read_apart, read
    try:
        for number in range(count):
            kind = chance.choice(list(lists))
            way, data = mutant(lists[kind], chance)
            outcome.sent += 1
            used = _used()
            try:
                plan_import(kind, data, "一覧.xlsx", period=period)
                outcome.read += 1
            except (InvalidWorkbook, Refused) as refusal:
                outcome.refused += 1
                if not str(refusal).endswith("ください。"):
                    outcome.faults.append(f"{seed}/{number} {kind} {way}: says {refusal}")
            except Exception as failure:
                outcome.faults.append(f"{seed}/{number} {kind} {way}: {failure!r}"[:300])
            outcome.slowest = max(outcome.slowest, _used() - used)
            db.session.rollback()
    finally:
        reader._read_apart = apart


def send_bombs(browser: Browser, outcome: Outcome) -> None:
    """Every hostile workbook the reader knows of."""
    for name, make, filename, _ in HOSTILE:
        _send(browser, outcome, "codes", make(), name, random.Random(0), filename)


def _send(
    browser: Browser,
    outcome: Outcome,
    kind: str,
    data: bytes,
    what: str,
    chance: random.Random,
    filename: str = "一覧.xlsx",
    every: int = 1,
) -> None:
    outcome.sent += 1
    began, used = time.perf_counter(), _used()
    sent = {"kind": kind, "file": (io.BytesIO(data), filename)}
    answer = browser.raw("POST", "/2025/imports", data=sent)
    outcome.slowest = max(outcome.slowest, _used() - used)
    outcome.longest = max(outcome.longest, time.perf_counter() - began)
    if outcome.sent % every == 1 or every == 1:
        outcome.peak = max(outcome.peak, peak_of(data))
    if answer.status_code == 303:
        outcome.read += 1
        address = answer.headers["Location"]
        shown = browser.raw("GET", address)
        if shown.status_code != 200:
            outcome.faults.append(f"{what}: preview {shown.status_code}")
        elif chance.random() < 0.3:
            outcome.confirmed += 1
            done = browser.raw("POST", f"{address}/confirm", data={"form_key": f"key{what}"[:43]})
            if done.status_code != 303:
                outcome.faults.append(f"{what}: confirming {done.status_code}")
            browser.get(address)
        return
    if answer.status_code not in {413, 422}:
        outcome.faults.append(f"{what}: {answer.status_code}")
        return
    outcome.refused += 1
    text = answer.get_data(as_text=True)
    if "ください" not in text or "Traceback" in text:
        outcome.faults.append(f"{what}: says {text[:300]}")
    db.session.rollback()


def _used() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


# A process counts what its parent held when it was made: between them stands a small one.
_SMALL = (
    "import resource,subprocess,sys;"
    "subprocess.run([sys.executable,'-I','-X','utf8',sys.argv[1]],stdout=subprocess.DEVNULL,"
    "stderr=subprocess.DEVNULL);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def peak_of(data: bytes) -> int:
    """KiB that the isolated process takes at most to read, or refuse, a workbook."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _SMALL, child.__file__],
        input=data,
        capture_output=True,
        check=True,
    )
    return int(done.stdout)
