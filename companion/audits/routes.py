"""Pages of the audit trail: searching, exporting and checking it; the own sign-ins."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, abort, current_app, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from companion.audits.jobs import check_trail
from companion.audits.queries import (
    MOST_ROWS,
    PER_PAGE,
    Search,
    count_lines,
    find_lines,
    known_actions,
    own_sign_ins,
)
from companion.audits.sheets import as_csv, as_workbook, whole_trail
from companion.audits.terms import ACTORS, ANSWERS, detail_in_words, label_of
from companion.core import audit, clock
from companion.core.access import Permission, need_viewer, needs, needs_fresh
from companion.core.errors import Refused

bp = Blueprint("audits", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


def _day(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _search() -> Search:
    person, thing, action = (
        request.args.get(name, "").strip()[:200] for name in ("person", "thing", "action")
    )
    if any("\x00" in word for word in (person, thing, action)):
        abort(404)
    only = ANSWERS if request.args.get("only") == ANSWERS else ""
    return Search(person, thing, action, _day("first"), _day("last"), only)


def _asked() -> dict[str, Any]:
    names = ("person", "thing", "action", "first", "last", "only")
    return {name: request.args[name] for name in names if request.args.get(name)}


@bp.get("/audit")
@needs(Permission.AUDIT_VIEW)
def trail() -> str:
    """The lines that fit, the newest first."""
    search = _search()
    count = count_lines(search)
    pages = max(1, -(-count // PER_PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_template(
        "audits/trail.html",
        lines=find_lines(search, page=page),
        count=count,
        page=page,
        pages=pages,
        search=search,
        asked=_asked(),
        actions=[(action, label_of(action)) for action in known_actions()],
        label_of=label_of,
        detail_in_words=detail_in_words,
        actors=ACTORS,
        address=url_for("audits.trail", **_asked()),
    )


@bp.get("/audit/check")
@needs(Permission.AUDIT_VIEW)
def check() -> str:
    """The result of comparing every hash and every head kept elsewhere."""
    verdict = check_trail(Path(current_app.config["BACKUP_FOLDER"]))
    return render_template("audits/check.html", verdict=verdict, at=clock.now())


@bp.get("/audit/export/<file_type>")
@needs(Permission.AUDIT_VIEW)
@needs_fresh
def export(file_type: str) -> Response:
    """The lines that fit as a table, or the whole trail as JSON lines."""
    stamp = f"{clock.to_jst(clock.now()):%Y%m%d-%H%M}"
    if file_type == "json":
        data = whole_trail()
        audit.count_rows("audit_lines", data.count(b"\n"))
        return _file(data, "application/x-ndjson", f"監査記録_{stamp}.jsonl")
    if file_type not in {"xlsx", "csv"}:
        abort(404)
    search = _search()
    if count_lines(search) > MOST_ROWS:
        raise Refused(
            f"{MOST_ROWS:,}件を超える記録は一度に表へ出力できません。期間などで絞り込むか、"
            "JSON で全件を出力してください。"
        )
    lines = find_lines(search, size=MOST_ROWS)
    audit.count_rows("audit_lines", len(lines))
    if file_type == "csv":
        return _file(as_csv(lines), "text/csv", f"監査記録_{stamp}.csv")
    return _file(as_workbook(lines), XLSX, f"監査記録_{stamp}.xlsx")


def _file(data: bytes, mimetype: str, name: str) -> Response:
    return send_file(io.BytesIO(data), mimetype=mimetype, as_attachment=True, download_name=name)


@bp.get("/sign-ins")
@needs(Permission.ACCOUNT_OWN)
def sign_ins() -> str:
    """When and from where the own account was used to sign in."""
    return render_template("audits/sign_ins.html", lines=own_sign_ins(need_viewer().user_id))
