"""横％表: the groups of a banner against the answers of a question, small groups hidden.

表側 is the attribute, 表頭 the answers; the first row is 全体. Groups may overlap (a team counts
in each of its policy fields). What may not be shown is decided for all banners of a question
together, because they are printed together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from companion.surveys.schema import SurveyDefinition
from companion.surveys.shares import HIDDEN, REFERENCE_BELOW, UNAVAILABLE, format_n, share_tenths
from companion.surveys.suppression import Members, exposed, hidden_groups
from companion.surveys.tables import AnswerSet, Table
from companion.surveys.tabulate import answer_sets_of, put_to, table_of

Group = tuple[str, str]  # code and label

TOTAL = "全体"
UNKNOWN: Group = ("", "不明")
_SHADED, _MARKED = 100, 50  # tenths of a point away from 全体


@dataclass(frozen=True)
class Cell:
    """One answer of one group. `mark`: "++", "+", "-", "--" for ±10 and ±5 points from 全体."""

    code: str
    count: int
    share_tenths: int | None
    flag: str = ""
    mark: str = ""


@dataclass(frozen=True)
class CrossRow:
    """One group: its base, answers, 無回答 and mean. A hidden row holds no figure at all."""

    code: str
    label: str
    n: int
    n_text: str
    cells: tuple[Cell, ...]
    no_answer: Cell
    mean_tenths: int | None
    mean_flag: str
    n_scored: int
    hidden: bool = False
    uniform: bool = False  # everybody answered the same in a group under 30


@dataclass(frozen=True)
class CrossTab:
    """One banner against one question. `reachable` is None: nothing small can be worked out."""

    question: str
    banner: str
    banner_label: str
    title: str
    columns: tuple[Group, ...]
    total: CrossRow
    rows: tuple[CrossRow, ...]
    has_mean: bool
    overlapping: bool
    min_base: int
    reachable: int | None
    notes: tuple[str, ...]


def crosstab(
    defn: SurveyDefinition,
    question_name: str,
    banner: str,
    answer_sets: Iterable[AnswerSet | Mapping[str, Any]],
    groups: Sequence[Group],
    *,
    min_base: int | None = None,
) -> CrossTab:
    """One banner on its own; `groups` gives the codes and labels in printed order."""
    made = crosstabs(defn, question_name, answer_sets, {banner: groups}, min_base=min_base)
    return made[banner]


def crosstabs(
    defn: SurveyDefinition,
    question_name: str,
    answer_sets: Iterable[AnswerSet | Mapping[str, Any]],
    banners: Mapping[str, Sequence[Group]],
    *,
    min_base: int | None = None,
) -> dict[str, CrossTab]:
    """All banners of one question, hidden together.

    `min_base` is the smallest base shown: the survey's own by default, 0 in the internal
    edition. Respondents in no group of a banner stand in a row 「不明」. Raises ValueError for a
    question that has no columns (text, matrix, note, number without classes).
    """
    sets = answer_sets_of(answer_sets)
    threshold = defn.min_base if min_base is None else min_base
    put = put_to(defn, question_name, sets)
    total = table_of(defn, put.counted(), 0)
    if not total.rows:
        raise ValueError(f"question {question_name} has no answers to stand in columns")
    asked = put.places
    members: dict[tuple[str, str], Members] = {}
    labels: dict[str, list[Group]] = {}
    for banner, groups in banners.items():
        labels[banner], held = list(groups), _held(asked, sets, banner, groups)
        if held[""]:
            labels[banner].append(UNKNOWN)
        members |= {(banner, code): frozenset(held[code]) for code, _ in labels[banner]}
    everybody = frozenset(asked)
    # Each banner on its own first, where the search is exact; then what they betray together.
    alone: set[tuple[str, str]] = set()
    for banner in labels:
        own = {key: people for key, people in members.items() if key[0] == banner}
        alone |= hidden_groups(own, everybody, threshold)
    hidden = hidden_groups(members, everybody, threshold, alone) if len(labels) > 1 else alone
    shown = [people for key, people in members.items() if key not in hidden]
    printed = len(everybody) >= threshold > 0  # otherwise nothing is shown, or nothing hidden
    reachable = exposed(shown, everybody, threshold) if printed else None
    out: dict[str, CrossTab] = {}
    for banner, groups in labels.items():
        tables = {
            code: table_of(defn, put.counted_of(members[banner, code]), 0) for code, _ in groups
        }
        gone = {code for code, _ in groups if (banner, code) in hidden}
        out[banner] = _cross(defn, banner, groups, total, tables, gone, threshold, reachable)
    return out


def _held(
    asked: Sequence[int], sets: Sequence[AnswerSet], banner: str, groups: Sequence[Group]
) -> dict[str, list[int]]:
    """Who is in each group of a banner, and under "" who is in none."""
    held: dict[str, list[int]] = {code: [] for code in ["", *(code for code, _ in groups)]}
    for place in asked:
        own = [code for code in dict.fromkeys(sets[place].banners.get(banner, ())) if code in held]
        for code in own or [""]:
            held[code].append(place)
    return held


def _cross(
    defn: SurveyDefinition,
    banner: str,
    groups: Sequence[Group],
    total: Table,
    tables: Mapping[str, Table],
    gone: set[str],
    threshold: int,
    reachable: int | None,
) -> CrossTab:
    declared = next((cross for cross in defn.crosstabs if cross.banner == banner), None)
    all_hidden = 0 < total.n < threshold
    first = _row("", TOTAL, total, total, all_hidden, threshold)
    rows = tuple(
        _row(code, label, tables[code], total, code in gone or all_hidden, threshold)
        for code, label in groups
    )
    whole = sum(table.n for table in tables.values())
    overlapping = bool(declared and declared.overlapping) or whole > total.n
    notes = ["横の割合（％）は各行のnを100％として算出。"]
    if overlapping:
        notes.append(
            "複数の区分に当たる回答者はそれぞれに数えるため、nの計は全体を超える（重複を含む）。"
        )
    if any(row.hidden for row in (first, *rows)):
        notes.append(
            f"「{HIDDEN}」は秘匿。nが{threshold}未満の区分と、差し引きで分かる区分を示さない。"
        )
    if any(row.n_text.endswith("＊") for row in rows):
        notes.append(f"「＊」はnが{REFERENCE_BELOW}未満の参考値。")
    if any(row.uniform for row in rows):
        notes.append("回答が1つに集中した少人数の区分があるため、取扱いに注意。")
    return CrossTab(
        question=total.question,
        banner=banner,
        banner_label=declared.label if declared and declared.label else banner,
        title=total.title,
        columns=tuple((row.code, row.label) for row in total.rows),
        total=first,
        rows=rows,
        has_mean=any(row.score is not None for row in total.rows) or total.kind == "number",
        overlapping=overlapping,
        min_base=threshold,
        reachable=reachable,
        notes=tuple(notes),
    )


def _row(
    code: str, label: str, table: Table, total: Table, hidden: bool, threshold: int
) -> CrossRow:
    codes = [row.code for row in total.rows]
    if hidden:
        cells = tuple(Cell(column, 0, None, HIDDEN) for column in codes)
        text = f"{threshold}未満" if table.n < threshold else HIDDEN
        none = Cell("", 0, None, HIDDEN)
        return CrossRow(code, label, 0, text, cells, none, None, HIDDEN, 0, hidden=True)
    counts = {row.code: row.count for row in table.rows}
    shares = {row.code: row.share_tenths for row in total.rows}
    cells = tuple(_cell(column, counts.get(column, 0), table.n, shares[column]) for column in codes)
    relevant_base = table.no_answer if table.n and table.no_answer_row else 0
    return CrossRow(
        code=code,
        label=label,
        n=table.n,
        n_text=format_n(table.n),
        cells=cells,
        no_answer=_cell("", relevant_base, table.n, None),
        mean_tenths=table.mean_tenths,
        mean_flag=table.mean_flag,
        n_scored=table.n_scored,
        uniform=bool(code) and 0 < table.n < REFERENCE_BELOW and table.n in counts.values(),
    )


def _cell(code: str, count: int, n: int, of_all: int | None) -> Cell:
    if not n:
        return Cell(code, 0, None, UNAVAILABLE)
    share = share_tenths(count, n)
    away = share - of_all if of_all is not None and n >= REFERENCE_BELOW else 0
    sign = "+" if away > 0 else "-"
    mark = sign * 2 if abs(away) >= _SHADED else sign if abs(away) >= _MARKED else ""
    return Cell(code, count, share, "", mark)
