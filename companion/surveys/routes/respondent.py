"""A respondent at work: the own list, the link of a letter, the first page of a questionnaire."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from companion.core import audit
from companion.core.access import Permission, Viewer, need_viewer, needs, public, viewer
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.routes import current_period, show_period
from companion.surveys.actions import answers_handed_in, check_open, check_taking
from companion.surveys.anonymity import draft_answers
from companion.surveys.declining import decline, may_decline, take_back
from companion.surveys.definition import SurveyDefinition
from companion.surveys.facts import facts_of
from companion.surveys.forms import BeginForm, DeclineForm, ResumeForm
from companion.surveys.inviting import note_opened
from companion.surveys.links import was_link
from companion.surveys.models import AnswerDraft, Invitation
from companion.surveys.queries import (
    definition_of,
    draft_of,
    find_invitation,
    invitation_by_token,
    is_addressee,
    own_invitations,
)
from companion.surveys.routes.page import bp
from companion.surveys.terms import Channel, Identity, InvitationState, RoundState


@bp.get("/<int:year>/my-surveys")
@needs(Permission.SURVEY_ANSWER)
def my_surveys() -> str:
    """What the viewer is asked to answer."""
    return render_template(
        "surveys/my_surveys.html",
        invitations=own_invitations(need_viewer(), current_period()),
        RoundState=RoundState,
        InvitationState=InvitationState,
    )


@bp.get("/s/<token>")
@public
def by_link(token: str) -> Response | tuple[str, int]:
    """A mailed link: remembered for this browser, then left at once; nothing is used up."""
    invitation = invitation_by_token(token)
    if invitation is None:
        if was_link(token) is None:
            abort(404)
        return render_template("surveys/link_ended.html"), 410
    held = session.get("invitations", [])
    if invitation.public_id not in held:
        session["invitations"] = [*held, invitation.public_id][-5:]
    return redirect(url_for("surveys.start", public_id=invitation.public_id), 303)


@dataclass
class Answering:
    """A respondent at work: the invitation, the questionnaire, the draft, the secret."""

    invitation: Invitation
    defn: SurveyDefinition
    secret: str | None
    by: Viewer | None

    @property
    def draft(self) -> AnswerDraft | None:
        """What has been answered so far."""
        return draft_of(self.invitation, self.secret)

    @property
    def facts(self) -> dict[str, str]:
        """What conditions may know of who answers."""
        return facts_of(self.invitation)

    @property
    def is_anonymous(self) -> bool:
        """True when nothing may lead from the answer to the respondent."""
        return self.invitation.round.identity is Identity.ANONYMOUS

    @property
    def answers(self) -> dict[str, Any]:
        """The draft, or what was handed in before."""
        draft = self.draft
        if draft is not None:
            return draft_answers(draft, self.secret)
        return answers_handed_in(self.invitation, self.secret) or {}


def answering(public_id: str) -> Answering:
    """The respondent's work, or 404 for anybody else."""
    invitation = find_invitation(public_id) or abort(404)
    someone = viewer()
    if not (someone and is_addressee(invitation, someone)) and public_id not in session.get(
        "invitations", []
    ):
        abort(404)
    show_period(invitation.round.period)
    if invitation.round.identity is Identity.ANONYMOUS:
        audit.leave_no_line()
    secret = session.get("secrets", {}).get(invitation.round.public_id)
    return Answering(invitation, definition_of(invitation.round), secret, someone)


def _remember(work: Answering, secret: str) -> None:
    kept = session.get("secrets", {}) | {work.invitation.round.public_id: secret}
    session["secrets"] = dict(list(kept.items())[-5:])
    work.secret = secret


def with_secret(work: Answering) -> str | None:
    """The secret that alone finds an anonymous draft, made and remembered at the first saving."""
    if work.is_anonymous and work.secret is None:
        _remember(work, secrets.token_urlsafe(18))
    return work.secret


def remember_channel(public_id: str, channel: Channel) -> None:
    """That the draft came from a file, until it is handed in."""
    session["channels"] = session.get("channels", {}) | {public_id: channel.value}


def closed_because(work: Answering) -> str | None:
    """Why no answer is taken of this respondent any more; None while one is."""
    try:
        check_open(work.invitation)
    except Refused as refusal:
        return str(refusal)
    return None


def _is_over(work: Answering) -> bool:
    try:
        check_taking(work.invitation)
    except Refused:
        return True
    return False


@bp.route("/answer/<public_id>", methods=["GET", "POST"])
@public
def start(public_id: str) -> str | Response | tuple[str, int]:
    """Whose questionnaire it is, until when, and what is kept of whom."""
    work, form = answering(public_id), ResumeForm()
    if form.validate_on_submit():
        code = form.code.data
        if draft_of(work.invitation, code) or answers_handed_in(work.invitation, code) is not None:
            _remember(work, code)
            return redirect(url_for("surveys.start", public_id=public_id), 303)
        form.code.errors = [
            "このコードの回答は見つかりません。写し間違いがないか確かめてください。"
        ]
    return _start(work, form, DeclineForm(formdata=None))


def _start(work: Answering, form: ResumeForm, declining: DeclineForm) -> str | tuple[str, int]:
    page = render_template(
        "surveys/start.html",
        work=work,
        form=form,
        begin=BeginForm(),
        declining=declining,
        may_decline=may_decline(work.invitation),
        has_declined=work.invitation.state is InvitationState.DECLINED and not _is_over(work),
        closed=closed_because(work),
        is_submitted=work.invitation.has_answered,
        may_edit=answers_handed_in(work.invitation, work.secret) is not None
        and work.defn.edit_after_submit != "never",
    )
    return page, 422 if form.errors or declining.errors else 200


@bp.post("/answer/<public_id>/decline")
@public
def decline_survey(public_id: str) -> str | Response | tuple[str, int]:
    """Not wishing to answer, with a reason or without."""
    work, form = answering(public_id), DeclineForm()
    if not form.validate_on_submit():
        return _start(work, ResumeForm(formdata=None), form)
    return _decided(work, lambda: decline(work.invitation, form.reason.data or "", by=work.by))


@bp.post("/answer/<public_id>/resume")
@public
def take_part(public_id: str) -> Response:
    """Wishing to answer after all."""
    work = answering(public_id)
    if not BeginForm().validate_on_submit():
        abort(400)
    return _decided(work, lambda: take_back(work.invitation, by=work.by))


def _decided(work: Answering, act: Callable[[], None]) -> Response:
    try:
        with saved():
            act()
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("surveys.start", public_id=work.invitation.public_id), 303)


@bp.post("/answer/<public_id>/begin")
@public
def begin(public_id: str) -> Response:
    """Begin to answer: 開封 is noted by a sent form alone, which no scanner of links sends."""
    work = answering(public_id)
    if not BeginForm().validate_on_submit():
        abort(400)
    with saved():
        note_opened(work.invitation)
    return redirect(url_for("surveys.page", public_id=public_id, number=1), 303)
