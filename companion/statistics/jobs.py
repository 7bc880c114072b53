"""Reading and taking in long lists of statistics in the background."""

from __future__ import annotations

from typing import Any

from companion.core.access import Role, Viewer, viewer_of
from companion.core.db import db, saved
from companion.core.jobs import Running, work
from companion.core.sheets import InvalidWorkbook, Sheet, read_workbook
from companion.people.models import User
from companion.statistics.actions import discard_upload, keep_fault, keep_preview, take_upload
from companion.statistics.models import StatisticUpload
from companion.statistics.terms import UploadState


def _workbook(upload_id: int) -> tuple[str, list[Sheet]]:
    """The address of an upload and its sheets; read outside any transaction, as it takes long."""
    with saved():
        row = db.session.get_one(StatisticUpload, upload_id)
        data, filename, url = row.data, row.filename, f"/statistic-uploads/{row.public_id}"
    return url, read_workbook(data, filename)


@work("statistics_read")
def read_upload(arguments: dict[str, Any], running: Running) -> str | None:
    """Read a workbook (`upload_id`) and keep its preview, or why there is none."""
    upload_id = arguments["upload_id"]
    running.tell(10, "ブックを読んでいます。")
    try:
        url, sheets = _workbook(upload_id)
        running.tell(60, "登録済みの内容と比べています。")
        is_cancelled = running.is_cancelled()
        with saved():
            row = db.session.get_one(StatisticUpload, upload_id)
            if is_cancelled:
                discard_upload(row, by=None)
            elif row.state is UploadState.READING:
                keep_preview(row, sheets)
        return url
    except InvalidWorkbook as fault:
        with saved():
            row = db.session.get_one(StatisticUpload, upload_id)
            keep_fault(row, str(fault))
            return f"/statistic-uploads/{row.public_id}"


@work("statistics_take")
def take(arguments: dict[str, Any], running: Running) -> str | None:
    """Take a workbook in (`upload_id`, `by`), all of it in one transaction."""
    upload_id = arguments["upload_id"]
    running.tell(10, "ブックを読んでいます。")
    url, sheets = _workbook(upload_id)
    running.tell(40, "値を書き込んでいます。")
    is_cancelled = running.is_cancelled()
    with saved():
        row = db.session.get_one(StatisticUpload, upload_id, with_for_update=True)
        if is_cancelled and row.state is UploadState.TAKING:
            row.state = UploadState.READ
        elif row.state is UploadState.TAKING:
            take_upload(row, sheets, by=_viewer(arguments["by"]))
    return url


def _viewer(user_id: int) -> Viewer | None:
    user = db.session.get(User, user_id)
    return viewer_of(user, Role.COORDINATOR) if user else None
