"""What is published, to find, read and print; and the list of what is being written."""

from __future__ import annotations

import io
from typing import Any

from flask import abort, render_template, request, send_file
from werkzeug.wrappers import Response

from companion.cases.queries import cases_of, find_article, find_case, published_cases
from companion.cases.routes.page import bp
from companion.cases.sheets import case_list
from companion.cases.terms import CaseState
from companion.core import audit, clock
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.forms import Form
from companion.core.text import strip_forbidden
from companion.periods.queries import policy_fields
from companion.periods.routes import current_period, show_period
from companion.places.prefectures import PREFECTURE_NAMES

PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_PAGES = 1000
MOST_PRINTED = 500
LONGEST = 100  # characters of what is looked for


def _narrowing() -> dict[str, Any]:
    """What the list is narrowed to, as the query takes it."""
    field, prefecture = request.args.get("field", ""), request.args.get("prefecture", "")
    return {
        "words": strip_forbidden(request.args.get("q", ""))[:LONGEST].strip(),
        "field": field if field in {row.code for row in policy_fields()} else "",
        "prefecture": prefecture if prefecture in PREFECTURE_NAMES else "",
    }


def _address(given: dict[str, Any]) -> dict[str, str]:
    named = {"q": given["words"], "field": given["field"], "prefecture": given["prefecture"]}
    return {name: value for name, value in named.items() if value}


@bp.get("/<int:year>/cases")
@needs(Permission.CASE_PUBLISHED)
def cases() -> str:
    """What is published, of this period and those before."""
    given = _narrowing()
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows, count = published_cases(
        current_period(), need_viewer(), offset=(page - 1) * PER_PAGE, limit=PER_PAGE, **given
    )
    return render_template(
        "cases/cases.html",
        rows=rows,
        count=count,
        page=page,
        pages=-(-count // PER_PAGE) or 1,
        given=given,
        address=_address(given),
        fields=[(row.code, row.digit + row.label) for row in policy_fields()],
        prefectures=list(PREFECTURE_NAMES.items()),
    )


@bp.get("/<int:year>/cases/print")
@needs(Permission.CASE_PUBLISHED)
def collection() -> str:
    """The same articles one after the other, each on a sheet of its own, to be printed."""
    given = _narrowing()
    rows, count = published_cases(current_period(), need_viewer(), limit=MOST_PRINTED, **given)
    return render_template("cases/collection.html", rows=rows, count=count, address=_address(given))


@bp.get("/case-articles/<public_id>")
@needs(Permission.CASE_PUBLISHED)
def article(public_id: str) -> str:
    """One published article."""
    case = find_article(public_id, need_viewer()) or abort(404)
    show_period(case.team.period)
    return render_template(
        "cases/article.html", case=case, works=find_case(public_id, need_viewer()) is not None
    )


def _wanted_state() -> CaseState | None:
    wanted = request.args.get("state", "")
    return next((state for state in CaseState if state.value == wanted), None)


@bp.get("/<int:year>/cases/drafts")
@needs(Permission.CASE_VIEW)
def drafts() -> str:
    """The articles of a period in every state that the viewer works with."""
    state = _wanted_state()
    return render_template(
        "cases/drafts.html",
        rows=cases_of(current_period(), need_viewer(), state=state),
        states=[(row.value, row.label) for row in CaseState],
        wanted=state.value if state else "",
        act=Form(formdata=None),
    )


@bp.post("/<int:year>/cases/workbook")
@needs(Permission.CASE_DECIDE)
def workbook() -> Response:
    """The articles of a period as Excel."""
    if not Form().validate_on_submit():
        abort(400)
    period, viewer, made = current_period(), need_viewer(), clock.now()
    rows = cases_of(period, viewer)
    data = case_list(period, rows, made)
    with saved():
        audit.record("case.export", period.name, by=viewer, rows=len(rows))
    return send_file(
        io.BytesIO(data),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"好事例一覧_{period.name}.xlsx",
    )
