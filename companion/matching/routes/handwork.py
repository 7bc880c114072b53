"""Work by hand on a draft: who could have a seat, what it does, doing it, undoing it."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused, saved_telling
from companion.matching.actions import (
    change_teams,
    decide_on,
    redo,
    take_solution,
    undo,
)
from companion.matching.forms import AgainForm, ChangeForm, DecideForm, StepForm, TakeForm
from companion.matching.moves import Change, moved_to, options_for, replaced
from companion.matching.queries import find_draft, find_run
from companion.matching.routes.page import Desk, bp, desk_of, queue
from companion.matching.routes.running import run_page
from companion.matching.score import PARTS
from companion.matching.sketch import asked, effect_on
from companion.matching.terms import LIST_OF, Closeness, StepKind
from companion.matching.whynot import margin_of

SHOWN_OPTIONS = 40


@bp.get("/drafts/<public_id>/seat")
@needs(Permission.MATCH_VIEW)
def seat(public_id: str) -> str:
    """Everybody who could have a seat, with the price; whom a rule forbids, with the rule."""
    desk = desk_of(public_id)
    key = desk.challenge(request.args.get("challenge"), chosen=True)
    member = desk.person(request.args.get("person"))
    if member not in desk.sketch.teams[key]:
        abort(404)
    options = options_for(asked(desk.problem, desk.sketch), desk.sketch.teams, key, member)
    legal = [option for option in options if not option.refusals]
    return render_template(
        "matching/seat.html",
        desk=desk,
        key=key,
        member=member,
        legal=legal[:SHOWN_OPTIONS],
        legal_count=len(legal),
        forbidden=[option for option in options if option.refusals],
    )


def _change(desk: Desk) -> tuple[Change, StepKind]:
    """The change an address asks for; 404 when it names what is not there."""
    key = desk.challenge(request.args.get("challenge"), chosen=True)
    instead = request.args.get("instead")
    if instead:
        instead = desk.challenge(instead, chosen=False)
        if request.args.get("fresh"):
            margin = margin_of(asked(desk.problem, desk.sketch), desk.sketch.teams, instead)
            if margin is None or margin.instead != key:
                abort(404)
            return {key: None, instead: margin.members}, StepKind.MOVE
        return moved_to(desk.sketch.teams, key, instead), StepKind.MOVE
    leaves = desk.person(request.args.get("leaves"))
    comes = desk.person(request.args.get("comes"))
    if leaves not in desk.sketch.teams[key] or comes in desk.sketch.teams[key]:
        abort(404)
    return replaced(desk.sketch.teams, key, leaves, comes), StepKind.SWAP


@bp.get("/drafts/<public_id>/change")
@needs(Permission.MATCH_VIEW)
def change(public_id: str) -> str:
    """What a change would do to the teams it touches and to the whole, before it is made."""
    desk = desk_of(public_id)
    return _change_page(desk, ChangeForm(step=desk.draft.step))


def _change_page(desk: Desk, form: ChangeForm) -> str:
    asked_for, kind = _change(desk)
    return render_template(
        "matching/change.html",
        desk=desk,
        effect=effect_on(desk.problem, desk.sketch, asked_for),
        kind=kind,
        form=form,
        parts=PARTS,
        here=request.full_path,
    )


@bp.post("/drafts/<public_id>/change")
@needs(Permission.MATCH_RUN)
def make_change(public_id: str) -> Response | tuple[str, int]:
    """Make the change of the address, with its reason."""
    desk, form = desk_of(public_id), ChangeForm()
    asked_for, kind = _change(desk)
    if form.validate_on_submit():
        try:
            with saved():
                change_teams(
                    desk.draft,
                    asked_for,
                    kind=kind,
                    reason=form.reason.data or "",
                    seen_step=form.step.data if form.step.data is not None else -1,
                    by=need_viewer(),
                )
            flash("変更しました。「元に戻す」で取り消せます。", "success")
            return redirect(url_for("matching.draft", public_id=public_id), 303)
        except Refused as refusal:
            desk = desk_of(public_id)
            form.form_errors.append(str(refusal))
    return _change_page(desk, form), 422


@bp.post("/drafts/<public_id>/decide")
@needs(Permission.MATCH_RUN)
def decide(public_id: str) -> Response | tuple[str, int]:
    """Pin, ban, lock, or say what is in or out; once more takes it back."""
    desk, form = desk_of(public_id), DecideForm()
    try:
        kind = StepKind(form.kind.data or "")
    except ValueError:
        abort(400)
    if kind not in LIST_OF:
        abort(400)
    back = form.back.data or ""
    if not back.startswith("/drafts/") or "//" in back:
        back = url_for("matching.draft", public_id=public_id)
    if not form.validate_on_submit():
        return _decide_page(desk, form, kind, back)
    try:
        with saved():
            decide_on(
                desk.draft,
                kind,
                _item(desk, kind, form),
                reason=form.reason.data or "",
                seen_step=form.step.data if form.step.data is not None else -1,
                by=need_viewer(),
            )
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _decide_page(desk_of(public_id), form, kind, back)
    flash(f"「{kind.label}」を記録しました。解き直すと反映されます。", "success")
    return redirect(back, 303)


def _decide_page(desk: Desk, form: DecideForm, kind: StepKind, back: str) -> tuple[str, int]:
    """The decision once more with what was typed, and why it could not be recorded."""
    about = [
        desk.names.challenges.get(form.challenge.data or "", ""),
        desk.names.officials.get(desk.key_of.get(form.person.data or "", ""), ""),
    ]
    page = render_template(
        "matching/decide.html",
        desk=desk,
        form=form,
        kind=kind,
        back=back,
        about="・".join(name for name in about if name),
    )
    return page, 422


def _item(desk: Desk, kind: StepKind, form: DecideForm) -> Any:
    if kind in {StepKind.PIN, StepKind.BAN}:
        return desk.challenge(form.challenge.data), desk.person(form.person.data)
    if kind is StepKind.PERSON_OUT:
        return desk.person(form.person.data)
    return desk.challenge(form.challenge.data)


@bp.post("/drafts/<public_id>/undo")
@needs(Permission.MATCH_RUN)
def step_back(public_id: str) -> Response:
    """Go back one step."""
    return _step(public_id, undo, "一つ前に戻しました。")


@bp.post("/drafts/<public_id>/redo")
@needs(Permission.MATCH_RUN)
def step_forward(public_id: str) -> Response:
    """Go forward to a step that was undone."""
    return _step(public_id, redo, "やり直しました。")


def _step(public_id: str, act: Any, words: str) -> Response:
    row = find_draft(public_id, need_viewer()) or abort(404)
    form = StepForm()
    if not form.validate_on_submit():
        abort(400)
    with saved_telling() as tell:
        act(row, seen_step=form.step.data, by=need_viewer())
        tell(words)
    return redirect(url_for("matching.draft", public_id=public_id), 303)


@bp.post("/drafts/<public_id>/again")
@needs(Permission.MATCH_RUN)
def again(public_id: str) -> Response:
    """Solve again under the draft's decisions, in the background."""
    desk, form = desk_of(public_id), AgainForm()
    if not form.validate_on_submit():
        abort(400)
    with saved():
        location = queue(
            "match.again",
            f"「{desk.draft.name}」の解き直し",
            {
                "draft_id": desk.draft.id,
                "step": desk.draft.step,
                "closeness": Closeness(form.closeness.data).value,
                "time_limit": 60,
            },
            by=need_viewer(),
        )
    return redirect(location, 303)


@bp.post("/matching/<public_id>/take")
@needs(Permission.MATCH_RUN)
def take(public_id: str) -> str | Response | tuple[str, int]:
    """Put the teams of a run that solved a draft again into that draft."""
    row = find_run(public_id, need_viewer()) or abort(404)
    form = TakeForm()
    draft = row.variant.draft if row.variant else None
    if draft is None:
        flash("この実行は、下書きを解き直したものではありません。", "error")
        return redirect(url_for("matching.run", public_id=public_id), 303)
    if not form.validate_on_submit():
        return run_page(row, form), 422
    try:
        with saved():
            take_solution(
                draft,
                row,
                reason=form.reason.data or "",
                seen_step=form.step.data if form.step.data is not None else -1,
                by=need_viewer(),
            )
            location = url_for("matching.draft", public_id=draft.public_id)
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return run_page(row, form), 422
    flash("解き直した結果を下書きに取り込みました。「元に戻す」で取り消せます。", "success")
    return redirect(location, 303)
