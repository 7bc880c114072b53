"""Pages about requests that wait for a second person."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.approvals.actions import approve, label_of, refuse, withdraw
from companion.approvals.forms import DecisionForm
from companion.approvals.models import Approval
from companion.approvals.queries import decided_approvals, find_approval, waiting_approvals
from companion.core.access import Permission, need_viewer, needs, needs_fresh
from companion.core.db import saved
from companion.core.errors import Refused

bp = Blueprint("approvals", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/approvals")
@needs(Permission.APPROVAL_VIEW)
def approvals() -> str:
    """What waits for a decision, and what was decided."""
    return render_template(
        "approvals/approvals.html",
        waiting=waiting_approvals(),
        decided=decided_approvals(),
        label_of=label_of,
    )


@bp.get("/approvals/<public_id>")
@needs(Permission.APPROVAL_VIEW)
def approval(public_id: str) -> str:
    """One request with its reason, and the buttons of those who may decide."""
    found = find_approval(public_id) or abort(404)
    return _page(found, DecisionForm())


@bp.post("/approvals/<public_id>")
@needs(Permission.APPROVAL_DECIDE)
@needs_fresh
def decide(public_id: str) -> str | Response | tuple[str, int]:
    """Approve, refuse or withdraw."""
    found = find_approval(public_id) or abort(404)
    viewer, form = need_viewer(), DecisionForm()
    act = request.form.get("act", "")
    if act not in {"approve", "refuse", "withdraw"}:
        abort(400)
    if not form.validate_on_submit():
        return _page(found, form), 422
    location = url_for("approvals.approval", public_id=public_id)
    try:
        with saved():
            if act == "approve":
                location = approve(found, by=viewer) or location
                words = "承認しました。依頼された内容を実行しました。"
            elif act == "refuse":
                refuse(found, note=form.note.data or "", by=viewer)
                words = "却下しました。理由は依頼した人に伝わります。"
            else:
                withdraw(found, by=viewer)
                words = "依頼を取り下げました。"
    except Refused as refusal:
        # The transaction is undone: what the page shows is read again.
        found = find_approval(public_id) or abort(404)
        if act == "refuse" and found.is_waiting:
            form.note.errors = [str(refusal)]
        else:
            form.form_errors.append(str(refusal))
        return _page(found, form), 422
    flash(words, "success")
    return redirect(location, 303)


def _page(found: Approval, form: DecisionForm) -> str:
    return render_template(
        "approvals/approval.html", approval=found, form=form, kind=label_of(found.kind)
    )
