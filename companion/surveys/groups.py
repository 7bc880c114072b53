"""The groups that respondents belong to, for the banners of cross tables.

They are kept as they stand when a round is closed: if a later correction moved one respondent to
another group, the difference of two tables would tell that one's answer. So the results of a
closed round never change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from companion.applications.models import Challenge
from companion.applications.terms import RankClass
from companion.core.db import db
from companion.people.models import Ministry
from companion.periods.queries import policy_fields
from companion.places.prefectures import REGION_OF
from companion.surveys.crossed import Group
from companion.surveys.facts import facts_of
from companion.surveys.models import AnswerSet as StoredAnswers
from companion.surveys.models import Invitation, SurveyRound
from companion.surveys.queries import definition_of
from companion.surveys.tables import AnswerSet
from companion.surveys.terms import Identity, RoundState
from companion.teams.models import Team

BANNERS = {
    "policy_field": "政策分野",
    "population_band": "人口規模",
    "region": "地域",
    "ministry_group": "府省",
    "grade_band": "職級",
}
BANDS: tuple[tuple[str, str, int], ...] = (
    ("under_5k", "5千人未満", 5_000),
    ("under_10k", "5千～1万人未満", 10_000),
    ("under_30k", "1万～3万人未満", 30_000),
    ("under_50k", "3万～5万人未満", 50_000),
    ("over_50k", "5万人以上", 10**9),
)
GRADES: tuple[tuple[str, str, tuple[RankClass, ...]], ...] = (
    ("junior", "係員・係長級", (RankClass.STAFF, RankClass.CHIEF)),
    ("deputy", "課長補佐級", (RankClass.DEPUTY,)),
    (
        "senior",
        "室長・企画官級以上",
        (RankClass.OFFICE_HEAD, RankClass.DIRECTOR, RankClass.COUNSELLOR),
    ),
)
_WITH_GROUPS = (
    joinedload(Invitation.official),
    joinedload(Invitation.team)
    .joinedload(Team.challenge)
    .options(joinedload(Challenge.municipality), selectinload(Challenge.fields)),
)
OTHER: Group = ("other", "その他の府省")


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
        .options(*_WITH_GROUPS)
        .order_by(StoredAnswers.id)
    )
    sets = [
        AnswerSet(
            stored.answers,
            banners=groups_known(invitation),
            attrs=facts_of(invitation),
            team=str(invitation.team_id),
        )
        if invitation is not None
        else AnswerSet(stored.answers)
        for stored, invitation in rows
    ]
    return folded(sets, "ministry_group", definition_of(survey_round).min_base)


def keep_groups(survey_round: SurveyRound) -> None:
    """Keep who belongs to which group as it stands now, when a round is closed.

    Anonymous answers are in no group, so nothing is kept of theirs.
    """
    if survey_round.identity is not Identity.ANONYMOUS:
        invited = select(Invitation).where(Invitation.round_id == survey_round.id)
        for invitation in db.session.scalars(invited.options(*_WITH_GROUPS)):
            invitation.groups = groups_known(invitation)
            if survey_round.identity is Identity.IDENTIFIED:  # invited before facts were kept
                invitation.facts = facts_of(invitation)


def groups_known(invitation: Invitation) -> dict[str, list[str]]:
    """The codes of a respondent's groups by banner: as kept, or else as they stand now."""
    if invitation.groups is not None:
        return invitation.groups
    challenge, official = invitation.team.challenge, invitation.official
    groups = {
        "policy_field": [row.field_code for row in challenge.fields],
        "population_band": [next(code for code, _, limit in BANDS if challenge.population < limit)],
        "region": [challenge.municipality.region],
    }
    if official is not None:
        groups["ministry_group"] = [official.ministry_code]
        groups["grade_band"] = [code for code, _, ranks in GRADES if official.rank_class in ranks]
    return groups


def folded(sets: Sequence[AnswerSet], banner: str, least: int) -> list[AnswerSet]:
    """Groups of fewer answers than `least` made one, with the next smallest until they reach it."""
    sizes = Counter(code for one in sets for code in one.banners.get(banner, ()))
    gone: set[str] = set()
    for code, size in sorted(sizes.items(), key=lambda pair: (pair[1], pair[0])):
        together = sum(sizes[other] for other in gone)
        if size >= least and not 0 < together < least:
            break
        gone.add(code)
    if len(gone) < 2:  # alone it would be no less known under another name
        return list(sets)
    return [replace(one, banners=_renamed(one.banners, banner, gone)) for one in sets]


def _renamed(
    banners: Mapping[str, Sequence[str]], banner: str, gone: set[str]
) -> dict[str, Sequence[str]]:
    codes = [OTHER[0] if code in gone else code for code in banners.get(banner, ())]
    return {**banners, banner: list(dict.fromkeys(codes))}


def groups_of(banner: str, sets: Iterable[AnswerSet]) -> list[Group]:
    """Codes and labels of a banner in printed order; of ministries those that answered."""
    if banner == "policy_field":
        return [(field.code, field.digit + field.label) for field in policy_fields()]
    if banner == "population_band":
        return [(code, label) for code, label, _ in BANDS]
    if banner == "grade_band":
        return [(code, label) for code, label, _ in GRADES]
    if banner == "ministry_group":
        used = {code for one in sets for code in one.banners.get(banner, ())}
        rows = db.session.scalars(select(Ministry).order_by(Ministry.position))
        found = [(row.code, row.name) for row in rows if row.code in used]
        return [*found, OTHER] if OTHER[0] in used else found
    return [(region, region) for region in dict.fromkeys(REGION_OF.values())]
