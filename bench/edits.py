"""Eight processes edit the same six things: saved edits lost, conflicts without both texts.

    python -m bench.edits [--edits 10000] [--workers 8] [--db sqlite] [--db postgresql]

Two logs, two next actions and two indicators of one team; every edit opens the form and sends it.
"""

from __future__ import annotations

import argparse
import time

from bench.installation import DATABASES, installation, with_databases
from tests.kit.editing import edit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=8)
    with_databases(parser)
    asked = parser.parse_args()
    for database in asked.db or DATABASES:
        with installation(database, WTF_CSRF_ENABLED=False) as app:
            began = time.perf_counter()
            outcome = edit(app, asked.edits, asked.workers)
            print(database, outcome, f"{time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
