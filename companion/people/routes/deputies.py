"""The deputy of the own municipality: who it is, inviting one, ending the account."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs, needs_fresh, needs_fresh_to_send
from companion.core.db import saved
from companion.core.errors import Refused
from companion.people.deputies import contact_of, end_deputy, invite_deputy
from companion.people.forms import DeputyForm, StateForm
from companion.people.queries import active_deputy

bp = Blueprint("deputies", __name__)


@bp.route("/account/deputy", methods=["GET", "POST"])
@needs(Permission.DEPUTY_MANAGE)
@needs_fresh_to_send
def deputy() -> str | Response | tuple[str, int]:
    """The deputy, or the form that invites one."""
    contact, form = contact_of(need_viewer()), DeputyForm()
    if form.validate_on_submit():
        try:
            with saved():
                key = form.once()
                made = invite_deputy(
                    contact, email=form.email.data, name=form.name.data, by=need_viewer()
                )
                key.location, name = url_for("deputies.deputy"), made.name
            flash(f"{name}さんに招待の手紙を送りました。", "success")
            return redirect(url_for("deputies.deputy"), 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    page = render_template(
        "people/deputy.html",
        form=form,
        ending=StateForm(formdata=None),
        contact=contact,
        deputy=active_deputy(contact.lg_code),
    )
    return page, 422 if form.errors else 200


@bp.post("/account/deputy/end")
@needs(Permission.DEPUTY_MANAGE)
@needs_fresh
def end() -> Response:
    """End the deputy's account."""
    contact = contact_of(need_viewer())
    if not StateForm().validate_on_submit():
        abort(400)
    try:
        with saved():
            name = end_deputy(contact, by=need_viewer()).name
        flash(f"{name}さんのアカウントを終了しました。", "success")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("deputies.deputy"), 303)
