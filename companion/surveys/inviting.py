"""Inviting respondents, and what becomes of an invitation on its way."""

from __future__ import annotations

from sqlalchemy import update

from companion.applications.models import Official
from companion.core import audit, events
from companion.core.access import Viewer
from companion.core.db import db, new_public_id
from companion.core.errors import Refused
from companion.core.mail import LetterRefused, LetterSent, call_off
from companion.surveys.facts import known_of
from companion.surveys.letters import write_invitation, write_new_link
from companion.surveys.links import new_link
from companion.surveys.models import Invitation, SurveyRound
from companion.surveys.terms import BEFORE_WRITING, Identity, InvitationState, RoundState
from companion.teams.models import Team


def invite(survey_round: SurveyRound, team: Team, official: Official | None) -> Invitation:
    """One respondent and the first letter; without an address the invitation stays 未送付."""
    invitation = Invitation(
        round=survey_round,
        lg_code=None if official else team.challenge.lg_code,
        official=official,
        team=team,
        token_hash="",
        link_number=0,
        facts=known_of(team, official) if survey_round.identity is Identity.IDENTIFIED else None,
        public_id=new_public_id(),
    )
    new_link(invitation)
    db.session.add(invitation)
    write_invitation(invitation)
    return invitation


def note_opened(invitation: Invitation) -> None:
    """The respondent has begun to read the questions."""
    if invitation.state in {InvitationState.UNSENT, InvitationState.SENT}:
        invitation.state = InvitationState.OPENED
        db.session.flush()


def renew_link(invitation: Invitation, *, by: Viewer) -> bool:
    """End the link and send another; True when there is an address to send it to.

    Raises:
        Refused: the survey is closed.
    """
    if invitation.round.state is RoundState.CLOSED:
        raise Refused("終了したアンケートのリンクは作り直せません。")
    call_off(f"survey/{invitation.public_id}/")  # what waits carries the link that ends
    new_link(invitation)
    audit.record("survey.link", invitation.public_id, by=by)
    sent = write_new_link(invitation) is not None
    db.session.flush()
    return sent


def _named(key: str) -> str | None:
    """The invitation a letter's key names; None for letters about something else."""
    first, _, rest = key.partition("/")
    return rest.partition("/")[0] if first == "survey" else None


@events.on(LetterSent)
def note_sent(news: LetterSent) -> None:
    """A letter of an invitation has left: 未送付 becomes 送付済."""
    if public_id := _named(news.key):
        db.session.execute(
            update(Invitation)
            .where(Invitation.public_id == public_id, Invitation.state == InvitationState.UNSENT)
            .values(state=InvitationState.SENT)
        )


@events.on(LetterRefused)
def note_refused(news: LetterRefused) -> None:
    """The address does not take letters: 宛先不明, unless somebody has come all the same."""
    if public_id := _named(news.key):
        changed = db.session.execute(
            update(Invitation)
            .where(Invitation.public_id == public_id, Invitation.state.in_(BEFORE_WRITING))
            .values(state=InvitationState.UNREACHABLE)
        )
        if changed.rowcount:  # type: ignore[attr-defined]
            after = InvitationState.UNREACHABLE.value
            audit.record("survey.state", public_id, by=None, after=after)
