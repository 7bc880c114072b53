"""Bent workbooks and bombs through the page that takes lists: failures, seconds and memory of each.

    python -m bench.workbooks [--mutants 10000] [--sent 2000] [--db sqlite]

Seconds are those of the processor, of the reading process as well; memory is the reading process's.
"""

from __future__ import annotations

import argparse
import sys

from bench.installation import installation
from companion.core import clock
from tests.applications.mutating import Outcome, coordinator, read_inside, send_bombs, send_mutants
from tests.conftest import MOMENT


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=10_000, help="read and planned")
    parser.add_argument("--sent", type=int, default=2_000, help="sent through the page as well")
    parser.add_argument("--db", default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    bad = 0
    with clock.held(MOMENT), installation(asked.db, WTF_CSRF_ENABLED=False) as app:
        browser = coordinator(app)
        for name in ("bombs", "sent", "read"):
            outcome = Outcome()
            if name == "bombs":
                send_bombs(browser, outcome)
            elif name == "sent":
                send_mutants(browser, outcome, count=asked.sent, seed=asked.seed)
            else:
                read_inside(outcome, count=asked.mutants, seed=asked.seed + 1)
            print(
                f"{name}: {outcome.sent} sent, {outcome.read} read, {outcome.refused} refused,"
                f" {outcome.confirmed} carried out, {len(outcome.faults)} faults; slowest"
                f" {outcome.slowest:.2f} s of processor, {outcome.longest:.2f} s on the clock,"
                f" peak {outcome.peak / 1024:.0f} MiB",
                *outcome.faults[:20],
                sep="\n  ",
                flush=True,
            )
            bad += len(outcome.faults)
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
