"""The screening of a whole period: list, criteria, consents, conflicts."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.core.forms import Form
from companion.periods.routes import current_period
from companion.places.prefectures import PREFECTURE_NAMES
from companion.screening.actions import (
    accept_the_clear,
    change_criteria,
    chase_consents,
    prepare_criteria,
)
from companion.screening.forms import (
    criteria_form,
)
from companion.screening.queries import (
    conflicts,
    criteria_of,
    lines_of,
    missing_consents,
)
from companion.screening.queries.opinions import opinions_on_challenges
from companion.screening.routes.page import bp
from companion.screening.rules import CriterionWords

SORTS = {
    "code": lambda line: line.challenge.lg_code,
    "merit": lambda line: (line.merit.points, line.challenge.lg_code),
    "spread": lambda line: (line.merit.spread, line.challenge.lg_code),
    "reviewers": lambda line: (line.merit.reviewers, line.challenge.lg_code),
    "state": lambda line: (line.challenge.state.value, line.challenge.lg_code),
}


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
        opinions=opinions_on_challenges(period),
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
