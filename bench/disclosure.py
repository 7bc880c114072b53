"""Attacking the published cross tables of random programmes with an integer programme.

    .venv/bin/python -m bench.disclosure [--programmes 10000] [--processes 2] [--first 0]

The attacker knows who responded and everybody's groups. Prints how many hidden figures and how
many people's answers follow from all tables of a question; both must be 0.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from functools import partial
from multiprocessing import Pool

from tests.surveys.programmes import definition, try_programme


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--programmes", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    found: Counter[str] = Counter()
    began = time.perf_counter()
    seeds = range(asked.first, asked.first + asked.programmes)
    with Pool(asked.processes) as pool:
        work = partial(try_programme, defn=definition())
        for number, one in enumerate(pool.imap_unordered(work, seeds, chunksize=10), start=1):
            found.update(one)
            if number % 500 == 0:
                print(number, f"{time.perf_counter() - began:.0f} s", dict(found), flush=True)
    print(dict(found), f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
