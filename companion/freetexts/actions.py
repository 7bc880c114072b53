"""Gathering, coding, editing and deciding about texts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from companion.core import audit, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.freetexts.models import Coding, FreeText, TextTag
from companion.freetexts.queries import consent_of, publish_rule, tags_of, text_questions
from companion.freetexts.rules import why_not_printed
from companion.freetexts.terms import Decision
from companion.surveys.models import AnswerSet, SurveyRound
from companion.surveys.queries import definition_of
from companion.surveys.terms import RoundState, SurveyClosed

MOST_TAGS = 30


@events.on(SurveyClosed)
def _gather_closed(event: SurveyClosed) -> None:
    gather(db.session.get_one(SurveyRound, event.round_id), by=None)


def gather(survey_round: SurveyRound, *, by: Viewer | None) -> int:
    """Lay out the texts of a closed round for reading, and the tags its definition names.

    Done once at closing; doing it again adds only what is missing. Gives how many were added.

    Raises:
        Refused: the round is open.
    """
    if survey_round.state is not RoundState.CLOSED:
        raise Refused("自由記述は、アンケートを終了してから読めます。")
    questions = text_questions(definition_of(survey_round))
    for question in questions:
        known = {tag.name for tag in tags_of(survey_round.survey_id, question.name)}
        for name in question.coding.tags if question.coding else []:
            if name not in known:
                _new_tag(survey_round.survey_id, question.name, name, "")
    held = select(FreeText.answer_id, FreeText.question).where(FreeText.round_id == survey_round.id)
    there = {(answer, question) for answer, question in db.session.execute(held)}
    answers = db.session.scalars(
        select(AnswerSet).where(
            AnswerSet.round_id == survey_round.id, AnswerSet.is_withdrawn.is_(False)
        )
    )
    added = [
        FreeText(round_id=survey_round.id, answer_id=answer.id, question=question.name)
        for answer in answers
        for question in questions
        if str(answer.answers.get(question.name) or "").strip()
        and (answer.id, question.name) not in there
    ]
    db.session.add_all(added)
    db.session.flush()
    if added:
        audit.record("text.gather", survey_round.public_id, by=by, count=len(added))
    return len(added)


def _new_tag(survey_id: str, question: str, name: str, meaning: str) -> TextTag:
    tag = TextTag(survey_id=survey_id, question=question, name=name, meaning=meaning)
    db.session.add(tag)
    db.session.flush()
    return tag


def add_tag(survey_id: str, question: str, name: str, meaning: str, *, by: Viewer) -> TextTag:
    """A new tag in the code book.

    Raises:
        Refused: there is one of that name, or there are too many to keep in mind.
    """
    name = name.strip()
    tags = tags_of(survey_id, question)
    if any(tag.name == name for tag in tags):
        raise Refused(f"「{name}」は既にあります。")
    if len(tags) >= MOST_TAGS:
        raise Refused(f"タグは{MOST_TAGS}個までです。似たものをまとめてください。")
    tag = _new_tag(survey_id, question, name, meaning.strip())
    audit.record("text.tag_add", tag.public_id, by=by)
    return tag


def word_tag(tag: TextTag, name: str, meaning: str, *, by: Viewer) -> None:
    """Word a tag or its meaning anew; codings keep it.

    Raises:
        Refused: another tag of the question has that name.
    """
    others = [one for one in tags_of(tag.survey_id, tag.question) if one.id != tag.id]
    if any(one.name == name.strip() for one in others):
        raise Refused(f"「{name.strip()}」は既にあります。")
    tag.name, tag.meaning = name.strip(), meaning.strip()
    audit.record("text.tag_word", tag.public_id, by=by)
    db.session.flush()


def code(text: FreeText, tag_ids: Sequence[int], *, by: Viewer) -> None:
    """One coder's tags for a text; coding again replaces the own ones, never another's."""
    known = {tag.id for tag in tags_of(text.round.survey_id, text.question)}
    kept = sorted(set(tag_ids) & known)
    own = next((one for one in text.codings if one.coder_id == by.user_id), None)
    if own is None:
        own = Coding(coder_id=by.user_id)
        text.codings.append(own)
    own.tag_ids, own.coded_at = kept, clock.now()
    audit.record("text.code", text.public_id, by=by, tags=len(kept))
    db.session.flush()


def edit_quote(text: FreeText, quote: str, decision: Decision, *, by: Viewer) -> None:
    """Keep an edited quote beside the original, and whether it is to be printed.

    Raises:
        Refused: it is to be printed although it may not be.
    """
    words = quote.strip()
    if decision is Decision.PUBLISH:
        reason = why_not_printed(decision, consent_of(text), publish_rule(text), words)
        if reason:
            raise Refused(reason)
    text.quote, text.decision = words, decision
    audit.record("text.quote", text.public_id, by=by, decision=decision.value)
    db.session.flush()
