"""Pages of the indicators, and their place on the page of a team."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.indicators.actions import add_indicator, change_indicator, enter_value
from companion.indicators.forms import IndicatorForm, NewIndicatorForm, ValueForm
from companion.indicators.models import Indicator
from companion.indicators.queries import find_indicator
from companion.periods.routes import show_period
from companion.teams.queries import find_team, is_own

bp = Blueprint("indicators", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.route("/logs/<public_id>/indicators/new", methods=["GET", "POST"])
@needs(Permission.INDICATOR_EDIT)
def new_indicator(public_id: str) -> str | Response | tuple[str, int]:
    """Set an indicator for the team's challenge."""
    viewer = need_viewer()
    team = find_team(public_id, viewer)
    if team is None or not is_own(team, viewer):
        abort(404)
    show_period(team.period)
    form = NewIndicatorForm()
    if form.validate_on_submit():
        try:
            with saved():
                key = form.once()
                row = add_indicator(team, form.words, by=viewer)
                location = url_for("indicators.indicator", public_id=row.public_id)
                key.location = location
            flash("指標を登録しました。", "success")
            return redirect(location, 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    page = render_template("indicators/edit.html", form=form, team=team, row=None)
    return (page, 422) if form.errors else page


def _find(public_id: str) -> Indicator:
    row = find_indicator(public_id, need_viewer()) or abort(404)
    show_period(row.team.period)
    return row


@bp.get("/indicators/<public_id>")
@needs(Permission.INDICATOR_VIEW)
def indicator(public_id: str) -> str:
    """One indicator with its values over time."""
    return render_template("indicators/indicator.html", row=_find(public_id), form=ValueForm())


@bp.post("/indicators/<public_id>/values")
@needs(Permission.INDICATOR_EDIT)
def add_value(public_id: str) -> str | Response | tuple[str, int]:
    """Enter a value."""
    row, form = _find(public_id), ValueForm()
    here = url_for("indicators.indicator", public_id=public_id)
    if form.validate_on_submit():
        try:
            with saved():
                form.once().location = here
                enter_value(
                    row,
                    form.measured_on.data,
                    form.value.data,
                    form.note.data or "",
                    by=need_viewer(),
                )
            flash("値を登録しました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            row = _find(public_id)
            form.measured_on.errors = [str(refusal)]
    return render_template("indicators/indicator.html", row=row, form=form), 422


@bp.route("/indicators/<public_id>/edit", methods=["GET", "POST"])
@needs(Permission.INDICATOR_EDIT)
def edit(public_id: str) -> str | Response | tuple[str, int]:
    """Word an indicator anew."""
    row = _find(public_id)
    form = IndicatorForm(obj=row)
    if form.validate_on_submit():
        if form.is_stale(row):
            names = [name for name in form.data if name not in {"version", "csrf_token"}]
            raise form.conflict(
                {name: getattr(row, name) for name in names},
                title=row.name,
                back=url_for("indicators.edit", public_id=public_id),
            )
        try:
            with saved():
                change_indicator(row, form.words, by=need_viewer())
            flash("指標を直しました。", "success")
            return redirect(url_for("indicators.indicator", public_id=public_id), 303)
        except Refused as refusal:
            row = _find(public_id)
            form.form_errors.append(str(refusal))
    page = render_template("indicators/edit.html", form=form, team=row.team, row=row)
    return (page, 422) if form.errors else page
