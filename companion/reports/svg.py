"""Charts of a report as SVG that stands on its own: on the page, and as a file to take along."""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from html import escape

from companion.core.sheets.charts import COLOUR
from companion.core.text import strip_forbidden
from companion.reports.printing import describe, shown
from companion.reports.tables import Styled, Table

WIDTH, LABELS, VALUES = 720, 250, 80
LINE, TOP = 30, 44
_FONT = "'Yu Gothic','Noto Sans JP','Hiragino Sans',sans-serif"


def chart_svg(table: Table) -> str:
    """The table's chart; an axis from 0, to 100 % for shares, words at every bar."""
    label, value = table.place(table.drawn.label), table.place(table.drawn.value)
    style = table.columns[value].style
    points: list[tuple[str, Fraction, str]] = []
    for row in table.rows:
        words, number = _plain(row[label]), _plain(row[value])
        size = Fraction(number) if isinstance(number, int | float | Fraction) else Fraction(0)
        points.append((strip_forbidden(str(words)), size, shown(number, style)))  # type: ignore[arg-type]
    most = Fraction(1) if style == "share" else max([size for _, size, _ in points], default=1) or 1
    draw = _bars if table.drawn.kind == "bar" else _columns
    body, height = draw(points, Fraction(most))
    title = strip_forbidden(table.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" font-family="{_FONT}" font-size="14">'
        f"<title>{escape(title)}</title><desc>{escape(strip_forbidden(describe(table)))}</desc>"
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
        f'<text x="12" y="26" font-size="16" font-weight="bold">{escape(title[:44])}</text>'
        f"{body}</svg>"
    )


def _plain(cell: object) -> object:
    return cell.value if isinstance(cell, Styled) else cell


def _bars(points: list[tuple[str, Fraction, str]], most: Fraction) -> tuple[str, int]:
    room = WIDTH - LABELS - VALUES
    parts = []
    for number, (label, size, words) in enumerate(points):
        y = TOP + LINE * number
        width = float(room * size / most)
        parts.append(
            f'<text x="{LABELS - 8}" y="{y + 19}" text-anchor="end">'
            f"{escape(_cut(label, 34))}</text>"
            f'<rect x="{LABELS}" y="{y + 4}" width="{room}" height="20" fill="#f1f1f4"/>'
            f'<rect x="{LABELS}" y="{y + 4}" width="{width:.1f}" height="20" fill="#{COLOUR}"/>'
            f'<text x="{LABELS + room + 8}" y="{y + 19}">{escape(words)}</text>'
        )
    return "".join(parts), TOP + LINE * len(points) + 12


def _columns(points: list[tuple[str, Fraction, str]], most: Fraction) -> tuple[str, int]:
    floor, tall = 260, 180
    step = (WIDTH - 24) / max(len(points), 1)
    parts = []
    for number, (label, size, words) in enumerate(points):
        height = float(tall * size / most)
        middle = 12 + step * (number + 0.5)
        parts.append(
            f'<rect x="{middle - step * 0.32:.1f}" y="{floor - height:.1f}" '
            f'width="{step * 0.64:.1f}" height="{height:.1f}" fill="#{COLOUR}"/>'
            f'<text x="{middle:.1f}" y="{floor - height - 6:.1f}" text-anchor="middle">'
            f"{escape(words)}</text>"
            f'<text x="{middle:.1f}" y="{floor + 20}" text-anchor="middle">'
            f"{escape(_cut(label, max(4, int(step / 7.5))))}</text>"
        )
    axis = f'<line x1="12" y1="{floor}" x2="{WIDTH - 12}" y2="{floor}" stroke="#757575"/>'
    return "".join(parts) + axis, floor + 36


def _cut(text: str, most: int) -> str:
    width, kept = 0, ""
    for character in text:
        width += 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        if width > most:
            return kept[:-1] + "…"
        kept += character
    return kept
