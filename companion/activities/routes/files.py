"""Files of a log: attached by the team, handed out as downloads to whoever reads the log."""

from __future__ import annotations

import io
from contextlib import closing

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from companion.activities.actions.attaching import attach, detach, forget, path_of
from companion.activities.attachments import LARGEST
from companion.activities.queries import find_attachment, may_record
from companion.activities.routes.page import bp
from companion.activities.routes.planning import activity_to_record
from companion.activities.small_forms import AttachForm, TokenForm
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused


@bp.url_value_preprocessor
def _let_files_in(endpoint: str | None, values: object) -> None:
    """Files may be larger than any other form; a little more than 10 MB, to say so in words."""
    if endpoint == "activities.attach_files":
        request.max_content_length = LARGEST + 2 * 1024 * 1024


@bp.route("/activities/<public_id>/files", methods=["GET", "POST"])
@needs(Permission.ACTIVITY_RECORD)
def attach_files(public_id: str) -> str | Response | tuple[str, int]:
    """Attach files to an activity."""
    activity, form = activity_to_record(public_id), AttachForm()
    back = url_for("activities.activity", public_id=public_id)
    if form.validate_on_submit():
        try:
            with saved():
                for upload in form.files.data:
                    with closing(upload):
                        data = upload.read()
                    attach(activity, upload.filename or "", data, by=need_viewer())
            flash("添付しました。", "success")
            return redirect(back, 303)
        except Refused as refusal:
            form.files.errors = [str(refusal)]
    page = render_template("activities/attach.html", activity=activity, form=form)
    return (page, 422) if form.errors else page


@bp.get("/files/<public_id>")
@needs(Permission.ACTIVITY_VIEW)
def file(public_id: str) -> Response:
    """One file, always as a download."""
    row = find_attachment(public_id, need_viewer()) or abort(404)
    place = path_of(row.digest)
    if not place.exists():
        abort(404)
    return send_file(
        io.BytesIO(place.read_bytes()),  # ten megabytes at most; no open file is left behind
        mimetype=row.media_type,
        as_attachment=True,
        download_name=" ".join(row.name.split()),  # a header takes no line break
    )


@bp.post("/files/<public_id>/remove")
@needs(Permission.ACTIVITY_RECORD)
def remove_file(public_id: str) -> Response:
    """Take a file away from its activity."""
    viewer = need_viewer()
    row = find_attachment(public_id, viewer)
    if row is None or not may_record(row.activity.team, viewer):
        abort(404)
    if not TokenForm().validate_on_submit():
        abort(400)
    back = url_for("activities.activity", public_id=row.activity.public_id)
    try:
        with saved():
            digest = detach(row, by=viewer)
        forget(digest)
        flash("添付を外しました。", "success")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(back, 303)
