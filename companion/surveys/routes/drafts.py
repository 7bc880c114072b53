"""Pages of a draft as a whole: beginning, order, undoing, settings, throwing away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.core.forms import Conflict
from companion.periods.routes import current_period
from companion.surveys import draftdata, edits
from companion.surveys.conditionrows import in_words
from companion.surveys.differences import required_words
from companion.surveys.digests import (
    digest,
)
from companion.surveys.draftdata import (
    Data,
)
from companion.surveys.draftforms import (
    BeginForm,
    DraftForm,
    SettingsForm,
)
from companion.surveys.drafting import (
    Draft,
    begin_draft,
    change_draft,
    draft_of_survey,
    last_step,
    undo,
)
from companion.surveys.placing import placed
from companion.surveys.publishing import changes_since_published
from companion.surveys.routes.page import bp
from companion.surveys.rulerows import rules_in_words
from companion.surveys.shelf import books, versions_of
from companion.surveys.versions import Change

SECTION_WORDS = {"page-up": "ページを上へ移動", "page-down": "ページを下へ移動"}


def draft_to_change(survey_id: str) -> Draft | None:
    """The draft of a survey, held while a change is made; 404 when there is no such survey."""
    current_period()
    draft = draft_of_survey(survey_id, to_change=request.method == "POST")
    if draft is None and survey_id not in books():
        abort(404)
    return draft


def to_editor(survey_id: str, anchor: str | None = None) -> Response:
    """Back to the whole draft, at the place that was changed."""
    return redirect(url_for("surveys.edit", survey_id=survey_id, _anchor=anchor), 303)


@bp.route("/<int:year>/surveys/<survey_id>/edit", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def edit(survey_id: str) -> str | Response | tuple[str, int]:
    """The draft with its questions, findings and changes; buttons change their order."""
    draft, form = draft_to_change(survey_id), DraftForm()
    if draft is None:
        begin = BeginForm()
        return render_template("surveys/begin_edit.html", book=books()[survey_id], form=begin)
    if form.validate_on_submit():
        if form.seen.data != str(draft.row.version):
            flash(
                "ほかの人が先に変更しました。いまの内容を確かめて、もう一度操作してください。",
                "warning",
            )
            return to_editor(survey_id)
        act, _, what = request.form.get("act", "").partition(":")
        try:
            with saved():
                anchor = _carry_out(draft, act, what)
        except Refused as refusal:
            flash(str(refusal), "error")
            anchor = None
        if act == "add" and anchor:
            number = draftdata.number_of(draft_of_survey(survey_id).data, anchor[2:])  # type: ignore[union-attr]
            there = url_for("surveys.edit_question", survey_id=survey_id, number=number)
            return redirect(there, 303)
        return to_editor(survey_id, anchor)
    return _overview(draft, form)


def _carry_out(draft: Draft, act: str, what: str) -> str | None:
    """Do what a button says; the anchor of the place it leads to."""
    by, data = need_viewer(), draft.data
    if act == "undo":
        flash(f"元に戻しました：{undo(draft, by=by)}", "success")
        return None
    if act == "add-page":
        p = edits.add_page(data)
        change_draft(draft, data, "ページを加える", by=by)
        return f"page-{p + 1}"
    if act == "renumber":
        edits.number_by_place(data)
        change_draft(draft, data, "番号を順番どおりにする", by=by)
        return None
    if act in {"add", "page-up", "page-down", "page-drop"}:
        return _change_section(draft, data, act, what)
    names = {str(q.get("name")): (p, i) for p, i, q in draftdata.questions_in(data)}
    if what not in names or act not in {"up", "down", "drop"}:
        abort(400)
    p, q = names[what]
    spoken = draftdata.spoken_names(data).get(what, "説明文")
    if act == "drop":
        edits.drop_question(data, p, q)
        change_draft(draft, data, f"{spoken}を削る", by=by)
        flash(f"{spoken}を削りました。「元に戻す」で戻せます。", "success")
        return f"page-{p + 1}"
    edits.move_question(data, p, q, -1 if act == "up" else 1)
    change_draft(draft, data, f"{spoken}を{'上' if act == 'up' else '下'}へ移動", by=by)
    return f"q-{what}"


def _change_section(draft: Draft, data: Data, act: str, what: str) -> str:
    if not what.isdecimal() or int(what) >= len(data["pages"]):
        abort(400)
    by, p = need_viewer(), int(what)
    if act == "add":
        kind = request.form.get(f"kind-{p}", "")
        if kind not in edits.KINDS:
            abort(400)
        name = edits.add_question(data, p, kind)
        change_draft(draft, data, f"{edits.KINDS[kind]}の設問を加える", by=by)
        return f"q-{name}"
    if act == "page-drop":
        edits.drop_page(data, p)
        change_draft(draft, data, "ページを削る", by=by)
        flash("ページと、その中の設問を削りました。「元に戻す」で戻せます。", "success")
        return "main"
    step = -1 if act == "page-up" else 1
    edits.move_page(data, p, step)
    change_draft(draft, data, SECTION_WORDS[act], by=by)
    return f"page-{min(max(p + step, 0), len(data['pages']) - 1) + 1}"


def _overview(draft: Draft, form: DraftForm) -> str:
    data, found = draft.data, placed(draft.source, draft.book.faults)
    changes: dict[str, list[Change]] = {}
    kinds, names = draftdata.kinds_by_name(data), draftdata.spoken_names(data)
    for change in changes_since_published(draft.defn) if draft.defn else []:
        if change.question in kinds:
            changes.setdefault(change.question, []).append(change)
        else:  # of the survey, or of a question that is no more
            about = f"「{change.question}」：" if change.question else ""
            told = replace(change, message=about + change.message)
            changes.setdefault("", []).append(told)
    form.seen.data = str(draft.row.version)
    return render_template(
        "surveys/edit.html",
        draft=draft,
        data=data,
        found=found,
        changes=changes,
        numbers=draftdata.numbers_in(data),
        places={
            str(q.get("name")): i for i, (_, _, q) in enumerate(draftdata.questions_in(data), 1)
        },
        condition=lambda text: in_words(text, kinds, names),
        rule=lambda text: rules_in_words(text, names),
        choices=lambda question: draftdata.choices_of(data, question),
        required=required_words,
        words=draftdata.text_of,
        kinds=edits.KINDS,
        step=last_step(draft.survey_id),
        published=versions_of(draft.survey_id),
        form=form,
    )


@bp.post("/<int:year>/surveys/<survey_id>/edit/begin")
@needs(Permission.SURVEY_MANAGE)
def begin_edit(survey_id: str) -> Response:
    """Begin a draft from what is in force."""
    if draft_to_change(survey_id) is None:
        form = BeginForm()
        if not form.validate():
            abort(400)
        try:
            with saved():
                form.once().location = url_for("surveys.edit", survey_id=survey_id)
                begin_draft(survey_id, by=need_viewer())
        except Refused as refusal:
            flash(str(refusal), "error")
    return to_editor(survey_id)


@bp.route("/<int:year>/surveys/<survey_id>/edit/settings", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def edit_settings(survey_id: str) -> str | Response | tuple[str, int]:
    """The survey as a whole: title, version, window, channels."""
    draft, form = draft_to_change(survey_id), SettingsForm()
    if draft is None:
        return to_editor(survey_id)
    data = draft.data
    before = digest(form.part(data))
    if form.validate_on_submit():
        if form.seen.data != before:
            raise Conflict(
                title="全体の設定",
                back=url_for("surveys.edit_settings", survey_id=survey_id),
                rows=_settings_rows(form, data),
            )
        form.write(data)
        with saved():
            change_draft(draft, data, "全体の設定を変える", by=need_viewer())
        return to_editor(survey_id)
    if not form.is_submitted():
        form.show(data)
        form.seen.data = before
    shown = render_template(
        "surveys/edit_settings.html",
        draft=draft,
        form=form,
        faults=placed(draft.source, draft.book.faults).whole,
    )
    return shown, 422 if form.errors else 200


def _settings_rows(form: SettingsForm, data: Data) -> list[tuple[str, str, str]]:
    stored = SettingsForm(formdata=None)
    stored.show(data)
    rows: list[tuple[str, Any, Any]] = [
        (field.label.text, stored[field.name].data, field.data)
        for field in form
        if field.name not in {"seen", "csrf_token"}
    ]
    return [(label, _plain(old), _plain(new)) for label, old, new in rows if old != new]


def _plain(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "")
