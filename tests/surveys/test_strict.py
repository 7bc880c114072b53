"""`strict: true`: no count of one or two is printed, and none follows from what is."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from companion.surveys.checks import checks
from companion.surveys.crosstab import crosstabs
from companion.surveys.definition import SurveyDefinition
from companion.surveys.shares import HIDDEN
from companion.surveys.tables import AnswerSet, Table
from companion.surveys.tabulate import tabulate, tabulate_all
from tests.surveys.makers import small
from tests.surveys.programmes import QUESTIONS, attacked, make_programme

HOURS = "- {name: hours, type: number, label: 時間, analysis: {bins: [0, 8, 16]}}"


def strict() -> SurveyDefinition:
    return small(QUESTIONS + HOURS, min_base=10, extra="strict: true\n")


def given(counts: dict[str, int], name: str = "overall") -> list[dict[str, object]]:
    return [{name: code} if code else {} for code, n in counts.items() for _ in range(n)]


def printed(table: Table) -> dict[str, int | str]:
    return {row.code: row.flag or row.count for row in table.printed_rows}


@pytest.mark.parametrize(
    ("counts", "left"),
    [
        # The small one goes with the smallest larger one, or n would tell it.
        ({"5": 9, "4": 4, "3": 2}, {"5": 9, "4": HIDDEN, "3": HIDDEN, "2": 0, "1": 0}),
        # Even two small ones: each is one or two, so their sum could tell both.
        (
            {"5": 9, "4": 4, "2": 1, "1": 1},
            {"5": 9, "4": HIDDEN, "3": 0, "2": HIDDEN, "1": HIDDEN},
        ),
        ({"5": 9, "4": 3, "3": 3}, {"5": 9, "4": 3, "3": 3, "2": 0, "1": 0}),
        (
            {"5": 9, "4": 8, "": 2},
            {"5": 9, "4": HIDDEN, "3": 0, "2": 0, "1": 0, "": HIDDEN},
        ),
        (dict.fromkeys("54321", 2), dict.fromkeys("54321", HIDDEN)),
    ],
)
def test_small_counts_are_hidden_with_what_tells_them(
    counts: dict[str, int], left: dict[str, int | str]
) -> None:
    defn = strict()
    table = tabulate(defn, "overall", given(counts))
    assert printed(table) == left
    assert table.n == sum(counts.values())
    if HIDDEN in left.values():
        told = (table.mean_tenths, table.median, table.top_box, table.score_sum, table.n_scored)
        assert told == (None, None, None, None, 0)
        assert table.mean_flag == HIDDEN
        assert not any(str(n) in note for note in table.notes for n in counts.values() if n < 3)
    else:
        assert table.mean_tenths is not None
    whole = tabulate(defn, "overall", given(counts), min_base=0)
    assert {code: n for code, n in printed(whole).items() if n} == counts, "the internal edition"
    tables = tabulate_all(defn, given(counts))
    assert all(check.ok for check in checks(defn, tables, valid=table.n, invited=table.n))


def test_several_answers_stand_each_for_itself() -> None:
    answers = [{"reasons": ["r0", "r1"] if i < 2 else ["r0"]} for i in range(12)]
    table = tabulate(strict(), "reasons", answers)
    assert printed(table)["r0"] == 12
    assert printed(table)["r1"] == HIDDEN
    assert table.mt_row is None, "the total would tell the difference"
    assert all(row.of_answers_tenths is None for row in table.rows)


def test_the_ends_of_numbers_are_one_persons_figures() -> None:
    answers = [{"hours": str(i)} for i in range(16)]
    table = tabulate(strict(), "hours", answers)
    assert [row.count for row in table.rows] == [8, 8]
    assert (table.minimum, table.maximum) == (None, None)
    assert table.mean_tenths == 75


@pytest.mark.parametrize("name", ["overall", "cont", "reasons"])
def test_no_small_count_stands_in_a_cross_table_or_follows(name: str) -> None:
    defn, found = strict(), Counter[str]()
    for seed in range(6):
        sets, banners = make_programme(random.Random(seed))
        whole = tabulate(defn, name, sets)
        gone = {code for code, count in printed(whole).items() if count == HIDDEN}
        for table in crosstabs(defn, name, sets, banners).values():
            for row in (table.total, *(row for row in table.rows if not row.hidden)):
                cells = {cell.code: cell for cell in (*row.cells, row.no_answer)}
                assert {code for code, cell in cells.items() if cell.flag == HIDDEN} == gone
                counts = [cell.count for cell in cells.values() if not cell.flag]
                assert not {1, 2} & set(counts)
                if whole.kind != "multi":
                    assert row.n - sum(counts) not in {1, 2}, "what is left of n"
                assert not gone or row.mean_tenths is None
        found.update(attacked(defn, name, sets, banners))
    assert found["recovered figures"] == 0
    assert found["determined answers"] == 0


def test_without_the_word_nothing_changes() -> None:
    defn = small(QUESTIONS, min_base=10)
    answers = [AnswerSet({"overall": "5" if i else "1"}) for i in range(12)]
    assert printed(tabulate(defn, "overall", answers))["1"] == 1
