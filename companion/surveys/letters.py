"""The letters of a survey: the invitation, a reminder, a new link, and who was reminded."""

from __future__ import annotations

from typing import Any

from flask import current_app

from companion.core.mail import Letter, LetterKind, is_address, post
from companion.people.queries import coordinators
from companion.surveys.ladder import Step
from companion.surveys.links import link_of
from companion.surveys.models import Invitation, SurveyRound


def address_of(invitation: Invitation) -> str:
    """Where letters go; empty when no address is known."""
    official = invitation.official
    address = official.email if official else invitation.team.challenge.contact_email
    return address if is_address(address or "") else ""


def name_of(invitation: Invitation) -> str:
    """Whom a letter greets."""
    if invitation.official is not None:
        return invitation.official.name
    challenge = invitation.team.challenge
    return f"{challenge.municipality.full_name} {challenge.division}".strip()


def _write(
    invitation: Invitation, what: str, kind: LetterKind, template: str, subject: str, **more: Any
) -> Letter | None:
    """One letter about one survey to one respondent; None without address, or when it is there."""
    address = address_of(invitation)
    if not address:
        return None
    survey_round = invitation.round
    body = current_app.jinja_env.get_template(f"surveys/letters/{template}.txt").render(
        name=name_of(invitation),
        title=survey_round.title,
        closes_at=invitation.due_at,
        promise=survey_round.identity.promise,
        link=link_of(invitation),
        secretariat=survey_round.period.secretariat,
        **more,
    )
    key = f"survey/{invitation.public_id}/{what}"
    # Not render_template: a letter is the same whoever is signed in when it is written.
    return post(key, kind, to=address, subject=subject, body=body)


def write_invitation(invitation: Invitation) -> Letter | None:
    """The first letter."""
    subject = f"【回答のお願い】{invitation.round.title}"
    return _write(invitation, "open", LetterKind.SURVEY, "open", subject)


def write_new_link(invitation: Invitation) -> Letter | None:
    """The link was made anew; the one before does not open anything any more."""
    subject = f"【回答用リンクの再発行】{invitation.round.title}"
    what = f"link/{invitation.link_number}"
    return _write(invitation, what, LetterKind.SURVEY, "new_link", subject)


def write_reminder(invitation: Invitation, step: Step, *, is_late: bool) -> Letter | None:
    """A reminder; `is_late` when the respondent's deadline is over."""
    subject = f"【再度のお願い】{invitation.round.title}"
    return _write(
        invitation,
        f"remind/{step.rule}",
        LetterKind.REMINDER,
        "reminder",
        subject,
        is_late=is_late,
        is_begun=invitation.state.value == "writing",
    )


def tell_coordinators(survey_round: SurveyRound, step: Step, reminded: list[str]) -> None:
    """Who was reminded for the last time: what others put into a copy, as a letter of its own."""
    base = current_app.config["EXTERNAL_BASE_URL"]
    template = current_app.jinja_env.get_template("surveys/letters/reminded.txt")
    for user in coordinators():
        post(
            f"survey-reminded/{survey_round.public_id}/{step.rule}/{user.id}",
            LetterKind.REMINDER,
            to=user.email,
            subject=f"【催促の報告】{survey_round.version.title} {len(reminded)}件",
            body=template.render(
                name=user.name,
                title=survey_round.title,
                step=step.label,
                reminded=reminded,
                calls=f"{base}/rounds/{survey_round.public_id}/calls",
                secretariat=survey_round.period.secretariat,
            ),
        )
