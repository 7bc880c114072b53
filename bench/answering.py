"""1,741 municipalities answer their survey: one gunicorn worker (4 threads, as deployed).

    python -m bench.answering [--places 1741] [--clients 8] [--minutes 0] [--url postgresql://…]

Every respondent opens the link of the letter, begins, fills the page, looks at the check, hands in
and sees the receipt; every twentieth hands in twice (a double click). With `--minutes 60` they
arrive evenly within the hour; with 0, the default, each client goes on as soon as it is answered,
which shows how much faster than the hour one worker is. Afterwards every answer that was
acknowledged is compared with its row, field by field: `lost` and `differing` must be 0.

The alternative in the same run is the sign-in page, asked by the same clients: no draft, no answer.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import func, select

from companion import create_app
from companion.applications.models import Challenge, ChallengeField
from companion.applications.terms import ChallengeState, PopulationBasis
from companion.core import clock
from companion.core.db import database_url, db, saved
from companion.people.actions import seed_masters as seed_people
from companion.periods.actions import seed_masters as seed_periods
from companion.places.models import Municipality
from companion.places.prefectures import PREFECTURE_NAMES
from companion.surveys.actions import open_round
from companion.surveys.links import link_of
from companion.surveys.models import AnswerSet, Invitation, Receipt, ResponseDay
from companion.teams.models import Team
from companion.teams.terms import TeamState
from tests.kit.makers import lg_code, make_period

PORT = int(os.environ.get("BENCH_PORT", "8767"))
FIELD = re.compile(r'name="(csrf_token|form_key|seen)"[^>]*value="([^"]*)"')
STEPS = ("link", "start", "begin", "page", "save", "check", "hand in", "receipt")


@dataclass
class Seen:
    """What the clients measured: milliseconds by step, and what was acknowledged."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


