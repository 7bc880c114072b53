"""Reading which results are published."""

from __future__ import annotations

from sqlalchemy import Select, false, select
from sqlalchemy.orm import joinedload

from companion.core.access import Permission, State, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.surveys.models import SurveyRound


def _published(viewer: Viewer) -> Select[SurveyRound]:
    """The rounds whose published results somebody may read."""
    chosen = (
        select(SurveyRound)
        .where(
            SurveyRound.results_published_at.is_not(None),
            SurveyRound.closed_at.is_not(None),
        )
        .options(joinedload(SurveyRound.version), joinedload(SurveyRound.period))
    )
    if viewer.may(Permission.SURVEY_PUBLISHED, State.PUBLISHED):
        return chosen
    return chosen.where(false())


def published_rounds(period: Period, viewer: Viewer) -> list[SurveyRound]:
    """The rounds of a period with published results."""
    return list(
        db.session.scalars(
            _published(viewer)
            .where(SurveyRound.period_id == period.id)
            .order_by(SurveyRound.occasion != "", SurveyRound.survey_id, SurveyRound.closed_at)
        )
    )


def find_published(public_id: str, viewer: Viewer) -> SurveyRound | None:
    """One round with published results; None when out of reach or not there."""
    return db.session.scalar(_published(viewer).where(SurveyRound.public_id == public_id))
