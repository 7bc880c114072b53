"""One question counted, by its kind: rows, mean, boxes and notes of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from companion.surveys.counted import Counted, Key, base_notes, ticks_of
from companion.surveys.schema import (
    Choice,
    Common,
    FreeText,
    Matrix,
    MatrixRow,
    Multi,
    Number,
    Scale5,
    SurveyDefinition,
)
from companion.surveys.scoring import mean_notes, scored, share_of
from companion.surveys.shares import (
    HIDDEN,
    MEAN_NEEDS,
    UNAVAILABLE,
    exact,
    half_up,
    median_of,
    plain,
    tenths_text,
)
from companion.surveys.tables import (
    ROUNDING_NOTE,
    MtRow,
    Row,
    Table,
)


def _row(choice: Choice, count: int, n: int) -> Row:
    return Row(
        code=choice.name,
        label=choice.label,
        count=count,
        share_tenths=share_of(count, n),
        flag="" if n else UNAVAILABLE,
        score=None if choice.missing else choice.score,
        group=choice.group,
        missing=choice.missing is not None,
    )


def _listed(choices: list[Choice], counts: Counter[str]) -> list[Choice]:
    """The choices that get a row: all offered, retired ones if used, and codes no list knows."""
    kept = [choice for choice in choices if not choice.retired or counts[choice.name]]
    known = {choice.name for choice in choices}
    strange = sorted(code for code in counts if code not in known)
    label = "（一覧にない選択肢「{}」）"
    return kept + [Choice.model_construct(name=code, label=label.format(code)) for code in strange]


def choice_table(defn: SurveyDefinition, question: Common, counted: Counted, title: str) -> Table:
    choices = question.choice_list(defn)
    n = counted.n
    several = isinstance(question, Multi) or (
        isinstance(question, Matrix) and question.cell == "multi"
    )
    counts: Counter[str] = Counter()
    for key, people in counted.asked.items():
        for code in ticks_of(key):
            counts[code] += people
    total = sum(counts.values())
    rows = [_row(choice, counts[choice.name], n) for choice in _listed(choices, counts)]
    if several:
        rows = [replace(row, of_answers_tenths=share_of(row.count, total)) for row in rows]
    if isinstance(question, Multi) and question.choice_order == "count_desc":
        rows.sort(key=lambda row: -row.count)
    values: dict[str, Any] = {"title": title, "rows": tuple(rows)}
    notes: list[str] = []
    if several:
        values["kind"] = "multi"
        values["has_of_answers"] = question.analysis.percent_of == "both"
        values["mt_row"] = MtRow(total, share_of(total, n)) if question.analysis.mt_row else None
        notes.append(
            f"割合は回答者数（n={n}）を100％として算出。複数回答のため合計は100％を超える。"
        )
        values["chart"] = question.analysis.chart or "bar"
    else:
        values["chart"] = question.analysis.chart or "column"
    notes.append(ROUNDING_NOTE)
    if not several and n and rows:
        shown = [row.share_tenths or 0 for row in rows]
        if question.analysis.base == "relevant":
            shown.append(share_of(n - total, n) or 0)
        if sum(shown) != 1000:
            notes.append("四捨五入のため、内訳の合計が100％にならないことがある。")
    if not several and (isinstance(question, Scale5) or question.analysis.mean):
        values |= scored(question, choices, counts, counted)
        notes += mean_notes(choices, counts, n, values["n_scored"])
    notes += base_notes(counted) + _published_notes(question, rows, n)
    return counted.table(**values, notes=tuple(notes))


def matrix_row_table(
    defn: SurveyDefinition, question: Matrix, row: MatrixRow, counted: Counted
) -> Table:
    cells: Counter[Key] = Counter()
    for key, people in counted.asked.items():
        cells[dict(ticks_of(key)).get(row.name, "")] += people
    part = replace(counted, asked=cells)
    table = choice_table(defn, question, part, row.short)
    kind = "multi" if question.cell == "multi" else "single"
    return replace(table, question=f"{question.name}/{row.name}", kind=kind)


def matrix_table(question: Matrix, counted: Counted, parts: tuple[Table, ...]) -> Table:
    chart = question.analysis.chart or "stacked100"
    return counted.table(parts=parts, notes=_notes_of_lines(parts), chart=chart)


def _notes_of_lines(parts: Sequence[Table]) -> tuple[str, ...]:
    """The notes of a matrix: what holds for some lines only says for which."""
    found = []
    for note in dict.fromkeys(note for part in parts for note in part.notes):
        lines = [part.title for part in parts if note in part.notes]
        is_common = len(lines) == len(parts)
        found.append(note if is_common else "".join(f"「{line}」" for line in lines) + f"：{note}")
    return tuple(found)


def number_table(question: Number, counted: Counted) -> Table:
    given = sorted((exact(str(key)), people) for key, people in counted.asked.items() if key)
    n, scored_n = counted.n, sum(people for _, people in given)
    flag = UNAVAILABLE if not scored_n else HIDDEN if scored_n < MEAN_NEEDS else ""
    rows, notes = _bins(question, given, n)
    extra: dict[str, Any] = {"n_scored": scored_n, "mean_flag": flag, "rows": tuple(rows)}
    if not flag:
        total = sum((value * people for value, people in given), Fraction(0))
        extra |= {
            "score_sum": total,
            "mean_tenths": half_up(10 * total / scored_n),
            "median": median_of(given),
            "minimum": plain(given[0][0]),
            "maximum": plain(given[-1][0]),
        }
    notes = [ROUNDING_NOTE, *notes, *base_notes(counted)] if rows else base_notes(counted)
    chart = question.analysis.chart or ("histogram" if rows else "none")
    return counted.table(**extra, notes=tuple(notes), chart=chart)


def _bins(
    question: Number, given: list[tuple[Fraction, int]], n: int
) -> tuple[list[Row], list[str]]:
    """Classes closed below and open above, the last one closed; what falls outside is said."""
    edges = question.analysis.bins
    if not edges:
        return [], []
    unit, rows, inside = question.unit or "", [], 0
    pairs = list(pairwise(edges))
    for index, (low, high) in enumerate(pairs):
        last = index == len(pairs) - 1
        start, end = Fraction(low), Fraction(high)
        count = sum(
            people
            for value, people in given
            if start <= value and (value < end or (last and value == end))
        )
        label = f"{low}～{high}{unit}" if last else f"{low}{unit}以上{high}{unit}未満"
        flag = "" if n else UNAVAILABLE
        rows.append(Row(f"{low}-{high}", label, count, share_of(count, n), flag))
        inside += count
    rest = sum(people for _, people in given) - inside
    if rest:
        rows.append(Row("outside", "階級の外", rest, share_of(rest, n), "" if n else UNAVAILABLE))
    return rows, ["階級は下限を含み上限を含まない。最後の階級は上限を含む。"]


def text_table(question: FreeText, counted: Counted) -> Table:
    return counted.table(notes=tuple(base_notes(counted)))


def _published_notes(question: Common, rows: list[Row], n: int) -> list[str]:
    notes: list[str] = []
    by_code = {row.code: row for row in rows}
    for printed in question.published:
        row = by_code.get(printed.row or "")
        if row is None or not n or (printed.n or n) != n:
            continue
        tenths = half_up(10 * exact(printed.value))
        if tenths != row.share_tenths:
            notes.append(
                f"「{row.label}」は公表資料では{tenths_text(tenths)}％と記載。"
                f"{row.count}÷{n}＝{tenths_text(row.share_tenths or 0)}％。"
            )
    return notes
