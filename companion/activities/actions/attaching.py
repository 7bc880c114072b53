"""Attaching files to a log: checked, scanned, kept once under the hash of their content."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from companion.activities.attachments import MOST, NotAttachable, check_file
from companion.activities.models import Activity, Attachment
from companion.activities.terms import ActivityState
from companion.core import audit
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused, log

SCAN_SECONDS = 60


def path_of(digest: str) -> Path:
    """Where the content with that hash lies in the instance folder."""
    return Path(current_app.instance_path) / "attachments" / digest[:2] / digest


def attach(activity: Activity, name: str, data: bytes, *, by: Viewer | None) -> Attachment:
    """Keep a file with an activity; the same file twice stays one.

    Raises:
        Refused: the file may not be kept, there are too many, or the activity is published.
    """
    _check_open(activity)
    try:
        checked = check_file(name, data)
    except NotAttachable as fault:
        raise Refused(str(fault)) from None
    digest = hashlib.sha256(data).hexdigest()
    for row in activity.attachments:
        if row.digest == digest:
            return row
    if len(activity.attachments) >= MOST:
        raise Refused(f"添付は{MOST}個までです。不要なものを外してから添付してください。")
    _keep(digest, data)
    row = Attachment(
        name=checked.name,
        size=len(data),
        digest=digest,
        media_type=checked.media_type,
        added_by_id=by.user_id if by else None,
    )
    activity.attachments.append(row)
    db.session.flush()
    audit.record("attachment.add", row.public_id, by=by, activity=activity.public_id, size=row.size)
    return row


def _check_open(activity: Activity) -> None:
    if activity.state in {ActivityState.PUBLISHED, ActivityState.CANCELLED}:
        raise Refused(f"「{activity.state.label}」の活動の添付は変更できません。")


def _keep(digest: str, data: bytes) -> None:
    """Write the content beside its place, have it scanned, then move it there in one step."""
    place = path_of(digest)
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _scan(Path(name))
        Path(name).replace(place)
    finally:
        Path(name).unlink(missing_ok=True)


def _scan(path: Path) -> None:
    """Ask the scanner of the settings: 0 is clean, 1 is infected, anything else no answer."""
    command = current_app.config.get("SCANNER")
    if not command:
        return
    try:
        ended = subprocess.run(  # noqa: S603 the command is the operator's own setting
            [*shlex.split(command), str(path)],
            capture_output=True,
            timeout=SCAN_SECONDS,
            check=False,
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        ended = -1
    if ended == 1:
        raise Refused("ウイルスの検査で見つかったため、添付できません。")
    if ended != 0:
        log.error("scanner gave no answer: %s", ended)
        raise Refused(
            "ウイルスの検査ができないため、いまは添付できません。しばらくしてからやり直してください。"
        )


def detach(row: Attachment, *, by: Viewer | None) -> str:
    """Take a file away; gives its hash, for `forget` once the change is saved.

    Raises:
        Refused: the activity is published.
    """
    _check_open(row.activity)
    audit.record("attachment.remove", row.public_id, by=by, activity=row.activity.public_id)
    digest = row.digest
    row.activity.attachments.remove(row)
    db.session.delete(row)
    return digest


def forget(digest: str) -> None:
    """Remove a content that no activity holds any more."""
    held = select(func.count()).select_from(Attachment).where(Attachment.digest == digest)
    if not db.session.scalar(held):
        with contextlib.suppress(FileNotFoundError):
            path_of(digest).unlink()
