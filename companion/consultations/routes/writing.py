"""What a municipality does: hands in, changes, says who reads, asks on."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.consultations import actions
from companion.consultations.forms import (
    AgreementForm,
    AskOnForm,
    NewSheetForm,
    SheetForm,
    stored_words,
)
from companion.consultations.routes.page import bp, found, page_of
from companion.consultations.terms import OFFERED, ConsultationState
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.routes import current_period


@bp.route("/<int:year>/consultations/new", methods=["GET", "POST"])
@needs(Permission.CONSULTATION_WRITE)
def new_consultation() -> str | Response | tuple[str, int]:
    """Hand in a sheet."""
    viewer, period, form = need_viewer(), current_period(), NewSheetForm()
    if viewer.lg_code is None:
        abort(404)
    if form.validate_on_submit():
        with saved():
            key = form.once()
            row = actions.hand_in_sheet(
                period,
                viewer.lg_code,
                form.words,
                is_for_team=form.is_for_team.data,
                is_for_prefecture=form.is_for_prefecture.data,
                by=viewer,
            )
            key.location = url_for("consultations.consultation", public_id=row.public_id)
            location = key.location
        flash("相談カルテを送りました。事務局が関係する府省庁に共有します。", "success")
        return redirect(location, 303)
    page = render_template("consultations/new_consultation.html", form=form, offered=OFFERED)
    return (page, 422) if form.errors else page


@bp.route("/consultations/<public_id>/edit", methods=["GET", "POST"])
@needs(Permission.CONSULTATION_WRITE)
def edit_consultation(public_id: str) -> str | Response | tuple[str, int]:
    """Change the words until they are shared."""
    row, stored = found(public_id), None
    form = SheetForm() if request.method == "POST" else None
    here = url_for("consultations.consultation", public_id=public_id)
    if form is None:
        stored = stored_words(row)
        form = SheetForm(formdata=None, data=stored)
    elif form.validate_on_submit():
        if form.is_stale(row):
            back = url_for("consultations.edit_consultation", public_id=public_id)
            state = ("状態", row.state.label, "")
            raise form.conflict(stored_words(row), title=row.subject, back=back, more=[state])
        try:
            with saved():
                actions.change_sheet(row, form.words, by=need_viewer())
            flash("保存しました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            row = found(public_id)
            form.form_errors.append(str(refusal))
    if row.state is not ConsultationState.RECEIVED and not form.form_errors:
        flash("府省庁に共有したため、内容は変えられません。", "warning")
        return redirect(here, 303)
    page = render_template("consultations/edit_consultation.html", form=form, row=row)
    return (page, 422) if form.errors else page


@bp.post("/consultations/<public_id>/agree")
@needs(Permission.CONSULTATION_WRITE)
def agree(public_id: str) -> str | Response | tuple[str, int]:
    """The municipality says who else reads its sheet."""
    row, form = found(public_id), AgreementForm()
    here = url_for("consultations.consultation", public_id=public_id)
    if form.validate_on_submit():
        if form.is_stale(row):
            stored = {name: getattr(row, name) for name in ("is_for_team", "is_for_prefecture")}
            state = ("状態", row.state.label, "")
            raise form.conflict(stored, title=row.subject, back=here, more=[state])
        with saved():
            actions.agree(row, form.is_for_team.data, form.is_for_prefecture.data, by=need_viewer())
        flash("読める人を変えました。", "success")
        return redirect(here, 303)
    return page_of(row, form), 422


@bp.post("/consultations/<public_id>/again")
@needs(Permission.CONSULTATION_WRITE)
def ask_on(public_id: str) -> str | Response | tuple[str, int]:
    """The municipality asks on."""
    row, form = found(public_id), AskOnForm()
    here = url_for("consultations.consultation", public_id=public_id)
    if form.validate_on_submit():
        if form.is_stale(row):
            known = [("状態", row.state.label, ""), ("相談したいこと", row.question, "")]
            raise form.conflict({"more": ""}, title=row.subject, back=here, more=known)
        try:
            with saved():
                actions.ask_on(row, form.more.data, by=need_viewer())
            flash("追加の相談を送りました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            row = found(public_id)
            form.more.errors = [str(refusal)]
    return page_of(row, form), 422
