"""The screening of one challenge: reviews, remoteness, verdict."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.applications.models import Challenge
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused, saved_telling
from companion.screening.actions import (
    OPEN_CHALLENGES,
    save_review,
    set_remoteness,
)
from companion.screening.forms import (
    RemotenessForm,
    VerdictForm,
    review_form,
)
from companion.screening.models import Review
from companion.screening.queries import (
    criteria_of,
    decisions_on,
    lines_of,
    reviews_of,
    weights_of,
)
from companion.screening.queries.opinions import opinions_on
from companion.screening.routes.page import bp, challenge_of, decided
from companion.screening.rules import level_of, merit_of
from companion.screening.terms import REMOTENESS


@bp.get("/challenges/<public_id>/screening")
@needs(Permission.SCREENING_VIEW)
def challenge(public_id: str) -> str:
    """One challenge: the own review, then what the others think."""
    row = challenge_of(public_id)
    own = _own_review(row)
    form = review_form(criteria_of(row.period), **_review_data(own))
    return _challenge_page(row, form, VerdictForm(), own)


@bp.post("/challenges/<public_id>/screening")
@needs(Permission.SCREENING_DECIDE)
def review(public_id: str) -> str | Response | tuple[str, int]:
    """Keep the own review."""
    row = challenge_of(public_id)
    rows, own = criteria_of(row.period), _own_review(row)
    form = review_form(rows, **_review_data(own))
    if form.validate_on_submit():
        _refuse_stale(form, own, row)
        levels = {criterion.id: form[f"level_{criterion.id}"].data for criterion in rows}
        try:
            with saved():
                save_review(row, levels, form.note.data or "", by=need_viewer())
            flash("評価を保存しました。", "success")
            return redirect(url_for("screening.challenge", public_id=public_id), 303)
        except Refused as refusal:
            row = challenge_of(public_id)
            form.form_errors.append(str(refusal))
    return _challenge_page(row, form, VerdictForm(formdata=None), own), 422


def _own_review(row: Challenge) -> Review | None:
    mine = need_viewer().user_id
    return next((review for review in reviews_of(row) if review.reviewer_id == mine), None)


def _review_data(own: Review | None) -> dict[str, Any]:
    if own is None:
        return {"version": 0, "note": ""}
    levels = {f"level_{key}": level for key, level in own.scores.items()}
    return {"version": own.version, "note": own.note, **levels}


def _refuse_stale(form: Any, own: Review | None, row: Challenge) -> None:
    """The same reviewer in two tabs: both texts are shown."""
    if form.version.data == (own.version if own else 0):
        return
    raise form.conflict(
        _review_data(own),
        title=f"{row.municipality.full_name}の評価",
        back=url_for("screening.challenge", public_id=row.public_id),
    )


def _challenge_page(row: Challenge, form: Any, verdict: VerdictForm, own: Review | None) -> str:
    weights = weights_of(row.period)
    reviews = reviews_of(row)
    levels = [(review, level_of(review.scores, weights)) for review in reviews]
    everything = [line.challenge.public_id for line in lines_of(row.period, need_viewer())]
    place = everything.index(row.public_id) if row.public_id in everything else -1
    return render_template(
        "screening/challenge.html",
        row=row,
        form=form,
        verdict_form=verdict,
        remoteness_form=RemotenessForm(
            formdata=None, remoteness=row.remoteness, version=row.version
        ),
        remoteness=dict(REMOTENESS)[row.remoteness],
        criteria=criteria_of(row.period),
        reviews=levels,
        merit=merit_of([level for _, level in levels]),
        own=own,
        decisions=decisions_on(row),
        opinions=opinions_on(row),
        is_open=row.state in OPEN_CHALLENGES,
        following=everything[place + 1] if 0 <= place < len(everything) - 1 else None,
    )


@bp.post("/challenges/<public_id>/screening/remoteness")
@needs(Permission.SCREENING_DECIDE)
def remoteness(public_id: str) -> Response:
    """Say how far away the municipality is."""
    row, form = challenge_of(public_id), RemotenessForm()
    here = url_for("screening.challenge", public_id=public_id)
    if not form.validate_on_submit():
        abort(400)
    if form.is_stale(row):
        raise form.conflict(
            {"remoteness": row.remoteness},
            title=f"{row.municipality.full_name}の場所の遠さ",
            back=here,
        )
    with saved_telling() as tell:
        set_remoteness(row, form.remoteness.data, by=need_viewer())
        tell("場所の遠さを保存しました。")
    return redirect(here, 303)


@bp.post("/challenges/<public_id>/screening/verdict")
@needs(Permission.SCREENING_DECIDE)
def decide_challenge(public_id: str) -> str | Response | tuple[str, int]:
    """Eligible or not."""
    row, form = challenge_of(public_id), VerdictForm()
    if decided(row, form):
        return redirect(url_for("screening.challenge", public_id=public_id), 303)
    row = challenge_of(public_id)
    own = _own_review(row)
    untouched = review_form(criteria_of(row.period), **_review_data(own))
    untouched.process(None, data=_review_data(own))
    return _challenge_page(row, untouched, form, own), 422
