"""One article with its steps, and what the municipality and the secretariat say to it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.activities.queries import may_record
from companion.cases import actions
from companion.cases.forms import AnswerForm
from companion.cases.models import Case
from companion.cases.routes.page import bp, found
from companion.cases.terms import CaseState
from companion.core.access import Permission, Viewer, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.core.forms import Form

_DECISIONS = {
    "publish": actions.publish_case,
    "give_back": actions.give_back,
    "withdraw": actions.withdraw_case,
}
_VERBS = {"consent": actions.consent, "refuse": actions.refuse, **_DECISIONS}


def _may_edit(case: Case, viewer: Viewer) -> bool:
    return viewer.may(Permission.CASE_DECIDE) or (
        may_record(case.team, viewer) and case.state is not CaseState.PUBLISHED
    )


def _acts(case: Case, viewer: Viewer) -> list[tuple[str, str, str]]:
    """The buttons under an article for the municipality or the secretariat: act, words, kind."""
    state = case.state
    if viewer.may(Permission.CASE_CONSENT):
        agree = [("consent", "公開に同意する", "primary")] if state is CaseState.ASKED else []
        asked = state in {CaseState.ASKED, CaseState.CONSENTED, CaseState.PUBLISHED}
        words = "同意しない" if state is CaseState.ASKED else "同意を取り消す"
        return [*agree, ("refuse", words, "secondary")] if asked else []
    if viewer.may(Permission.CASE_DECIDE):
        back = ("give_back", "チームに差し戻す", "secondary")
        return {
            CaseState.ASKED: [back],
            CaseState.CONSENTED: [("publish", "公開する", "primary"), back],
            CaseState.PUBLISHED: [("withdraw", "公開を終える", "danger")],
        }.get(state, [])
    return []


def _page(case: Case, form: AnswerForm | None = None) -> str:
    viewer = need_viewer()
    return render_template(
        "cases/case.html",
        case=case,
        form=form or AnswerForm(formdata=None, data={"version": case.version}),
        acts=_acts(case, viewer),
        edits=_may_edit(case, viewer),
        asks=may_record(case.team, viewer),
        act=Form(formdata=None),
    )


@bp.get("/cases/<public_id>")
@needs(Permission.CASE_VIEW)
def case(public_id: str) -> str:
    """One article in any state, with its steps and what the viewer can do."""
    return _page(found(public_id))


def _answered(public_id: str) -> str | Response | tuple[str, int]:
    row, form, viewer = found(public_id), AnswerForm(), need_viewer()
    verb, here = request.form.get("act", ""), url_for("cases.case", public_id=public_id)
    own = {"consent", "refuse"} if viewer.may(Permission.CASE_CONSENT) else set(_DECISIONS)
    if verb not in own:
        abort(400)
    if form.validate_on_submit():
        if form.is_stale(row):
            said = {"comment": row.steps[-1].comment}
            texts = [(section.label, text, "") for section, text in row.texts.items() if text]
            more = [("状態", row.state.label, ""), ("題名", row.title, ""), *texts]
            raise form.conflict(said, title=row.title, back=here, more=more)
        try:
            with saved():
                _VERBS[verb](row, form.comment.data or "", by=viewer)
            flash(f"「{row.state.label}」にしました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            row = found(public_id)
            form.comment.errors = [str(refusal)]
    return _page(row, form), 422


@bp.post("/cases/<public_id>/consent")
@needs(Permission.CASE_CONSENT)
def consent(public_id: str) -> str | Response | tuple[str, int]:
    """The municipality agrees to these words, or does not."""
    return _answered(public_id)


@bp.post("/cases/<public_id>/decide")
@needs(Permission.CASE_DECIDE)
def decide(public_id: str) -> str | Response | tuple[str, int]:
    """The secretariat publishes, gives back, or withdraws."""
    return _answered(public_id)
