"""Work by hand on drafts, each step with its reason, kept and undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import delete, select

from companion.core import audit
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.matching.models import (
    DraftStep,
    MatchDraft,
    MatchRun,
)
from companion.matching.moves import Change, Standing, differences, total
from companion.matching.problem import Problem
from companion.matching.queries import question_of_draft, sketch_of
from companion.matching.sketch import Forbidden, Sketch, toggled, with_change
from companion.matching.terms import LIST_OF, StepKind


def begin_draft(run: MatchRun, name: str, *, by: Viewer | None) -> MatchDraft:
    """Begin to work by hand on what a run found.

    Raises:
        Refused: the run has no teams, or the name is taken.
    """
    if not run.teams:
        raise Refused("この実行にはチームがありません。条件を見直して、もう一度実行してください。")
    sketch = Sketch({row["lg_code"]: tuple(row["officials"]) for row in run.teams})
    return _new_draft(run, name, sketch, "実行の結果から始めた。", by=by)


def copy_draft(draft: MatchDraft, name: str, *, by: Viewer) -> MatchDraft:
    """Another draft that begins as this one stands.

    Raises:
        Refused: the name is taken.
    """
    return _new_draft(
        draft.run, name, sketch_of(draft), f"「{draft.name}」の写しから始めた。", by=by
    )


def _new_draft(
    run: MatchRun, name: str, sketch: Sketch, summary: str, *, by: Viewer | None
) -> MatchDraft:
    name = name.strip()
    if not name:
        raise Refused("下書きの名前を入力してください。")
    if db.session.scalar(
        select(MatchDraft.id).where(MatchDraft.period_id == run.period_id, MatchDraft.name == name)
    ):
        raise Refused(f"「{name}」という下書きは既にあります。別の名前を付けてください。")
    draft = MatchDraft(
        period=run.period, name=name, run=run, step=0, created_by=by.user_id if by else None
    )
    db.session.add(draft)
    db.session.flush()
    _add_step(draft, StepKind.BEGIN, sketch, summary, "", by=by)
    audit.record("draft.begin", draft.public_id, by=by)
    return draft


def _add_step(
    draft: MatchDraft,
    kind: StepKind,
    sketch: Sketch,
    summary: str,
    reason: str,
    *,
    by: Viewer | None,
) -> None:
    db.session.execute(
        delete(DraftStep).where(DraftStep.draft_id == draft.id, DraftStep.number > draft.step)
    )
    if kind is not StepKind.BEGIN:
        draft.step += 1
    db.session.add(
        DraftStep(
            draft_id=draft.id,
            number=draft.step,
            kind=kind,
            summary=summary,
            reason=reason.strip(),
            sketch=sketch.as_plain(),
            points=total(question_of_draft(draft), sketch.teams),
            made_by=by.name if by else "",
        )
    )
    db.session.flush()


def _may_work_on(draft: MatchDraft, seen_step: int, reason: str) -> None:
    if draft.step != seen_step:
        raise Refused("この下書きは、ほかの操作で先に変わりました。いまの内容を確かめてください。")
    if not reason.strip():
        raise Refused("理由を入力してください。あとで説明するときに使います。")


def change_teams(
    draft: MatchDraft, change: Change, *, kind: StepKind, reason: str, seen_step: int, by: Viewer
) -> None:
    """Change teams by hand: a swap, a replacement, or another municipality.

    Raises:
        Refused: a rule forbids it (named), no reason is given, or the draft has moved on.
    """
    _may_work_on(draft, seen_step, reason)
    problem, sketch = question_of_draft(draft), sketch_of(draft)
    try:
        after = with_change(problem, sketch, change)
    except Forbidden as refusal:
        raise Refused("".join(refusal.sentences)) from None
    summary = change_words(problem, sketch.teams, after.teams)
    _add_step(draft, kind, after, summary, reason, by=by)
    audit.record(f"draft.{kind.value}", draft.public_id, by=by, teams=sorted(change))


def decide_on(
    draft: MatchDraft, kind: StepKind, item: Any, *, reason: str, seen_step: int, by: Viewer
) -> None:
    """Pin, ban, lock, or say which places and people are in or out; once more takes it back.

    `item` is a challenge, an official, or a pair of both, as the kind asks for.

    Raises:
        Refused: it contradicts another decision (named), no reason is given, or the draft has
            moved on.
    """
    _may_work_on(draft, seen_step, reason)
    problem, sketch = question_of_draft(draft), sketch_of(draft)
    try:
        after = toggled(problem, sketch, LIST_OF[kind], item)
    except Forbidden as refusal:
        raise Refused("".join(refusal.sentences)) from None
    keys = item if isinstance(item, tuple) else (item,)
    names = "・".join(problem.names.get(key, key) for key in keys)
    is_taken = item in getattr(after, LIST_OF[kind])
    summary = f"{kind.label}：{names}" + ("" if is_taken else "（解除）")
    _add_step(draft, kind, after, summary, reason, by=by)
    audit.record(f"draft.{kind.value}", draft.public_id, by=by, taken=is_taken)


def take_solution(
    draft: MatchDraft, run: MatchRun, *, reason: str, seen_step: int, by: Viewer
) -> None:
    """Put the teams of a run that solved this draft again in place of its own.

    Raises:
        Refused: the draft has changed since that run began, or no reason is given.
    """
    _may_work_on(draft, seen_step, reason)
    if run.variant is None or (run.variant.draft_id, run.variant.step) != (draft.id, draft.step):
        raise Refused("解き直しの後に下書きが変わりました。もう一度解き直してください。")
    if not run.teams:
        raise Refused("この解き直しにはチームがありません。")
    before = sketch_of(draft)
    teams = {row["lg_code"]: tuple(row["officials"]) for row in run.teams}
    after = replace(before, teams=teams)
    summary = change_words(question_of_draft(draft), before.teams, teams)
    _add_step(draft, StepKind.SOLVE, after, summary, reason, by=by)
    audit.record("draft.solve", draft.public_id, by=by, run=run.public_id)


def undo(draft: MatchDraft, *, seen_step: int, by: Viewer) -> None:
    """Go back one step.

    Raises:
        Refused: nothing is left to undo, or the draft has moved on.
    """
    _may_work_on(draft, seen_step, "-")
    if draft.step == 0:
        raise Refused("これより前の操作はありません。")
    draft.step -= 1
    audit.record("draft.undo", draft.public_id, by=by, step=draft.step)


def redo(draft: MatchDraft, *, seen_step: int, by: Viewer) -> None:
    """Go forward to a step that was undone.

    Raises:
        Refused: no step was undone, or the draft has moved on.
    """
    _may_work_on(draft, seen_step, "-")
    if draft.step >= max(step.number for step in draft.steps):
        raise Refused("やり直す操作はありません。")
    draft.step += 1
    audit.record("draft.redo", draft.public_id, by=by, step=draft.step)


def change_words(problem: Problem, before: Standing, after: Standing) -> str:
    """Who moved where, as one line."""

    def name(key: str | None) -> str:
        return problem.names.get(key, key) if key else "配置なし"

    moves = [
        f"{name(move.official)}：{name(move.before)}→{name(move.after)}"
        for move in differences(before, after)
    ]
    return "、".join(moves) or "動いた人はいない。"
