"""Arithmetic of official tables: 四捨五入 on exact integers and fractions, and how it is printed.

Shares are tenths of a per cent (928 is 92.8 %), means are tenths (46 is 4.6). No float anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import isqrt

NOBODY = "－"
HIDDEN = "x"
UNAVAILABLE = "…"
REFERENCE = "＊"  # beside an n under 30: 参考値
REFERENCE_BELOW = 30
MEAN_NEEDS = 5  # fewer scores than this are hidden


def share_tenths(k: int, n: int) -> int:
    """k of n in tenths of a per cent, 四捨五入. Raises ZeroDivisionError for n = 0."""
    return (2 * 1000 * k + n) // (2 * n)


def mean_tenths(total: int, n: int) -> int:
    """The mean of n integer scores with this sum, in tenths, 四捨五入."""
    return (2 * 10 * total + n) // (2 * n)


def half_up(value: Fraction) -> int:
    """The nearest integer, halves away from zero, as Excel shows it."""
    size = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return size if value >= 0 else -size


def exact(text: str | Decimal) -> Fraction:
    """A decimal, as it was written, as an exact fraction."""
    return Fraction(Decimal(text))


def median_of(counted: Iterable[tuple[Fraction | int, int]]) -> Decimal | None:
    """The middle of (value, how many gave it); of an even number the exact middle of the two."""
    ordered = sorted((value, people) for value, people in counted if people)
    whole = sum(people for _, people in ordered)
    if not whole:
        return None
    low, high = ((whole - 1) // 2, whole // 2)
    passed, middle = 0, []
    for value, people in ordered:
        middle += [value] * ((passed <= low < passed + people) + (passed <= high < passed + people))
        passed += people
    return plain(Fraction(sum(middle)) / 2)


def deviation_tenths(counted: Iterable[tuple[Fraction | int, int]]) -> int | None:
    """Standard deviation of (value, how many gave it) in tenths, 四捨五入; None of nobody.

    Of everybody who answered, not of a sample of them: divided by n.
    """
    given = list(counted)
    n = sum(people for _, people in given)
    if not n:
        return None
    mean = sum((Fraction(value) * people for value, people in given), Fraction(0)) / n
    variance = sum((people * (value - mean) ** 2 for value, people in given), Fraction(0)) / n
    return (isqrt(int(4 * 100 * variance)) + 1) // 2


def plain(value: Fraction) -> Decimal:
    """A fraction that decimals can hold, as a decimal."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def tenths_text(tenths: int) -> str:
    """Tenths with one place after the point: 928 is 「92.8」."""
    sign = "-" if tenths < 0 else ""
    return f"{sign}{abs(tenths) // 10}.{abs(tenths) % 10}"


def format_share(tenths: int | None, count: int | None = None, flag: str = "") -> str:
    """A share in per cent as printed, without the sign %.

    「－」 for nobody, 「0.0」 for somebody under 0.05 %, the flag (x, …) where there is one,
    「…」 where there is no figure.
    """
    if flag:
        return flag
    if tenths is None:
        return UNAVAILABLE
    return NOBODY if count == 0 else tenths_text(tenths)


def format_percent(tenths: int | None, count: int | None = None, flag: str = "") -> str:
    """A share with its sign; a symbol stands alone."""
    words = format_share(tenths, count, flag)
    return f"{words}％" if words[-1:].isdigit() else words


def format_mean(tenths: int | None, flag: str = "") -> str:
    """A mean as printed; 「x」 when hidden, 「…」 when there is none."""
    if flag:
        return flag
    return UNAVAILABLE if tenths is None else tenths_text(tenths)


def format_change(now: int | None, before: int | None) -> str:
    """The difference of two printed figures in tenths: 「＋1.2」, 「－0.8」; 「…」 without both."""
    if now is None or before is None:
        return UNAVAILABLE
    sign = "±" if now == before else "＋" if now > before else "－"
    return sign + tenths_text(abs(now - before))


def format_count(count: int | None, flag: str = "") -> str:
    """A number of answers as printed; 「－」 for nobody."""
    if flag:
        return flag
    if count is None:
        return UNAVAILABLE
    return NOBODY if count == 0 else f"{count:,}"


def format_n(n: int, flag: str = "") -> str:
    """A base as printed: with ＊ when it is under 30 and figures are for reference only."""
    if flag:
        return flag
    return f"{n:,}{REFERENCE}" if 0 < n < REFERENCE_BELOW else f"{n:,}"


def response_rate(answered: int, invited: int) -> int | None:
    """回収率 in tenths of a per cent, None when nobody was invited."""
    return share_tenths(answered, invited) if invited else None


def mean_range(total: int, n: int, invited: int, low: int = 1, high: int = 5) -> tuple[int, int]:
    """The means (tenths) everybody invited could have: those silent all `low` … all `high`."""
    silent = max(invited - n, 0)
    whole = n + silent
    return mean_tenths(total + low * silent, whole), mean_tenths(total + high * silent, whole)


def mean_range_from_printed(
    printed_tenths: int, n: int, invited: int, low: int = 1, high: int = 5
) -> tuple[int, int] | None:
    """The same for a mean known only as printed: over all sums that print so; None if none does."""
    sums = [s for s in range(low * n, high * n + 1) if mean_tenths(s, n) == printed_tenths]
    if not sums:
        return None
    return mean_range(sums[0], n, invited, low, high)[0], mean_range(
        sums[-1], n, invited, low, high
    )[1]


def share_range(k: int, n: int, invited: int) -> tuple[int, int]:
    """The shares (tenths of a per cent) of everybody invited: of the silent nobody … everybody."""
    silent = max(invited - n, 0)
    return share_tenths(k, n + silent), share_tenths(k + silent, n + silent)


def about_wari(k: int, n: int, unit: str = "人", shade: bool = False) -> str:
    """A share in words with its figure: 「約9割（92.8％、116人）」.

    The nearest ten per cent; with `shade`, 「強」 and 「弱」 within three points of it.
    """
    tenths = share_tenths(k, n)
    wari = (tenths + 50) // 100
    figure = f"（{tenths_text(tenths)}％、{k:,}{unit}）"
    if k == 0:
        return f"なし{figure}"
    if k == n:
        return f"すべて{figure}"
    if wari == 0:
        return f"1割未満{figure}"
    if wari == 10:
        return f"ほぼすべて{figure}"
    rest = tenths - wari * 100
    if shade and rest == 0:
        return f"{wari}割{figure}"
    if shade and abs(rest) <= 30:
        return f"{wari}割{'強' if rest > 0 else '弱'}{figure}"
    return f"約{wari}割{figure}"


def majority_word(k: int, n: int) -> str:
    """「大半」 from 75 %, 「過半数」 above 50 %, otherwise an empty text; exact, not rounded."""
    if 4 * k >= 3 * n > 0:
        return "大半"
    return "過半数" if 2 * k > n else ""
