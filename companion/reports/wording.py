"""Values as words and formats, rounded as in print, for pages, charts and templates."""

from __future__ import annotations

from fractions import Fraction

from companion.core.sheets.looks import Value
from companion.reports.tables import Cell, Styled, Table
from companion.surveys.shares import half_up, tenths_text

HOURS_FORMAT = '#,##0.0;-#,##0.0;"－"'
POINTS_FORMAT = '+0.0;-0.0;"±0.0"'
CHANGE_FORMAT = '+#,##0;-#,##0;"±0"'
SCORE_FORMAT = "#,##0.00"
# Styles that are not the writer's own: how they are written besides the look of a count.
MORE_FORMATS = {
    "hours": HOURS_FORMAT,
    "points": POINTS_FORMAT,
    "change": CHANGE_FORMAT,
    "score": SCORE_FORMAT,
}
KINDS = {"bar": "横棒", "column": "縦棒", "line": "折れ線", "stacked": "100％積み上げ横棒"}


def plain(cell: Cell) -> Value:
    """The value of a cell, whatever its style."""
    return cell.value if isinstance(cell, Styled) else cell


def describe(table: Table) -> str:
    """The alternative text of a table's chart: the kind of chart and its values."""
    kind = KINDS[table.drawn.kind]
    if table.drawn.kind == "stacked":
        return f"{table.title}の{kind}グラフ。表と同じ値。"
    label, value = table.place(table.drawn.label), table.place(table.drawn.value)
    style = table.columns[value].style
    return f"{table.title}の{kind}グラフ。表と同じ値。" + "、".join(
        f"{str(plain(row[label])).rstrip('。')} {shown(plain(row[value]), style)}"
        for row in table.rows
    )


def shown(value: Value, style: str) -> str:
    """A value as text, for pages and descriptions: the same rounding as in print."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "○" if value else "×"
    if style == "share":
        share = Fraction(value)  # type: ignore[arg-type]
        tenths = (2000 * share.numerator + share.denominator) // (2 * share.denominator)
        return "－" if not tenths and not share else f"{tenths // 10}.{tenths % 10}％"
    if style == "change" and isinstance(value, int):
        return f"{_sign(value)}{abs(value):,}"
    if style == "points":
        tenths = half_up(Fraction(value) * 10)  # type: ignore[arg-type]
        return f"{_sign(tenths)}{tenths_text(abs(tenths))}"
    if style == "score":
        hundredths = half_up(Fraction(value) * 100)  # type: ignore[arg-type]
        return f"{hundredths // 100:,}.{hundredths % 100:02}"
    if style in {"mean", "hours"}:
        number = Fraction(value)  # type: ignore[arg-type]
        tenths = (20 * abs(number.numerator) + number.denominator) // (2 * number.denominator)
        sign = "-" if number < 0 else ""
        return "－" if not number and style == "hours" else f"{sign}{tenths // 10:,}.{tenths % 10}"
    if isinstance(value, int):
        return f"{value:,}" if style != "number" else str(value)
    return value.strftime("%Y/%m/%d") if hasattr(value, "strftime") else str(value)


def _sign(number: int) -> str:
    return "＋" if number > 0 else "－" if number < 0 else "±"
