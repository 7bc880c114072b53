"""Pages of a draft's text, and of throwing a draft away."""

from __future__ import annotations

import io

from flask import flash, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.surveys.draftforms import DraftForm
from companion.surveys.drafting import drop_draft
from companion.surveys.routes.drafts import draft_to_change, to_editor
from companion.surveys.routes.page import bp


@bp.get("/<int:year>/surveys/<survey_id>/edit/yaml")
@needs(Permission.SURVEY_MANAGE)
def edit_yaml(survey_id: str) -> str | Response:
    """The draft as YAML, to be read."""
    draft = draft_to_change(survey_id)
    if draft is None:
        return to_editor(survey_id)
    return render_template("surveys/edit_yaml.html", draft=draft)


@bp.get("/<int:year>/surveys/<survey_id>/edit/file")
@needs(Permission.SURVEY_MANAGE)
def edit_file(survey_id: str) -> Response:
    """The draft as a YAML file."""
    draft = draft_to_change(survey_id)
    if draft is None:
        return to_editor(survey_id)
    data = io.BytesIO(draft.row.text.encode())
    name = f"{draft.survey_id}.yaml"
    return send_file(data, "application/yaml", as_attachment=True, download_name=name)


@bp.route("/<int:year>/surveys/<survey_id>/edit/discard", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def discard_draft(survey_id: str) -> str | Response:
    """Throwing a draft away, asked once more."""
    draft, form = draft_to_change(survey_id), DraftForm()
    if draft is None:
        return to_editor(survey_id)
    if form.validate_on_submit() and form.seen.data == str(draft.row.version):
        with saved():
            drop_draft(draft, by=need_viewer())
        flash("下書きを破棄しました。公開済みの版はそのままです。", "success")
        return redirect(url_for("surveys.rounds"), 303)
    form.seen.data = str(draft.row.version)
    return render_template("surveys/discard_draft.html", draft=draft, form=form)
