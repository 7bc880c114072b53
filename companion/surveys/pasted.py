"""A published table, pasted: can its figures come out of n whole answers at all?

Each line holds words, perhaps a count, and a share in per cent or a mean. What a line lacks is
said; nothing is stored.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from companion.surveys.grim import grim_mean, grim_share
from companion.surveys.shares import half_up, share_tenths, tenths_text

_NUMBER = re.compile(r"(?<![\d.])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\d.])-?\d+(?:\.\d+)?")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")
_MEAN = re.compile(r"平均|mean|average", re.IGNORECASE)
_TOTAL = re.compile(r"^\s*(計|合計|総数|全体|回答数計|M\.?T\.?)", re.IGNORECASE)
MOST_LINES = 300


@dataclass(frozen=True)
class Line:
    """One line judged: what it says, what was read, and whether it can be."""

    label: str
    printed: str  # the share or mean as printed; empty when none was found
    count: int | None
    ok: bool | None  # None: nothing to check
    told: str


def check_pasted(text: str, n: int) -> list[Line]:
    """Every line of a pasted table against a base of n answers."""
    lines = unicodedata.normalize("NFKC", text).splitlines()
    return [_line(line, n) for line in lines[:MOST_LINES] if line.strip()]


def _line(line: str, n: int) -> Line:
    label, figures = _parts(line)
    share, count = _read(figures)
    if share is None:
        return Line(label or line.strip(), "", None, None, "割合や平均が見つかりません。")
    tenths = half_up(10 * Fraction(share))
    printed = tenths_text(tenths)
    if -Decimal(share).as_tuple().exponent > 1:  # type: ignore[operator]
        return Line(label, share, count, None, "小数第１位までの値だけを確かめます。")
    if _MEAN.search(label):
        found = grim_mean(tenths, n)
        return Line(label, printed, None, found.possible, found.message)
    if tenths > 1000 or _TOTAL.match(label):
        return Line(label, printed, count, None, "合計の行は確かめません。")
    found = grim_share(tenths, n, count)
    if not found.possible or count is None:
        return Line(label, printed, count, found.possible, found.message)
    computed = share_tenths(count, n) if 0 <= count <= n else None
    if computed == tenths:
        return Line(label, printed, count, True, f"{count}÷{n}＝{printed}％。")
    own = (
        f"{count}÷{n}＝{tenths_text(computed)}％"
        if computed is not None
        else f"{count}は{n}を超える"
    )
    return Line(label, printed, count, False, f"{own}で、{printed}％と合わない。{found.message}")


def _parts(line: str) -> tuple[str, str]:
    """Words and figures: by columns where there are tabs, else what stands after the words."""
    cells = [cell.strip() for cell in re.split(r"\t|\s{2,}|\|", line) if cell.strip()]
    figures = [cell for cell in cells if re.fullmatch(r"[-\d.,%人件団体\s()]+", cell)]
    words = [cell for cell in cells if cell not in figures]
    if words and figures:
        if re.fullmatch(r"\d{1,3}", cells[0]) and len(figures) > 1:
            figures = figures[1:]  # the number of the line, not an answer
        return " ".join(words), " ".join(figures)
    tail = re.search(r"[-\d][-\d.,%人件団体\s()]*$", line)
    if tail is None:
        return line.strip(), ""
    return line[: tail.start()].strip(" :…・"), tail[0]


def _read(figures: str) -> tuple[str | None, int | None]:
    """(share or mean, count): the share has a sign or a point; whole numbers are counts."""
    signed = _SHARE.search(figures)
    numbers = [found[0].replace(",", "") for found in _NUMBER.finditer(figures)]
    pointed = [number for number in numbers if "." in number]
    share = signed[1] if signed else pointed[-1] if pointed else None
    counts = [int(one) for one in numbers if "." not in one and one != share]
    if share is None and len(counts) > 1:  # a count and a share without its point
        share, counts = str(counts[-1]), counts[:-1]
    return share, counts[0] if counts else None
