"""The blueprint of the good cases, and how a page finds its article."""

from __future__ import annotations

from flask import Blueprint, abort

from companion.cases.models import Case
from companion.cases.queries import find_case
from companion.core.access import need_viewer
from companion.periods.routes import show_period

bp = Blueprint("cases", __name__)


def found(public_id: str) -> Case:
    """The article in whatever state, when the viewer works with it; 404 otherwise."""
    case = find_case(public_id, need_viewer()) or abort(404)
    show_period(case.team.period)
    return case
