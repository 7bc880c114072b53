"""Asking for a second person's decision, and making it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from companion.approvals.models import Approval
from companion.approvals.queries import waiting_for
from companion.approvals.terms import ApprovalAsked, ApprovalDecided, ApprovalState
from companion.core import audit, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused

# Does in the approving transaction what was asked for; returns the address of the result.
CarryOut = Callable[[Approval, Viewer], str]


@dataclass(frozen=True)
class Kind:
    """What a kind of request is called, and what its approval does."""

    label: str
    carry_out: CarryOut


_kinds: dict[str, Kind] = {}


def carried_out_by(kind: str, *, label: str) -> Callable[[CarryOut], CarryOut]:
    """Mark the function that does what an approved request of this kind asked for.

    It is called with the request and the approving viewer, inside their transaction; what it
    raises (`Refused`) leaves the request waiting.
    """

    def register(function: CarryOut) -> CarryOut:
        _kinds[kind] = Kind(label, function)
        return function

    return register


def label_of(kind: str) -> str:
    """What a kind is called on screen."""
    return _kinds[kind].label


def ask(kind: str, subject: str, *, title: str, reason: str, by: Viewer, **detail: Any) -> Approval:
    """Ask for a decision; `detail` holds what `carry_out` needs.

    The page of the request shows `detail["lines"]` (a list of sentences) and links to
    `detail["page"]` (an address), where they are given.

    Raises:
        Refused: no reason is given, or a request for the same thing is waiting already.
    """
    if not reason.strip():
        raise Refused("理由を入力してください。承認する人が判断に使います。")
    if waiting_for(kind, subject):
        raise Refused("同じ内容の承認を既に依頼しています。「承認」の画面で確認してください。")
    approval = Approval(
        kind=kind,
        subject=subject,
        title=title,
        reason=reason.strip(),
        detail=detail,
        asked_by_id=by.user_id,
        asked_by_name=by.name,
    )
    db.session.add(approval)
    db.session.flush()
    audit.record("approval.ask", approval.public_id, by=by, kind=kind, subject=subject)
    events.publish(ApprovalAsked(approval.id))
    return approval


def approve(approval: Approval, *, by: Viewer) -> str:
    """Let it happen, and do it; returns the address of the result.

    Raises:
        Refused: it is decided already, the asker cannot approve the own request, or what was
            asked for is no longer possible.
    """
    _decide(approval, ApprovalState.APPROVED, by)
    approval.location = _kinds[approval.kind].carry_out(approval, by)
    events.publish(ApprovalDecided(approval.id))
    return approval.location


def refuse(approval: Approval, *, note: str, by: Viewer) -> None:
    """Say no, with a sentence for the asker.

    Raises:
        Refused: it is decided already, it is the viewer's own request, or no note is given.
    """
    if not note.strip():
        raise Refused("却下する理由を入力してください。依頼した人に伝わります。")
    _decide(approval, ApprovalState.REFUSED, by)
    approval.decision_note = note.strip()
    events.publish(ApprovalDecided(approval.id))


def withdraw(approval: Approval, *, by: Viewer) -> None:
    """Take the own request back.

    Raises:
        Refused: it is decided already, or somebody else's.
    """
    if approval.asked_by_id != by.user_id:
        raise Refused("取り下げられるのは、依頼した本人だけです。")
    _open_only(approval)
    approval.state, approval.decided_at = ApprovalState.WITHDRAWN, clock.now()
    audit.record("approval.withdraw", approval.public_id, by=by, kind=approval.kind)


def _decide(approval: Approval, state: ApprovalState, by: Viewer) -> None:
    _open_only(approval)
    if approval.asked_by_id == by.user_id:
        raise Refused("自分の依頼は承認も却下もできません。別のコーディネーターが判断します。")
    approval.state, approval.decided_at = state, clock.now()
    approval.decided_by_id, approval.decided_by_name = by.user_id, by.name
    db.session.flush()
    audit.record(
        f"approval.{state.value}",
        approval.public_id,
        by=by,
        kind=approval.kind,
        subject=approval.subject,
    )


def _open_only(approval: Approval) -> None:
    if not approval.is_waiting:
        raise Refused(f"この依頼は既に「{approval.state.label}」になっています。")
