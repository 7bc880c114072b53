"""Two answers side by side, and what other weights would give and take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.html import jst
from companion.matching.forms import WEIGHT_LABELS, ActForm, WeightForm
from companion.matching.models import MatchDraft, MatchRun
from companion.matching.moves import Standing
from companion.matching.problem import Problem
from companion.matching.queries import (
    drafts_of,
    find_run,
    names_of,
    question_of,
    runs_of,
    sketch_of,
    variants_of,
)
from companion.matching.routes.page import Desk, bp, desk_of, queue
from companion.matching.rules import AllNames, board_of, compare
from companion.matching.tradeoffs import changed_weight, unsurpassed
from companion.periods.models import Period
from companion.periods.routes import current_period

FIGURES = ("全体の得点", "最も低いチーム", "希望の場所に配置した人", "都道府県の数")


@dataclass(frozen=True)
class Side:
    """One of two answers: a run, or a draft as it stands."""

    name: str
    run: MatchRun
    standing: Standing

    @property
    def question(self) -> tuple[Problem, AllNames]:
        """What it answers, and what keys are called."""
        return question_of(self.run), names_of(self.run)


def _name_of_run(run: MatchRun) -> str:
    return f"実行 {jst(run.created_at, 'short')}" + (f"（{run.label}）" if run.label else "")


def _side(drafts: dict[str, MatchDraft], period: Period, chosen: str) -> Side | None:
    if chosen in drafts:
        draft = drafts[chosen]
        return Side(f"下書き「{draft.name}」", draft.run, sketch_of(draft).teams)
    run = find_run(chosen, need_viewer())
    if run is None or run.period_id != period.id or not run.teams:
        return None
    teams = {row["lg_code"]: tuple(row["officials"]) for row in run.teams}
    return Side(_name_of_run(run), run, teams)


@bp.get("/<int:year>/matching/compare")
@needs(Permission.MATCH_VIEW)
def compare_drafts() -> str:
    """Two drafts or runs side by side."""
    period, viewer = current_period(), need_viewer()
    drafts = {row.public_id: row for row, _ in drafts_of(period, viewer)}
    choices = [(key, f"下書き「{row.name}」") for key, row in drafts.items()]
    choices += [
        (run.public_id, _name_of_run(run))
        for run in runs_of(period, viewer)
        if run.objective is not None
    ]
    asked = [request.args.get("a", ""), request.args.get("b", "")]
    first, second = (_side(drafts, period, key) for key in asked)
    comparison, is_same_data = None, True
    if first and second:
        is_same_data = first.run.data_hash == second.run.data_hash
        problem, names = first.question
        comparison = compare(
            problem,
            names,
            first.standing,
            second.standing,
            None if is_same_data else second.question,
        )
    return render_template(
        "matching/compare.html",
        choices=choices,
        asked=asked,
        sides=(first, second),
        comparison=comparison,
        is_same_data=is_same_data,
    )


@bp.get("/drafts/<public_id>/variants")
@needs(Permission.MATCH_VIEW)
def draft_variants(public_id: str) -> str:
    """Other weights: which teams would change, and what is given up for it."""
    return _variants_page(desk_of(public_id), WeightForm())


def _variants_page(desk: Desk, form: WeightForm) -> str:
    found = []
    for run in variants_of(desk.draft):
        teams = {row["lg_code"]: tuple(row["officials"]) for row in run.teams}
        if teams:
            against = compare(desk.problem, desk.names, desk.sketch.teams, teams)
            found.append((run, against, {m.label: m for m in against.measures}))
    board = board_of(desk.problem, desk.sketch, desk.names)
    own = (board.total, board.worst, board.wished, len(board.prefectures))
    labels = ["この下書き", *(run.label for run, _, _ in found)]
    rows = [own, *(tuple(m[label].second for label in FIGURES) for _, _, m in found)]
    return render_template(
        "matching/variants.html",
        desk=desk,
        found=found,
        board=board,
        surpassed=[labels[k] if k is not None else "" for k in unsurpassed(rows)],
        act=ActForm(),
        form=form,
    )


@bp.post("/drafts/<public_id>/variants")
@needs(Permission.MATCH_RUN)
def start_variants(public_id: str) -> Response | tuple[str, int]:
    """Solve the draft's question with other weights, in the background: one, or the usual ones."""
    desk = desk_of(public_id)
    arguments: dict[str, Any] = {"draft_id": desk.draft.id, "time_limit": 120}
    form = WeightForm()
    if "part" in request.form:
        if not form.validate():
            return _variants_page(desk, form), 422
        label = WEIGHT_LABELS[form.part.data]
        tried = changed_weight(
            desk.problem.weights, form.part.data, label, int(100 * (form.points.data or 0))
        )
        if tried is None:
            form.form_errors.append("重みがすべて0になります。どれか一つは1点以上にしてください。")
            return _variants_page(desk, form), 422
        arguments |= {"variant": {"label": tried.label, "weights": tried.weights}, "time_limit": 60}
    elif not ActForm().validate_on_submit():
        abort(400)
    with saved():
        location = queue(
            "match.variants",
            f"「{desk.draft.name}」の重みを変えた比較",
            arguments,
            by=need_viewer(),
        )
    return redirect(location, 303)
