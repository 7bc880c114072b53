"""Cross tables: row shares, overlapping groups, and groups that may not be seen."""

from __future__ import annotations

from typing import Any

import pytest

from companion.surveys.checks import checks
from companion.surveys.crosstab import crosstab, crosstabs
from companion.surveys.tabulate import AnswerSet
from tests.surveys.makers import municipality_eval, official_eval, small

REGIONS = [("n", "北"), ("e", "東"), ("s", "南"), ("w", "西")]


def sets_of(sizes: dict[str, int], score: str = "4", **more: Any) -> list[AnswerSet]:
    return [
        AnswerSet({"overall": score, **more}, banners={"region": [code] if code else []})
        for code, size in sizes.items()
        for _ in range(size)
    ]


def test_each_row_is_a_hundred_and_the_first_is_everybody() -> None:
    sets = sets_of({"n": 30, "e": 20}) + sets_of({"n": 10, "s": 12}, "5")
    table = crosstab(municipality_eval(), "overall", "region", sets, REGIONS, min_base=0)
    assert [(row.label, row.n_text) for row in (table.total, *table.rows)] == [
        ("全体", "72"), ("北", "40"), ("東", "20＊"), ("南", "12＊"), ("西", "0"),
    ]  # fmt: skip
    north = table.rows[0]
    assert [cell.share_tenths for cell in north.cells] == [250, 750, 0, 0, 0]
    assert [cell.mark for cell in north.cells] == ["-", "+", "", "", ""]
    assert all(cell.mark == "" for cell in table.rows[1].cells)  # under 30 nothing is marked
    assert (table.total.mean_tenths, north.mean_tenths, table.has_mean) == (43, 43, True)
    assert table.rows[1].uniform
    assert table.rows[3].cells[0].flag == "…"


def test_a_lone_small_group_takes_its_next_smallest_with_it() -> None:
    table = crosstab(
        municipality_eval(), "overall", "region", sets_of({"n": 30, "e": 14, "s": 9}), REGIONS
    )
    shown = {row.label: row.n_text for row in table.rows}
    assert shown == {"北": "30", "東": "x", "南": "10未満", "西": "0"}
    for row in table.rows[1:3]:
        assert (row.n, row.mean_tenths, row.mean_flag, row.n_scored) == (0, None, "x", 0)
        assert {(cell.count, cell.share_tenths, cell.flag) for cell in row.cells} == {
            (0, None, "x")
        }
    assert any("秘匿" in note for note in table.notes)


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ({"n": 30, "e": 20, "s": 12}, set()),
        ({"n": 30, "e": 6, "s": 4}, {"e", "s"}),  # together ten: as good as one group
        ({"n": 30, "e": 20, "s": 5, "w": 4}, {"s", "w", "e"}),  # together nine: one more goes
        ({"n": 95, "e": 5}, {"n", "e"}),
        ({"n": 30, "e": 20, "": 3}, {"", "e"}),  # those in no group are a group too
        ({"n": 5, "e": 4}, {"n", "e", "s", "w"}),  # nobody to show at all
    ],
)
def test_which_groups_are_hidden(sizes: dict[str, int], hidden: set[str]) -> None:
    table = crosstab(municipality_eval(), "overall", "region", sets_of(sizes), REGIONS)
    assert {row.code for row in table.rows if row.hidden} == hidden
    assert table.total.hidden is (sum(sizes.values()) < 10)
    found = checks(municipality_eval(), {}, crosstabs=[table])
    assert all(check.ok for check in found)


def test_the_internal_edition_hides_nothing() -> None:
    sets = sets_of({"n": 30, "s": 2})
    table = crosstab(municipality_eval(), "overall", "region", sets, REGIONS, min_base=0)
    assert [row.n for row in table.rows] == [30, 0, 2, 0]
    assert not any(row.hidden for row in table.rows)


def test_a_respondent_counts_in_each_of_its_fields() -> None:
    fields = [["kanko"], ["kanko", "sangyo"], ["sangyo"], ["machi"]]
    sets = [
        AnswerSet({"overall": "5", "cont": "need"}, banners={"policy_field": fields[i % 4]})
        for i in range(80)
    ]
    groups = [("kanko", "観光①"), ("sangyo", "産業振興②"), ("machi", "まちづくり④")]
    table = crosstab(municipality_eval(), "overall", "policy_field", sets, groups)
    assert [row.n for row in table.rows] == [40, 40, 20]
    assert table.overlapping
    assert any("重複を含む" in note for note in table.notes)


