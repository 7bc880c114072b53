"""Asking the secretariat, routing to a ministry, answering, saying whether it helped."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from companion.core import audit, businessdays, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.inquiries.models import Inquiry
from companion.inquiries.terms import InquiryKind, InquiryRouted, InquiryState, MinistryReplied
from companion.teams.models import Team
from companion.teams.terms import Visibility

USUAL_DAYS = 10  # business days for an answer when the team names no day


@dataclass(frozen=True)
class Question:
    """What a team asks."""

    kind: InquiryKind
    subject: str
    question: str
    background: str = ""
    field_code: str | None = None
    ministry_code: str | None = None
    wished_on: dt.date | None = None
    visibility: Visibility = Visibility.TEAM


def ask_secretariat(team: Team, asked: Question, *, by: Viewer) -> Inquiry:
    """Put an inquiry.

    Raises:
        Refused: the wished day has passed.
    """
    today = clock.today()
    if asked.wished_on is not None and asked.wished_on < today:
        raise Refused("希望日が過ぎています。今日より後の日付を入力してください。")
    row = Inquiry(
        team_id=team.id,
        kind=asked.kind,
        state=InquiryState.OPEN,
        subject=asked.subject,
        background=asked.background,
        question=asked.question,
        field_code=asked.field_code,
        ministry_code=asked.ministry_code,
        due_on=asked.wished_on or businessdays.move(today, USUAL_DAYS),
        asked_by_id=by.user_id,
        visibility=asked.visibility,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("inquiry.ask", row.public_id, by=by, kind=asked.kind.value)
    return row


def handle(
    row: Inquiry, state: InquiryState, answer: str, passed_to: str, due_on: dt.date, *, by: Viewer
) -> None:
    """What the secretariat does with an inquiry: passes it on, moves its day, answers it.

    Raises:
        Refused: an answer says nothing, or the team has closed the inquiry.
    """
    if row.state is InquiryState.CLOSED:
        raise Refused("チームが完了にした依頼です。続きがあるときは、チームが再開します。")
    if state is InquiryState.ANSWERED and not answer.strip():
        raise Refused("「回答済」にするときは、回答を入力してください。")
    before, row.state = row.state, state
    if answer.strip() != row.answer:
        row.answered_by_id, row.answered_from_code = by.user_id, None
    row.answer, row.passed_to, row.due_on = answer.strip(), passed_to.strip(), due_on
    if state is InquiryState.ANSWERED and before is not InquiryState.ANSWERED:
        row.answered_at = clock.now()
        if row.answered_from_code is None:
            row.answered_by_id = by.user_id
    db.session.flush()
    db.session.expire(row, ["answered_from", "answered_by"])
    audit.record("inquiry.handle", row.public_id, by=by, before=before.value, after=state.value)


def route_inquiry(row: Inquiry, ministry_code: str | None, *, by: Viewer) -> None:
    """Ask a ministry's contacts for the answer; None takes that back. The same one: nothing.

    Whoever it is taken from finds it no more; an answer that was given stays.

    Raises:
        Refused: it waits for no answer.
    """
    before = row.routed_to_code
    if ministry_code == before:
        return
    if ministry_code and not row.state.is_waiting:
        raise Refused(
            "回答済の依頼です。府省庁に回答を頼むときは、状態を「照会中」にしてください。"
        )
    row.routed_to_code = ministry_code
    if ministry_code:
        row.state = InquiryState.ASSIGNED
    db.session.flush()
    db.session.expire(row, ["routed_to"])
    audit.record("inquiry.route", row.public_id, by=by, before=before, after=ministry_code)
    if ministry_code:
        events.publish(InquiryRouted(row.id))


def reply(row: Inquiry, answer: str, *, by: Viewer) -> None:
    """The ministry's answer is the answer; the secretariat learns of it and may change it.

    Raises:
        Refused: nothing is said, or the secretariat or the team has gone on meanwhile.
    """
    if not row.takes_reply:
        raise Refused("この依頼には、事務局が回答したか、チームが完了にしました。")
    if not answer.strip():
        raise Refused("回答を入力してください。")
    before, row.state = row.state, InquiryState.ANSWERED
    row.answer, row.answered_by_id = answer.strip(), by.user_id
    row.answered_from_code = row.routed_to_code
    if before is not InquiryState.ANSWERED:
        row.answered_at = clock.now()
    db.session.flush()
    db.session.expire(row, ["answered_from", "answered_by"])
    audit.record("inquiry.answer", row.public_id, by=by, before=before.value)
    events.publish(MinistryReplied(row.id))


def close_inquiry(row: Inquiry, usefulness: int, *, by: Viewer) -> None:
    """The team has what it needs, and says how useful it was (5 very, 1 not at all).

    Raises:
        Refused: it has not been answered.
    """
    if row.state is not InquiryState.ANSWERED:
        raise Refused(f"「{row.state.label}」の依頼は完了にできません。")
    row.state, row.usefulness = InquiryState.CLOSED, usefulness
    db.session.flush()
    audit.record("inquiry.close", row.public_id, by=by, usefulness=usefulness)


def share_inquiry(row: Inquiry, visibility: Visibility, *, by: Viewer) -> None:
    """The team lets every team read question and answer, or takes that back."""
    before, row.visibility = row.visibility, visibility
    db.session.flush()
    audit.record("inquiry.share", row.public_id, by=by, before=before.value, after=visibility.value)


def reopen_inquiry(row: Inquiry, words: str, *, by: Viewer) -> None:
    """The answer does not do yet; what is still missing stands under the question.

    Raises:
        Refused: it waits already, or nothing is said.
    """
    if row.state.is_waiting:
        raise Refused("まだ回答を待っている依頼です。")
    if not words.strip():
        raise Refused("追加で知りたいことを入力してください。")
    row.question = f"{row.question}\n\n【追加】{words.strip()}"
    row.state, row.usefulness = InquiryState.OPEN, None
    row.due_on = businessdays.move(clock.today(), USUAL_DAYS)
    db.session.flush()
    audit.record("inquiry.reopen", row.public_id, by=by)
    if row.routed_to_code:
        events.publish(InquiryRouted(row.id))
