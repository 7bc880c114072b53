"""Pages that begin a survey: empty, a copy, an XLSForm workbook; and the workbook of one."""

from __future__ import annotations

import io

from flask import abort, flash, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from companion.core import clock
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.core.sheets import InvalidWorkbook
from companion.periods.routes import current_period
from companion.surveys.carrying import carried, carry
from companion.surveys.draftforms import (
    CarryForm,
    NewSurveyForm,
    UploadForm,
)
from companion.surveys.drafting import draft_of_survey, new_survey
from companion.surveys.routes.page import bp
from companion.surveys.shelf import load_definitions
from companion.surveys.xlsformimport import draft_of_workbook
from companion.surveys.xlsformreading import XlsFormFaults
from companion.surveys.xlsformwriting import xlsform_book

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("/<int:year>/surveys/new", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def begin_survey() -> str | Response | tuple[str, int]:
    """A new survey begins as a draft."""
    period, form = current_period(), NewSurveyForm()
    form.copied.choices = [
        SelectChoice("", "写さない（設問を1つずつ作る）"),
        *(SelectChoice(name, defn.title) for name, defn in load_definitions().items()),
    ]
    if form.validate_on_submit():
        try:
            with saved():
                key = form.once()
                key.location = url_for("surveys.edit", survey_id=form.survey_id.data)
                new_survey(
                    form.survey_id.data,
                    title=form.title.data,
                    audience=form.audience.data,
                    copied=form.copied.data or None,
                    version=f"{period.fiscal_year}.1",
                    today=clock.today(),
                    by=need_viewer(),
                )
                location = key.location
            return redirect(location, 303)
        except Refused as refusal:
            form.survey_id.errors = [str(refusal)]
    shown = render_template("surveys/begin_survey.html", form=form)
    return shown, 422 if form.errors else 200


@bp.route("/<int:year>/surveys/carry", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def carry_surveys() -> str | Response | tuple[str, int]:
    """The surveys of the year before become drafts of this one."""
    period, form = current_period(), CarryForm()
    found = carried(period)
    form.surveys.choices = [
        SelectChoice(one.survey_id, one.defn.title) for one in found if not one.draft
    ]
    if form.validate_on_submit():
        with saved():
            form.once().location = url_for("surveys.rounds")
            for survey_id in form.surveys.data or []:
                carry(survey_id, period, by=need_viewer())
        flash(
            f"{len(form.surveys.data or [])}件の下書きを作りました。"
            "期間を確かめて公開してください。",
            "success",
        )
        return redirect(url_for("surveys.rounds"), 303)
    if not form.is_submitted():
        form.surveys.data = [one.survey_id for one in found if not one.draft]
    elif not form.surveys.choices:  # somebody else was quicker
        flash("下書きは、すでに作られています。一覧から開いてください。", "info")
        return redirect(url_for("surveys.rounds"), 303)
    shown = render_template("surveys/carry_surveys.html", form=form, found=found)
    return shown, 422 if form.errors else 200


@bp.route("/<int:year>/surveys/import", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def import_survey() -> str | Response | tuple[str, int]:
    """An XLSForm workbook becomes a draft, or is told what has no place here."""
    period, form = current_period(), UploadForm()
    faults: list[str] = []
    if form.validate_on_submit():
        try:
            data, name = form.file.data.read(), form.file.data.filename or ""
            with saved():
                key = form.once()
                draft = draft_of_workbook(
                    data,
                    name,
                    audience=form.audience.data,
                    year=period.fiscal_year,
                    today=clock.today(),
                    by=need_viewer(),
                )
                key.location = url_for("surveys.edit", survey_id=draft.survey_id)
                location = key.location
            flash("取り込みました。内容を確かめて公開してください。", "success")
            return redirect(location, 303)
        except XlsFormFaults as error:
            faults = error.faults
        except (Refused, InvalidWorkbook) as refusal:
            form.file.errors = [str(refusal)]
    shown = render_template("surveys/import_survey.html", form=form, faults=faults)
    return shown, 422 if form.errors or faults else 200


@bp.get("/<int:year>/surveys/<survey_id>/xlsform")
@needs(Permission.SURVEY_MANAGE)
def xlsform(survey_id: str) -> Response:
    """The draft, or what is in force, as an XLSForm workbook."""
    current_period()
    draft = draft_of_survey(survey_id)
    defn = (draft.defn if draft else None) or load_definitions().get(survey_id) or abort(404)
    try:
        data = io.BytesIO(xlsform_book(defn))
    except Refused as refusal:
        flash(str(refusal), "error")
        return redirect(url_for("surveys.edit", survey_id=survey_id), 303)
    name = f"{survey_id}_{defn.version}_xlsform.xlsx"
    return send_file(data, XLSX, as_attachment=True, download_name=name)
