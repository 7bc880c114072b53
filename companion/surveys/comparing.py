"""The results of a round beside those of the period before, question by question.

Only the same question is compared (see `sameness`), each figure with its own base; differences
are those of the printed figures, in points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from companion.core.db import db
from companion.periods.models import Period
from companion.surveys.models import SurveyRound
from companion.surveys.queries import counted_answers, definition_of, invited_count
from companion.surveys.sameness import why_not_compared
from companion.surveys.shares import (
    HIDDEN,
    UNAVAILABLE,
    format_change,
    format_mean,
    format_share,
    response_rate,
)
from companion.surveys.tables import Row, Table
from companion.surveys.tabulate import tabulate_all
from companion.surveys.terms import Identity, RoundState


@dataclass(frozen=True)
class Figure:
    """One printed figure and what it is of: 「92.8」 of 「116／125」."""

    text: str
    base: str
    tenths: int | None  # None where it is hidden or there is none


@dataclass(frozen=True)
class Line:
    """One figure of both periods."""

    label: str
    before: Figure
    now: Figure
    unit: str  # of the difference

    @property
    def change(self) -> str:
        """The difference as printed; 「x」 where one of them is hidden."""
        if HIDDEN in (self.before.text, self.now.text):
            return HIDDEN
        return format_change(self.now.tenths, self.before.tenths)


@dataclass(frozen=True)
class Compared:
    """A question beside the period before, or why it is not."""

    lines: tuple[Line, ...] = ()
    why_not: str = ""


@dataclass(frozen=True)
class Earlier:
    """The round before this one, with everything that is compared."""

    round: SurveyRound
    rate: Line
    questions: Mapping[str, Compared]


def round_before(survey_round: SurveyRound) -> SurveyRound | None:
    """The closed round of the same survey (and occasion) in the nearest earlier period."""
    return db.session.scalar(
        select(SurveyRound)
        .join(Period, Period.id == SurveyRound.period_id)
        .where(
            SurveyRound.survey_id == survey_round.survey_id,
            SurveyRound.occasion == survey_round.occasion,
            SurveyRound.state == RoundState.CLOSED,
            Period.fiscal_year < survey_round.period.fiscal_year,
        )
        .options(joinedload(SurveyRound.version), joinedload(SurveyRound.period))
        .order_by(Period.fiscal_year.desc())
        .limit(1)
    )


def tables_of(survey_round: SurveyRound) -> dict[str, Table]:
    """The tables of a closed round as its coordinators see them.

    Named answers are the coordinators' own; of others nothing below the survey's threshold.
    """
    return tabulate_all(
        definition_of(survey_round),
        counted_answers(survey_round),
        invited=invited_count(survey_round),
        min_base=0 if survey_round.identity is Identity.IDENTIFIED else None,
    )


def compared(survey_round: SurveyRound, tables: Mapping[str, Table]) -> Earlier | None:
    """A closed round beside the one before; None when there is none."""
    earlier = round_before(survey_round)
    if earlier is None:
        return None
    before, now, then = definition_of(earlier), definition_of(survey_round), tables_of(earlier)
    found = {}
    for name, table in tables.items():
        if table.kind == "text":
            continue
        old = then.get(name)
        why = why_not_compared(before, now, name, old, table)
        found[name] = Compared(why_not=why) if why or old is None else Compared(_lines(old, table))
    rate = Line("回収率", _rate(earlier), _rate(survey_round), "ポイント")
    return Earlier(earlier, rate, found)


def _rate(survey_round: SurveyRound) -> Figure:
    answered, invited = len(counted_answers(survey_round)), invited_count(survey_round)
    rate = response_rate(answered, invited)
    return Figure(format_share(rate, answered), f"{answered}／{invited}", rate)


def _lines(old: Table, new: Table) -> tuple[Line, ...]:
    if new.parts:
        return tuple(
            Line(part.title, _mean(then), _mean(part), "点")
            for then, part in zip(old.parts, new.parts, strict=True)
        )
    lines = [
        Line(row.label, _share(old, then), _share(new, row), "ポイント")
        for then, row in zip(old.rows, new.rows, strict=True)
    ]
    if new.mean_tenths is not None or old.mean_tenths is not None:
        lines.append(Line("平均", _mean(old), _mean(new), "点"))
    return tuple(lines)


def _share(table: Table, row: Row) -> Figure:
    if table.hidden or row.flag:
        return Figure(row.flag or HIDDEN, table.n_text, None)
    return Figure(
        format_share(row.share_tenths, row.count), f"{row.count}／{table.n}", row.share_tenths
    )


def _mean(table: Table) -> Figure:
    text = format_mean(table.mean_tenths, table.mean_flag)
    if table.hidden or table.mean_flag:
        return Figure(HIDDEN if table.hidden else text, table.n_text, None)
    base = UNAVAILABLE if table.mean_tenths is None else f"n={table.n_scored}"
    return Figure(text, base, table.mean_tenths)
