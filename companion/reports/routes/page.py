"""The blueprint of the reports, and what its pages share: reach, cells as words, handing out."""

from __future__ import annotations

import io
from dataclasses import asdict

from flask import Blueprint, abort, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from companion.core import audit
from companion.core.access import Viewer, need_viewer
from companion.core.db import saved
from companion.core.jobs import enqueue
from companion.periods.models import Period
from companion.reports.actions import (
    Wanted,
    ask_for_contacts,
    build_report,
    file_name,
    make_export,
    needs_two,
)
from companion.reports.packs import PACKS
from companion.reports.packs.base import Pack
from companion.reports.terms import Edition

bp = Blueprint("reports", __name__)


def packs_of(viewer: Viewer) -> list[Pack]:
    """The reports somebody may see."""
    return [pack for pack in PACKS.values() if viewer.may(pack.permission)]


def pack_at(name: str) -> Pack:
    """The report of that name; out of reach is not there."""
    pack = PACKS.get(name) or abort(404)
    if not need_viewer().may(pack.permission):
        abort(404)
    return pack


def edition_asked(pack: Pack) -> Edition:
    """The edition of the address, else the report's first."""
    asked = request.args.get("edition", pack.editions[0].value)
    return next((e for e in pack.editions if e.value == asked), None) or abort(404)


def hand_out(
    period: Period, pack: Pack, wanted: Wanted, reason: str, title: str, viewer: Viewer
) -> Response:
    """The file at once; a long one as a job, many contacts after a second person's yes.

    Raises:
        Refused: the report cannot be made so.
    """
    made, location = build_report(period, wanted), ""
    with saved():
        if made.people:
            audit.take_turn()  # two at once must not both find room in the hour
        if needs_two(made.people, viewer):
            approval = ask_for_contacts(period, wanted, made, reason, viewer)
            location = url_for("approvals.approval", public_id=approval.public_id)
        elif not pack.is_long:
            export, data = make_export(period, wanted, by=viewer, origin="画面")
            name, media_type = file_name(export), export.file_type.media_type
    if location:
        flash("別のコーディネーターに承認を依頼しました。", "success")
        return redirect(location, 303)
    if pack.is_long:
        with saved():
            job = enqueue(
                "report",
                f"{period.name} {title}",
                {
                    "period_id": period.id,
                    "pack": pack.id,
                    "edition": wanted.edition.value,
                    "file_type": wanted.file_type.value,
                    "template_version": wanted.template_version,
                    "origin": "画面",
                    "by": asdict(viewer),
                },
                by=viewer,
            )
            location = url_for("matching.job", public_id=job.public_id)
        return redirect(location, 303)
    return as_file(data, media_type, name)


def as_file(data: bytes, media_type: str, name: str) -> Response:
    """A file to take along."""
    return send_file(io.BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name)
