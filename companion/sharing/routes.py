"""Pages of what teams share: the list with its search, one log, one answer."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, render_template, request

from companion.core.access import Permission, need_viewer, needs
from companion.core.text import strip_forbidden
from companion.periods.queries import policy_fields
from companion.periods.routes import current_period, show_period
from companion.sharing.queries import find_shared_inquiry, find_shared_log, shared_in
from companion.sharing.terms import Source

bp = Blueprint("sharing", __name__)
PER_PAGE = 50
MOST_PAGES = 1000
LONGEST = 100  # characters of what is looked for


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/<int:year>/shared")
@needs(Permission.SHARED_VIEW)
def shared() -> str:
    """What the teams of a period share, newest first."""
    words = strip_forbidden(request.args.get("q", ""))[:LONGEST].strip()
    fields = policy_fields()
    field, source = request.args.get("field", ""), request.args.get("source", "")
    field = field if field in {row.code for row in fields} else ""
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows, count = shared_in(
        current_period(),
        need_viewer(),
        words=words,
        field=field,
        source=next((one for one in Source if one.value == source), None),
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    return render_template(
        "sharing/shared.html",
        rows=rows,
        count=count,
        page=page,
        pages=-(-count // PER_PAGE) or 1,
        given={"q": words, "field": field, "source": source if source in set(Source) else ""},
        fields=[(row.code, row.digit + row.label) for row in fields],
        sources=[(one.value, one.label) for one in Source],
    )


@bp.get("/shared-logs/<public_id>")
@needs(Permission.SHARED_VIEW)
def shared_log(public_id: str) -> str:
    """A log as other teams read it."""
    activity = find_shared_log(public_id, need_viewer()) or abort(404)
    show_period(activity.team.period)
    return render_template("sharing/shared_log.html", activity=activity)


@bp.get("/shared-inquiries/<public_id>")
@needs(Permission.SHARED_VIEW)
def shared_inquiry(public_id: str) -> str:
    """A question to the 後方支援 and its answer as other teams read them."""
    row = find_shared_inquiry(public_id, need_viewer()) or abort(404)
    show_period(row.team.period)
    return render_template("sharing/shared_inquiry.html", row=row)
