"""What follows from everything published, asked of an integer programme.

`bench/disclosure.py` attacks 10,000 programmes; here a few, and the first period's 182 answers.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from companion.surveys.crosstab import crosstabs
from companion.surveys.tables import AnswerSet
from tests.surveys.attack import Published, attack
from tests.surveys.makers import municipality_eval, municipality_sets, official_eval, official_sets
from tests.surveys.programmes import attacked, definition, try_programme


def test_the_attack_finds_what_follows() -> None:
    """Two overlapping rows that differ by one person: the difference is that person's answer."""
    answers = [frozenset({"5" if i % 3 else "4"}) for i in range(30)]
    rows = [frozenset(range(15)), frozenset(range(14)), frozenset(range(10, 30))]
    public = Published(True, answers, ["5", "4", ""], rows, [])
    found = attack(public)
    assert 14 in found.people
    assert attack(Published(True, answers, ["5", "4", ""], rows[:1], [])).people == set()
    alike = [frozenset({"5"})] * 15 + answers[15:]
    assert attack(Published(True, alike, ["5", "4"], rows[:1], [])).people == set(range(15))
    known = attack(Published(True, answers, ["5", "4", ""], rows[:2], [frozenset({14})]))
    assert known.cells == [(0, "5", 1)]


def test_random_programmes_betray_nobody(request: pytest.FixtureRequest) -> None:
    count = 600 if request.config.getoption("--long") else 6
    found: Counter[str] = Counter()
    for seed in range(count):
        found.update(try_programme(seed, definition()))
    assert found["hidden figures"] > 10 * count
    assert found["recovered figures"] == 0
    assert found["determined answers"] == 0


def test_none_of_the_182_answers_of_the_first_period_is_determined(
    request: pytest.FixtureRequest,
) -> None:
    of_officials = ["overall", "reasons"] if request.config.getoption("--long") else ["overall"]
    chance = random.Random(7)
    fields = [f"f{i}" for i in range(14)]
    found: Counter[str] = Counter()
    for defn, answers, names in (
        (municipality_eval(), municipality_sets(), ["overall", "cont"]),
        (official_eval(), official_sets(), of_officials),
    ):
        chance.shuffle(answers)
        sets = [
            AnswerSet(
                one,
                banners={
                    "policy_field": chance.sample(fields, chance.choice([1, 2, 3])),
                    "region": [chance.choice("abcdefgh")],
                },
            )
            for one in answers
        ]
        banners = {
            "policy_field": [(code, code) for code in fields],
            "region": [(code, code) for code in "abcdefgh"],
        }
        for name in names:
            found.update(attacked(defn, name, sets, banners))
            crossed = crosstabs(defn, name, sets, banners)
            assert any(not row.hidden for table in crossed.values() for row in table.rows)
    assert found["recovered figures"] == 0
    assert found["determined answers"] == 0
