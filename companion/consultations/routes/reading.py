"""The sheets of a period, and one of them."""

from __future__ import annotations

from flask import render_template, request

from companion.consultations.queries import consultations_of
from companion.consultations.routes.page import bp, found, page_of
from companion.consultations.terms import OFFERED, Axis, ConsultationState
from companion.core.access import Permission, need_viewer, needs
from companion.periods.routes import current_period

PER_PAGE = 50
MOST_PAGES = 1000


@bp.get("/<int:year>/consultations")
@needs(Permission.CONSULTATION_VIEW)
def consultations() -> str:
    """The sheets of a period, those that wait first."""
    wanted = request.args.get("state", "")
    state = next((s for s in ConsultationState if s.value == wanted), None)
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows, count = consultations_of(
        current_period(), need_viewer(), state=state, offset=(page - 1) * PER_PAGE, limit=PER_PAGE
    )
    return render_template(
        "consultations/consultations.html",
        rows=rows,
        count=count,
        states=[(s.value, s.label) for s in ConsultationState],
        wanted=wanted,
        page=page,
        pages=-(-count // PER_PAGE) or 1,
        offered=OFFERED,
        axes=list(Axis),
    )


@bp.get("/consultations/<public_id>")
@needs(Permission.CONSULTATION_VIEW)
def consultation(public_id: str) -> str:
    """One sheet with what was answered."""
    return page_of(found(public_id))
