"""Asking the secretariat, passing on, answering, saying whether it helped."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from companion.core import audit, businessdays, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.inquiries.models import Inquiry
from companion.inquiries.terms import InquiryKind, InquiryState
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
    row.answer, row.passed_to, row.due_on = answer.strip(), passed_to.strip(), due_on
    if state is InquiryState.ANSWERED and before is not InquiryState.ANSWERED:
        row.answered_at, row.answered_by_id = clock.now(), by.user_id
    db.session.flush()
    audit.record("inquiry.handle", row.public_id, by=by, before=before.value, after=state.value)


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
