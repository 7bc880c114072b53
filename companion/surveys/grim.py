"""GRIM: whether a printed mean or share can come out of n whole answers at all."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from companion.surveys.shares import half_up, mean_tenths, share_tenths, tenths_text

_NEAR = 5  # how far the base is moved in search of what could have been meant


@dataclass(frozen=True)
class Grim:
    """The finding: possible counts (or sums), the reachable figures around, and a sentence."""

    possible: bool
    counts: tuple[int, ...]  # the counts (sums) that print so
    below: int | None  # the nearest reachable figure under the printed one, in tenths
    above: int | None
    message: str


def grim_share(printed_tenths: int, n: int, count: int | None = None) -> Grim:
    """Whether a share (tenths of a per cent) is k/n for some k, printed to one place.

    `count` is the number of answers the figure is said to belong to, if known: the sentence
    then says from which base, or which rounding, the printed figure may have come.
    """
    counts = tuple(k for k in range(n + 1) if share_tenths(k, n) == printed_tenths)
    printed = tenths_text(printed_tenths)
    if counts:
        ways = "、".join(f"{k}÷{n}" for k in counts[:3])
        return Grim(True, counts, None, None, f"{printed} は n={n} で生じうる（{ways}）。")
    reachable = [share_tenths(k, n) for k in range(n + 1)]
    below, above = _around(printed_tenths, reachable)
    step = tenths_text(half_up(Fraction(1000, n))) if n else "…"
    near = "／".join(tenths_text(value) for value in (below, above) if value is not None)
    message = f"{printed} は n={n} では生じない（刻み{step}pt、近い値 {near}）。"
    guess = _origin(printed_tenths, n, count)
    return Grim(False, (), below, above, message + (f"{guess}の可能性" if guess else ""))


def grim_mean(printed_tenths: int, n: int, low: int = 1, high: int = 5) -> Grim:
    """Whether a mean (tenths) is s/n for some sum s of n whole scores from low to high."""
    all_sums = range(low * n, high * n + 1) if n else range(0)
    sums = tuple(total for total in all_sums if mean_tenths(total, n) == printed_tenths)
    printed = tenths_text(printed_tenths)
    if sums:
        message = f"{printed} は n={n} で生じうる（合計 {sums[0]}～{sums[-1]}）。"
        return Grim(True, sums, None, None, message)
    reachable = [mean_tenths(total, n) for total in all_sums]
    below, above = _around(printed_tenths, reachable)
    near = "／".join(tenths_text(value) for value in (below, above) if value is not None)
    return Grim(False, (), below, above, f"{printed} は n={n} では生じない（近い値 {near}）。")


def _around(printed: int, reachable: list[int]) -> tuple[int | None, int | None]:
    below = max((value for value in reachable if value < printed), default=None)
    above = min((value for value in reachable if value > printed), default=None)
    return below, above


def _origin(printed: int, n: int, count: int | None) -> str:
    """What the figure may have come from: a base near n, or rounding to whole per cents."""
    if count is None:
        return ""
    guesses: list[str] = []
    for away in range(1, _NEAR + 1):
        bases = [base for base in (n - away, n + away) if base >= max(count, 1)]
        fits = [base for base in bases if share_tenths(count, base) == printed]
        if fits:
            hundredths = half_up(Fraction(10000 * count, fits[0]))
            quotient = f"{hundredths // 100}.{hundredths % 100:02d}"
            guesses.append(f"{count}/{fits[0]}={quotient}")
            break
    if n and printed % 10 == 0 and half_up(Fraction(100 * count, n)) * 10 == printed:
        guesses.append("整数丸め")
    return " または".join(guesses) if len(guesses) < 2 else f"{guesses[0]} または{guesses[1]}"
