"""Answering: a page is kept, the whole is handed in, an earlier answer is withdrawn."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.mail import call_off
from companion.surveys.anonymity import draft_answers, handed_in, keep, write_draft
from companion.surveys.answers import check_all
from companion.surveys.facts import facts_of
from companion.surveys.models import (
    AnswerDraft,
    AnswerSet,
    Invitation,
    Receipt,
    ResponseDay,
)
from companion.surveys.queries import (
    definition_of,
    draft_of,
    hash_of,
    may_share_texts,
    standing_answer,
)
from companion.surveys.terms import BEFORE_WRITING, Channel, Identity, InvitationState, RoundState


@dataclass(frozen=True)
class Arrival:
    """How an answer came in: the channel, the e-mail of who typed it in, the file it stood in."""

    channel: Channel
    operator: str = ""
    file: bytes | None = None


WEB_ARRIVAL = Arrival(Channel.WEB)


def check_taking(invitation: Invitation) -> None:
    """Raises Refused when the time for answers of this respondent is over."""
    survey_round = invitation.round
    if survey_round.state is RoundState.CLOSED or clock.now() > takes_until(invitation):
        raise Refused(
            "このアンケートの受付は終了しました。ご不明な点は内閣官房の担当にお問い合わせください。"
        )


def check_open(invitation: Invitation) -> None:
    """Raises Refused when the survey takes no answers of this respondent (any more)."""
    check_taking(invitation)
    if invitation.state is InvitationState.CONFIRMED:
        raise Refused("この回答は確定しています。訂正が必要なときは担当にお問い合わせください。")
    if invitation.state is InvitationState.DECLINED:
        raise Refused("辞退の連絡を受け付けています。回答するときは、辞退を取り消してください。")


def takes_until(invitation: Invitation) -> dt.datetime:
    """Until when an answer is taken: the grace after the deadline, or the own extension."""
    grace = dt.timedelta(hours=definition_of(invitation.round).window.grace_hours)
    return max(invitation.round.closes_at + grace, invitation.due_at)


def save_page(
    invitation: Invitation,
    values: dict[str, Any],
    names: set[str],
    *,
    secret: str | None,
    respondent: str = "",
) -> AnswerDraft:
    """Keep what was answered on one page; `names` are the fields of the page, emptied ones too.

    Raises:
        Refused: the survey is closed, or an anonymous answer was submitted and the secret that
            alone may correct it is not here.
    """
    check_open(invitation)
    draft = draft_of(invitation, secret) or _new_draft(invitation, secret)
    before = draft_answers(draft, secret)
    kept = {name: value for name, value in before.items() if name not in names}
    write_draft(draft, invitation.round, kept | values, secret)
    if draft.identity is not Identity.ANONYMOUS and respondent:
        draft.respondent = respondent[:200]
    if invitation.state in BEFORE_WRITING and draft.identity is not Identity.ANONYMOUS:
        invitation.state = InvitationState.WRITING
    db.session.flush()
    return draft


def _new_draft(invitation: Invitation, secret: str | None) -> AnswerDraft:
    submitted = answers_handed_in(invitation, secret)
    is_anonymous = invitation.round.identity is Identity.ANONYMOUS
    if invitation.has_answered and submitted is None:
        raise Refused(
            "この回答は提出済みです。匿名のため、提出した端末か再開用コードからだけ訂正できます。"
        )
    standing = None if is_anonymous else standing_answer(invitation)
    draft = AnswerDraft(
        round_id=invitation.round_id,
        identity=invitation.round.identity,
        invitation_id=None if is_anonymous else invitation.id,
        secret_hash=hash_of(secret or "") if is_anonymous else None,
        respondent=standing.respondent if standing else "",
        answers={},
    )
    write_draft(draft, invitation.round, submitted or {}, secret)
    db.session.add(draft)
    return draft


def answers_handed_in(invitation: Invitation, secret: str | None) -> dict[str, Any] | None:
    """What stands of a respondent, None when nothing does or the secret does not find it."""
    if invitation.round.identity is Identity.ANONYMOUS:
        return handed_in(invitation.round, secret)
    standing = standing_answer(invitation)
    return dict(standing.answers) if standing else None


def submit(
    invitation: Invitation,
    *,
    secret: str | None,
    by: Viewer | None,
    arrival: Arrival = WEB_ARRIVAL,
    shares_texts: bool | None = None,
) -> dict[str, str]:
    """Hand in the draft; an earlier answer is withdrawn and both are kept.

    `shares_texts` says whether a municipality lets its team read the free texts; None leaves it
    as it was last said. Returns the faults by field, empty when it was handed in.

    Raises:
        Refused: the survey is closed, there is nothing to hand in, or it may not be corrected.
    """
    # Two tabs that hand in at once come one after the other.
    alone = select(Invitation.id).where(Invitation.id == invitation.id).with_for_update()
    db.session.execute(alone)
    db.session.refresh(invitation, ["state"])
    check_open(invitation)
    draft = draft_of(invitation, secret)
    if draft is None and invitation.has_answered:
        raise Refused("この回答は提出済みです。直すときは「回答を訂正する」を押してください。")
    if draft is None:
        raise Refused("提出する回答がありません。最初のページから回答してください。")
    defn = definition_of(invitation.round)
    answers, faults = check_all(defn, draft_answers(draft, secret), facts_of(invitation))
    if faults:
        return faults
    earlier = answers_handed_in(invitation, secret)
    if earlier is None and invitation.has_answered:
        raise Refused("この回答は提出済みです。")
    if earlier is not None:
        returned = invitation.state is InvitationState.RETURNED
        if defn.edit_after_submit == "never" and not returned and not arrival.operator:
            raise Refused("このアンケートは、提出した後に訂正できません。")
    add_answer(invitation, answers, secret, draft.respondent, shares_texts=shares_texts)
    _note_arrival(invitation, arrival, is_first=earlier is None)
    call_off(f"survey/{invitation.public_id}/")  # a reminder may be waiting to leave
    db.session.delete(draft)
    db.session.flush()
    # For an anonymous answer the line says only that somebody has answered, without the person.
    is_anonymous = invitation.round.identity is Identity.ANONYMOUS
    if not is_anonymous:
        detail = {} if shares_texts is None else {"shares_texts": shares_texts}
        audit.record(
            "survey.submit", invitation.public_id, by=by, channel=arrival.channel.value, **detail
        )
    return {}


def _note_arrival(invitation: Invitation, arrival: Arrival, *, is_first: bool) -> None:
    """How an answer came in; by day it is only counted, and of an anonymous one no receipt."""
    now = clock.now()
    invitation.channel = arrival.channel
    if is_first:
        invitation.is_late = now > invitation.due_at
        day = clock.to_jst(now).date()
        counted = db.session.execute(
            update(ResponseDay)
            .where(ResponseDay.round_id == invitation.round_id, ResponseDay.day == day)
            .values(count=ResponseDay.count + 1)
        )
        if not counted.rowcount:  # type: ignore[attr-defined]
            try:
                with db.session.begin_nested():
                    db.session.add(ResponseDay(round_id=invitation.round_id, day=day, count=1))
            except IntegrityError:  # another answer was the day's first in the same moment
                db.session.execute(
                    update(ResponseDay)
                    .where(ResponseDay.round_id == invitation.round_id, ResponseDay.day == day)
                    .values(count=ResponseDay.count + 1)
                )
    if invitation.round.identity is not Identity.ANONYMOUS:
        db.session.add(
            Receipt(
                invitation_id=invitation.id,
                channel=arrival.channel,
                operator=arrival.operator,
                file=arrival.file,
                file_sha256=hashlib.sha256(arrival.file).hexdigest() if arrival.file else None,
                received_at=now,
            )
        )
    db.session.flush()


def add_answer(
    invitation: Invitation,
    answers: dict[str, Any],
    secret: str | None,
    respondent: str,
    *,
    shares_texts: bool | None = None,
) -> None:
    survey_round = invitation.round
    if survey_round.identity is Identity.ANONYMOUS:
        keep(survey_round, secret or "", answers)
    else:
        earlier = standing_answer(invitation)
        if shares_texts is None:
            shares_texts = earlier is not None and earlier.shares_texts
        if earlier is not None:
            earlier.is_withdrawn = True
            db.session.flush()
        db.session.add(
            AnswerSet(
                round_id=survey_round.id,
                identity=survey_round.identity,
                invitation_id=invitation.id,
                submitted_at=clock.now(),
                answers=answers,
                respondent=respondent,
                shares_texts=shares_texts and may_share_texts(invitation),
            )
        )
    invitation.state = InvitationState.SUBMITTED
