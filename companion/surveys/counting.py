"""One question counted, by its kind: rows, mean, boxes and notes of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from companion.surveys.answers import is_empty
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
from companion.surveys.shares import (
    HIDDEN,
    MEAN_NEEDS,
    UNAVAILABLE,
    exact,
    half_up,
    mean_range,
    median_of,
    share_tenths,
    tenths_text,
)
from companion.surveys.tables import (
    BASES,
    ROUNDING_NOTE,
    Box,
    MtRow,
    Row,
    Table,
)


@dataclass(frozen=True)
class Counted:
    """The respondents a question was put to, and those it was not."""

    question: Common
    asked: list[Any]  # their answers, empty ones among them
    not_asked: int
    not_surveyed: int
    invited: int | None

    def table(self, **values: Any) -> Table:
        """A table with what all kinds share; `values` say the rest."""
        question = self.question
        empty = sum(1 for answer in self.asked if is_empty(answer))
        answered_only = question.analysis.base == "answered"
        plain: dict[str, Any] = {
            "question": question.name,
            "kind": getattr(question, "type", ""),
            "title": question.short,
            "base_label": BASES[question.analysis.base],
            "invited": self.invited,
            "n": len(self.asked) - (empty if answered_only else 0),
            "no_answer": empty,
            "not_asked": self.not_asked,
            "not_surveyed": self.not_surveyed,
            "n_scored": 0,
            "rows": (),
            "mean_tenths": None,
            "mean_flag": "",
            "score_sum": None,
            "median": None,
            "minimum": None,
            "maximum": None,
            "top_box": None,
            "bottom_box": None,
            "mt_row": None,
            "non_response_range": None,
            "notes": (),
            "chart": question.analysis.chart or "none",
        }
        return Table(**{**plain, **values})

    @property
    def n(self) -> int:
        """The base."""
        if self.question.analysis.base == "relevant":
            return len(self.asked)
        return sum(1 for answer in self.asked if not is_empty(answer))


def scores_of(choices: Iterable[Choice]) -> dict[str, int]:
    return {c.name: c.score for c in choices if c.score is not None and not c.missing}


def _share(k: int, n: int) -> int | None:
    return share_tenths(k, n) if n else None


def _row(choice: Choice, count: int, n: int) -> Row:
    return Row(
        code=choice.name,
        label=choice.label,
        count=count,
        share_tenths=_share(count, n),
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


def _ticks(answer: Any) -> list[str]:
    if is_empty(answer):
        return []
    return list(dict.fromkeys(answer)) if isinstance(answer, list | tuple) else [str(answer)]


def choice_table(defn: SurveyDefinition, question: Common, counted: Counted, title: str) -> Table:
    choices = question.choice_list(defn)
    n = counted.n
    several = isinstance(question, Multi) or (
        isinstance(question, Matrix) and question.cell == "multi"
    )
    counts = Counter(code for answer in counted.asked for code in _ticks(answer))
    total = sum(counts.values())
    rows = [_row(choice, counts[choice.name], n) for choice in _listed(choices, counts)]
    if several:
        rows = [replace(row, of_answers_tenths=_share(row.count, total)) for row in rows]
    if isinstance(question, Multi) and question.choice_order == "count_desc":
        rows.sort(key=lambda row: -row.count)
    values: dict[str, Any] = {"title": title, "rows": tuple(rows)}
    notes: list[str] = []
    if several:
        values["kind"] = "multi"
        values["mt_row"] = MtRow(total, _share(total, n)) if question.analysis.mt_row else None
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
            shown.append(_share(n - total, n) or 0)
        if sum(shown) != 1000:
            notes.append("四捨五入のため、内訳の合計が100％にならないことがある。")
    if not several and (isinstance(question, Scale5) or question.analysis.mean):
        values |= _scored(question, choices, counts, counted)
        notes += _mean_notes(choices, counts, n, values["n_scored"])
    notes += _base_notes(counted) + _published_notes(question, rows, n)
    return counted.table(**values, notes=tuple(notes))


def _scored(
    question: Common, choices: list[Choice], counts: Counter[str], counted: Counted
) -> dict[str, Any]:
    """Mean, median, boxes and the range for non-response of a question with scores."""
    score = scores_of(choices)
    values = [Fraction(score[code]) for code in score for _ in range(counts[code])]
    n, total = counted.n, sum(values, Fraction(0))
    out: dict[str, Any] = {"n_scored": len(values), "score_sum": total}
    out["mean_flag"] = UNAVAILABLE if not values else HIDDEN if len(values) < MEAN_NEEDS else ""
    if out["mean_flag"]:
        return {**out, "score_sum": None}
    out["mean_tenths"] = half_up(10 * total / len(values))
    out["median"] = median_of(values)
    ranked = sorted(score, key=lambda code: -score[code])
    steps = isinstance(question, Scale5) or sorted(score.values()) == [1, 2, 3, 4, 5]
    top = question.analysis.top_box or (ranked[:2] if steps else None)
    bottom = question.analysis.bottom_box or (ranked[-2:] if steps else None)
    for key, codes in (("top_box", top), ("bottom_box", bottom)):
        if codes:
            count = sum(counts[code] for code in codes)
            out[key] = Box(tuple(codes), count, _share(count, n))
    # Only a question put to everybody can be carried over to those who did not respond.
    everybody = not counted.not_asked and not counted.not_surveyed
    if counted.invited is not None and everybody and question.relevant is None:
        told_why_not = sum(counts[choice.name] for choice in choices if choice.missing)
        reach = max(counted.invited - told_why_not, len(values))
        span = (min(score.values()), max(score.values()))
        out["non_response_range"] = mean_range(int(total), len(values), reach, *span)
    return out


def _mean_notes(choices: list[Choice], counts: Counter[str], n: int, scored: int) -> list[str]:
    left_out = [choice for choice in choices if choice.missing and counts[choice.name]]
    if not left_out or scored == n:
        return []
    labels = "".join(f"「{choice.label}」" for choice in left_out)
    return [f"平均は{labels}を除くn={scored}。"]


def _base_notes(counted: Counted) -> list[str]:
    notes: list[str] = []
    empty = sum(1 for answer in counted.asked if is_empty(answer))
    if counted.question.analysis.base == "answered" and empty:
        notes.append(f"割合は無回答（{empty:,}）を除くn={counted.n}を100％として算出。")
    if counted.not_asked:
        notes.append(f"非該当（質問の対象でない回答者）{counted.not_asked:,}はnに含まない。")
    if counted.not_surveyed:
        notes.append(
            f"※調査していない（質問の追加前の回答）{counted.not_surveyed:,}はnに含まない。"
        )
    return notes


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


def matrix_row_table(
    defn: SurveyDefinition, question: Matrix, row: MatrixRow, counted: Counted
) -> Table:
    cells = [(answer or {}).get(row.name) for answer in counted.asked]
    part = Counted(question, cells, counted.not_asked, counted.not_surveyed, counted.invited)
    table = choice_table(defn, question, part, row.short)
    kind = "multi" if question.cell == "multi" else "single"
    return replace(table, question=f"{question.name}/{row.name}", kind=kind)


def matrix_table(question: Matrix, counted: Counted, parts: tuple[Table, ...]) -> Table:
    notes = list(dict.fromkeys(note for part in parts for note in part.notes))
    chart = question.analysis.chart or "stacked100"
    return counted.table(parts=parts, notes=tuple(notes), chart=chart)


def number_table(question: Number, counted: Counted) -> Table:
    values = sorted(exact(answer) for answer in counted.asked if not is_empty(answer))
    n = counted.n
    flag = UNAVAILABLE if not values else HIDDEN if len(values) < MEAN_NEEDS else ""
    rows, notes = _bins(question, values, n)
    extra: dict[str, Any] = {"n_scored": len(values), "mean_flag": flag, "rows": tuple(rows)}
    if not flag:
        total = sum(values, Fraction(0))
        extra |= {
            "score_sum": total,
            "mean_tenths": half_up(10 * total / len(values)),
            "median": median_of(values),
            "minimum": median_of(values[:1]),
            "maximum": median_of(values[-1:]),
        }
    notes = [ROUNDING_NOTE, *notes, *_base_notes(counted)] if rows else _base_notes(counted)
    chart = question.analysis.chart or ("histogram" if rows else "none")
    return counted.table(**extra, notes=tuple(notes), chart=chart)


def _bins(question: Number, values: list[Fraction], n: int) -> tuple[list[Row], list[str]]:
    """Classes closed below and open above, the last one closed; what falls outside is said."""
    edges = question.analysis.bins
    if not edges:
        return [], []
    unit, rows, inside = question.unit or "", [], 0
    pairs = list(pairwise(edges))
    for index, (low, high) in enumerate(pairs):
        last = index == len(pairs) - 1
        top = [v for v in values if Fraction(low) <= v and (v < high or (last and v == high))]
        label = f"{low}～{high}{unit}" if last else f"{low}{unit}以上{high}{unit}未満"
        flag = "" if n else UNAVAILABLE
        rows.append(Row(f"{low}-{high}", label, len(top), _share(len(top), n), flag))
        inside += len(top)
    if inside < len(values):
        rest = len(values) - inside
        rows.append(Row("outside", "階級の外", rest, _share(rest, n), "" if n else UNAVAILABLE))
    return rows, ["階級は下限を含み上限を含まない。最後の階級は上限を含む。"]


def text_table(question: FreeText, counted: Counted) -> Table:
    return counted.table(notes=tuple(_base_notes(counted)))
