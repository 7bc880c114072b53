"""Sums and words of figures: the middle value, and a number as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal


def exact(value: float) -> Decimal:
    """The decimal number that was typed, not the binary one that stands for it."""
    return Decimal(repr(value))


def median(values: Sequence[float]) -> float:
    """The middle of the values; of an even number the exact mean of the two in the middle."""
    ordered, middle = sorted(values), len(values) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return float((exact(ordered[middle - 1]) + exact(ordered[middle])) / 2)


def decimals_of(values: Iterable[float]) -> int:
    """The most decimals that one of the values has."""
    exponents = [exact(value).normalize().as_tuple().exponent for value in values]
    return max([0, *(-power for power in exponents if isinstance(power, int))])


def shown(value: float | None, places: int = 0) -> str:
    """「12,345.6」 with all decimals of the number, at least `places`; 「－」 of nothing."""
    if value is None:
        return "－"
    number = exact(value)
    if places and decimals_of([value]) <= places:
        return f"{number:,.{places}f}"
    return (
        f"{int(number):,}" if number == number.to_integral_value() else f"{number.normalize():,f}"
    )