class Client:
    """A browser as far as it matters: one connection, cookies, redirects not followed."""

    def __init__(self, seen: Seen) -> None:
        self.seen, self.cookies = seen, {}
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)

    def ask(self, step: str, path: str, data: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, where it leads, and the page."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if data is not None:
            body = urllib.parse.urlencode(data)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request("GET" if body is None else "POST", path, body, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        self.seen.times[step].append((time.perf_counter() - began) * 1000)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, urllib.parse.urlsplit(answer.getheader("Location") or "").path, page


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's main form."""
    return dict(FIELD.findall(page))


def given(code: str) -> dict[str, str]:
    """What a place answers: always the same for its code."""
    chance = random.Random(code)  # noqa: S311 - answers to compare with
    answers = {
        "overall": str(chance.randint(1, 5)),
        "cont": chance.choice(["need", "not_need", "dk"]),
    }
    if answers["cont"] == "need":
        answers["cont_years"] = chance.choice(["y1", "y2", "y3", "y4"])
    answers["change"] = f"{code}では、{'視点が変わった。' * chance.randint(1, 20)}"
    return answers


def answer(code: str, link: str, seen: Seen, *, twice: bool) -> None:
    """One respondent from the letter to the receipt."""
    client, answers = Client(seen), given(code)
    _, start, _ = client.ask("link", link)
    _, _, page = client.ask("start", start)
    _, first, _ = client.ask("begin", f"{start}/begin", hidden(page))
    _, _, page = client.ask("page", first)
    status, check, page = client.ask("save", first, {**hidden(page), **answers})
    if status != 303:
        seen.faults.append(f"{code} save {status}")
        return
    _, _, page = client.ask("check", check)
    form = {**hidden(page), "respondent": f"{code} 企画課"}
    for _ in range(2 if twice else 1):
        status, done, _ = client.ask("hand in", check, form)
        if status != 303 or not done.endswith("/done"):
            seen.faults.append(f"{code} hand in {status} {done}")
            return
    seen.acknowledged[code] = answers
    status, _, _ = client.ask("receipt", done)
    client.connection.close()


def fill(places: int) -> list[tuple[str, str]]:
    """The programme with one announced team a place; (code, path of the link) of each."""
    period = make_period()
    prefectures = sorted(PREFECTURE_NAMES)
    with saved():
        for number in range(places):
            prefecture = prefectures[number % len(prefectures)]
            code = lg_code(prefecture, number // len(prefectures))
            name = f"見本{number}町"
            db.session.add(
                Municipality(lg_code=code, prefecture_code=prefecture, name=name, kana="みほん")
            )
            challenge = Challenge(
                period=period,
                lg_code=code,
                state=ChallengeState.SELECTED,
                population=10_000,
                population_basis=PopulationBasis.CENSUS,
                population_on=clock.today(),
                division="企画課",
                contact_name="見本",
                contact_phone="03-0000-0000",
                contact_email=f"kikaku@{code}.example.lg.jp",
                title="見本",
                present_state="見本",
                wished_support="見本",
                fields=[ChallengeField(field_code="tourism", position=0)],
            )
            db.session.add(
                Team(period=period, challenge=challenge, number=number + 1, state=TeamState.ACTIVE)
            )
    with saved():
        opened = open_round("municipality_eval", period, by=None)
        rows = db.session.scalars(select(Invitation).where(Invitation.round_id == opened.id))
        return [(str(row.lg_code), urllib.parse.urlsplit(link_of(row)).path) for row in rows]


def run(people: list[tuple[str, str]], clients: int, minutes: float) -> tuple[Seen, float]:
    """All answer; returns what was seen and how many seconds it took."""
    seen, lock, began = Seen(), threading.Lock(), time.monotonic()
    waiting = list(enumerate(people))[::-1]

    def work() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                number, (code, link) = waiting.pop()
            at = began + number * minutes * 60 / len(people)
            time.sleep(max(0.0, at - time.monotonic()))
            try:
                answer(code, link, seen, twice=number % 20 == 0)
            except OSError as error:
                seen.faults.append(f"{code} {error!r}")

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen, time.monotonic() - began


def compare(seen: Seen) -> dict[str, int]:
    """Every acknowledged answer against its row."""
    rows = dict(
        db.session.execute(
            select(Invitation.lg_code, AnswerSet.answers)
            .join(AnswerSet, AnswerSet.invitation_id == Invitation.id)
            .where(AnswerSet.is_withdrawn.is_(False))
        ).all()
    )
    stored = db.session.scalar(select(func.count()).select_from(AnswerSet)) or 0
    return {
        "acknowledged": len(seen.acknowledged),
        "lost": len(set(seen.acknowledged) - set(rows)),
        "differing": sum(rows.get(c) != a for c, a in seen.acknowledged.items() if c in rows),
        "stored": stored,
        "receipts": db.session.scalar(select(func.count()).select_from(Receipt)) or 0,
        "counted by day": db.session.scalar(select(func.sum(ResponseDay.count))) or 0,
        "faults": len(seen.faults),
    }


def show(seen: Seen, seconds: float, counted: dict[str, int]) -> None:
    """Print the figures."""
    everything = sorted(t for times in seen.times.values() for t in times)
    print(
        f"{seconds:.0f} s, {counted['acknowledged'] / seconds * 3600:.0f} answers an hour,", end=" "
    )
    print(f"{len(everything) / seconds:.1f} requests a second")
    print(f"all requests: p50 {statistics.median(everything):.0f} ms, p95 {p95(everything):.0f} ms")
    for step in STEPS:
        times = sorted(seen.times[step])
        print(f"  {step:8} p50 {statistics.median(times):6.0f}  p95 {p95(times):6.0f} ms")
    print(counted, *seen.faults[:5], sep="\n")


def p95(times: list[float]) -> float:
    """The time that 95 of 100 do not exceed."""
    return times[max(0, int(len(times) * 0.95) - 1)]


def floor(clients: int) -> float:
    """p50 of the sign-in page for the same number of clients, in milliseconds."""
    seen = Seen()

    def work() -> None:
        client = Client(seen)
        for _ in range(25):
            client.ask("floor", "/signin")

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statistics.median(seen.times["floor"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=1741)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--url")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as space:
        os.environ["COMPANION_INSTANCE"] = space
        os.environ.pop("DATABASE_URL", None)
        if asked.url:
            os.environ["DATABASE_URL"] = database_url(asked.url)
        app = create_app()
        with app.app_context():
            upgrade(directory=app.root_path + "/migrations")
            with saved():
                seed_people()
                seed_periods()
            people = fill(asked.places)
            db.session.remove()
            db.engine.dispose()
            server = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{PORT}",
                 "--workers", "1", "--log-level", "error"],
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            try:
                for _ in range(1_200):  # two minutes on a busy machine
                    try:
                        Client(Seen()).ask("floor", "/signin")
                        break
                    except OSError:
                        time.sleep(0.1)
                print(f"{asked.places} places, {asked.clients} clients, {db.engine.dialect.name}")
                print(f"/signin (alternative): p50 {floor(asked.clients):.0f} ms")
                seen, seconds = run(people, asked.clients, asked.minutes)
            finally:
                server.terminate()
                server.wait()
            show(seen, seconds, compare(seen))


if __name__ == "__main__":
    main()
