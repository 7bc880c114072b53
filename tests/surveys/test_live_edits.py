"""A live definition edited at random: refused, or every earlier answer readable as it was given.

`pytest --long tests/surveys/test_live_edits.py` tries 10,000.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from companion.core import clock
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.surveys.carryover import read_as
from companion.surveys.definition import SurveyDefinition, canonical_json
from companion.surveys.models import AnswerSet, Invitation, SurveyRound
from companion.surveys.publishing import publish_version
from companion.surveys.queries import definition_of
from companion.surveys.reading import answered_lines
from companion.teams.models import Team
from tests.kit.makers import make_team
from tests.surveys.liveedits import count, edited
from tests.surveys.makers import small

CHUNKS = 4


@pytest.mark.sqlite_only
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_edits_are_refused_or_leave_every_answer_readable(
    request: pytest.FixtureRequest, chunk: int
) -> None:
    size = 2_500 if request.config.getoption("--long") else 25
    outcomes, faults = count(range(chunk * size, (chunk + 1) * size))
    assert faults == []
    assert {"unusable", "refused", "needs_note"} <= set(outcomes), "each way is tried"


def test_answers_in_the_database_keep_their_own_wording(app: Flask) -> None:
    """Through publishing itself, on the tables: what was answered reads the same for ever."""
    team = make_team()
    refused = published = 0
    for seed in range(24):
        one = edited(seed)
        if one.new is None:
            continue
        with saved():
            survey_round = _answered(one.old, one.answers[0], team, seed)
        before = answered_lines(definition_of(survey_round), one.answers[0])
        renamed = one.new.model_copy(update={"id": survey_round.survey_id})
        if one.outcome == "refused":
            with pytest.raises(Refused), saved():
                publish_version(renamed, by=None, note="試験のため", source=one.text)
            refused += 1
        else:
            with saved():
                publish_version(renamed, by=None, note="試験のため", source=one.text)
            published += 1
        db.session.expire_all()
        stored = db.session.query(AnswerSet).filter_by(round_id=survey_round.id).one()
        assert canonical_json(definition_of(survey_round)).count('"version":"1.1"') == 1
        assert answered_lines(definition_of(survey_round), stored.answers) == before
    assert refused
    assert published


def _answered(
    defn: SurveyDefinition, answers: dict[str, Any], team: Team, seed: int
) -> SurveyRound:
    own = defn.model_copy(update={"id": f"random{seed}"})
    version = publish_version(own, by=None)
    survey_round = SurveyRound(
        period=team.period,
        survey_id=own.id,
        version=version,
        identity=version.identity,
        opened_at=clock.now(),
        closes_at=clock.now(),
    )
    invitation = Invitation(
        round=survey_round,
        lg_code=team.challenge.lg_code,
        team=team,
        token_hash=f"{seed:064}",
    )
    db.session.add_all([survey_round, invitation])
    db.session.flush()
    db.session.add(
        AnswerSet(
            round_id=survey_round.id,
            identity=version.identity,
            invitation_id=invitation.id,
            submitted_at=clock.now(),
            answers=answers,
        )
    )
    db.session.flush()
    return survey_round


def test_putting_choices_together_leaves_numbers_and_words_alone() -> None:
    new = small(
        """
- {name: a, type: single, label: 一, choices: [{name: ge3, label: 3以上}]}
- {name: n, type: number, label: 数}
- {name: t, type: text, label: 文}
""",
        extra='compat: {collapse: {"3": ge3}}\n',
    )
    answers = {"a": "3", "n": "3", "t": "3"}
    assert read_as(new, answers) == {"a": "ge3", "n": "3", "t": "3"}
