"""Page of a draft beside the published version, and its publishing."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.surveys.definition import from_canonical
from companion.surveys.differences import differences
from companion.surveys.draftforms import (
    PublishDraftForm,
)
from companion.surveys.drafting import Draft, publish_draft
from companion.surveys.publishing import changes_since_published
from companion.surveys.routes.drafts import draft_to_change, to_editor
from companion.surveys.routes.page import bp
from companion.surveys.shelf import versions_of
from companion.surveys.versions import ChangeClass, gravest


@bp.route("/<int:year>/surveys/<survey_id>/edit/publish", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def publish_edited(survey_id: str) -> str | Response | tuple[str, int]:
    """Everything that differs from the published version; then publishing what was seen."""
    draft, form = draft_to_change(survey_id), PublishDraftForm()
    if draft is None:
        return to_editor(survey_id)
    if form.validate_on_submit():
        if form.seen.data != str(draft.row.version):
            form.form_errors.append(
                "この画面を開いた後に下書きが変わりました。違いを確かめてから公開してください。"
            )
        else:
            try:
                return _published(draft, form)
            except Refused as refusal:
                form.form_errors.append(str(refusal))
                draft = draft_to_change(survey_id) or draft
    return _comparison(draft, form)


def _published(draft: Draft, form: PublishDraftForm) -> Response:
    here = url_for("surveys.versions", survey_id=draft.survey_id)
    with saved():
        form.once().location = here
        row = publish_draft(draft, note=form.note.data or "", by=need_viewer())
        number = row.version
    flash(f"版 {number} を公開しました。開始すると、この版で回答を集めます。", "success")
    return redirect(here, 303)


def _comparison(draft: Draft, form: PublishDraftForm) -> str | tuple[str, int]:
    published, defn = versions_of(draft.survey_id), draft.defn
    changes = changes_since_published(defn) if defn else []
    compared = bool(defn and published)
    form.seen.data = str(draft.row.version)
    shown = render_template(
        "surveys/publish_draft.html",
        draft=draft,
        defn=defn,
        form=form,
        published=published,
        changes=changes,
        gravest=gravest(changes),
        different=differences(from_canonical(published[0].canonical), defn)  # type: ignore[arg-type]
        if compared
        else [],
        is_taken=bool(defn and any(row.version == defn.version for row in published)),
        ChangeClass=ChangeClass,
    )
    return shown, 422 if form.errors else 200
