"""Not wishing to answer: a respondent's own word, which can be taken back until the end."""

from __future__ import annotations

from companion.core import audit
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.mail import call_off
from companion.surveys.actions import check_taking
from companion.surveys.models import Invitation
from companion.surveys.queries import draft_of
from companion.surveys.terms import BEFORE_WRITING, Identity, InvitationState

MAY_DECLINE = BEFORE_WRITING | {InvitationState.WRITING, InvitationState.UNREACHABLE}


def may_decline(invitation: Invitation) -> bool:
    """True while nothing was handed in."""
    return invitation.state in MAY_DECLINE


def decline(invitation: Invitation, reason: str, *, by: Viewer | None) -> None:
    """The respondent will not answer: no more letters; what was begun is kept.

    Raises:
        Refused: the survey takes no answers any more, or one was handed in.
    """
    check_taking(invitation)
    if invitation.state is InvitationState.DECLINED:
        return
    if not may_decline(invitation):
        raise Refused(
            "回答は提出済みなので、辞退できません。取り下げるときは担当にお知らせください。"
        )
    _become(invitation, InvitationState.DECLINED, by)
    invitation.decline_reason = reason.strip()[:200]
    call_off(f"survey/{invitation.public_id}/")
    db.session.flush()


def take_back(invitation: Invitation, *, by: Viewer | None) -> None:
    """The respondent will answer after all, and finds what was begun.

    Raises:
        Refused: the survey takes no answers any more.
    """
    check_taking(invitation)
    if invitation.state is not InvitationState.DECLINED:
        return
    is_begun = draft_of(invitation, None) is not None  # of an anonymous one nobody can tell
    _become(invitation, InvitationState.WRITING if is_begun else InvitationState.OPENED, by)
    invitation.decline_reason = ""
    db.session.flush()


def _become(invitation: Invitation, state: InvitationState, by: Viewer | None) -> None:
    before, invitation.state = invitation.state, state
    # Whoever takes it back answers soon after: of an anonymous round no line says when.
    if invitation.round.identity is not Identity.ANONYMOUS:
        audit.record(
            "survey.state", invitation.public_id, by=by, before=before.value, after=state.value
        )
