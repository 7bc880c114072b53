"""Several processes that send letters while they are killed, the clock jumps and a week is lost.

What left is read from a log that every process appends to before it can mark anything as sent.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import re
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage
from multiprocessing.sharedctypes import RawValue
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from companion.core import clock
from companion.core.db import db, saved
from companion.core.mail import Letter, LetterKind, deliver_due, post, unresolved
from companion.notices.jobs import tell_of_unresolved
from companion.surveys.actions import open_round
from companion.surveys.jobs import send_reminders
from companion.surveys.models import Invitation, Reminder
from companion.surveys.terms import ReminderOutcome
from tests.kit.makers import make_period, make_team, make_user

WORKERS = 4
START = clock.at_jst(dt.date(2025, 9, 1), dt.time(9))
HOUR = dt.timedelta(hours=1)
MARK = re.compile(r"#[\w-]+#")


class Log:
    """A mailbox whose mails are lines of one file, written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, message: EmailMessage) -> None:
        text = message.get_content()
        marks = [str(message["Message-ID"]), *MARK.findall(text)]
        if "再度のお願い" in f"{message['Subject']}{text}":
            marks.append(f"{message['To']} {message['Message-ID']} reminded")
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, ("\t".join(marks) + "\n").encode())
        os.close(handle)

    def marks(self) -> Counter[str]:
        """How often each mail and each letter has left."""
        if not self.path.exists():
            return Counter()
        lines = self.path.read_text().splitlines()
        return Counter(mark for line in lines for mark in line.split("\t"))


@dataclass
class Posted:
    """What the run showed; `twice` and `lost` must be 0."""

    kills: int = 0
    letters: int = 0
    sent: int = 0
    shown_cut_off: int = 0
    left_though_cut_off: int = 0  # what sending again by itself would have sent twice
    shown_expired: int = 0
    waiting: int = 0  # for the next day
    told: int = 0
    reminders: Counter[str] = field(default_factory=Counter)
    twice: int = 0
    lost: int = 0


class Postmen:
    """The processes, and the clock they all read."""

    def __init__(self, app: Flask, log: Log) -> None:
        self.app, self.log = app, log
        # Without locks: whoever is killed holding one would keep the others waiting for ever.
        self.now = RawValue("d", START.timestamp())
        self.rounds = RawValue("L", 0)
        self.pids: list[int] = []
        self.kills = 0

    def moment(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.now.value, dt.UTC)

    def _work(self) -> None:
        while True:
            for task in (send_reminders, tell_of_unresolved, self._deliver):
                with clock.held(self.moment()):
                    try:
                        task()
                    except Exception:  # noqa: S110 as the scheduler: the next tick comes
                        pass
                    finally:
                        db.session.remove()
            self.rounds.value += 1

    def _deliver(self) -> None:
        deliver_due(self.log, sender="from@example.go.jp")

    def start(self) -> None:
        """Bring the number of processes back to four."""
        db.session.remove()
        db.engine.dispose()
        while len(self.pids) < WORKERS:
            child = os.fork()
            if child == 0:
                try:
                    self._work()
                finally:
                    os._exit(0)
            self.pids.append(child)

    def kill(self, pid: int) -> None:
        """Kill -9."""
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        self.pids.remove(pid)
        self.kills += 1

    def go_to(self, moment: dt.datetime, seconds: float) -> None:
        """Set everybody's clock and let them work, until one of them has come round."""
        self.now.value = moment.timestamp()
        before, began = self.rounds.value, time.monotonic()
        while self.rounds.value == before and time.monotonic() < began + 5:
            time.sleep(0.002)
        time.sleep(seconds)


