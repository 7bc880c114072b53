"""Pages of the screening."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.applications.models import Challenge, Official
from companion.applications.queries import find_challenge, find_official, reference_for
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.core.forms import Form
from companion.periods.routes import current_period, show_period
from companion.places.prefectures import PREFECTURE_NAMES
from companion.screening.actions import (
    OPEN_CHALLENGES,
    OPEN_OFFICIALS,
    accept_the_clear,
    change_criteria,
    chase_consents,
    decide,
    find_conflict_of_interest,
    lift_conflict,
    note_consent,
    prepare_criteria,
    save_review,
    set_remoteness,
)
from companion.screening.forms import (
    ConflictForm,
    LiftForm,
    RemotenessForm,
    VerdictForm,
    criteria_form,
    review_form,
)
from companion.screening.models import Review
from companion.screening.queries import (
    conflicts,
    criteria_of,
    decisions_on,
    find_conflict,
    lines_of,
    missing_consents,
    officials_to_screen,
    reviews_of,
    weights_of,
)
from companion.screening.rules import CriterionWords, level_of, merit_of
from companion.screening.terms import REMOTENESS, Verdict

bp = Blueprint("screening", __name__)
SORTS = {
    "code": lambda line: line.challenge.lg_code,
    "merit": lambda line: (line.merit.points, line.challenge.lg_code),
    "spread": lambda line: (line.merit.spread, line.challenge.lg_code),
    "reviewers": lambda line: (line.merit.reviewers, line.challenge.lg_code),
    "state": lambda line: (line.challenge.state.value, line.challenge.lg_code),
}


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/<int:year>/screening")
@needs(Permission.SCREENING_VIEW)
def screening() -> str:
    """The challenges with merit, spread and decision."""
    period, viewer = current_period(), need_viewer()
    lines = lines_of(period, viewer)
    sort = request.args.get("sort", "code")
    key = SORTS.get(sort.removeprefix("-"), SORTS["code"])
    return render_template(
        "screening/screening.html",
        lines=sorted(lines, key=key, reverse=sort.startswith("-")),
        sort=sort,
        criteria=criteria_of(period),
        form=Form(),
        **_counts(lines),
    )


def _counts(lines: list[Any]) -> dict[str, int]:
    return {
        "undecided": sum(line.challenge.state.value == "submitted" for line in lines),
        "unreviewed": sum(not line.merit.reviewers for line in lines),
        "mine": sum(line.own is not None for line in lines),
        "disputed": sum(line.merit.is_disputed for line in lines),
    }


@bp.post("/<int:year>/screening/accept")
@needs(Permission.SCREENING_DECIDE)
def accept() -> Response:
    """Make everybody eligible whom nothing speaks against."""
    if not Form().validate_on_submit():
        abort(400)
    with saved():
        challenges, officials = accept_the_clear(current_period(), by=need_viewer())
    flash(f"課題{challenges}件と職員{officials}人を「対象」にしました。", "success")
    return redirect(url_for("screening.screening"), 303)


@bp.route("/<int:year>/screening/criteria", methods=["GET", "POST"])
@needs(Permission.SCREENING_DECIDE)
def criteria() -> str | Response | tuple[str, int]:
    """Word and weigh the criteria."""
    period = current_period()
    rows = criteria_of(period)
    form = criteria_form(rows, period.version)
    if form.validate_on_submit():
        if form.is_stale(period):
            raise form.conflict(
                {
                    f"{name}_{row.id}": getattr(row, name)
                    for row in rows
                    for name in ("label", "description", "weight")
                },
                title="審査の観点",
                back=url_for("screening.criteria"),
            )
        words = [
            CriterionWords(
                form[f"label_{row.id}"].data,
                form[f"description_{row.id}"].data or "",
                form[f"weight_{row.id}"].data,
            )
            for row in rows
        ]
        try:
            with saved():
                if rows:
                    change_criteria(period, words, by=need_viewer())
                else:
                    prepare_criteria(period, by=need_viewer())
            flash("観点を保存しました。評点も計算し直しました。", "success")
            return redirect(url_for("screening.criteria"), 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    page = render_template("screening/criteria.html", form=form, criteria=rows)
    return (page, 422) if form.errors else page


def _challenge(public_id: str) -> Challenge:
    row = find_challenge(public_id, need_viewer()) or abort(404)
    show_period(row.period)
    return row


@bp.get("/challenges/<public_id>/screening")
@needs(Permission.SCREENING_VIEW)
def challenge(public_id: str) -> str:
    """One challenge: the own review, then what the others think."""
    row = _challenge(public_id)
    own = _own_review(row)
    form = review_form(criteria_of(row.period), **_review_data(own))
    return _challenge_page(row, form, VerdictForm(), own)


@bp.post("/challenges/<public_id>/screening")
@needs(Permission.SCREENING_DECIDE)
def review(public_id: str) -> str | Response | tuple[str, int]:
    """Keep the own review."""
    row = _challenge(public_id)
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
            row = _challenge(public_id)
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
        is_open=row.state in OPEN_CHALLENGES,
        following=everything[place + 1] if 0 <= place < len(everything) - 1 else None,
    )


@bp.post("/challenges/<public_id>/screening/remoteness")
@needs(Permission.SCREENING_DECIDE)
def remoteness(public_id: str) -> Response:
    """Say how far away the municipality is."""
    row, form = _challenge(public_id), RemotenessForm()
    here = url_for("screening.challenge", public_id=public_id)
    if not form.validate_on_submit():
        abort(400)
    if form.is_stale(row):
        raise form.conflict(
            {"remoteness": row.remoteness},
            title=f"{row.municipality.full_name}の場所の遠さ",
            back=here,
        )
    try:
        with saved():
            set_remoteness(row, form.remoteness.data, by=need_viewer())
        flash("場所の遠さを保存しました。", "success")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(here, 303)


@bp.post("/challenges/<public_id>/screening/verdict")
@needs(Permission.SCREENING_DECIDE)
def decide_challenge(public_id: str) -> str | Response | tuple[str, int]:
    """Eligible or not."""
    row, form = _challenge(public_id), VerdictForm()
    if _decide(row, form):
        return redirect(url_for("screening.challenge", public_id=public_id), 303)
    row = _challenge(public_id)
    own = _own_review(row)
    untouched = review_form(criteria_of(row.period), **_review_data(own))
    untouched.process(None, data=_review_data(own))
    return _challenge_page(row, untouched, form, own), 422


def _decide(row: Challenge | Official, form: VerdictForm) -> bool:
    if form.validate_on_submit():
        try:
            with saved():
                decide(row, Verdict(form.verdict.data), form.reason.data or "", by=need_viewer())
                words = Verdict(form.verdict.data).label
            flash(f"「{words}」を保存しました。", "success")
            return True
        except Refused as refusal:
            form.reason.errors = [str(refusal)]
    return False


@bp.get("/<int:year>/screening/officials")
@needs(Permission.SCREENING_VIEW)
def officials() -> str:
    """The officials with consent, conflict and decision."""
    period, viewer = current_period(), need_viewer()
    rows = officials_to_screen(period, viewer)
    conflicted = {row.official.id: row for row in conflicts(period, viewer)}
    return render_template(
        "screening/officials.html", rows=rows, conflicted=conflicted, form=Form()
    )


def _official(public_id: str) -> Official:
    row = find_official(public_id, need_viewer()) or abort(404)
    show_period(row.period)
    return row


@bp.get("/officials/<public_id>/screening")
@needs(Permission.SCREENING_VIEW)
def official(public_id: str) -> str:
    """One official: consent, conflicts, decision."""
    return _official_page(_official(public_id), VerdictForm(), ConflictForm())


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
        is_open=row.state in OPEN_OFFICIALS,
        prefecture_names=PREFECTURE_NAMES,
    )


@bp.post("/officials/<public_id>/screening/verdict")
@needs(Permission.SCREENING_DECIDE)
def decide_official(public_id: str) -> str | Response | tuple[str, int]:
    """Eligible or not."""
    row, form = _official(public_id), VerdictForm()
    if _decide(row, form):
        return redirect(url_for("screening.official", public_id=public_id), 303)
    return _official_page(_official(public_id), form, ConflictForm(formdata=None)), 422


@bp.post("/officials/<public_id>/screening/consent")
@needs(Permission.SCREENING_DECIDE)
def consent(public_id: str) -> Response:
    """Keep that the superior has agreed."""
    row = _official(public_id)
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
    row, form = _official(public_id), ConflictForm()
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
    return _official_page(_official(public_id), VerdictForm(formdata=None), form), 422


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


@bp.get("/<int:year>/screening/consents")
@needs(Permission.SCREENING_VIEW)
def consents() -> str:
    """Whose superior has not agreed yet."""
    rows = missing_consents(current_period(), need_viewer())
    return render_template("screening/consents.html", rows=rows, form=Form())


@bp.post("/<int:year>/screening/consents")
@needs(Permission.SCREENING_DECIDE)
def chase() -> Response:
    """Remind all of them at once."""
    if not Form().validate_on_submit():
        abort(400)
    with saved():
        count = chase_consents(current_period(), by=need_viewer())
    flash(f"{count}人にお願いの手紙を用意しました。" if count else "今日はもう送っています。")
    return redirect(url_for("screening.consents"), 303)


@bp.get("/<int:year>/screening/conflicts")
@needs(Permission.SCREENING_VIEW)
def conflict_list() -> str:
    """Every conflict of interest, stated by officials or found here."""
    return render_template(
        "screening/conflicts.html",
        rows=conflicts(current_period(), need_viewer()),
        prefecture_names=PREFECTURE_NAMES,
    )
