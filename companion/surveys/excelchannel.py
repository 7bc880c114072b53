"""The Excel channel: issuing a respondent's 回答票, taking it back, and typing in by proxy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.html import jst
from companion.core.keys import secret_keys
from companion.core.sheets import InvalidWorkbook, read_workbook
from companion.core.sheets.marking import mark_refused
from companion.surveys.actions import Arrival, check_open, save_page, submit
from companion.surveys.answerform import answer_form
from companion.surveys.answers import CONSENT, OTHER, check_all
from companion.surveys.facts import facts_of
from companion.surveys.formseal import Seal
from companion.surveys.models import FormReturn, Invitation
from companion.surveys.queries import definition_of, draft_of, standing_answer
from companion.surveys.reading import not_asked_words
from companion.surveys.returnedform import ReturnedForm, read_form, seal_in
from companion.surveys.schema import SurveyDefinition
from companion.surveys.terms import Channel, Identity, Outcome


def issue_form(invitation: Invitation, answers: dict[str, Any], *, by: Viewer | None) -> bytes:
    """The signed form of one respondent; of an anonymous round it names nobody.

    Raises:
        Refused: the survey takes no Excel or no answers any more.
    """
    defn = _excel_definition(invitation)
    check_open(invitation)
    is_anonymous = invitation.round.identity is Identity.ANONYMOUS
    seal = Seal(
        round=invitation.round.public_id,
        version=invitation.round.version.sha256,
        respondent="" if is_anonymous else invitation.public_id,
        issued=clock.to_jst(clock.now()).date().isoformat(),
    )
    if not is_anonymous:
        audit.record("survey.form_issued", invitation.public_id, by=by)
    return answer_form(
        defn,
        seal,
        secret_keys()[0],
        addressee="（匿名）" if is_anonymous else invitation.addressee,
        due_at=invitation.round.closes_at if is_anonymous else invitation.due_at,
        due_words=jst(invitation.round.closes_at if is_anonymous else invitation.due_at),
        promise=invitation.round.identity.promise,
        answers={} if is_anonymous else answers,
    )


def _excel_definition(invitation: Invitation) -> SurveyDefinition:
    defn = definition_of(invitation.round)
    if "excel" not in defn.channels:
        raise Refused("このアンケートはExcelでは受け付けていません。画面から回答してください。")
    return defn


def read_own_form(invitation: Invitation, data: bytes, filename: str) -> ReturnedForm:
    """What a respondent's own file holds.

    Raises:
        Refused: not a form of ours, another's, of another survey or version, or closed.
        InvalidWorkbook: not a workbook that can be taken.
    """
    defn = _excel_definition(invitation)
    check_open(invitation)
    sheets = read_workbook(data, filename)
    seal = seal_in(sheets, secret_keys())
    if seal is None:
        raise Refused(
            "このシステムが発行した回答票ではありません。回答票をダウンロードし直してください。"
        )
    _check_seal(seal, invitation)
    return read_form(defn, sheets)


def _check_seal(seal: Seal, invitation: Invitation) -> None:
    if seal.round != invitation.round.public_id:
        raise Refused("別のアンケートの回答票です。このアンケートの回答票を選んでください。")
    if seal.respondent not in {"", invitation.public_id}:
        raise Refused("別の方の回答票です。ご自分の回答票を選んでください。")
    if seal.version != invitation.round.version.sha256:
        raise Refused("古い版の回答票です。新しい回答票をダウンロードし、書き写してください。")


def field_names(defn: SurveyDefinition) -> set[str]:
    """Every field an answer may have."""
    names = set(defn.by_name)
    return names | {name + beside for name in names for beside in (OTHER, CONSENT)}


@dataclass(frozen=True)
class Taken:
    """What became of one file."""

    outcome: Outcome
    message: str
    invitation: Invitation | None = None
    marked: bytes | None = None


def take_form(data: bytes, filename: str, *, by: Viewer) -> Taken:
    """Take one form that a coordinator dropped; nothing that stands is overwritten."""
    try:
        sheets = read_workbook(data, filename)
    except InvalidWorkbook as fault:
        return Taken(Outcome.REFUSED, str(fault))
    seal = seal_in(sheets, secret_keys())
    if seal is None:
        return Taken(Outcome.REFUSED, "このシステムが発行した回答票ではありません。")
    if not seal.respondent:
        return Taken(
            Outcome.REFUSED,
            "匿名のアンケートの回答票は、ご本人の画面からだけ提出できます。",
        )
    invitation = db.session.scalar(
        select(Invitation).where(Invitation.public_id == seal.respondent)
    )
    if invitation is None:
        return Taken(Outcome.REFUSED, "この回答票の招待は取り消されています。")
    try:
        _check_seal(seal, invitation)
        check_open(invitation)
        return _take(invitation, read_form(_excel_definition(invitation), sheets), data, by)
    except (Refused, InvalidWorkbook) as refusal:
        return Taken(Outcome.REFUSED, str(refusal), invitation)


def _take(invitation: Invitation, form: ReturnedForm, data: bytes, by: Viewer) -> Taken:
    defn = definition_of(invitation.round)
    cleaned, errors = check_all(defn, form.answers, facts_of(invitation))
    faults = form.told(errors)
    if faults:
        return Taken(
            Outcome.FAULTY,
            "".join(fault.message for fault in faults),
            invitation,
            mark_refused(data, faults),
        )
    standing = standing_answer(invitation)
    if standing is not None and standing.answers == cleaned:
        return Taken(Outcome.SAME, "", invitation)
    save_page(invitation, cleaned, field_names(defn), secret=None)
    if standing is not None:
        message = "提出済みの回答と違います。違いを確かめて提出してください。"
        return Taken(Outcome.DIFFERS, message, invitation)
    submit(invitation, secret=None, by=by, arrival=Arrival(Channel.EXCEL, by.email, data))
    message = not_asked_words(defn, form.answers, facts_of(invitation))
    return Taken(Outcome.ACCEPTED, message, invitation)


def dropped_answers(invitation: Invitation) -> dict[str, Any] | None:
    """What stood in the newest file that a coordinator dropped, while it waits to be confirmed."""
    newest = db.session.scalar(
        select(FormReturn.outcome)
        .where(FormReturn.invitation_id == invitation.id)
        .order_by(FormReturn.id.desc())
        .limit(1)
    )
    draft = draft_of(invitation, None) if newest is Outcome.DIFFERS else None
    return dict(draft.answers) if draft else None


def keep_result(batch: str, filename: str, taken: Taken) -> None:
    """One line of the list of results."""
    db.session.add(
        FormReturn(
            batch=batch,
            filename=filename[:200],
            outcome=taken.outcome,
            message=taken.message,
            invitation_id=taken.invitation.id if taken.invitation else None,
            file=taken.marked,
            taken_at=clock.now(),
        )
    )
    db.session.flush()


def enter_answers(
    invitation: Invitation, answers: dict[str, Any], *, channel: Channel, by: Viewer
) -> dict[str, str]:
    """Answers on paper or by telephone, typed in by a coordinator.

    Returns the faults by field, empty when they were handed in.

    Raises:
        Refused: the round is anonymous, takes no paper, or is closed.
    """
    defn = definition_of(invitation.round)
    if invitation.round.identity is Identity.ANONYMOUS:
        raise Refused("匿名のアンケートは、代わりに入力できません。")
    if channel is not Channel.EXCEL and "paper" not in defn.channels:
        raise Refused("このアンケートは、紙や電話では受け付けていません。")
    _, errors = check_all(defn, answers, facts_of(invitation))
    if errors:
        return errors
    save_page(invitation, answers, field_names(defn), secret=None)
    return submit(invitation, secret=None, by=by, arrival=Arrival(channel, by.email))
