"""横％表: the groups of a banner against the answers of a question, small groups hidden.

表側 is the attribute, 表頭 the answers; the first row is 全体. Groups may overlap (a team counts
in each of its policy fields). What may not be shown is decided for all banners of a question
together, because they are printed together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from companion.surveys.counted import Counted, Key, ticks_of
from companion.surveys.crossed import Cell, CrossRow, CrossTab, Group, cross_row
from companion.surveys.disclosure import Codes
from companion.surveys.hiding import RowKey, hidden_rows, reachable
from companion.surveys.schema import Multi, Number, SurveyDefinition
from companion.surveys.shares import HIDDEN, REFERENCE_BELOW
from companion.surveys.strictness import NOTE, tells_small_counts, withheld
from companion.surveys.suppression import Members
from companion.surveys.tables import AnswerSet, Table
from companion.surveys.tabulate import Asking, Put, answer_sets_of, put_to, table_of

__all__ = ["Cell", "CrossRow", "CrossTab", "Group", "crosstab", "crosstabs"]

TOTAL = "全体"
UNKNOWN: Group = ("", "不明")


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
    is_strict = defn.strict and threshold > 0
    if is_strict:
        total = withheld(total)
    labels, members = _members(put, sets, banners)
    hidden = _hidden(defn, put, sets, banners, members, threshold)
    betrayed = reachable(members, hidden, frozenset(put.places), threshold)
    out: dict[str, CrossTab] = {}
    for banner, printed in labels.items():
        tables = {
            code: table_of(defn, put.counted_of(members[banner, code]), 0) for code, _ in printed
        }
        gone = {code for code, _ in printed if (banner, code) in hidden}
        out[banner] = _cross(defn, banner, printed, total, tables, gone, threshold, betrayed)
    return out


def _members(
    put: Put, sets: Sequence[AnswerSet], banners: Mapping[str, Sequence[Group]]
) -> tuple[dict[str, list[Group]], dict[RowKey, Members]]:
    """The rows of each banner, with 「不明」 where needed, and who stands in them."""
    labels: dict[str, list[Group]] = {}
    members: dict[RowKey, Members] = {}
    for banner, groups in banners.items():
        labels[banner], held = list(groups), _held(put.places, sets, banner, groups)
        if held[""]:
            labels[banner].append(UNKNOWN)
        members |= {(banner, code): frozenset(held[code]) for code, _ in labels[banner]}
    return labels, members


def _hidden(
    defn: SurveyDefinition,
    put: Put,
    sets: Sequence[AnswerSet],
    banners: Mapping[str, Sequence[Group]],
    members: Mapping[RowKey, Members],
    threshold: int,
) -> set[RowKey]:
    """The rows that are hidden in this question's tables.

    A row hidden of the question that decides who is asked is hidden here too: its n would be the
    figure that was hidden there.
    """
    if not threshold:
        return set()
    before: set[RowKey] = set()
    for name in Asking(defn, put.question).depends_on:
        parent = put_to(defn, name, sets)
        if table_of(defn, parent.counted(), 0).rows:
            _, inside = _members(parent, sets, banners)
            before |= _hidden(defn, parent, sets, banners, inside, threshold)
    counted = put.counted()
    if defn.strict:
        whole = withheld(table_of(defn, put.counted(), 0))
        for key, places in members.items():
            if tells_small_counts(table_of(defn, put.counted_of(places), 0), whole):
                before.add(key)
    codes = {key: _codes(defn, counted, key) for key in counted.asked}
    answers = {place: codes[key] for place, key in put.keys.items()}
    single = not isinstance(put.question, Multi)
    return hidden_rows(members, answers, threshold, single=single, already=before)


def _codes(defn: SurveyDefinition, counted: Counted, key: Key) -> Codes:
    """The columns one answer is counted in: its codes in printed order, or its number's class."""
    if isinstance(counted.question, Number):
        alone = replace(counted, asked=Counter({key: 1}))
        return tuple(row.code for row in table_of(defn, alone, 0).rows if row.count)
    place = {choice.name: i for i, choice in enumerate(counted.question.choice_list(defn))}
    return tuple(sorted(ticks_of(key), key=lambda code: (place.get(code, len(place)), code)))


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
    betrayed: int | None,
) -> CrossTab:
    declared = next((cross for cross in defn.crosstabs if cross.banner == banner), None)
    all_hidden = 0 < total.n < threshold
    first = cross_row("", TOTAL, total, total, all_hidden, threshold)
    rows = tuple(
        cross_row(code, label, tables[code], total, code in gone or all_hidden, threshold)
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
    if total.withheld:
        notes.append(NOTE)
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
        reachable=betrayed,
        notes=tuple(notes),
    )
