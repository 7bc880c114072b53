"""The counted questions of a survey as printed tables, with the formulas that prove them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from companion.reports.figures import SurveyFigures
from companion.reports.packs.base import share
from companion.reports.tables import Chart, Column, Proof, Row, Styled, Where
from companion.reports.tables import Table as Printed
from companion.surveys.crosstab import CrossRow, CrossTab
from companion.surveys.shares import format_share, response_rate
from companion.surveys.tables import Row as Counted
from companion.surveys.tables import Table

AUDIENCES = {
    "municipality": "伴走支援自治体",
    "official": "地方創生支援官",
    "coordinator": "コーディネーター",
}
UNITS = {"organisation": ("団体", "団体、％"), "person": ("人", "人、％")}
LABEL_WIDTH = 46.0


def rate(answered: int, invited: int) -> str:
    """回収率 as printed."""
    tenths = response_rate(answered, invited)
    return f"{format_share(tenths, answered)}％" if tenths is not None else "…"


def base_of(survey: SurveyFigures, table: Table) -> str:
    """The line under a title: who, n, how many were asked, units."""
    unit = UNITS[survey.defn.unit][1]
    return (
        f"対象：{AUDIENCES[survey.defn.audience]}　n={table.n_text}／配布数{survey.invited}"
        f"（回収率{rate(survey.answered, survey.invited)}）　単位：{unit}"
    )


def columns_of(title: str, unit: str, has_of_answers: bool = False) -> tuple[Column, ...]:
    """No., words, count, share, and where it was asked for the share of all answers."""
    columns: tuple[Column, ...] = (
        Column("no", "No.", "number", width=6, in_data=False),
        Column("code", "コード", "code", in_print=False),
        Column("label", title, width=LABEL_WIDTH),
        Column("count", "回答数", "count", unit, 11),
        Column("share", "割合", "share", "％", 11),
    )
    if has_of_answers:
        columns = (*columns, Column("of_answers", "回答数に占める割合", "share", "％", 18))
    return columns


def printed(
    survey: SurveyFigures, table: Table, *, key: str, title: str, with_chart: bool
) -> Printed:
    """One question as a table: the rows of the questionnaire, totals, mean, notes, chart."""
    rows = table.printed_rows
    total: Row | None = None
    extra: list[Row] = []
    if not table.hidden and table.mt_row is not None:
        whole = table.mt_row.count_total
        total = (None, None, "回答数計（M.T.）", whole, share(whole, table.n))
        if table.has_of_answers:
            total = (*total, share(whole, whole))
    elif not table.hidden and table.kind not in {"text", "number", "multi"}:
        total = (None, None, "計", table.n, share(table.n, table.n))
    if not table.hidden and table.kind == "scale5" and table.score_sum is not None:
        extra = _scale_lines(table)
    return Printed(
        key=key,
        title=title,
        columns=columns_of(table.title, UNITS[survey.defn.unit][0], table.has_of_answers),
        rows=[_line(number, row, table) for number, row in enumerate(rows, 1)],
        base=base_of(survey, table),
        n=None if table.hidden else table.n,
        notes=tuple(table.notes),
        total=total,
        extra=tuple(extra),
        chart=_chart(table) if with_chart else None,
        proofs=_proofs(table, title),
        has_data=False,
    )


def _line(number: int, row: Counted, table: Table) -> Row:
    shown: Row = (row.flag or row.count, row.flag or share(row.count, table.n))
    if table.has_of_answers:
        answers = sum(one.count for one in table.rows)
        is_answer = bool(row.code)  # 無回答 is none
        shown = (*shown, row.flag or (share(row.count, answers) if is_answer else None))
    return (number, row.code, row.label, *shown)


def _chart(table: Table) -> Chart | None:
    if not table.n or table.hidden or table.withheld:
        return None
    if table.kind in {"multi", "number"}:  # classes of numbers have long words too
        return Chart("bar", "label", "share")
    return Chart("column", "label", "count")


def _scale_lines(table: Table) -> list[Row]:
    mean = Fraction(table.score_sum or 0) / table.n_scored if table.n_scored else Fraction(0)
    median = Fraction(table.median) if table.median is not None else "…"
    shown: list[Row] = [
        (
            None,
            None,
            f"平均（n={table.n_scored}）",
            None,
            Styled("x" if table.mean_flag else mean, "mean"),
        ),
        (None, None, "中央値", None, Styled(median, "mean")),
    ]
    if table.top_box:
        shown.append((None, None, "5＋4", None, Fraction(table.top_box.count, table.n)))
    return shown


def _proofs(table: Table, title: str) -> Callable[[Where], Iterable[Proof]]:
    def prove(where: Where) -> Iterable[Proof]:
        if table.hidden or table.withheld or not table.n:
            return
        name, counts = f"{title}：{table.title}", where.span("count")
        rows = table.printed_rows
        if table.mt_row is not None:
            yield Proof(f"{name}：回答数計", table.mt_row.count_total, f"SUM({counts})")
        else:
            yield Proof(f"{name}：回答数の和＝n", table.n, f"SUM({counts})")
        if table.kind == "multi":
            for place, row in enumerate(rows):
                formula = f"{where.cell('count', place)}/{table.n}"
                words = f"{name}：{row.label.rstrip('。')}"
                yield Proof(words, Fraction(row.count, table.n), formula, "0.0%")
        if table.kind == "scale5" and table.score_sum is not None and table.n_scored:
            # Scores stand as an array in the formula: they are the definition's, not a cell's; a
            # choice that is not data weighs nothing in the sum and in the number.
            scores = "{" + ";".join(str(row.score or 0) for row in rows) + "}"
            weighs = "{" + ";".join("0" if row.score is None else "1" for row in rows) + "}"
            formula = f"SUMPRODUCT({scores},{counts})/SUMPRODUCT({weighs},{counts})"
            yield Proof(f"{name}：平均", Fraction(table.score_sum) / table.n_scored, formula, "0.0")

    return prove


def matrix(survey: SurveyFigures, table: Table, *, key: str, title: str) -> Printed:
    """A matrix: one line a row, the answers across as counts, then n and mean."""
    first = table.parts[0] if table.parts else None
    answers = first.rows if first else ()
    rows: list[Row] = []
    for part in table.parts:
        cells = [row.flag or row.count for row in part.rows]
        scored = part.score_sum is not None and part.n_scored and not part.mean_flag
        mean = Fraction(part.score_sum or 0) / part.n_scored if scored else "…"
        rows.append((part.title, *cells, part.n if not part.hidden else "x", mean))
    return Printed(
        key=key,
        title=title,
        columns=(
            Column("label", "項目", width=36),
            *(Column(f"a{i}", row.label, "count", width=12) for i, row in enumerate(answers)),
            Column("n_row", "n", "count", width=10),
            Column("mean", "平均", "mean", "点", 10),
        ),
        rows=rows,
        base=base_of(survey, table),
        n=None if table.hidden else table.n,
        notes=("平均は点数のある回答だけで算出。", *table.notes),
        chart=_stacked("label", len(answers), table.hidden or not table.n),
        has_data=False,
    )


def _stacked(label: str, answers: int, is_hidden: bool, last: str = "") -> Chart | None:
    if is_hidden or not answers:
        return None
    return Chart("stacked", label, "a0", last or f"a{answers - 1}")


def cross(survey: SurveyFigures, made: CrossTab, *, key: str, banner: str) -> Printed:
    """横％表: the groups down, n, the answers across in per cent, 無回答 and mean."""

    def line(row: CrossRow) -> Row:
        n = row.n_text if row.hidden else row.n
        cells = [c.flag or share(c.count, row.n) for c in row.cells]
        none = row.no_answer.flag or share(row.no_answer.count, row.n)
        mean = row.mean_flag or (
            Fraction(row.mean_tenths, 10) if row.mean_tenths is not None else "…"
        )
        return (row.code or None, row.label, n, *cells, none, *((mean,) if made.has_mean else ()))

    columns = [
        Column("code", "区分コード", "code", in_print=False),
        Column("group", banner, width=26),
        Column("n_row", "n", "count", width=10),
        *(Column(f"a{i}", label, "share", "％", 12) for i, (_, label) in enumerate(made.columns)),
        Column("none", "無回答", "share", "％", 10),
    ]
    if made.has_mean:
        columns.append(Column("mean", "平均", "mean", "点", 9))
    return Printed(
        key=key,
        title=f"{AUDIENCES[survey.defn.audience]}　{made.title}（{banner}別）",
        columns=tuple(columns),
        rows=[line(row) for row in (made.total, *made.rows)],
        base=f"対象：{AUDIENCES[survey.defn.audience]}　n={made.total.n_text}　単位：％",
        n=made.total.n,
        notes=made.notes,
        chart=_stacked("group", len(made.columns), made.total.hidden, "none"),
        has_data=False,
    )
