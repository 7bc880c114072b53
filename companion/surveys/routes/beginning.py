"""Page that begins a survey of one's own: empty, or a copy of another."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from companion.core import clock
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.routes import current_period
from companion.surveys.drafting import new_survey
from companion.surveys.editforms import NewSurveyForm
from companion.surveys.routes.page import bp
from companion.surveys.shelf import load_definitions


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
