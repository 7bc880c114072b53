"""Reading texts: those of a round, what coders made of them, and the quotes that may be printed.

Everything here asks for the right to see results, and only of closed rounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from companion.core.access import Permission, State, Viewer
from companion.core.db import db
from companion.freetexts.models import Coding, FreeText, TextTag
from companion.freetexts.rules import Agreement, agreed_tags, agreement, why_not_printed
from companion.freetexts.terms import Consent
from companion.surveys.answers import CONSENT
from companion.surveys.definition import SurveyDefinition
from companion.surveys.models import AnswerSet, Invitation, SurveyRound
from companion.surveys.queries import definition_of, is_too_small
from companion.surveys.schema import Choice, Multi
from companion.surveys.schema import FreeText as TextQuestion
from companion.surveys.tables import Table
from companion.surveys.tabulate import tabulate
from companion.surveys.terms import Identity, RoundState


def text_questions(defn: SurveyDefinition) -> list[TextQuestion]:
    """The questions answered in words."""
    return [question for question in defn.questions if isinstance(question, TextQuestion)]


def texts_of(survey_round: SurveyRound, question: str) -> list[FreeText]:
    """The texts of one question, in the order of their random ids; none of too few people."""
    if survey_round.state is not RoundState.CLOSED or is_too_small(survey_round):
        return []
    return list(
        db.session.scalars(
            select(FreeText)
            .where(FreeText.round_id == survey_round.id, FreeText.question == question)
            .options(
                joinedload(FreeText.answer),
                selectinload(FreeText.codings).joinedload(Coding.coder),
            )
            .order_by(FreeText.public_id)
        )
    )


def find_text(public_id: str, viewer: Viewer) -> FreeText | None:
    """One text of a closed round; None when out of reach or not there."""
    if not viewer.may(Permission.SURVEY_RESULTS, State.CLOSED):
        return None
    found = db.session.scalar(
        select(FreeText)
        .join(SurveyRound, SurveyRound.id == FreeText.round_id)
        .where(FreeText.public_id == public_id, SurveyRound.state == RoundState.CLOSED)
        .options(
            joinedload(FreeText.answer),
            joinedload(FreeText.round).joinedload(SurveyRound.period),
            joinedload(FreeText.round).joinedload(SurveyRound.version),
            selectinload(FreeText.codings).joinedload(Coding.coder),
        )
    )
    return None if found is None or is_too_small(found.round) else found


def tags_of(survey_id: str, question: str) -> list[TextTag]:
    """The code book of a question, in the order in which tags were added."""
    return list(
        db.session.scalars(
            select(TextTag)
            .where(TextTag.survey_id == survey_id, TextTag.question == question)
            .order_by(TextTag.id)
        )
    )


def find_tag(public_id: str, viewer: Viewer) -> TextTag | None:
    """One tag of the code books; None when out of reach or not there."""
    if not viewer.may(Permission.SURVEY_RESULTS, State.CLOSED):
        return None
    return db.session.scalar(select(TextTag).where(TextTag.public_id == public_id))


def newest_round(tag: TextTag) -> SurveyRound:
    """The latest closed round in which a tag is used."""
    return db.session.scalars(
        select(SurveyRound)
        .where(SurveyRound.survey_id == tag.survey_id, SurveyRound.state == RoundState.CLOSED)
        .options(joinedload(SurveyRound.period), joinedload(SurveyRound.version))
        .order_by(SurveyRound.closed_at.desc())
        .limit(1)
    ).one()


def consent_of(text: FreeText) -> Consent:
    """What the respondent said about printing it."""
    said = text.answer.answers.get(text.question + CONSENT)
    return Consent(said) if said in {"yes", "no"} else Consent.NOT_ASKED


def publish_rule(text: FreeText) -> str:
    """What the definition says about printing the texts of this question."""
    question = definition_of(text.round).question(text.question)
    return question.publish if isinstance(question, TextQuestion) else "never"


def obstacle(text: FreeText) -> str:
    """Why the quote may not be printed; empty when it may."""
    return why_not_printed(text.decision, consent_of(text), publish_rule(text), text.quote)


def authors_of(survey_round: SurveyRound) -> dict[str, str]:
    """Who wrote, by answer: of rounds answered in one's own name only."""
    if survey_round.identity is not Identity.IDENTIFIED:
        return {}
    rows = db.session.execute(
        select(AnswerSet.id, Invitation)
        .join(Invitation, Invitation.id == AnswerSet.invitation_id)
        .where(AnswerSet.round_id == survey_round.id)
        .options(joinedload(Invitation.municipality), joinedload(Invitation.official))
    )
    return {answer_id: invitation.addressee for answer_id, invitation in rows}


@dataclass(frozen=True)
class TagLine:
    """One tag: how many texts have it, and how far coders agree about it."""

    name: str
    count: int
    agreement: Agreement


def tag_lines(texts: Sequence[FreeText], tags: Sequence[TextTag]) -> list[TagLine]:
    """Every tag with its texts (more than half of the coders gave it) and its agreement."""
    agreed = [agreed_tags([one.tag_ids for one in text.codings]) for text in texts]
    return [
        TagLine(tag.name, sum(tag.id in one for one in agreed), agreement(_judged(texts, tag.id)))
        for tag in tags
    ]


def _judged(texts: Sequence[FreeText], tag_id: int) -> list[dict[int, bool]]:
    return [{one.coder_id: tag_id in one.tag_ids for one in text.codings} for text in texts]


def whole_agreement(texts: Sequence[FreeText], tags: Sequence[TextTag]) -> Agreement:
    """The agreement over all judgements of all tags."""
    return agreement([unit for tag in tags for unit in _judged(texts, tag.id)])


def tag_table(
    survey_round: SurveyRound, question: str, *, min_base: int | None = None
) -> Table | None:
    """The tags of the coded texts as a table of several answers; None when nothing is coded.

    The same engine counts it: n is the texts that were coded, hidden whole under the survey's
    threshold (`min_base=0`: the internal edition).
    """
    defn = definition_of(survey_round)
    coded = [text for text in texts_of(survey_round, question) if text.codings]
    tags = tags_of(survey_round.survey_id, question)
    if not coded or not tags:
        return None
    asked = Multi(
        name=question,
        type="multi",
        label=defn.question(question).short + "（分類）",
        choices=[Choice(name=f"t{tag.id}", label=tag.name) for tag in tags],
    )
    page = defn.pages[0].model_copy(update={"questions": [asked], "relevant": None})
    of_tags = defn.model_copy(update={"pages": [page]})
    for derived in ("questions", "by_name", "numbers"):  # kept from the definition copied
        of_tags.__dict__.pop(derived, None)
    sets = [
        {question: [f"t{tag}" for tag in agreed_tags([one.tag_ids for one in text.codings])]}
        for text in coded
    ]
    return tabulate(of_tags, question, sets, min_base=min_base)


@dataclass(frozen=True)
class Quote:
    """A quote that may be printed; the original is not in it."""

    survey_id: str
    question: str
    short: str
    words: str
    consent: Consent


def chosen_quotes(survey_round: SurveyRound) -> list[Quote]:
    """The edited quotes that were decided on and consented to, in the order of the questions.

    Inside a question they stand in the order of their words, which tells nothing.
    """
    found = []
    for question in text_questions(definition_of(survey_round)):
        quotes = [
            Quote(
                survey_round.survey_id, question.name, question.short, text.quote, consent_of(text)
            )
            for text in texts_of(survey_round, question.name)
            if not obstacle(text)
        ]
        found += sorted(quotes, key=lambda quote: quote.words)
    return found
