"""Pages about the versions of a survey: what has changed, publishing, the JSON Schema."""

from __future__ import annotations

from flask import abort, flash, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs, public
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.routes import current_period
from companion.surveys.definition import json_schema
from companion.surveys.forms import PublishForm
from companion.surveys.publishing import changes_since_published, publish_version
from companion.surveys.routes.page import bp
from companion.surveys.shelf import book_named, books, versions_of
from companion.surveys.versions import ChangeClass, gravest


@bp.route("/<int:year>/surveys/<survey_id>/versions", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def versions(survey_id: str) -> str | Response | tuple[str, int]:
    """What is published, what differs in the definition as it stands, and publishing it."""
    current_period()
    book = books().get(survey_id) or abort(404)
    form, defn = PublishForm(), book.defn
    published = versions_of(survey_id)
    if form.validate_on_submit():
        try:
            with saved():
                form.once().location = url_for("surveys.versions", survey_id=survey_id)
                book = book_named(survey_id)
                assert book.defn is not None  # noqa: S101 - the linter let it through
                row = publish_version(
                    book.defn, by=need_viewer(), note=form.note.data or "", source=book.text
                )
                number = row.version
            flash(f"版 {number} を公開しました。", "success")
            return redirect(url_for("surveys.versions", survey_id=survey_id), 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    changes = changes_since_published(defn) if defn else []
    shown = render_template(
        "surveys/versions.html",
        book=book,
        defn=defn,
        form=form,
        published=published,
        changes=changes,
        gravest=gravest(changes),
        is_published=bool(defn and any(row.version == defn.version for row in published)),
        ChangeClass=ChangeClass,
    )
    return shown, 422 if form.errors else 200


@bp.get("/survey.schema.json")
@public
def schema() -> Response:
    """The JSON Schema of a definition, for editors that check YAML while it is written."""
    return jsonify(json_schema())
