"""Opening a survey: once a year for its population, a short one for anybody, as often as liked."""

from __future__ import annotations

import datetime as dt

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.core import clock
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.models import Period
from companion.periods.queries import policy_fields
from companion.periods.routes import current_period
from companion.surveys.actions import open_round
from companion.surveys.carrying import target_before
from companion.surveys.choosing import AUDIENCES, CHOSEN, WHOLE, Whom, names_in, people_of
from companion.surveys.definition import SurveyDefinition
from companion.surveys.forms import OpenForm, ShortForm
from companion.surveys.queries import invited_count, population, round_of
from companion.surveys.routes.page import bp
from companion.surveys.shelf import definition_named, load_definitions
from companion.surveys.terms import Identity


def _ends_later(form: OpenForm) -> bool:
    if clock.at_jst(form.closes_on.data, form.closes_time.data) > clock.now():
        return True
    form.closes_on.errors = ["締切は、いまより後の日時にしてください。"]
    return False


# Above this many letters the number is typed: a button is pressed by mistake, a number is not.
MANY = 20


def _knows_how_many(form: OpenForm, count: int) -> bool:
    if count <= MANY or form.typed_count.data == count:
        return True
    form.typed_count.errors = [f"送る件数（{count}）を数字で入力してください。"]
    return False


def _open(
    survey_id: str,
    period: Period,
    form: OpenForm,
    *,
    occasion: str = "",
    whom: Whom | None = None,
) -> Response:
    """Open the round that the form describes; on to who was invited. Raises Refused."""
    with saved():
        key = form.once()
        row = open_round(
            survey_id,
            period,
            by=need_viewer(),
            closes_at=clock.at_jst(form.closes_on.data, form.closes_time.data),
            target_percent=form.target_percent.data or 80,
            occasion=occasion,
            whom=whom,
        )
        key.location = url_for("surveys.round", public_id=row.public_id)
        location, count = key.location, invited_count(row)
    flash(f"開始しました。{count}件の招待を作成しました。", "success")
    return redirect(location, 303)


@bp.route("/<int:year>/surveys/<survey_id>/open", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def open_survey(survey_id: str) -> str | Response | tuple[str, int]:
    """Who will be invited and until when; then open."""
    period = current_period()
    if survey_id not in load_definitions():
        abort(404)
    defn = definition_named(survey_id)
    if defn.population == CHOSEN:
        return redirect(url_for("surveys.open_short", survey_id=survey_id), 303)
    opened, count = round_of(survey_id, period), len(population(defn.population, period))
    planned = clock.to_jst(max(defn.window.closes_at, clock.now() + dt.timedelta(days=14)))
    form = OpenForm(
        closes_on=planned.date(),
        closes_time=planned.time(),
        target_percent=target_before(survey_id, period),
    )
    if opened is not None and not form.is_submitted():
        return redirect(url_for("surveys.round", public_id=opened.public_id), 303)
    if form.validate_on_submit():
        try:
            if _ends_later(form) and _knows_how_many(form, count):
                return _open(survey_id, period, form)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    shown = render_template(
        "surveys/open.html",
        defn=defn,
        form=form,
        count=count,
        is_typed=count > MANY,
        identity=Identity(defn.identity),
    )
    return shown, 422 if form.errors else 200


@bp.route("/<int:year>/surveys/<survey_id>/short", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def open_short(survey_id: str) -> str | Response | tuple[str, int]:
    """For which occasion, whom, until when; the first sending counts them, the second invites."""
    period = current_period()
    defn: SurveyDefinition = load_definitions().get(survey_id) or abort(404)
    if defn.population != CHOSEN:
        return redirect(url_for("surveys.open_survey", survey_id=survey_id), 303)
    everybody = {audience: population(name, period) for audience, name in WHOLE.items()}
    teams = {team.public_id: team for team, _ in everybody["municipality"]}
    ends = clock.to_jst(clock.now()).date() + dt.timedelta(days=11)
    form = ShortForm(closes_on=ends, closes_time=dt.time(18, 0), audience=defn.audience)
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
        try:
            whom = _whom(form)
            if _ends_later(form):
                counted = len(people_of(defn, period, whom))
            if counted is not None and form.is_certain.data and _knows_how_many(form, counted):
                return _open(survey_id, period, form, occasion=form.occasion.data or "", whom=whom)
        except Refused as refusal:
            form.listed.errors = [str(refusal)]
    shown = render_template(
        "surveys/open_short.html",
        defn=defn,
        form=form,
        identity=Identity(defn.identity),
        counts={audience: len(people) for audience, people in everybody.items()},
        audiences=AUDIENCES,
        counted=counted,
        is_typed=counted is not None and counted > MANY,
    )
    return shown, 422 if form.errors else 200


def _whom(form: ShortForm) -> Whom:
    audience = str(form.audience.data)
    if form.whom.data == "field":
        if not form.field_code.data:
            raise Refused("政策分野を選んでください。")
        return Whom(audience, field_code=form.field_code.data)
    if form.whom.data == "list":
        teams, names = frozenset(form.teams.data or ()), names_in(form.listed.data or "")
        if not teams and not names:
            raise Refused("チームを選ぶか、一覧を貼り付けてください。")
        return Whom(audience, teams=teams, names=names)
    return Whom(audience)
