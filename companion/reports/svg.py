"""Charts of a report as SVG that stands on its own: on the page, and as a file to take along."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from companion.core.sheets.charts import COLOUR, is_dark, stack_colour
from companion.core.text import strip_forbidden
from companion.reports.tables import Table
from companion.reports.wording import describe, plain, shown

LINE, TOP, VALUES = 30, 44, 80
_FONT = "'Yu Gothic','Noto Sans JP','Hiragino Sans',sans-serif"


@dataclass(frozen=True)
class Frame:
    """How wide a picture is, and the words at the left of its bars, in its own units."""

    width: int
    labels: int

    @property
    def letters(self) -> int:
        """Half-width characters that have room beside a bar."""
        return int(self.labels / 7.3)


WIDE, NARROW = Frame(720, 250), Frame(380, 140)  # a desk, a telephone held upright


def chart_svg(table: Table, frame: Frame = WIDE) -> str:
    """The table's chart; an axis from 0, to 100 % for shares, words at every bar."""
    label, value = table.place(table.drawn.label), table.place(table.drawn.value)
    style = table.columns[value].style
    points: list[tuple[str, Fraction, str]] = []
    for row in table.rows:
        words, number = plain(row[label]), plain(row[value])
        size = Fraction(number) if isinstance(number, int | float | Fraction) else Fraction(0)
        points.append((strip_forbidden(str(words)), size, shown(number, style)))
    if table.drawn.kind == "stacked":
        return _whole(table, frame, *_stacks(table, frame))
    most = Fraction(1) if style == "share" else max([size for _, size, _ in points], default=1) or 1
    draw = {"bar": _bars, "line": _line}.get(table.drawn.kind, _columns)
    return _whole(table, frame, *draw(points, Fraction(most), frame))


def _whole(table: Table, frame: Frame, body: str, height: int) -> str:
    wide = frame.width
    title = strip_forbidden(table.title)
    heading = escape(_cut(title, wide // 9))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {height}" '
        f'width="{wide}" height="{height}" role="img" font-family="{_FONT}" font-size="14">'
        f"<title>{escape(title)}</title><desc>{escape(strip_forbidden(describe(table)))}</desc>"
        f'<rect width="{wide}" height="{height}" fill="#fff"/>'
        f'<text x="12" y="26" font-size="16" font-weight="bold">{heading}</text>'
        f"{body}</svg>"
    )


def _bars(points: list[tuple[str, Fraction, str]], most: Fraction, frame: Frame) -> tuple[str, int]:
    left, room = frame.labels, frame.width - frame.labels - VALUES
    parts = []
    for number, (label, size, words) in enumerate(points):
        y = TOP + LINE * number
        width = float(room * size / most)
        parts.append(
            f'<text x="{left - 8}" y="{y + 19}" text-anchor="end">'
            f"{escape(_cut(label, frame.letters))}</text>"
            f'<rect x="{left}" y="{y + 4}" width="{room}" height="20" fill="#f1f1f4"/>'
            f'<rect x="{left}" y="{y + 4}" width="{width:.1f}" height="20" fill="#{COLOUR}"/>'
            f'<text x="{left + room + 8}" y="{y + 19}">{escape(words)}</text>'
        )
    return "".join(parts), TOP + LINE * len(points) + 12


def _columns(
    points: list[tuple[str, Fraction, str]], most: Fraction, frame: Frame
) -> tuple[str, int]:
    floor, tall = 260, 180
    step = (frame.width - 24) / max(len(points), 1)
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
    axis = f'<line x1="12" y1="{floor}" x2="{frame.width - 12}" y2="{floor}" stroke="#757575"/>'
    return "".join(parts) + axis, floor + 36


def _line(points: list[tuple[str, Fraction, str]], most: Fraction, frame: Frame) -> tuple[str, int]:
    floor, tall = 260, 180
    step = (frame.width - 24) / max(len(points), 1)
    places = [
        (12 + step * (number + 0.5), floor - float(tall * size / most), label, words)
        for number, (label, size, words) in enumerate(points)
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in places)
    every = max(1, -(-len(points) * 44 // (frame.width - 24)))  # as many days as have room
    parts = [f'<polyline points="{path}" fill="none" stroke="#{COLOUR}" stroke-width="2"/>']
    for number, (x, y, label, words) in enumerate(places):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#{COLOUR}"/>')
        if number % every == 0:
            parts.append(
                f'<text x="{x:.1f}" y="{y - 9:.1f}" text-anchor="middle">{escape(words)}</text>'
                f'<text x="{x:.1f}" y="{floor + 20}" text-anchor="middle" font-size="12">'
                f"{escape(label[-5:])}</text>"
            )
    axis = f'<line x1="12" y1="{floor}" x2="{frame.width - 12}" y2="{floor}" stroke="#757575"/>'
    return "".join(parts) + axis, floor + 36


def _stacks(table: Table, frame: Frame) -> tuple[str, int]:
    """Bars of 100 %, a colour an answer, and what each colour means below."""
    label, first = table.place(table.drawn.label), table.place(table.drawn.value)
    columns = table.columns[first : table.place(table.drawn.last) + 1]
    room, parts = frame.width - frame.labels - 24, []
    for number, row in enumerate(table.rows):
        y = TOP + LINE * number
        parts.append(
            f'<text x="{frame.labels - 8}" y="{y + 19}" text-anchor="end">'
            f"{escape(_cut(strip_forbidden(str(plain(row[label]))), frame.letters))}</text>"
            f'<rect x="{frame.labels}" y="{y + 4}" width="{room}" height="20" fill="#f1f1f4"/>'
        )
        held = [plain(row[first + place]) for place in range(len(columns))]
        sizes = [Fraction(v) if isinstance(v, int | Fraction) else Fraction(0) for v in held]
        whole, x = sum(sizes, Fraction(0)) or Fraction(1), float(frame.labels)
        for place, size in enumerate(sizes):
            width = float(room * size / whole)
            colour = stack_colour(place, len(columns))
            parts.append(
                f'<rect x="{x:.1f}" y="{y + 4}" width="{width:.1f}" height="20" fill="#{colour}"/>'
            )
            if width > 40:
                words = shown(held[place], columns[place].style)
                ink = "fff" if is_dark(colour) else "000"
                parts.append(
                    f'<text x="{x + width / 2:.1f}" y="{y + 19}" text-anchor="middle" '
                    f'font-size="12" fill="#{ink}">{escape(words)}</text>'
                )
            x += width
    floor = TOP + LINE * len(table.rows) + 8
    x, y = 12.0, floor
    for place, column in enumerate(columns):
        words = _cut(column.label, 44)
        width = 26 + 7.5 * sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in words)
        if x + width > frame.width - 12 and x > 12:
            x, y = 12.0, y + 24
        parts.append(
            f'<rect x="{x:.1f}" y="{y}" width="14" height="14" '
            f'fill="#{stack_colour(place, len(columns))}"/>'
            f'<text x="{x + 19:.1f}" y="{y + 12}">{escape(words)}</text>'
        )
        x += width
    return "".join(parts), int(y) + 28


def _cut(text: str, most: int) -> str:
    width, kept = 0, ""
    for character in text:
        width += 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        if width > most:
            return kept[:-1] + "…"
        kept += character
    return kept
