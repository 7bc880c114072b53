"""The published tables of the first period from raw answers, and the wrong figure in them.

    .venv/bin/python -m bench.published

Counts all questions of 57 municipalities and 125 officials, checks the tables, and checks the
published table as pasted. The alternative is a plain count of the same answers, rounding floats.
"""

from __future__ import annotations

import time
from collections import Counter

from tests.surveys.makers import municipality_sets, official_sets
from tests.surveys.published import PRINTED, reproduced, wrong_when_pasted


def counted_plainly() -> int:
    """The same answers counted with a counter and floats, nothing checked."""
    made = 0
    for answers in (municipality_sets(), official_sets()):
        counts: Counter[tuple[str, str]] = Counter()
        for one in answers:
            for name, given in one.items():
                counts.update(
                    (name, code) for code in ([given] if isinstance(given, str) else given)
                )
        made += len([round(100 * count / len(answers), 1) for count in counts.values()])
    return made


def main() -> None:
    """Measure and print."""
    began = time.perf_counter()
    found, wrong = reproduced()
    pasted = wrong_when_pasted()
    took = time.perf_counter() - began
    began = time.perf_counter()
    counted_plainly()
    alone = time.perf_counter() - began
    same = sum(found[name] == value for name, value in PRINTED.items())
    print(f"{len(PRINTED)} published figures, {same} come out of the raw answers")
    for name, value in PRINTED.items():
        if found[name] != value:
            print(f"published {value}, computed {found[name]}: {name}")
    print("checks of the tables:", *wrong)
    print("pasted:", *(f"{line.label} {line.printed}: {line.told}" for line in pasted))
    print(f"{took:.3f} s, the definitions read included; counted plainly {alone:.3f} s")


if __name__ == "__main__":
    main()
