"""Publishing the results of a closed survey to every role, and taking that back."""

from __future__ import annotations

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.surveys.models import SurveyRound


def publish_results(survey_round: SurveyRound, *, by: Viewer | None) -> None:
    """Let every role read the public edition of a closed round's results from now on.

    Raises:
        Refused: it is open, or published already.
    """
    _lock(survey_round)
    if survey_round.closed_at is None:
        raise Refused("回答受付中のアンケートの結果は公表できません。先に終了してください。")
    if survey_round.results_published_at is not None:
        raise Refused("この結果は、既に公表しています。")
    survey_round.results_published_at = clock.now()
    audit.record("survey.publish_results", survey_round.public_id, by=by)


def take_back_results(survey_round: SurveyRound, *, by: Viewer | None) -> None:
    """Show the results to nobody beyond the coordinators again; they may be published anew.

    Raises:
        Refused: they are not published.
    """
    _lock(survey_round)
    if survey_round.results_published_at is None:
        raise Refused("この結果は、公表していません。")
    survey_round.results_published_at = None
    audit.record("survey.take_back_results", survey_round.public_id, by=by)


def _lock(survey_round: SurveyRound) -> None:
    # Two at once: the second sees what the first has done.
    db.session.refresh(
        survey_round, ["state", "closed_at", "results_published_at"], with_for_update=True
    )