def test_the_complement_of_a_large_overlapping_group_is_not_given_away() -> None:
    sets = [
        AnswerSet(
            {"overall": "54"[i % 2]}, banners={"policy_field": ["a", "b"] if i < 20 else ["a"]}
        )
        for i in range(54)
    ] + [AnswerSet({"overall": "12"[i % 2]}, banners={"policy_field": ["b"]}) for i in range(6)]
    table = crosstab(municipality_eval(), "overall", "policy_field", sets, [("a", "A"), ("b", "B")])
    assert [(row.code, row.hidden) for row in table.rows] == [("a", True), ("b", False)]
    assert table.reachable is None


def test_two_banners_printed_together_do_not_betray_each_other() -> None:
    """A and p differ by four people: either alone may be shown, both together may not."""
    sets = []
    for i in range(60):
        banners = {"region": ["n" if i < 20 else "s"], "band": ["p" if i < 24 else "q"]}
        sets.append(AnswerSet({"overall": "3"}, banners=banners))
    groups = {"region": [("n", "北"), ("s", "南")], "band": [("p", "小"), ("q", "大")]}
    alone = crosstab(municipality_eval(), "overall", "band", sets, groups["band"])
    assert not any(row.hidden for row in alone.rows)
    both = crosstabs(municipality_eval(), "overall", sets, groups)
    shown = {(b, row.code) for b, table in both.items() for row in table.rows if not row.hidden}
    assert not {("region", "n"), ("band", "p")} <= shown
    assert not {("region", "s"), ("band", "q")} <= shown


def test_a_group_that_answered_alike_gives_nobody_away() -> None:
    """Everybody in the south chose 5: printed, that row would tell each one's answer."""
    sets = sets_of({"n": 20, "e": 15}, "4") + sets_of({"n": 10, "e": 9, "s": 14}, "5")
    table = crosstab(municipality_eval(), "overall", "region", sets, REGIONS)
    hidden = {row.code for row in table.rows if row.hidden}
    assert hidden == {"s", "e"}, "the rest of 全体 would tell it as well"
    internal = crosstab(municipality_eval(), "overall", "region", sets, REGIONS, min_base=0)
    assert [row.code for row in internal.rows if row.uniform] == ["s"]
    assert any("集中" in note for note in internal.notes)


def test_noughts_do_not_leave_the_answer_of_the_rest() -> None:
    """Nobody of the twenty in p chose 1, but two of n did: the three of n outside p are few."""
    defn = municipality_eval()
    sets = []
    for i in range(60):
        region = "n" if i < 23 else "s"
        band = "p" if 3 <= i < 23 or i >= 50 else "q"
        score = "1" if i < 3 or i in (30, 31) else "54"[i % 2]
        sets.append(AnswerSet({"overall": score}, banners={"region": [region], "band": [band]}))
    groups = {"region": [("n", "北"), ("s", "南")], "band": [("p", "小"), ("q", "大")]}
    made = crosstabs(defn, "overall", sets, groups)
    shown = {(b, row.code) for b, table in made.items() for row in table.rows if not row.hidden}
    assert not {("region", "n"), ("band", "p")} <= shown
    assert not {("region", "s"), ("band", "q")} <= shown


def test_a_row_hidden_above_is_hidden_in_the_question_that_follows() -> None:
    """The n of a sub-question is a figure of the question that decides about it."""
    sets = []
    for i in range(60):
        region = "n" if i < 40 else "e" if i < 55 else "s"
        answers = {"overall": "54"[i % 2], "cont": "need" if i % 6 else "dk"}
        if answers["cont"] == "need":
            answers["cont_years"] = "y1" if i % 4 else "y2"
        sets.append(AnswerSet(answers, banners={"region": [region]}))
    defn = municipality_eval()
    above = crosstab(defn, "cont", "region", sets, REGIONS)
    below = crosstab(defn, "cont_years", "region", sets, REGIONS)
    hidden = {row.code for row in above.rows if row.hidden}
    assert "e" in hidden, "it goes with the five of the south"
    assert hidden <= {row.code for row in below.rows if row.hidden}


def test_multiple_answers_and_no_answer_have_the_group_as_base() -> None:
    defn = small(
        "- {name: m, type: multi, label: M, choices: [{name: a, label: A}, {name: b, label: B}]}"
    )
    sets = [AnswerSet({"m": ["a", "b"]} if i % 2 else {}, banners={"x": ["g"]}) for i in range(20)]
    table = crosstab(defn, "m", "x", sets, [("g", "G")])
    row = table.rows[0]
    assert [(cell.count, cell.share_tenths) for cell in row.cells] == [(10, 500), (10, 500)]
    assert (row.no_answer.count, row.no_answer.share_tenths, table.has_mean) == (10, 500, False)


def test_questions_without_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="columns"):
        crosstab(official_eval(), "reasons_other", "x", [], [])
