"""Writing an article, and asking the municipality for its consent."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from companion.activities.queries import may_record
from companion.cases import actions
from companion.cases.forms import CaseFields, CaseForm, NewCaseForm
from companion.cases.models import Case
from companion.cases.routes.page import bp, found
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused, saved_telling
from companion.core.forms import Form
from companion.periods.queries import policy_fields
from companion.periods.routes import show_period
from companion.teams.queries import find_team


def _offer_fields(form: CaseFields) -> None:
    form.field_code.choices = [
        SelectChoice(row.code, row.digit + row.label) for row in policy_fields()
    ]


@bp.route("/logs/<public_id>/cases/new", methods=["GET", "POST"])
@needs(Permission.CASE_WRITE)
def new_case(public_id: str) -> str | Response | tuple[str, int]:
    """Begin an article."""
    viewer = need_viewer()
    team = find_team(public_id, viewer)
    if team is None or not may_record(team, viewer):
        abort(404)
    show_period(team.period)
    form = NewCaseForm(field_code=team.challenge.main_field.code)
    _offer_fields(form)
    if form.validate_on_submit():
        with saved():
            key = form.once()
            row = actions.begin_case(team, form.words, by=viewer)
            key.location = location = url_for("cases.case", public_id=row.public_id)
        flash("下書きを保存しました。書き終えたら、自治体に同意を依頼してください。", "success")
        return redirect(location, 303)
    page = render_template("cases/write.html", team=team, case=None, form=form)
    return (page, 422) if form.errors else page


def _stored(row: Case) -> dict[str, Any]:
    texts = {section.value: text for section, text in row.texts.items()}
    return {"title": row.title, "field_code": row.field_code, "version": row.version, **texts}


@bp.route("/cases/<public_id>/edit", methods=["GET", "POST"])
@needs(Permission.CASE_EDIT)
def edit(public_id: str) -> str | Response | tuple[str, int]:
    """Write on; a change after the municipality's consent asks for it again."""
    row, viewer = found(public_id), need_viewer()
    if not viewer.may(Permission.CASE_DECIDE) and not may_record(row.team, viewer):
        abort(404)
    here = url_for("cases.case", public_id=public_id)
    form = CaseForm(data=_stored(row))
    _offer_fields(form)
    if form.validate_on_submit():
        if form.is_stale(row):
            raise form.conflict(
                _stored(row),
                title=row.title,
                back=url_for("cases.edit", public_id=public_id),
                more=[("状態", row.state.label, "")],
            )
        try:
            with saved():
                actions.write_case(row, form.words, by=viewer)
            flash(f"保存しました。状態は「{row.state.label}」です。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            row = found(public_id)
            form.form_errors.append(str(refusal))
    page = render_template("cases/write.html", team=row.team, case=row, form=form)
    return (page, 422) if form.errors else page


@bp.post("/cases/<public_id>/ask")
@needs(Permission.CASE_WRITE)
def ask(public_id: str) -> Response:
    """Ask the municipality for its consent, or take that back."""
    row, viewer = found(public_id), need_viewer()
    if not may_record(row.team, viewer):
        abort(404)
    if not Form().validate_on_submit():
        abort(400)
    with saved_telling() as tell:
        if "back" in request.form:
            actions.take_back(row, by=viewer)
            tell("同意の依頼を取り下げました。続きを書けます。")
        else:
            actions.ask_for_consent(row, by=viewer)
            tell("自治体に同意を依頼しました。返事があると手紙で知らせます。")
    return redirect(url_for("cases.case", public_id=public_id), 303)
