"""What a prefecture and a ministry take along as a workbook."""

from __future__ import annotations

import hashlib

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.approvals.models import Approval
from companion.approvals.queries import granted_to, waiting_for
from companion.core import audit, clock
from companion.core.access import Permission, Viewer, need_viewer, needs, needs_fresh_to_send
from companion.core.contacts import is_within, most_shown
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.models import Period
from companion.periods.routes import current_period
from companion.reports.actions import HELD_FOR, ROSTER, ask_for_roster, roster_subject
from companion.reports.forms import RosterForm
from companion.reports.own_lists import OwnList, own_list
from companion.reports.routes.page import as_file, bp
from companion.reports.terms import FileType


@bp.route("/<int:year>/teams/workbook", methods=["GET", "POST"])
@needs(Permission.ROSTER_EXPORT, reads=False)
@needs_fresh_to_send
def own_workbook() -> str | Response | tuple[str, int]:
    """The own municipalities (without contacts) or the own officials.

    More contacts than the hour allows leave the house only as a coordinator decides.
    """
    viewer, period, form = need_viewer(), current_period(), RosterForm()
    if form.validate_on_submit():
        try:
            return _hand_out(period, form, viewer)
        except Refused as refusal:
            form.reason.errors = [str(refusal)]
    made = own_list(period, viewer)
    page = render_template(
        "reports/own_workbook.html",
        made=made,
        form=form,
        is_free=is_within(made.contacts, viewer),
        granted=_granted(period, made, viewer),
        waiting=waiting_for(ROSTER, roster_subject(period, viewer)),
        held_for=HELD_FOR,
        most=most_shown(),
    )
    return (page, 422) if form.errors else page


def _granted(period: Period, made: OwnList, viewer: Viewer) -> Approval | None:
    """The decision that lets this list go; one of more people is another list."""
    found = granted_to(viewer, ROSTER, roster_subject(period, viewer), within=HELD_FOR)
    return found if found and len(made.contacts) <= found.detail["people"] else None


def _hand_out(period: Period, form: RosterForm, viewer: Viewer) -> Response:
    with saved():
        audit.take_turn()  # two at once must not both find room in the hour
        made = own_list(period, viewer)
        granted = _granted(period, made, viewer)
        is_asked = granted is None and not is_within(made.contacts, viewer)
        if is_asked:
            reason = form.reason.data or ""
            ask_for_roster(period, made.title, len(made.contacts), reason, viewer)
            location = url_for("reports.own_workbook")
        else:
            data = made.workbook(period, clock.now())
            told = {"approved": granted.public_id} if granted else {"contacts": [*made.contacts]}
            audit.record(
                "roster.export",
                made.title,
                by=viewer,
                period=period.name,
                rows=len(made.rows),
                people=len(made.contacts),
                sha256=hashlib.sha256(data).hexdigest(),
                **told,
            )
            name = f"{made.title}_{period.name}.xlsx"
    if is_asked:
        flash(
            "コーディネーターに承認を依頼しました。判断が出ると、手紙でお知らせします。", "success"
        )
        return redirect(location, 303)
    return as_file(data, FileType.XLSX.media_type, name)
