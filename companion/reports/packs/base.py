"""What every pack shares: its entry in the register, and the beginning of its report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from companion.core.access import Permission
from companion.periods.models import Period, PolicyField
from companion.reports.tables import Report
from companion.reports.terms import Edition

BOTH = (Edition.INTERNAL, Edition.PUBLIC)
INTERNAL_ONLY = (Edition.INTERNAL,)

Build = Callable[[Period, Edition], Report]


@dataclass(frozen=True)
class Pack:
    """One official report: what it is called, for whom, in which editions, and who builds it.

    `permission` is needed besides that of the reports; `is_long` is made in the background.
    """

    id: str
    number: str
    title: str
    about: str
    build: Build
    editions: tuple[Edition, ...] = BOTH
    permission: Permission = Permission.REPORT_VIEW
    is_long: bool = False
    has_slides: bool = False


def begin(pack: str, title: str, period: Period, edition: Edition, **rest: Any) -> Report:
    """A report with what comes from the period."""
    return Report(
        pack=pack,
        title=title,
        period=period.name,
        fiscal_year=period.fiscal_year,
        secretariat=period.secretariat,
        edition=edition,
        is_demo=period.is_demo,
        **rest,
    )


def share(count: int, whole: int) -> Fraction | str:
    """An exact share; 「…」 of nothing."""
    return Fraction(count, whole) if whole else "…"


def field_name(field: PolicyField) -> str:
    """A policy field as official tables write it: with its digit."""
    return field.digit + field.label
