"""Where anonymous answers wait until their round is closed, and how they leave no trace.

Handing in marks the invitation and keeps the sealed answer in one transaction, so that nothing
acknowledged is lost. At closing all of a round are opened, shuffled and put among the answers
under new random keys in one transaction; what was sealed is deleted. Whoever compares the tables,
their order, their sizes or the numbers of transactions, before or after, joins nothing.
"""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import delete, select

from companion.core.db import db, new_public_id
from companion.core.errors import Refused
from companion.core.keys import secret_keys
from companion.surveys.models import AnswerDraft, AnswerSet, SealedAnswer, SurveyRound
from companion.surveys.queries import definition_of, hash_of
from companion.surveys.sealing import Unreadable, key_of, reseal, room_for, seal, unseal
from companion.surveys.terms import Identity


def _keys(survey_round: SurveyRound) -> list[bytes]:
    purpose = f"survey-answers/{survey_round.public_id}"
    return [key_of(secret, purpose) for secret in secret_keys()]


def draft_answers(draft: AnswerDraft, secret: str | None) -> dict[str, Any]:
    """What a draft holds; a sealed one opens with the secret it was found by."""
    if draft.sealed is None:
        return dict(draft.answers)
    return unseal([key_of(secret or "", "survey-draft")], draft.sealed)


def write_draft(
    draft: AnswerDraft, survey_round: SurveyRound, answers: dict[str, Any], secret: str | None
) -> None:
    """Keep answers in a draft: an anonymous one sealed with the respondent's own secret."""
    if survey_round.identity is Identity.ANONYMOUS:
        room = room_for(definition_of(survey_round))
        draft.sealed = seal(key_of(secret or "", "survey-draft"), answers, room)
    else:
        draft.answers = answers


def handed_in(survey_round: SurveyRound, secret: str | None) -> dict[str, Any] | None:
    """What was handed in under a secret while the round is open; None when nothing was."""
    found = db.session.get(SealedAnswer, hash_of(secret)) if secret else None
    if found is None or found.round_id != survey_round.id:
        return None
    return unseal(_keys(survey_round), found.content)


def keep(survey_round: SurveyRound, secret: str, answers: dict[str, Any]) -> None:
    """Keep an answer sealed until closing; one handed in before under the secret is replaced."""
    content = seal(_keys(survey_round)[0], answers, room_for(definition_of(survey_round)))
    found = db.session.get(SealedAnswer, hash_of(secret))
    if found is not None:
        found.content = content
    else:
        db.session.add(
            SealedAnswer(
                secret_hash=hash_of(secret),
                round_id=survey_round.id,
                identity=survey_round.identity,
                content=content,
            )
        )
    db.session.flush()


def release(survey_round: SurveyRound) -> None:
    """Put the sealed answers of a round among the answers, shuffled, and delete what was sealed.

    Raises:
        Refused: some cannot be opened, because the secret key is not the one they came under.
    """
    of_round = SealedAnswer.round_id == survey_round.id
    keys = _keys(survey_round)
    try:
        opened = [
            unseal(keys, content)
            for content in db.session.scalars(select(SealedAnswer.content).where(of_round))
        ]
    except Unreadable:
        raise Refused(
            "封をした回答を開けません。秘密鍵が、回答を受け付けたときのものと違います。"
            "元の秘密鍵（COMPANION_SECRET_KEY または instance/secret_key）に戻してから、"
            "もう一度終了してください。回答は失われていません。"
        ) from None
    random.SystemRandom().shuffle(opened)
    db.session.add_all(
        AnswerSet(
            id=new_public_id(),
            round_id=survey_round.id,
            identity=survey_round.identity,
            answers=answers,
        )
        for answers in opened
    )
    db.session.execute(delete(SealedAnswer).where(of_round))
    db.session.flush()


def seal_anew() -> int:
    """Seal what waits in open rounds under the present secret key; returns how many answers.

    Raises:
        Refused: some were sealed under a key that is not kept any more.
    """
    rounds = {row.id: row for row in db.session.scalars(select(SurveyRound))}
    rows = list(db.session.scalars(select(SealedAnswer)))
    try:
        for row in rows:
            row.content = reseal(_keys(rounds[row.round_id]), row.content)
    except Unreadable:
        raise Refused(
            "封をした回答に、今ある秘密鍵では開けないものがあります。その回答を受け付けたときの鍵を"
            "以前の鍵（COMPANION_SECRET_KEY_OLD）に加えてください。何も変更していません。"
        ) from None
    return len(rows)
