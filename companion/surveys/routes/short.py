"""Opening a short survey, as often as one likes, for anybody of the programme."""

from __future__ import annotations

import datetime as dt

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.core import clock
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.queries import policy_fields
from companion.periods.routes import current_period
from companion.surveys.actions import open_round
from companion.surveys.choosing import CHOSEN, WHOLE, Whom, names_in, people_of
from companion.surveys.definition import SurveyDefinition
from companion.surveys.forms import ShortForm
from companion.surveys.queries import population
from companion.surveys.routes.page import bp
from companion.surveys.shelf import load_definitions
from companion.surveys.terms import Identity


@bp.route("/<int:year>/surveys/<survey_id>/short", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def open_short(survey_id: str) -> str | Response | tuple[str, int]:
    """For which occasion, whom, until when; the first sending counts them, the second invites."""
    period = current_period()
    defn: SurveyDefinition = load_definitions().get(survey_id) or abort(404)
    if defn.population != CHOSEN:
        return redirect(url_for("surveys.open_survey", survey_id=survey_id), 303)
    everybody = population(WHOLE.get(defn.audience, ""), period)
    teams = {team.public_id: team for team, _ in everybody}
    ends = clock.to_jst(clock.now()).date() + dt.timedelta(days=11)
    form = ShortForm(closes_on=ends, closes_time=dt.time(18, 0))
    form.field_code.choices = [
        ("", "選んでください"),
        *((f.code, f.label) for f in policy_fields()),
    ]
    form.teams.choices = [
        (key, f"{team.number} {team.challenge.municipality.full_name}")
        for key, team in teams.items()
    ]
    counted = None
    if form.validate_on_submit():
        closes_at = clock.at_jst(form.closes_on.data, form.closes_time.data)
        try:
            whom = _whom(form)
            if closes_at <= clock.now():
                form.closes_on.errors = ["締切は、いまより後の日時にしてください。"]
            elif not form.is_certain.data:
                counted = len(people_of(defn, period, whom))
            else:
                with saved():
                    key = form.once()
                    row = open_round(
                        survey_id,
                        period,
                        by=need_viewer(),
                        closes_at=closes_at,
                        target_percent=form.target_percent.data or 80,
                        occasion=form.occasion.data or "",
                        whom=whom,
                    )
                    key.location = url_for("surveys.round", public_id=row.public_id)
                    location = key.location
                flash("開始しました。対象者に招待を送ります。", "success")
                return redirect(location, 303)
        except Refused as refusal:
            form.listed.errors = [str(refusal)]
    shown = render_template(
        "surveys/open_short.html",
        defn=defn,
        form=form,
        identity=Identity(defn.identity),
        count=len(everybody),
        counted=counted,
    )
    return shown, 422 if form.errors else 200


def _whom(form: ShortForm) -> Whom:
    if form.whom.data == "field":
        if not form.field_code.data:
            raise Refused("政策分野を選んでください。")
        return Whom(field_code=form.field_code.data)
    if form.whom.data == "list":
        whom = Whom(teams=frozenset(form.teams.data or ()), names=names_in(form.listed.data or ""))
        if not whom.teams and not whom.names:
            raise Refused("チームを選ぶか、一覧を貼り付けてください。")
        return whom
    return Whom()
