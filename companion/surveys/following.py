"""Following a respondent: extension, call, and the states a coordinator decides."""

from __future__ import annotations

import datetime as dt

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.mail import call_off
from companion.surveys.models import Invitation
from companion.surveys.terms import ANSWERED, Identity, InvitationState, RoundState

S = InvitationState

# From which states a coordinator may bring an invitation to another.
DECIDED: dict[InvitationState, frozenset[InvitationState]] = {
    S.RETURNED: frozenset({S.SUBMITTED}),
    S.CONFIRMED: frozenset({S.SUBMITTED}),
    S.DECLINED: frozenset({S.UNSENT, S.SENT, S.OPENED, S.WRITING}),
    S.UNREACHABLE: frozenset({S.UNSENT, S.SENT, S.OPENED, S.WRITING}),
    S.SENT: frozenset({S.DECLINED, S.UNREACHABLE}),
}
del S


def may_become(invitation: Invitation) -> list[InvitationState]:
    """What a coordinator may decide about an invitation now."""
    if invitation.round.state is RoundState.CLOSED:
        return []
    # Sending back or confirming means having read the answer, which an anonymous one forbids.
    hidden = invitation.round.identity is not Identity.IDENTIFIED
    found = [state for state, before in DECIDED.items() if invitation.state in before]
    return [s for s in found if not (hidden and invitation.state in ANSWERED)]


def decide_state(invitation: Invitation, state: InvitationState, *, by: Viewer) -> None:
    """Send back, confirm, note a refusal or a wrong address, or take these back.

    Raises:
        Refused: the step does not follow from where the invitation stands.
    """
    if state not in may_become(invitation):
        raise Refused(
            f"「{invitation.state.label}」から「{state.label}」には変えられません。"
            "画面を開き直して、いまの状態を確かめてください。"
        )
    before, invitation.state = invitation.state, state
    if state is InvitationState.DECLINED:
        call_off(f"survey/{invitation.public_id}/")  # a reminder may be waiting to leave
    audit.record(
        "survey.state", invitation.public_id, by=by, before=before.value, after=state.value
    )
    db.session.flush()


def extend(invitation: Invitation, until: dt.datetime, *, by: Viewer) -> None:
    """Give one respondent more time.

    Raises:
        Refused: the round is closed, or the time is not later than the announced deadline.
    """
    if invitation.round.state is RoundState.CLOSED:
        raise Refused("終了したアンケートの締切は延ばせません。")
    if until <= max(clock.now(), invitation.round.closes_at):
        raise Refused("延長後の締切は、いまの締切より後の日時にしてください。")
    invitation.extended_to = until
    audit.record("survey.extend", invitation.public_id, by=by, until=until.isoformat())
    db.session.flush()


def note_call(invitation: Invitation, note: str, *, by: Viewer) -> None:
    """Keep that somebody was called, and what was said."""
    invitation.called_at, invitation.call_note = clock.now(), note.strip()[:200]
    audit.record("survey.call", invitation.public_id, by=by)
    db.session.flush()
