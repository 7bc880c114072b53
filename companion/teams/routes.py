"""Pages about teams: the list, one team, and the announcement.

What higher parts know about a team (its meetings, for instance) they add themselves: `add_panel`
puts a piece on the page of one team, `set_last_contacts` fills a column of the list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
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
from werkzeug.wrappers import Response

from companion.approvals.actions import carried_out_by
from companion.approvals.models import Approval
from companion.approvals.queries import waiting_for
from companion.core.access import Permission, Viewer, need_viewer, needs, needs_fresh_to_send
from companion.core.clock import to_jst
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.queries import find_period
from companion.periods.routes import current_period, show_period
from companion.places.prefectures import PREFECTURE_NAMES
from companion.teams.actions import announce_as_asked, ask_to_announce
from companion.teams.forms import AnnounceForm
from companion.teams.models import Team
from companion.teams.queries import (
    find_team,
    is_own,
    may_see_municipal_contact,
    may_see_official_contact,
    teams_of,
)
from companion.teams.terms import TeamState

bp = Blueprint("teams", __name__)


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
    last_contacts: Callable[[Sequence[Team]], dict[int, dt.datetime]] = lambda teams: {}


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    app.extensions["teams"] = Additions()


def add_panel(app: Flask, panel: Callable[[Team, Viewer], Panel | None]) -> None:
    """Put a piece on the page of one team; it answers None where a viewer sees nothing of it."""
    app.extensions["teams"].panels.append(panel)


def set_last_contacts(
    app: Flask, function: Callable[[Sequence[Team]], dict[int, dt.datetime]]
) -> None:
    """Say how to find when teams were last in touch with their municipality."""
    app.extensions["teams"].last_contacts = function


@dataclass(frozen=True)
class Filters:
    """What a list of teams is narrowed to; empty means everything."""

    field: str = ""
    prefecture: str = ""
    ministry: str = ""
    state: str = ""

    def keep(self, team: Team) -> bool:
        """True when a team belongs to the narrowed list."""
        challenge = team.challenge
        return (
            (not self.field or self.field in {row.field_code for row in challenge.fields})
            and self.prefecture in {"", challenge.municipality.prefecture_code}
            and (
                not self.ministry
                or self.ministry in {m.official.ministry_code for m in team.current_members}
            )
            and self.state in {"", team.state.value}
        )

    @property
    def given(self) -> dict[str, str]:
        """The filters that narrow, as they stand in the address."""
        return {name: value for name, value in vars(self).items() if value}


def _sort(teams: list[Team], key: str, last: dict[int, dt.datetime]) -> list[Team]:
    states = list(TeamState)
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    keys: dict[str, Callable[[Team], Any]] = {
        "number": lambda team: team.number,
        "prefecture": lambda team: team.challenge.municipality.prefecture_code,
        "field": lambda team: team.challenge.main_field.position,
        "state": lambda team: states.index(team.state),
        "score": lambda team: team.score or 0,
        "last": lambda team: last.get(team.id, never),
    }
    by = keys.get(key.removeprefix("-"), keys["number"])
    return sorted(teams, key=by, reverse=key.startswith("-"))


def _options(teams: list[Team]) -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed to: only what some team has."""
    towns = {team.challenge.municipality.prefecture_code for team in teams}
    fields = {row.field for team in teams for row in team.challenge.fields}
    ministries = {m.official.ministry for team in teams for m in team.current_members}
    states = {team.state for team in teams}
    return {
        "field": [(f.code, f.digit + f.label) for f in sorted(fields, key=lambda f: f.position)],
        "prefecture": [(code, PREFECTURE_NAMES[code]) for code in sorted(towns)],
        "ministry": [(m.code, m.name) for m in sorted(ministries, key=lambda m: m.position)],
        "state": [(state.value, state.label) for state in TeamState if state in states],
    }


@bp.get("/<int:year>/teams")
@needs(Permission.TEAM_LIST)
def teams() -> str:
    """The teams of a period that the viewer may know of."""
    viewer, period = need_viewer(), current_period()
    everything = teams_of(period, viewer)
    filters = Filters(**{name: request.args.get(name, "") for name in Filters.__annotations__})
    has_results = viewer.may(Permission.MATCH_VIEW)
    last = current_app.extensions["teams"].last_contacts(everything) if has_results else {}
    sort = request.args.get("sort", "number")
    return render_template(
        "teams/teams.html",
        teams=_sort([team for team in everything if filters.keep(team)], sort, last),
        total=len(everything),
        waiting=sum(not team.state.is_announced for team in everything),
        filters=filters,
        options=_options(everything),
        sort=sort,
        last={team_id: to_jst(moment).date() for team_id, moment in last.items()},
        has_results=has_results,
    )


@bp.get("/teams/<public_id>")
@needs(Permission.TEAM_LIST, reads=True)
def team(public_id: str) -> str:
    """One team: its municipality and people for all, the rest for those whose it is."""
    viewer = need_viewer()
    found = find_team(public_id, viewer) or abort(404)
    show_period(found.period)
    added = [make(found, viewer) for make in current_app.extensions["teams"].panels]
    return render_template(
        "teams/team.html",
        team=found,
        is_own=is_own(found, viewer),
        has_results=viewer.may(Permission.MATCH_VIEW),
        sees_municipal_contact=may_see_municipal_contact(found, viewer),
        contacts={
            member.id: member.official.email
            for member in found.members
            if may_see_official_contact(found, member.official, viewer)
        },
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
