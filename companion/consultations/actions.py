"""Handing in a sheet, sharing it with ministries, their replies, the answer, asking on, closing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm.attributes import flag_modified

from companion.consultations.models import Consultation, ConsultationRouting
from companion.consultations.terms import (
    ConsultationAnswered,
    ConsultationReceived,
    ConsultationReplied,
    ConsultationRouted,
    ConsultationState,
    Element,
    Stage,
    WishedWay,
)
from companion.core import audit, businessdays, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.periods.models import Period

USUAL_DAYS = 10  # business days for an answer; the secretariat may move the day
CLOSED = "完了にした相談カルテは変えられません。"


@dataclass(frozen=True)
class SheetWords:
    """What a municipality writes on a sheet."""

    subject: str
    situation: str
    elements: tuple[Element, ...]
    stage: Stage
    question: str
    wished_way: WishedWay
    partners: str = ""


def hand_in_sheet(
    period: Period,
    lg_code: str,
    words: SheetWords,
    *,
    is_for_team: bool = False,
    is_for_prefecture: bool = False,
    by: Viewer,
) -> Consultation:
    """A municipality hands in a sheet, having confirmed that it leads the matter.

    Raises:
        Refused: nothing is combined.
    """
    row = Consultation(
        period_id=period.id,
        lg_code=lg_code,
        state=ConsultationState.RECEIVED,
        is_for_team=is_for_team,
        is_for_prefecture=is_for_prefecture,
        due_on=businessdays.move(clock.today(), USUAL_DAYS),
        received_from_id=by.user_id,
    )
    _write(row, words)
    db.session.add(row)
    db.session.flush()
    audit.record("consultation.submit", row.public_id, by=by)
    events.publish(ConsultationReceived(row.id))
    return row


def change_sheet(row: Consultation, words: SheetWords, *, by: Viewer) -> None:
    """The municipality changes its words until they are shared.

    Raises:
        Refused: it is shared, or nothing is combined.
    """
    if row.state is not ConsultationState.RECEIVED:
        raise Refused(
            "府省庁に共有した後は変えられません。回答の後に「追加で相談する」から続きを書けます。"
        )
    _write(row, words)
    _save(row)
    audit.record("consultation.edit", row.public_id, by=by)


def _write(row: Consultation, words: SheetWords) -> None:
    if len(words.elements) < 2:
        raise Refused("組み合わせるものを、三つの軸から合わせて二つ以上選んでください。")
    row.subject, row.partners = words.subject.strip(), words.partners.strip()
    row.situation, row.question = words.situation.strip(), words.question.strip()
    row.elements = [element.value for element in Element if element in words.elements]
    row.stage, row.wished_way = words.stage, words.wished_way


def _save(row: Consultation) -> None:
    # The ministries asked belong to the sheet: its version tells of their changes too.
    flag_modified(row, "state")
    db.session.flush()


def agree(row: Consultation, is_for_team: bool, is_for_prefecture: bool, *, by: Viewer) -> None:
    """The municipality says who else reads it, or takes that back."""
    row.is_for_team, row.is_for_prefecture = is_for_team, is_for_prefecture
    _save(row)
    audit.record(
        "consultation.share", row.public_id, by=by, team=is_for_team, prefecture=is_for_prefecture
    )


def route_sheet(
    row: Consultation, ministries: Collection[str], due_on: dt.date, *, by: Viewer
) -> None:
    """Share it with these ministries; who is left out and has said nothing finds it no more.

    Raises:
        Refused: it is answered or closed, or a ministry that has replied is left out.
    """
    if not row.state.is_waiting:
        raise Refused("回答済または完了の相談カルテです。府省庁に共有できるのは、回答の前です。")
    before = [routing.ministry_code for routing in row.routings]
    kept = [r.ministry.name for r in row.routings if r.answer and r.ministry_code not in ministries]
    if kept:
        raise Refused(f"回答した府省庁は外せません：{'、'.join(kept)}")
    new = [code for code in ministries if code not in before]
    row.routings = [one for one in row.routings if one.ministry_code in ministries]
    row.routings += [ConsultationRouting(ministry_code=code) for code in new]
    row.due_on = due_on
    if row.state is ConsultationState.RECEIVED and row.routings:
        row.state = ConsultationState.SHARED
    elif row.state is ConsultationState.SHARED and not row.routings:
        row.state = ConsultationState.RECEIVED
    _save(row)
    after = [routing.ministry_code for routing in row.routings]
    audit.record("consultation.route", row.public_id, by=by, before=before, after=after)
    for code in new:
        events.publish(ConsultationRouted(row.id, code))


def reply(row: Consultation, routing: ConsultationRouting, answer: str, *, by: Viewer) -> None:
    """A ministry says what it can; the secretariat gathers it.

    Raises:
        Refused: nothing is said, or the secretariat has gone on meanwhile.
    """
    if not row.state.takes_replies:
        raise Refused("この相談カルテには、事務局がすでに回答しました。")
    if not answer.strip():
        raise Refused("回答を入力してください。")
    routing.answer, routing.is_waiting = answer.strip(), False
    routing.answered_at, routing.answered_by_id = clock.now(), by.user_id
    if row.state is ConsultationState.SHARED:
        row.state = ConsultationState.ANSWERING
    _save(row)
    db.session.expire(routing, ["answered_by"])
    audit.record("consultation.answer", row.public_id, by=by, ministry=routing.ministry_code)
    events.publish(ConsultationReplied(row.id, routing.ministry_code))


def keep_gathered(row: Consultation, words: str, *, by: Viewer) -> None:
    """The secretariat keeps what it has gathered so far.

    Raises:
        Refused: it is closed.
    """
    if row.state is ConsultationState.CLOSED:
        raise Refused(CLOSED)
    row.gathered = words.strip()
    _save(row)
    audit.record("consultation.write", row.public_id, by=by)


def send_answer(row: Consultation, words: str, *, by: Viewer) -> None:
    """The gathered answer goes to the municipality; a later one takes its place.

    Raises:
        Refused: nothing is said, or it is closed.
    """
    if row.state is ConsultationState.CLOSED:
        raise Refused(CLOSED)
    if not words.strip():
        raise Refused("自治体に送る回答を入力してください。")
    before, row.state = row.state, ConsultationState.ANSWERED
    row.answer, row.gathered, row.answered_at = words.strip(), "", clock.now()
    _save(row)
    audit.record("consultation.send", row.public_id, by=by, before=before.value)
    events.publish(ConsultationAnswered(row.id))


def ask_on(row: Consultation, more: str, *, by: Viewer) -> None:
    """The municipality asks on: what it adds stands under the question, and all asked learn of it.

    Raises:
        Refused: it waits for an answer or is closed, or nothing is said.
    """
    if row.state is not ConsultationState.ANSWERED:
        raise Refused(f"「{row.state.label}」の相談カルテには、追加で相談できません。")
    if not more.strip():
        raise Refused("追加で相談したいことを入力してください。")
    row.question = f"{row.question}\n\n【追加】{more.strip()}"
    row.state = ConsultationState.FOLLOW_UP
    row.due_on = businessdays.move(clock.today(), USUAL_DAYS)
    for routing in row.routings:
        routing.is_waiting = True
    _save(row)
    audit.record("consultation.reopen", row.public_id, by=by)
    events.publish(ConsultationReceived(row.id, again=True))
    for routing in row.routings:
        events.publish(ConsultationRouted(row.id, routing.ministry_code))


def close_sheet(row: Consultation, *, by: Viewer) -> None:
    """The secretariat closes what was answered.

    Raises:
        Refused: the municipality still waits, or it is closed already.
    """
    if row.state is not ConsultationState.ANSWERED:
        raise Refused("回答した相談カルテだけを完了にできます。")
    row.state, row.closed_at = ConsultationState.CLOSED, clock.now()
    _save(row)
    audit.record("consultation.close", row.public_id, by=by)
