"""Does the sign-in page tell who has an account? Existing against unknown addresses, one try each.

    python -m bench.signin [--accounts 1000] [--db sqlite] [--db postgresql]

Every address is tried once, with a wrong password, from a network address of its own, in pairs
whose order is drawn by lot, with the hash of an installation (not the cheap one of the tests).
Status, headers and bytes must be the same; the times are compared by the two-sample test of
Kolmogorov and Smirnov, p > 0.01 wanted. Beside it stands the same test between two halves of the
unknown addresses, where nothing can differ, and the least delay that it would have found.
"""

from __future__ import annotations

import argparse
import contextvars
import math
import random
import re
import statistics
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Flask

from bench.installation import DATABASES, installation, with_databases
from tests.kit.makers import make_user

VARYING = re.compile(r'name="csrf_token"[^>]*>')
OF_ONE_REQUEST = {"X-Request-Id", "Set-Cookie", "Date"}
WRONG = "a wrong password here"


@dataclass(frozen=True)
class Try:
    """What came back for one address, and the seconds on the clock and of the processor."""

    exists: bool
    seen: tuple[object, ...]
    clock: float
    processor: float


def tries(app: Flask, count: int, chance: random.Random) -> Iterator[Try]:
    """`count` existing and as many unknown addresses of one length, in pairs drawn by lot."""
    for number in range(count):
        make_user(email=f"known-{number:05}@example.go.jp")
    for number in range(count):
        pair = [("known", True), ("other", False)]
        chance.shuffle(pair)
        for place, (word, exists) in enumerate(pair):
            network = f"10.{place}.{number // 250}.{number % 250 + 1}"
            yield one_try(app, f"{word}-{number:05}@example.go.jp", network, exists=exists)


def one_try(app: Flask, email: str, network: str, *, exists: bool) -> Try:
    """The page opened in a new browser and sent with a wrong password; the sending is timed."""
    # Outside the context of whoever asks: requests share nothing, as on a server.
    return contextvars.Context().run(_one_try, app, email, network, exists)


def _one_try(app: Flask, email: str, network: str, exists: bool) -> Try:
    client, where = app.test_client(), {"REMOTE_ADDR": network}
    page = client.get("/signin", environ_base=where).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token, "no form"
    data = {"email": email, "password": WRONG, "csrf_token": token[1]}
    clock, processor = time.perf_counter(), time.process_time()
    answer = client.post("/signin", data=data, environ_base=where)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    text = VARYING.sub("", answer.text.replace(email, ""))
    headers = sorted((k, v) for k, v in answer.headers.items() if k not in OF_ONE_REQUEST)
    return Try(exists, (answer.status_code, len(answer.data), text, *headers), clock, processor)


def kolmogorov_smirnov(ones: Sequence[float], others: Sequence[float]) -> tuple[float, float]:
    """The largest distance of the two distributions, and how likely chance makes one as large.

    The probability is that of the limit, with Stephens' correction for finite samples; from about
    20 values on each side.
    """
    first, second = sorted(ones), sorted(others)
    distance = max(
        abs(bisect_right(first, x) / len(first) - bisect_right(second, x) / len(second))
        for x in (*first, *second)
    )
    root = math.sqrt(len(first) * len(second) / (len(first) + len(second)))
    reach = (root + 0.12 + 0.11 / root) * distance
    if reach < 0.2:
        return distance, 1.0  # the series does not settle there; its value is 1 to 12 places
    terms = (-1 if k % 2 == 0 else 1 for k in range(1, 101))
    series = sum(sign * math.exp(-2 * (k * reach) ** 2) for k, sign in enumerate(terms, 1))
    return distance, min(1.0, max(0.0, 2 * series))


def least_found(ones: Sequence[float], others: Sequence[float]) -> float:
    """The least delay of one side, in hundredths of the median, that gives p < 0.01."""
    step = statistics.median(others) / 100
    return next(
        n
        for n in range(1, 1000)
        if kolmogorov_smirnov([x + n * step for x in ones], others)[1] < 0.01
    )


def report(name: str, found: Sequence[Try], chance: random.Random) -> None:
    """Print what differs and what the times say."""
    answers = Counter(one.seen for one in found)
    statuses = sorted({one.seen[0] for one in found}, key=str)
    print(f"{name}: {len(found)} tries, {len(answers)} different answers, status {statuses}")
    for what in ("clock", "processor"):
        known = [getattr(one, what) for one in found if one.exists]
        other = [getattr(one, what) for one in found if not one.exists]
        distance, p = kolmogorov_smirnov(known, other)
        mixed = chance.sample(other, len(other))
        nothing = kolmogorov_smirnov(mixed[::2], mixed[1::2])[1]
        print(
            f"  {what}: medians {statistics.median(known) * 1e3:.2f} and "
            f"{statistics.median(other) * 1e3:.2f} ms, D {distance:.4f}, p {p:.3f} "
            f"(halves of the unknown: {nothing:.3f}; "
            f"found from a delay of {least_found(known, other)} % on)",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    with_databases(parser)
    asked = parser.parse_args()
    for database in asked.db or DATABASES:
        chance = random.Random(asked.seed)  # noqa: S311 - an order, nothing secret
        with installation(database, SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={}) as app:
            for _ in range(20):  # what is made once for a process is made before
                one_try(app, "first@example.go.jp", "10.9.9.9", exists=False)
            report(database, list(tries(app, asked.accounts, chance)), chance)


if __name__ == "__main__":
    main()
