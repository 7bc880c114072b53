"""Drafts: the board, its officials and places, explanations, history, two side by side."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.matching.actions import adopt_draft, begin_draft, copy_draft, is_outdated
from companion.matching.explain import explain_team
from companion.matching.forms import ActForm, AgainForm, DecideForm, DraftForm, StepForm
from companion.matching.instance import Instance
from companion.matching.moves import options_for, place_of
from companion.matching.queries import drafts_of, find_draft, find_run
from companion.matching.routes.page import Desk, bp, desk_of
from companion.matching.routes.running import SHOWN_PARTS
from companion.matching.rules import SORTS, Board, board_of, people_of
from companion.matching.score import score_team
from companion.matching.sketch import asked, faults
from companion.matching.solution import Team
from companion.matching.whynot import (
    Seat,
    margin_of,
    margin_sentence,
    place_words,
    seat_sentence,
    seats_for,
    why_unplaced,
    wish_results,
)
from companion.places.prefectures import PREFECTURE_NAMES

A_PAGE = 30


def _fault(form: DraftForm) -> str:
    """The first thing that is wrong with the name of a draft."""
    return (
        f"下書きの名前：{form.name.errors[0]}" if form.name.errors else "もう一度押してください。"
    )


@bp.post("/matching/<public_id>/draft")
@needs(Permission.MATCH_RUN)
def begin(public_id: str) -> Response:
    """Begin a draft from a run."""
    row = find_run(public_id, need_viewer()) or abort(404)
    form = DraftForm()
    if not form.validate_on_submit():
        flash(_fault(form), "error")
        return redirect(url_for("matching.run", public_id=public_id), 303)
    try:
        with saved():
            key = form.once()
            draft = begin_draft(row, form.name.data or "", by=need_viewer())
            key.location = location = url_for("matching.draft", public_id=draft.public_id)
    except Refused as refusal:
        flash(str(refusal), "error")
        return redirect(url_for("matching.run", public_id=public_id), 303)
    flash("下書きを作りました。", "success")
    return redirect(location, 303)


@bp.post("/drafts/<public_id>/copy")
@needs(Permission.MATCH_RUN)
def copy(public_id: str) -> Response:
    """Another draft that begins as this one stands."""
    row = find_draft(public_id, need_viewer()) or abort(404)
    form = DraftForm()
    if not form.validate_on_submit():
        flash(_fault(form), "error")
        return redirect(url_for("matching.draft", public_id=public_id), 303)
    try:
        with saved():
            key = form.once()
            draft = copy_draft(row, form.name.data or "", by=need_viewer())
            key.location = location = url_for("matching.draft", public_id=draft.public_id)
    except Refused as refusal:
        flash(str(refusal), "error")
        return redirect(url_for("matching.draft", public_id=public_id), 303)
    flash("下書きを写しました。", "success")
    return redirect(location, 303)


@bp.get("/drafts/<public_id>")
@needs(Permission.MATCH_VIEW)
def draft(public_id: str) -> str:
    """The board of a draft's teams."""
    desk = desk_of(public_id)
    board = _board(desk, request.args.get("sort", ""))
    others = [row for row, _ in drafts_of(desk.draft.period, need_viewer())]
    return render_template(
        "matching/draft.html",
        desk=desk,
        board=board,
        sorts=SORTS,
        parts=SHOWN_PARTS,
        faults=faults(desk.problem, desk.sketch),
        is_outdated=is_outdated(desk.draft.run),
        prefectures=PREFECTURE_NAMES,
        others=[row for row in others if row.id != desk.draft.id],
        act=ActForm(),
        draft_form=DraftForm(),
        step_form=StepForm(step=desk.draft.step),
        again_form=AgainForm(),
        last_step=max(step.number for step in desk.draft.steps),
    )


def _board(desk: Desk, sort: str = "") -> Board:
    return board_of(desk.problem, desk.sketch, desk.names, sort=sort)


@bp.get("/drafts/<public_id>/team")
@needs(Permission.MATCH_VIEW)
def draft_team(public_id: str) -> str:
    """One team of a draft: points, the sentences behind them, who could have each seat."""
    desk = desk_of(public_id)
    key = desk.challenge(request.args.get("challenge"), chosen=True)
    members = desk.sketch.teams[key]
    parts = score_team(desk.problem, key, members)
    team = Team(key, members, sum(parts.values()), parts)
    problem = asked(desk.problem, desk.sketch)
    return render_template(
        "matching/draft_team.html",
        desk=desk,
        key=key,
        team=team,
        told=explain_team(problem, team, desk.names),
        runners={member: _runner_up(desk, key, member) for member in members},
        parts=SHOWN_PARTS,
        form=DecideForm(step=desk.draft.step),
    )


def _runner_up(desk: Desk, key: str, member: str) -> str:
    """Who is next for a seat, and what taking it would do; or the rule that forbids everybody."""
    problem, standing = asked(desk.problem, desk.sketch), desk.sketch.teams
    options = options_for(problem, standing, key, member)
    if not options:
        return "ほかに応募者がいない。"
    best = options[0]
    seat = Seat(key, member, best.here, best.total, best.refusals)
    said = seat_sentence(problem, standing, best.official, seat)
    return f"次点は{problem.names.get(best.official, best.official)}。{said}"


