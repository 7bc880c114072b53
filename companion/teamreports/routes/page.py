"""The blueprint of the teams' reports, and how a page finds its report."""

from __future__ import annotations

from flask import Blueprint, abort

from companion.activities.queries import may_record
from companion.core.access import need_viewer
from companion.periods.routes import show_period
from companion.teamreports.models import TeamReport
from companion.teamreports.queries import find_report

bp = Blueprint("teamreports", __name__)


def found(public_id: str) -> TeamReport:
    """The report, when the viewer reads it; 404 otherwise."""
    report = find_report(public_id, need_viewer()) or abort(404)
    show_period(report.team.period)
    return report


def to_write(public_id: str) -> TeamReport:
    """The report, when the viewer writes it; 404 otherwise."""
    report = found(public_id)
    if not may_record(report.team, need_viewer()):
        abort(404)
    return report
