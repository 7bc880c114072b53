"""The engine against the second count; `pytest --long` takes 1,000 definitions."""

from __future__ import annotations

import random
from typing import Any

import pytest

from companion.surveys.crosstab import crosstabs
from companion.surveys.definition import SurveyDefinition
from companion.surveys.tabulate import AnswerSet, Table, tabulate, team_weighted_mean
from tests.surveys.bruteforce import (
    Made,
    Person,
    expected,
    groups_of,
    make_definition,
    make_people,
    team_mean,
)

BANNERS = {"field": "abc", "region": "xyz"}


def sets_of(people: list[Person]) -> list[AnswerSet]:
    return [
        AnswerSet(one.answers, banners=one.groups, unasked=one.unasked, team=one.team)
        for one in people
    ]


def said(table: Table, *, parts: bool) -> dict[str, Any]:
    """A table of the engine in the words of the second count."""
    found: dict[str, Any] = {"n": table.n, "no_answer": table.no_answer}
    if table.kind == "number":
        found["bins"] = [(row.count, row.share_tenths) for row in table.rows]
        found["n_scored"] = table.n_scored
        if not table.mean_flag:
            found |= {"mean": table.mean_tenths, "median": table.median}
            found["ends"] = (table.minimum, table.maximum)
        return found
    if parts:
        found["parts"] = {
            part.question.split("/")[1]: said(part, parts=False) for part in table.parts
        }
        return found
    if table.kind == "text":
        return found
    found["rows"] = {row.code: (row.count, row.share_tenths) for row in table.rows}
    if table.mt_row:
        found["mt"] = (table.mt_row.count_total, table.mt_row.mt_tenths)
        found["of_answers"] = {row.code: row.of_answers_tenths for row in table.rows}
    elif any(row.score is not None for row in table.rows):
        found |= {"n_scored": table.n_scored, "flag": table.mean_flag}
        if not table.mean_flag:
            found |= {"mean": table.mean_tenths, "median": table.median}
            for name, box in (("top", table.top_box), ("bottom", table.bottom_box)):
                if box:
                    found[name] = (box.count, box.share_tenths)
            if table.non_response_range:
                found["range"] = table.non_response_range
    return found


def compare(seed: int) -> int:
    """One random round counted twice; gives the number of tables compared."""
    chance = random.Random(seed)
    made = make_definition(chance)
    people = make_people(chance, made)
    defn = SurveyDefinition.model_validate(made.data)
    sets, invited = sets_of(people), len(people) + chance.randint(0, 9)
    compared = 0
    for question in made.questions:
        if question["type"] == "note":
            continue
        name = question["name"]
        table = tabulate(defn, name, sets, invited=invited, min_base=0)
        wanted = expected(made, name, people, invited)
        found = said(table, parts=question["type"] == "matrix")
        found |= {"not_asked": table.not_asked, "not_surveyed": table.not_surveyed}
        assert found == wanted, (seed, name)
        compared += 1
        if question["type"] in {"scale5", "single", "multi"} and table.rows:
            compared += compare_groups(made, defn, name, people, sets)
        if question["type"] == "scale5":
            assert team_weighted_mean(defn, name, sets) == team_mean(made, name, people), seed
    return compared


def compare_groups(
    made: Made, defn: SurveyDefinition, name: str, people: list[Person], sets: list[AnswerSet]
) -> int:
    """Cross tables without a threshold: every group is a round of its own."""
    groups = {banner: [(code, code) for code in codes] for banner, codes in BANNERS.items()}
    crossed = crosstabs(defn, name, sets, groups, min_base=0)
    whole = expected(made, name, people)
    for banner, codes in BANNERS.items():
        rows = {row.code: row for row in crossed[banner].rows}
        for code, members in groups_of(people, banner, codes):
            wanted, row = expected(made, name, members), rows[code]
            assert row.n == wanted["n"]
            for cell in row.cells:
                count, share = wanted["rows"].get(cell.code, (0, 0 if row.n else None))
                assert (cell.count, cell.share_tenths) == (count, share), (name, banner, code)
                away = abs(share - whole["rows"][cell.code][1]) if row.n >= 30 else 0
                assert len(cell.mark) == (2 if away >= 100 else 1 if away >= 50 else 0)
            assert row.mean_tenths == wanted.get("mean")
    return len(BANNERS)


def test_random_rounds_are_counted_alike_by_brute_force(request: pytest.FixtureRequest) -> None:
    count = 1_000 if request.config.getoption("--long") else 120
    assert sum(compare(seed) for seed in range(count)) > 8 * count
