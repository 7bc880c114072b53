"""The groups that respondents belong to, for the banners of cross tables."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from companion.applications.models import Challenge
from companion.core.db import db
from companion.periods.queries import policy_fields
from companion.places.prefectures import REGION_OF
from companion.surveys.crossed import Group
from companion.surveys.facts import facts_of
from companion.surveys.models import AnswerSet as StoredAnswers
from companion.surveys.models import Invitation, SurveyRound
from companion.surveys.tables import AnswerSet
from companion.surveys.terms import RoundState
from companion.teams.models import Team

BANNERS = {"policy_field": "政策分野", "population_band": "人口規模", "region": "地域"}
BANDS: tuple[tuple[str, str, int], ...] = (
    ("under_5k", "5千人未満", 5_000),
    ("under_10k", "5千～1万人未満", 10_000),
    ("under_30k", "1万～3万人未満", 30_000),
    ("under_50k", "3万～5万人未満", 50_000),
    ("over_50k", "5万人以上", 10**9),
)


def grouped_answers(survey_round: SurveyRound) -> list[AnswerSet]:
    """The valid answers of a closed round with the groups their respondents belong to.

    Only answers that carry their respondent's name have groups; nothing is known of anonymous
    ones, and of confidential ones once their names are forgotten.
    """
    if survey_round.state is not RoundState.CLOSED:
        return []
    rows = db.session.execute(
        select(StoredAnswers, Invitation)
        .outerjoin(Invitation, Invitation.id == StoredAnswers.invitation_id)
        .where(StoredAnswers.round_id == survey_round.id, StoredAnswers.is_withdrawn.is_(False))
        .options(
            joinedload(Invitation.official),
            joinedload(Invitation.team)
            .joinedload(Team.challenge)
            .options(joinedload(Challenge.municipality), selectinload(Challenge.fields)),
        )
        .order_by(StoredAnswers.id)
    )
    return [
        AnswerSet(
            stored.answers,
            banners=_groups(invitation.team),
            attrs=facts_of(invitation),
            team=str(invitation.team_id),
        )
        if invitation is not None
        else AnswerSet(stored.answers)
        for stored, invitation in rows
    ]


def _groups(team: Team) -> dict[str, Sequence[str]]:
    challenge = team.challenge
    band = next(code for code, _, limit in BANDS if challenge.population < limit)
    return {
        "policy_field": [row.field_code for row in challenge.fields],
        "population_band": [band],
        "region": [challenge.municipality.region],
    }


def groups_of(banner: str) -> list[Group]:
    """Codes and labels of a banner in printed order."""
    if banner == "policy_field":
        return [(field.code, field.digit + field.label) for field in policy_fields()]
    if banner == "population_band":
        return [(code, label) for code, label, _ in BANDS]
    return [(region, region) for region in dict.fromkeys(REGION_OF.values())]
