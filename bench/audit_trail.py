"""Six kinds of tampering, 1,000 times each, and the time to verify 100,000 lines.

python bench/audit_trail.py [--times 1000] [--lines 100000]
"""

from __future__ import annotations

import argparse
import copy
import random
import time

from companion.core.chain import Anchor, verify
from tests.kit.tampering import KINDS, made_trail


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--lines", type=int, default=100_000)
    asked = parser.parse_args()
    chance = random.Random(1)  # noqa: S311 - which lines are changed, nothing secret
    trail = made_trail(100)
    anchor = Anchor(100, trail[-1]["hash"])
    for kind, change in KINDS.items():
        with_anchor = alone = 0
        for _ in range(asked.times):
            changed = change(copy.deepcopy(trail), chance)
            with_anchor += not verify(changed, [anchor]).holds
            alone += not verify(changed).holds
        print(f"{kind:8} found {with_anchor}/{asked.times} with the anchor, {alone} without")
    trail = made_trail(asked.lines)
    began = time.perf_counter()
    verdict = verify(trail, [Anchor(asked.lines, trail[-1]["hash"])])
    print(f"verified {verdict.lines} lines in {time.perf_counter() - began:.2f} s: {verdict.holds}")


if __name__ == "__main__":
    main()
