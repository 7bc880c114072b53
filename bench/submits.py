"""Every creating form sent twice at the same moment, again and again: what is made is made once.

    python -m bench.submits [--times 200] [--db sqlite] [--db postgresql] [--only WORD]

The forms are found by opening every page; before each try all tables are put back.
"""

from __future__ import annotations

import argparse
import time

from bench.installation import DATABASES, installation, with_databases
from companion.core import clock
from tests.conftest import MOMENT
from tests.shape.submits import at_once, creating, double
from tests.shape.world import build


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--only", default="", help="forms whose address holds this word")
    with_databases(parser)
    asked = parser.parse_args()
    for database in asked.db or DATABASES:
        with clock.held(MOMENT), installation(database, WTF_CSRF_ENABLED=False) as app:
            world, began, tries, faults = build(), time.perf_counter(), 0, 0
            found, unseen = creating(app, world)
            if unseen:
                print("not met in any state:", *unseen)
            with at_once(app, world) as (pair, snapshot):
                for offer in (offer for offer in found if asked.only in offer.shape):
                    outcome = double(
                        app, world, offer, times=asked.times, pair=pair, snapshot=snapshot
                    )
                    tries += outcome.tries
                    faults += sum(outcome.faults.values())
                    print(database, offer.shape, outcome, flush=True)
            seconds = time.perf_counter() - began
            print(
                f"{database}: {len(found)} forms, {tries} tries, {faults} faults, {seconds:.0f} s"
            )


if __name__ == "__main__":
    main()