def _prepare(towns: int, letters: int, chance: random.Random, days: int) -> None:
    make_period()
    make_user("coordinator")
    for _ in range(towns):
        make_team()
    closes_at = START + dt.timedelta(days=days * 3 // 5, hours=9)
    with clock.held(START), saved():
        open_round("municipality_eval", make_period(), by=None, closes_at=closes_at)
        for number in range(letters):
            due = START + dt.timedelta(minutes=chance.randrange(days * 24 * 60))
            kind = chance.choice([LetterKind.TEAM, LetterKind.ACTION, LetterKind.INVITATION])
            address = f"person{chance.randrange(max(letters // 3, 1))}@example.go.jp"
            body = f"見本 様\n\n#{number}#\n\n事務局"
            post(f"{number}", kind, to=address, subject=f"{number}", body=body, due_at=due)


def kill_postmen(
    app: Flask,
    folder: Path,
    kills: int,
    chance: random.Random,
    *,
    days: int = 30,
    towns: int = 30,
    letters: int = 300,
    pace: float = 0.1,
) -> Posted:
    """Run the days hour by hour; processes die at any moment, the clock jumps, a week is lost."""
    _prepare(towns, letters, chance, days)
    postmen = Postmen(app, Log(folder / "left.log"))
    hours = [START + HOUR * n for n in range(24 * days) if 8 <= (9 + n) % 24 <= 17]
    per_step = (kills - WORKERS) / len(hours)
    outage_at = START + dt.timedelta(days=days // 2)
    jumps = {chance.randrange(len(hours)): sign for sign in (1, -1, 1, -1)}
    due_kills, lost_until = 0.0, None
    postmen.start()
    try:
        for index, moment in enumerate(hours):
            if lost_until is not None and moment < lost_until:
                continue
            if lost_until is None and moment >= outage_at:
                lost_until = moment + dt.timedelta(days=min(7, days // 2))
                for pid in list(postmen.pids):
                    postmen.kill(pid)
                continue
            postmen.start()
            postmen.go_to(moment, pace * chance.random())
            if index in jumps:
                postmen.go_to(moment + dt.timedelta(days=2 * jumps[index]), pace)
                postmen.go_to(moment, pace)
            due_kills += per_step * (1.35 if days > 14 else 2)
            while due_kills >= 1 and postmen.kills < kills:
                postmen.kill(chance.choice(postmen.pids))
                due_kills -= 1
                postmen.start()
                time.sleep(pace * chance.random())
        end = START + dt.timedelta(days=days + 3)
        postmen.start()
        for n in range(10):
            postmen.go_to(end + HOUR * n, pace)
        _wait_until_quiet(postmen)
    finally:
        for pid in list(postmen.pids):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return _look(postmen)


def _wait_until_quiet(postmen: Postmen) -> None:
    """Until nothing that is due waits unclaimed: on a slow machine the days outrun the work."""
    for _ in range(200):
        due = db.session.scalars(select(Letter.due_at).where(Letter.state == "queued")).all()
        db.session.rollback()  # on SQLite, reading holds the lock as well
        if all(moment > postmen.moment() for moment in due):
            return
        postmen.go_to(postmen.moment() + HOUR, 0.1)


def _look(postmen: Postmen) -> Posted:
    db.session.remove()
    db.engine.dispose()
    left, found = postmen.log.marks(), Posted(kills=postmen.kills)
    found.twice = sum(count - 1 for count in left.values())
    with clock.held(postmen.moment() + HOUR):
        for letter in db.session.scalars(select(Letter)):
            found.letters += 1
            mark = MARK.search(letter.body)
            if letter.state == "sent":
                found.sent += 1
                found.lost += mark is not None and not left[mark[0]]
            elif letter.state == "sending" and unresolved(letter):
                found.shown_cut_off += 1
                found.left_though_cut_off += mark is not None and bool(left[mark[0]])
            elif letter.state == "expired":
                found.shown_expired += 1
                found.lost += mark is not None and bool(left[mark[0]])
            elif letter.state == "queued" and letter.due_at > postmen.moment():
                found.waiting += 1
            else:
                found.lost += 1
            found.told += letter.kind is LetterKind.POST
        rows: Any = db.session.execute(select(Reminder.invitation_id, Reminder.outcome)).all()
        found.reminders = Counter(outcome.value for _, outcome in rows)
        invited = db.session.scalars(select(Invitation.id)).all()
        found.lost += 4 * len(invited) - len(rows)
        keys = db.session.scalars(select(Letter.key).where(Letter.key.contains("/remind/"))).all()
        found.lost += found.reminders[ReminderOutcome.POSTED.value] - len(keys)
    return found
