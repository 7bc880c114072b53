"""Pages about teams: the list, one team, and the announcement.

What higher parts know about a team (its meetings, for instance) they add themselves: `add_panel`
puts a piece on the page of one team, `set_last_contact` fills a column of the list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import ColumnElement, null
from werkzeug.wrappers import Response

from companion.approvals.actions import carried_out_by
from companion.approvals.models import Approval
from companion.approvals.queries import waiting_for
from companion.core.access import Permission, Viewer, need_viewer, needs, needs_fresh_to_send
from companion.core.contacts import may_show
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.queries import find_period
from companion.periods.routes import current_period, show_period
from companion.teams.actions import announce_as_asked, ask_to_announce
from companion.teams.forms import AnnounceForm
from companion.teams.models import Team
from companion.teams.narrowing import StateNarrowing, options_of, page_of_teams
from companion.teams.queries import (
    find_team,
    is_own,
    may_see_municipal_contact,
    may_see_official_contact,
    teams_of,
)

bp = Blueprint("teams", __name__)
PER_PAGE = 100


@dataclass(frozen=True)
class Panel:
    """A piece of the page of one team: a template and what it shows (as `panel.values`).

    It stands before the people of the team, or at the end of the page.
    """

    template: str
    values: dict[str, Any]
    is_last: bool = False


@dataclass
class Additions:
    """What higher parts have added to these pages."""

    panels: list[Callable[[Team, Viewer], Panel | None]] = field(default_factory=list)
    last_contact: Callable[[], ColumnElement[Any]] = null


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    app.extensions["teams"] = Additions()


def add_panel(app: Flask, panel: Callable[[Team, Viewer], Panel | None]) -> None:
    """Put a piece on the page of one team; it answers None where a viewer sees nothing of it."""
    app.extensions["teams"].panels.append(panel)


def set_last_contact(app: Flask, function: Callable[[], ColumnElement[Any]]) -> None:
    """Say how a statement about teams finds when each was last in touch with its municipality."""
    app.extensions["teams"].last_contact = function


@bp.get("/<int:year>/teams")
@needs(Permission.TEAM_LIST)
def teams() -> str:
    """The teams of a period that the viewer may know of."""
    viewer, period = need_viewer(), current_period()
    wanted, sort = StateNarrowing.read(request.args), request.args.get("sort", "number")
    has_results = viewer.may(Permission.MATCH_VIEW)
    if not has_results and sort.removeprefix("-") in {"score", "last"}:
        sort = "number"  # the order would tell what the list does not show
    last = current_app.extensions["teams"].last_contact() if has_results else null()
    listed = page_of_teams(
        period,
        viewer,
        wanted,
        last,
        sort=sort,
        page=max(request.args.get("page", 1, type=int), 1),
        size=PER_PAGE,
    )
    return render_template(
        "teams/teams.html",
        listed=listed,
        wanted=wanted,
        options=options_of(period, viewer),
        sort=sort,
        has_results=has_results,
    )


@bp.get("/teams/<public_id>")
@needs(Permission.TEAM_LIST, reads=True)
def team(public_id: str) -> str:
    """One team: its municipality and people for all, the rest for those whose it is."""
    viewer = need_viewer()
    found = find_team(public_id, viewer) or abort(404)
    show_period(found.period)
    contacts = {
        member.id: member.official
        for member in found.members
        if may_see_official_contact(found, member.official, viewer)
    }
    sees_municipal = may_see_municipal_contact(found, viewer)
    people = {official.public_id for official in contacts.values()}
    if not may_show(people | ({found.challenge.public_id} if sees_municipal else set()), viewer):
        contacts, sees_municipal = {}, False
    added = [make(found, viewer) for make in current_app.extensions["teams"].panels]
    return render_template(
        "teams/team.html",
        team=found,
        is_own=is_own(found, viewer),
        has_results=viewer.may(Permission.MATCH_VIEW),
        sees_municipal_contact=sees_municipal,
        contacts={member_id: official.email for member_id, official in contacts.items()},
        panels=[panel for panel in added if panel is not None],
    )


@bp.route("/<int:year>/teams/announce", methods=["GET", "POST"])
@needs(Permission.TEAM_ANNOUNCE)
@needs_fresh_to_send
def announce() -> str | Response | tuple[str, int]:
    """Look at what is to be made known, and ask a second coordinator for it."""
    viewer, period = need_viewer(), current_period()
    form = AnnounceForm()
    if form.validate_on_submit():
        try:
            with saved():
                key = form.once()
                asked = ask_to_announce(period, form.reason.data or "", by=viewer)
                key.location = url_for("approvals.approval", public_id=asked.public_id)
                location = key.location
            flash(
                "公表の承認を依頼しました。別のコーディネーターが承認すると公表されます。",
                "success",
            )
            return redirect(location, 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))  # the form may be gone by now
    waiting = [row for row in teams_of(period, viewer) if not row.state.is_announced]
    page = render_template(
        "teams/announce.html",
        teams=waiting,
        form=form,
        asked=waiting_for("teams.announce", str(period.fiscal_year)),
    )
    return (page, 422) if form.errors else page


@carried_out_by("teams.announce", label="チームの公表")
def _announce_as_approved(approval: Approval, by: Viewer) -> str:
    """Make known what was asked for, when the teams are still the same."""
    period = find_period(int(approval.subject)) or abort(404)
    announce_as_asked(period, approval.detail["teams_hash"], by=by)
    return f"/{period.fiscal_year}/teams"  # a command approves too, where no links can be built
