"""Pages of the proposals: a ministry proposes, the secretariat answers."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs, needs_fresh_to_send
from companion.core.db import saved
from companion.core.errors import Refused, saved_telling
from companion.core.forms import Form
from companion.periods.routes import current_period, show_period
from companion.proposals.actions import Candidate, accept, decline, propose, withdraw
from companion.proposals.forms import DeclineForm, ProposalForm
from companion.proposals.models import Proposal
from companion.proposals.queries import (
    applications_of,
    find_proposal,
    proposals_of,
    takes_proposals,
)
from companion.proposals.terms import ProposalState

bp = Blueprint("proposals", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/<int:year>/proposals")
@needs(Permission.PROPOSAL_VIEW)
def proposals() -> str:
    """Who was proposed in the period, and what became of it."""
    period, viewer = current_period(), need_viewer()
    rows = proposals_of(period, viewer)
    return render_template(
        "proposals/proposals.html",
        rows=rows,
        applied=applications_of(rows, viewer),
        is_open=takes_proposals(period),
    )


@bp.route("/<int:year>/proposals/new", methods=["GET", "POST"])
@needs(Permission.PROPOSAL_MAKE)
def new_proposal() -> str | Response | tuple[str, int]:
    """Propose an official of the own ministry."""
    period, form = current_period(), ProposalForm()
    if form.validate_on_submit():
        who = Candidate(
            name=form.name.data,
            kana=form.kana.data,
            division=form.division.data,
            post=form.post.data,
            email=form.email.data,
            reason=form.reason.data,
        )
        try:
            with saved():
                key = form.once()
                row = propose(period, who, by=need_viewer())
                key.location = location = url_for("proposals.proposal", public_id=row.public_id)
            flash("推薦しました。事務局の返事は、ホームとこの画面に表示されます。", "success")
            return redirect(location, 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    page = render_template(
        "proposals/new_proposal.html", form=form, is_open=takes_proposals(period)
    )
    return (page, 422) if form.errors else page


@bp.get("/proposals/<public_id>")
@needs(Permission.PROPOSAL_VIEW)
def proposal(public_id: str) -> str:
    """One proposal with its answer."""
    return _page(_proposal(public_id), DeclineForm())


def _proposal(public_id: str) -> Proposal:
    row = find_proposal(public_id, need_viewer()) or abort(404)
    show_period(row.period)
    return row


def _page(row: Proposal, form: DeclineForm) -> str:
    return render_template(
        "proposals/proposal.html",
        row=row,
        form=form,
        button=Form(formdata=None),
        applied=applications_of([row], need_viewer()).get(row.email),
        is_open=row.state is ProposalState.OPEN,
    )


@bp.post("/proposals/<public_id>/withdraw")
@needs(Permission.PROPOSAL_MAKE)
def take_back(public_id: str) -> Response:
    """Take the own ministry's proposal back."""
    row = _proposal(public_id)
    if not Form().validate_on_submit():
        abort(400)
    with saved_telling() as tell:
        withdraw(row, by=need_viewer())
        tell("推薦を取り下げました。")
    return redirect(url_for("proposals.proposal", public_id=public_id), 303)


@bp.post("/proposals/<public_id>/accept")
@needs(Permission.PROPOSAL_DECIDE)
@needs_fresh_to_send
def take_up(public_id: str) -> Response:
    """Invite who was proposed."""
    row = _proposal(public_id)
    if not Form().validate_on_submit():
        abort(400)
    with saved_telling() as tell:
        if accept(row, by=need_viewer()):
            tell(f"承諾し、{row.name}さんに支援官のアカウントの招待を送りました。")
        else:
            tell(f"承諾しました。{row.name}さんには、すでに支援官のアカウントがあります。")
    return redirect(url_for("proposals.proposal", public_id=public_id), 303)


@bp.post("/proposals/<public_id>/decline")
@needs(Permission.PROPOSAL_DECIDE)
def turn_down(public_id: str) -> Response | tuple[str, int]:
    """Decline, with a reason."""
    row, form = _proposal(public_id), DeclineForm()
    if form.validate_on_submit():
        try:
            with saved():
                decline(row, form.answer.data or "", by=need_viewer())
            flash("見送りを保存しました。理由は府省庁の窓口に表示されます。", "success")
            return redirect(url_for("proposals.proposal", public_id=public_id), 303)
        except Refused as refusal:
            form.answer.errors = [str(refusal)]
    return _page(_proposal(public_id), form), 422
