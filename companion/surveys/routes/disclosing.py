"""Pages of named answers for an auditor: two coordinators decide, the auditor reads for a week."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from companion.core.access import (
    Permission,
    need_viewer,
    needs,
    needs_fresh,
    needs_fresh_to_send,
)
from companion.core.db import saved
from companion.core.errors import Refused
from companion.surveys.actions.disclosing import ask_to_disclose
from companion.surveys.forms import DiscloseForm
from companion.surveys.queries.disclosed import (
    auditors,
    disclosed_answers,
    disclosed_until,
    disclosures_of,
    may_be_disclosed,
)
from companion.surveys.routes.page import bp
from companion.surveys.routes.watching import find_own_round
from companion.surveys.terms import DISCLOSED_FOR


@bp.route("/rounds/<public_id>/disclosure", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
@needs_fresh_to_send
def disclose(public_id: str) -> str | Response | tuple[str, int]:
    """Ask a second coordinator to let an auditor read; what was asked and decided before."""
    row, form = find_own_round(public_id), DiscloseForm()
    known = {user.public_id: user for user in auditors()}
    form.auditor.choices = [SelectChoice(key, user.name) for key, user in known.items()]
    if form.validate_on_submit():
        try:
            with saved():
                key = form.once()
                asked = ask_to_disclose(
                    row, known[form.auditor.data], form.reason.data or "", by=need_viewer()
                )
                location = url_for("approvals.approval", public_id=asked.public_id)
                key.location = location
            flash("開示の承認を依頼しました。別のコーディネーターが判断します。", "success")
            return redirect(location, 303)
        except Refused as refusal:
            row = find_own_round(public_id)
            form.form_errors.append(str(refusal))
    page = render_template(
        "surveys/disclose.html",
        row=row,
        form=form,
        may_be=may_be_disclosed(row),
        has_auditors=bool(known),
        asked=disclosures_of(row),
        days=DISCLOSED_FOR.days,
        DISCLOSED_FOR=DISCLOSED_FOR,
    )
    return (page, 422) if form.errors else page


@bp.get("/disclosed-answers/<public_id>")
@needs(Permission.SURVEY_DISCLOSED)
@needs_fresh
def raw_answers(public_id: str) -> str:
    """Every municipality's answers, while two coordinators' decision lasts; else not there."""
    row = find_own_round(public_id)
    until = disclosed_until(row, need_viewer()) or abort(404)
    return render_template(
        "surveys/disclosed_answers.html", row=row, until=until, answers=disclosed_answers(row)
    )
