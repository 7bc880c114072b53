"""The engine: the published tables come out of raw answers, and every base is the right one."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest

from companion.reports.packs.survey_tables import printed
from companion.surveys.shares import format_mean, format_share
from companion.surveys.tables import numbered_notes
from companion.surveys.tabulate import AnswerSet, tabulate, tabulate_all, team_weighted_mean
from tests.surveys.makers import (
    REASON_COUNTS,
    column,
    municipality_eval,
    municipality_sets,
    official_eval,
    official_sets,
    small,
)

PRINTED = ["92.8", "61.6", "45.6", "28.8", "22.4", "12.8", "9.6", "6.4", "4.8", "3.2", "1.6", "1.6"]
OF_ANSWERS = [319, 212, 157, 99, 77, 44, 33, 22, 16, 11, 5, 5]


def test_the_twelve_reasons_of_125_officials() -> None:
    table = tabulate(official_eval(), "reasons", official_sets(), invited=180)
    assert [(row.code, row.count) for row in table.printed_rows] == list(REASON_COUNTS.items())
    assert [format_share(row.share_tenths, row.count) for row in table.rows] == PRINTED
    assert [row.of_answers_tenths for row in table.rows] == OF_ANSWERS
    assert (table.n, table.mt_row.count_total, table.mt_row.mt_tenths) == (125, 364, 2912)
    assert numbered_notes(table.notes) == [
        "（注１）割合は回答者数（n=125）を100％として算出。複数回答のため合計は100％を超える。",
        "（注２）割合は小数第２位を四捨五入。",
        "（注３）「市町村に評価される活動だから。」は公表資料では29.0％と記載。36÷125＝28.8％。",
    ]


@pytest.mark.parametrize("total", range(532, 544))
def test_officials_mean_prints_4_3(total: int) -> None:
    table = tabulate(official_eval(), "overall", official_sets(total), invited=180)
    assert (format_mean(table.mean_tenths), table.n_scored) == ("4.3", 125)
    assert len(table.rows) == 5


@pytest.mark.parametrize("total", range(260, 266))
def test_municipalities_mean_prints_4_6(total: int) -> None:
    table = tabulate(municipality_eval(), "overall", municipality_sets(total), invited=60)
    assert (format_mean(table.mean_tenths), table.n) == ("4.6", 57)
    low, high = table.non_response_range
    assert 44 <= low <= 46 <= high <= 47


@pytest.mark.parametrize(("total", "mean"), [(531, 42), (544, 44)])
def test_sums_outside_print_something_else(total: int, mean: int) -> None:
    assert tabulate(official_eval(), "overall", official_sets(total)).mean_tenths == mean


def test_missing_choices_stay_in_n_and_leave_the_mean() -> None:
    table = tabulate(official_eval(), "backoffice", official_sets())
    assert (table.n, table.n_scored, table.rows[-1].count) == (125, 87, 38)
    assert format_share(table.rows[-1].share_tenths) == "30.4"
    assert "平均は「わからない、活用したことがない」を除くn=87。" in table.notes
    assert table.mean_tenths == (20 * int(table.score_sum) + 87) // (2 * 87)


def test_a_sub_question_counts_only_those_it_was_asked_of() -> None:
    table = tabulate(municipality_eval(), "cont_years", municipality_sets())
    assert (table.n, table.not_asked, table.no_answer) == (52, 5, 0)
    assert any("非該当" in note for note in table.notes)


BASES = small("""
- {name: a, type: single, label: A, choices: [{name: y, label: はい}, {name: n, label: いいえ}]}
- {name: r, type: multi, label: R, relevant: "${a} = 'y'", choices: [{name: p, label: P}, {name: q, label: Q}]}
- {name: w, type: multi, label: W, relevant: "${a} = 'y'", analysis: {base: answered}, choices: [{name: p, label: P}, {name: q, label: Q}]}
""")  # noqa: E501
BASE_SETS = [
    *([{"a": "y", "r": ["p", "q"], "w": ["p"]}] * 6),
    *([{"a": "y"}] * 2),
    *([{"a": "n", "r": ["p"]}] * 3),  # an answer that was not asked for never counts
    {},
]


def test_no_answer_is_a_row_of_the_base_and_not_asked_is_never_in_it() -> None:
    table = tabulate(BASES, "r", BASE_SETS)
    assert (table.n, table.no_answer, table.not_asked) == (8, 2, 4)
    assert [(r.label, r.count, r.share_tenths) for r in table.printed_rows] == [
        ("P", 6, 750), ("Q", 6, 750), ("無回答", 2, 250),
    ]  # fmt: skip
    assert (table.mt_row.count_total, table.mt_row.mt_tenths) == (12, 1500)


def test_the_answered_base_leaves_no_answer_out_and_says_so() -> None:
    table = tabulate(BASES, "w", BASE_SETS)
    assert (table.n, table.no_answer) == (6, 2)
    assert [row.label for row in table.printed_rows] == ["P", "Q"]
    assert table.rows[0].share_tenths == 1000
    assert any("無回答（2）を除くn=6" in note for note in table.notes)


def test_an_answer_of_a_version_without_the_question_is_not_a_missing_answer() -> None:
    old = [AnswerSet({"a": "y"}, unasked=frozenset({"r"}))] * 7
    table = tabulate(BASES, "r", [*BASE_SETS, *old])
    assert (table.n, table.no_answer, table.not_surveyed) == (8, 2, 7)
    assert any("※調査していない" in note for note in table.notes)


def test_numbers_fall_in_classes_closed_below_and_open_above() -> None:
    values = ["0", "7.5", "8", "16", "24", "31.5", "32", "160", None]
    table = tabulate(official_eval(), "hours", column("hours", values), min_base=0)
    assert [row.count for row in table.rows] == [2, 1, 1, 2, 2]
    assert (table.n, table.no_answer, table.n_scored) == (9, 1, 8)
    assert (table.median, table.minimum, table.maximum) == (Decimal(20), Decimal(0), Decimal(160))
    assert table.mean_tenths == 349  # 279 / 8 = 34.875
    assert table.rows[0].label == "0時間以上8時間未満"


def test_a_matrix_is_a_table_for_each_line() -> None:
    line = {"tools": "5", "windows": "4", "cases": "unused"}
    sets = [{"backoffice": "4", "backoffice_items": line}] * 10 + [{"backoffice": "unused"}] * 4
    table = tabulate(official_eval(), "backoffice_items", sets)
    assert [(part.title, part.n, part.mean_tenths) for part in table.parts] == [
        ("政策ツール・支援制度の紹介", 10, 50),
        ("各省担当窓口の情報提供", 10, 40),
        ("支援事例・チーム間の情報共有", 10, None),
    ]
    assert table.parts[2].mean_flag == "…"


def test_the_notes_of_a_matrix_say_which_lines_they_are_of() -> None:
    lines = [{"tools": "5", "windows": "4", "cases": "unused" if n < 4 else "3"} for n in range(12)]
    sets = [{"backoffice": "4", "backoffice_items": line} for line in lines]
    notes = tabulate(official_eval(), "backoffice_items", sets).notes
    alone = [note for note in notes if note.startswith("「")]
    assert alone == [
        "「支援事例・チーム間の情報共有」：平均は「わからない、活用したことがない」を除くn=8。"
    ]
    assert "割合は小数第２位を四捨五入。" in notes
    sets += [{"backoffice": "unused"}]
    assert (
        "非該当（質問の対象でない回答者）1はnに含まない。"
        in tabulate(official_eval(), "backoffice_items", sets).notes
    )


def test_under_the_threshold_nothing_of_a_table_is_left() -> None:
    defn = official_eval()
    table = tabulate(defn, "overall", column("overall", ["5"] * 9), invited=180)
    assert table.hidden
    assert (table.n_text, table.n, table.mean_tenths, table.top_box) == ("10未満", 0, None, None)
    assert {(row.count, row.share_tenths, row.flag) for row in table.rows} == {(0, None, "x")}
    assert not tabulate(defn, "overall", column("overall", ["5"] * 10)).hidden
    assert not tabulate(defn, "overall", column("overall", ["5"] * 9), min_base=0).hidden
    assert tabulate(defn, "overall", []).rows[0].flag == "…"


def test_a_mean_of_fewer_than_five_scores_is_hidden() -> None:
    values = ["unused"] * 10 + ["5"] * 4
    table = tabulate(official_eval(), "backoffice", column("backoffice", values))
    assert (table.mean_flag, table.mean_tenths, table.median) == ("x", None, None)
    table = tabulate(official_eval(), "backoffice", column("backoffice", ["unused"] * 10))
    assert table.mean_flag == "…"


def test_the_mean_with_each_team_once() -> None:
    sets = [AnswerSet({"overall": s}, team=t) for s, t in [("5", "a"), ("5", "a"), ("2", "b")]]
    assert team_weighted_mean(official_eval(), "overall", sets) == (35, 2)


def test_all_questions_at_once_in_order() -> None:
    tables = tabulate_all(municipality_eval(), municipality_sets(), invited=60)
    assert list(tables) == ["overall", "cont", "cont_years", "change"]
    assert tables["change"].no_answer == 57


def test_the_share_of_all_answers_stands_in_a_column_of_its_own_where_asked_for() -> None:
    text = "- {name: r, type: multi, label: R, choices: [{name: p, label: P}, {name: q, label: Q}]"
    sets = [{"r": ["p", "q"]}, {"r": ["p"]}, {}]
    plain = tabulate(small(text + "}", min_base=5), "r", sets, min_base=0)
    assert not plain.has_of_answers
    both = small(text + ", analysis: {percent_of: both}}", min_base=5)
    table = tabulate(both, "r", sets, min_base=0)
    assert table.has_of_answers
    survey = SimpleNamespace(defn=both, invited=3, answered=3)
    made = printed(survey, table, key="r", title="R", with_chart=False)
    assert [column.label for column in made.columns][-2:] == ["割合", "回答数に占める割合"]
    third, whole = Fraction(1, 3), Fraction(1)
    assert [row[3:] for row in made.rows] == [
        (2, 2 * third, 2 * third),
        (1, third, third),
        (1, third, None),
    ]
    assert made.total == (None, None, "回答数計（M.T.）", 3, whole, whole)
