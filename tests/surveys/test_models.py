"""The level of identity is held by the schema, whatever the code does."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from companion.core import clock
from companion.core.db import db, saved
from companion.core.mail import Letter
from companion.periods.models import Period
from companion.surveys.actions import open_round
from companion.surveys.models import AnswerSet, Invitation, SurveyRound
from companion.surveys.queries import hash_of
from companion.surveys.terms import Identity
from tests.kit.makers import make_official, make_period, make_team

MINISTRIES = ("mic", "maff", "meti")


@pytest.fixture
def period(app: Flask) -> Period:
    """Four announced teams: four municipalities, twelve officials."""
    made = make_period()
    for _ in range(4):
        make_team(officials=[make_official(ministry_code=code) for code in MINISTRIES])
    return made


def opened(survey_id: str, period: Period) -> SurveyRound:
    with saved():
        return open_round(survey_id, period, by=None)


def invitation_of(survey_round: SurveyRound) -> Invitation:
    found = select(Invitation).where(Invitation.round_id == survey_round.id)
    return db.session.scalars(found.order_by(Invitation.id)).first()


@pytest.mark.parametrize(
    ("survey_id", "values", "is_taken"),
    [
        ("official_eval", {}, True),
        ("official_eval", {"invitation": True}, False),
        ("official_eval", {"submitted_at": True}, False),
        ("official_eval", {"respondent": "総務課 見本"}, False),
        ("official_eval", {"identity": "identified", "invitation": True}, False),
        ("municipality_eval", {"invitation": True, "submitted_at": True}, True),
        ("municipality_eval", {"submitted_at": True}, False),
        ("municipality_eval", {"invitation": True}, False),
        ("municipality_eval", {"identity": "anonymous"}, False),
    ],
)
def test_an_answer_carries_what_its_level_allows(
    period: Period, survey_id: str, values: dict[str, object], is_taken: bool
) -> None:
    survey_round = opened(survey_id, period)
    row = AnswerSet(
        round_id=survey_round.id,
        identity=values.get("identity", survey_round.identity),
        invitation_id=invitation_of(survey_round).id if "invitation" in values else None,
        submitted_at=clock.now() if "submitted_at" in values else None,
        respondent=values.get("respondent", ""),
        answers={"overall": "5"},
    )
    if is_taken:
        with saved() as session:
            session.add(row)
        return
    with pytest.raises(IntegrityError), saved() as session:
        session.add(row)


def test_a_round_has_the_level_of_its_version(period: Period) -> None:
    survey_round = opened("official_eval", period)
    with pytest.raises(IntegrityError), saved() as session:
        session.execute(
            text("UPDATE survey_rounds SET identity = 'identified' WHERE id = :id"),
            {"id": survey_round.id},
        )


def test_one_standing_answer_for_each_invitation(period: Period) -> None:
    survey_round = opened("municipality_eval", period)
    invitation = invitation_of(survey_round)

    def answer() -> AnswerSet:
        return AnswerSet(
            round_id=survey_round.id,
            identity=survey_round.identity,
            invitation_id=invitation.id,
            submitted_at=clock.now(),
            answers={},
        )

    with saved() as session:
        session.add(answer())
    with pytest.raises(IntegrityError), saved() as session:
        session.add(answer())


@pytest.mark.parametrize("table", ["answer_sets", "answer_drafts"])
def test_no_number_tells_in_which_order_answers_came(app: Flask, table: str) -> None:
    columns = {column["name"]: column for column in inspect(db.engine).get_columns(table)}
    assert not [
        name for name in columns if name.endswith(("_at", "_on")) and name != "submitted_at"
    ]
    assert str(columns["id"]["type"]).startswith("VARCHAR")
    if db.engine.dialect.name == "sqlite":
        with pytest.raises(Exception, match="no such column: rowid"), db.engine.connect() as link:
            link.execute(text(f"SELECT rowid FROM {table}"))  # noqa: S608 a name of our own


def test_everyone_is_invited_once_and_gets_one_letter(period: Period) -> None:
    survey_round = opened("official_eval", period)
    assert survey_round.identity is Identity.ANONYMOUS
    letters = db.session.scalars(select(Letter)).all()
    assert len(letters) == 12
    for letter in letters:
        token = letter.body.split("/s/")[1].split()[0]
        found = select(Invitation).where(Invitation.token_hash == hash_of(token))
        invitation = db.session.scalars(found).one()
        assert invitation.official.email == letter.recipient
