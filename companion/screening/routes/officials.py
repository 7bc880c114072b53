"""The screening of officials: consent, conflicts of interest, verdict."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.applications.models import Official
from companion.applications.queries import reference_for
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.core.forms import Form
from companion.periods.routes import current_period
from companion.places.prefectures import PREFECTURE_NAMES
from companion.screening.actions import (
    OPEN_OFFICIALS,
    find_conflict_of_interest,
    lift_conflict,
    note_consent,
)
from companion.screening.forms import (
    ConflictForm,
    LiftForm,
    VerdictForm,
)
from companion.screening.queries import (
    conflicts,
    decisions_on,
    find_conflict,
    officials_to_screen,
)
from companion.screening.queries.opinions import opinions_on, opinions_on_officials
from companion.screening.routes.page import bp, decided, official_of


@bp.get("/<int:year>/screening/officials")
@needs(Permission.SCREENING_VIEW)
def officials() -> str:
    """The officials with consent, conflict and decision."""
    period, viewer = current_period(), need_viewer()
    rows = officials_to_screen(period, viewer)
    conflicted = {row.official.id: row for row in conflicts(period, viewer)}
    return render_template(
        "screening/officials.html",
        rows=rows,
        conflicted=conflicted,
        opinions=opinions_on_officials(period),
        form=Form(),
    )


@bp.get("/officials/<public_id>/screening")
@needs(Permission.SCREENING_VIEW)
def official(public_id: str) -> str:
    """One official: consent, conflicts, decision."""
    return _official_page(official_of(public_id), VerdictForm(), ConflictForm())


def _official_page(row: Official, verdict: VerdictForm, conflict: ConflictForm) -> str:
    found = {entry.official.id: entry for entry in conflicts(row.period, need_viewer())}
    return render_template(
        "screening/official.html",
        row=row,
        verdict_form=verdict,
        conflict_form=conflict,
        lift_form=LiftForm(formdata=None),
        conflicted=found.get(row.id),
        decisions=decisions_on(row),
        opinions=opinions_on(row),
        is_open=row.state in OPEN_OFFICIALS,
        prefecture_names=PREFECTURE_NAMES,
    )


@bp.post("/officials/<public_id>/screening/verdict")
@needs(Permission.SCREENING_DECIDE)
def decide_official(public_id: str) -> str | Response | tuple[str, int]:
    """Eligible or not."""
    row, form = official_of(public_id), VerdictForm()
    if decided(row, form):
        return redirect(url_for("screening.official", public_id=public_id), 303)
    return _official_page(official_of(public_id), form, ConflictForm(formdata=None)), 422


@bp.post("/officials/<public_id>/screening/consent")
@needs(Permission.SCREENING_DECIDE)
def consent(public_id: str) -> Response:
    """Keep that the superior has agreed."""
    row = official_of(public_id)
    if not Form().validate_on_submit():
        abort(400)
    with saved():
        note_consent(row, by=need_viewer())
        name = row.name
    flash(f"{name}さんの上司の同意を記録しました。", "success")
    if request.args.get("to") == "list":
        return redirect(url_for("screening.consents"), 303)
    return redirect(url_for("screening.official", public_id=public_id), 303)


@bp.post("/officials/<public_id>/screening/conflicts")
@needs(Permission.SCREENING_DECIDE)
def add_conflict(public_id: str) -> str | Response | tuple[str, int]:
    """Keep an official away from a place."""
    row, form = official_of(public_id), ConflictForm()
    here = url_for("screening.official", public_id=public_id)
    if form.validate_on_submit():
        try:
            with saved():
                form.once().location = here
                find_conflict_of_interest(
                    row,
                    form.place.data,
                    form.interest.data or "",
                    reference=reference_for(row.period),
                    by=need_viewer(),
                )
            flash("利害関係を登録しました。この組合せは編成されません。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            form.place.errors = [str(refusal)]
    return _official_page(official_of(public_id), VerdictForm(formdata=None), form), 422


@bp.post("/conflicts/<public_id>/lift")
@needs(Permission.SCREENING_DECIDE)
def lift(public_id: str) -> Response:
    """Let an official serve there again."""
    row = find_conflict(public_id) or abort(404)
    form = LiftForm()
    if not form.validate_on_submit():
        abort(400)
    with saved():
        lift_conflict(row, form.reason.data or "", by=need_viewer())
        official_id = row.official.public_id
    flash("利害関係を解除しました。", "success")
    return redirect(url_for("screening.official", public_id=official_id), 303)
