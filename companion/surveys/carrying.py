"""The surveys of a year carried into the next one: drafts with everything but answers and dates.

A copy has every field of the definition in force, with these exceptions: the version is new, the
window is moved by a year to business days, and figures printed for the old answers are left out.
The reminders and their limits (the letters) and the population stand in the definition; the
target of the round before is offered when the new round is opened.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from companion.core import audit
from companion.core.access import Viewer
from companion.core.businessdays import move
from companion.core.db import db
from companion.core.errors import Refused
from companion.periods.models import Period
from companion.surveys.definition import SurveyDefinition
from companion.surveys.draftdata import (
    Data,
    next_version,
    questions_in,
)
from companion.surveys.drafting import Draft, add_draft, draft_of_survey, newest_version
from companion.surveys.models import SurveyRound
from companion.surveys.schema import Window
from companion.surveys.shelf import book_named, load_definitions, number_of
from companion.surveys.source import read

USUAL_TARGET = 80  # percent, for a survey that was never put


@dataclass(frozen=True)
class Carried:
    """One survey of an earlier year as it would come into this one."""

    survey_id: str
    defn: SurveyDefinition
    before: Period
    target_percent: int
    version: str
    window: Window
    draft: Draft | None  # one that stands in the way


def earlier_rounds(period: Period) -> dict[str, SurveyRound]:
    """The newest round before a year of every survey of the whole programme."""
    rows = db.session.scalars(
        select(SurveyRound)
        .join(Period, Period.id == SurveyRound.period_id)
        .where(Period.fiscal_year < period.fiscal_year, SurveyRound.occasion == "")
        .order_by(Period.fiscal_year)
    )
    return {row.survey_id: row for row in rows}


def target_before(survey_id: str, period: Period) -> int:
    """The target of the round before, percent."""
    row = earlier_rounds(period).get(survey_id)
    return row.target_percent if row else USUAL_TARGET


def carried(period: Period) -> list[Carried]:
    """What can be carried into a year, survey by survey."""
    known = load_definitions()
    found = []
    for survey_id, row in earlier_rounds(period).items():
        defn = known.get(survey_id)
        if defn is None:
            continue
        years = period.fiscal_year - row.period.fiscal_year
        found.append(
            Carried(
                survey_id=survey_id,
                defn=defn,
                before=row.period,
                target_percent=row.target_percent,
                version=_version(survey_id, period),
                window=moved(defn.window, years),
                draft=draft_of_survey(survey_id),
            )
        )
    return found


def _version(survey_id: str, period: Period) -> str:
    newest, wanted = newest_version(survey_id, "0"), f"{period.fiscal_year}.1"
    return wanted if number_of(wanted) > number_of(newest) else next_version(newest)


def moved(window: Window, years: int) -> Window:
    """A window so many years later, at the same times, its days moved to business days."""
    return Window(
        open=_later(window.open, years),
        close=_later(window.close, years),
        grace_hours=window.grace_hours,
    )


def _later(moment: str, years: int) -> str:
    day, _, time = moment.partition("T")
    old = dt.date.fromisoformat(day)
    try:
        new = old.replace(year=old.year + years)
    except ValueError:  # 29 February
        new = dt.date(old.year + years, 2, 28)
    return f"{move(new, 0)}T{time}"


def carry(survey_id: str, period: Period, *, by: Viewer) -> Draft:
    """A draft of a survey for a year, from what is in force.

    Raises:
        Refused: it was not put in an earlier year, or a draft of it stands in the way.
    """
    one = next((one for one in carried(period) if one.survey_id == survey_id), None)
    if one is None:
        raise Refused("前の年度に実施したアンケートではありません。一覧から選び直してください。")
    data: Data = read(book_named(survey_id).text, survey_id).data
    data["version"] = one.version
    window = {"open": one.window.open, "close": one.window.close}
    data["window"] = {**data["window"], **window}
    for _, _, question in questions_in(data):
        question.pop("published", None)
    draft = add_draft(data, by=by)
    audit.record("survey.carry", survey_id, by=by, year=period.fiscal_year)
    return draft