@bp.get("/drafts/<public_id>/officials")
@needs(Permission.MATCH_VIEW)
def draft_officials(public_id: str) -> str:
    """Every official: where placed, and how that meets the wishes."""
    desk = desk_of(public_id)
    people = people_of(desk.problem, desk.sketch.teams, desk.names)
    shown = request.args.get("outcome", "")
    return render_template(
        "matching/draft_officials.html",
        desk=desk,
        people=[row for row in people if not shown or row.outcome == shown],
        total=len(people),
        outcomes=sorted({row.outcome for row in people}),
        shown=shown,
    )


@bp.get("/drafts/<public_id>/official")
@needs(Permission.MATCH_VIEW)
def draft_official(public_id: str) -> str:
    """One official: where each wish ended and why, and the seats nearest to the person."""
    desk = desk_of(public_id)
    key = desk.person(request.args.get("person"))
    problem, standing = asked(desk.problem, desk.sketch), desk.sketch.teams
    place = place_of(standing, key)
    return render_template(
        "matching/draft_official.html",
        desk=desk,
        key=key,
        place=place,
        wishes=[
            (place_words(problem, result.place, PREFECTURE_NAMES), result)
            for result in wish_results(problem, standing, key)
        ],
        unplaced="" if place else why_unplaced(problem, standing, key),
        seats=[seat for seat in seats_for(problem, standing, key) if not seat.refusals][:10],
        form=DecideForm(step=desk.draft.step),
    )


@bp.get("/drafts/<public_id>/places")
@needs(Permission.MATCH_VIEW)
def draft_places(public_id: str) -> str:
    """The challenges that were not chosen, with their margin."""
    desk = desk_of(public_id)
    problem, standing = asked(desk.problem, desk.sketch), desk.sketch.teams
    keys = sorted(
        (c.key for c in problem.challenges if c.key not in standing),
        key=lambda key: (-problem.challenge_by_key[key].merit, key),
    )
    pages = max(1, -(-len(keys) // A_PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    shown = keys[A_PAGE * (page - 1) : A_PAGE * page]
    instance = Instance(problem)  # once for all of them
    found = [(key, margin_of(problem, standing, key, instance)) for key in shown]
    return render_template(
        "matching/draft_places.html",
        desk=desk,
        rows=[(key, margin, margin_sentence(problem, margin)) for key, margin in found],
        total=len(keys),
        page=page,
        pages=pages,
        form=DecideForm(step=desk.draft.step),
    )


@bp.get("/drafts/<public_id>/history")
@needs(Permission.MATCH_VIEW)
def history(public_id: str) -> str:
    """Every step of a draft with its reason; those undone are marked."""
    desk = desk_of(public_id)
    return render_template(
        "matching/history.html",
        desk=desk,
        steps=list(reversed(desk.draft.steps)),
        step_form=StepForm(step=desk.draft.step),
        last_step=max(step.number for step in desk.draft.steps),
    )


@bp.get("/drafts/<public_id>/texts")
@needs(Permission.MATCH_VIEW)
def texts(public_id: str) -> str:
    """The explanation for each municipality and each official, to print or copy."""
    desk = desk_of(public_id)
    problem, standing = asked(desk.problem, desk.sketch), desk.sketch.teams
    for_officials = request.args.get("kind") == "officials"
    teams = []
    for key, members in sorted(standing.items()):
        parts = score_team(problem, key, members)
        team = Team(key, members, sum(parts.values()), parts)
        teams.append((key, team, explain_team(problem, team, desk.names)))
    people = []
    if for_officials:
        placed = {m: (key, told.members[m]) for key, _, told in teams for m in told.members}
        people = [
            (row, placed.get(row.key), [] if row.key in placed else wish_results_of(desk, row.key))
            for row in people_of(problem, standing, desk.names)
        ]
    return render_template(
        "matching/texts.html", desk=desk, teams=teams, people=people, for_officials=for_officials
    )


def wish_results_of(desk: Desk, key: str) -> list[tuple[str, str]]:
    """The wishes of one official with their sentences."""
    problem = asked(desk.problem, desk.sketch)
    return [
        (place_words(problem, result.place, PREFECTURE_NAMES), result.sentence)
        for result in wish_results(problem, desk.sketch.teams, key)
    ]


@bp.post("/drafts/<public_id>/adopt")
@needs(Permission.MATCH_RUN)
def adopt_a_draft(public_id: str) -> Response:
    """Form the period's teams from a draft."""
    row = find_draft(public_id, need_viewer()) or abort(404)
    if not ActForm().validate_on_submit():
        abort(400)
    try:
        with saved():
            count, year = len(adopt_draft(row, by=need_viewer())), row.period.fiscal_year
    except Refused as refusal:
        flash(str(refusal), "error")
        return redirect(url_for("matching.draft", public_id=public_id), 303)
    flash(f"{count}チームの案を作成しました。内容を確かめて公表してください。", "success")
    return redirect(url_for("teams.teams", year=year), 303)
