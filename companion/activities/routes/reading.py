"""Reading: the list, one activity, the overview, a team's timeline; and how an action stands."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request

from companion.activities.queries import (
    activities_of,
    drafts_of,
    find_activity,
    following,
    may_change,
    may_record,
    planned,
    published,
    timeline,
)
from companion.activities.queries.ranking import ranked, totals_of
from companion.activities.queries.results import months_of
from companion.activities.queries.schedule import open_polls
from companion.activities.queries.tasks import open_actions
from companion.activities.routes.page import PAGE_SIZE, bp, page_number
from companion.activities.rules import hours_tenths
from companion.activities.small_forms import ConfirmForm, TokenForm
from companion.activities.terms import ActivityKind
from companion.core import clock
from companion.core.access import Permission, Viewer, need_viewer, needs
from companion.periods.routes import current_period, show_period
from companion.teams.models import Team
from companion.teams.narrowing import Narrowing, options_of
from companion.teams.queries import is_own, own_teams
from companion.teams.routes import Panel


@bp.get("/<int:year>/activities")
@needs(Permission.ACTIVITY_LIST)
def activities() -> str:
    """Meetings and visits of the teams whose records the viewer reads."""
    viewer, period = need_viewer(), current_period()
    teams = {team.public_id: team for team in own_teams(period, viewer)}
    kinds = {kind.value: kind for kind in ActivityKind}
    months = {f"{month:%Y-%m}": month for month in months_of(period)}
    given = {name: request.args.get(name, "") for name in ("team", "kind", "month")}
    sort = request.args.get("sort", "-date")
    page = page_number()
    rows, count = activities_of(
        period,
        viewer,
        team=teams.get(given["team"]),
        kind=kinds.get(given["kind"]),
        month=months.get(given["month"]),
        sort=sort.removeprefix("-"),
        is_descending=sort.startswith("-"),
        offset=(page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    return render_template(
        "activities/activities.html",
        activities=rows,
        count=count,
        page=page,
        pages=-(-count // PAGE_SIZE),
        sort=sort,
        given=given,
        filters={name: value for name, value in given.items() if value},
        teams=list(teams.values()),
        kinds=list(kinds.values()),
        months=list(months.items()),
    )


@bp.get("/activities/<public_id>")
@needs(Permission.ACTIVITY_VIEW)
def activity(public_id: str) -> str:
    """One meeting or visit with everything that was written down."""
    viewer = need_viewer()
    found = find_activity(public_id, viewer) or abort(404)
    show_period(found.team.period)
    return render_template(
        "activities/activity.html",
        activity=found,
        following=following(found),
        may_record=may_record(found.team, viewer),
        may_change=lambda action: may_change(action, viewer),
        confirming=(
            ConfirmForm(data={"version": found.version, "objection": found.objection})
            if viewer.may(Permission.ACTIVITY_CONFIRM) and found.is_held
            else None
        ),
        token=TokenForm(),
    )


@bp.get("/<int:year>/activities/overview")
@needs(Permission.ACTIVITY_OVERVIEW)
def overview() -> str:
    """How often and how long each team was active."""
    period, viewer, page = current_period(), need_viewer(), page_number()
    wanted, sort = Narrowing.read(request.args), request.args.get("sort", "number")
    totals = totals_of(period, viewer, wanted)
    pages = -(-totals.teams // PAGE_SIZE) or 1
    page = min(page, pages)
    return render_template(
        "activities/overview.html",
        rows=ranked(
            period, viewer, wanted, sort=sort, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        ),
        totals=totals,
        sort=sort,
        hours=hours_tenths,
        wanted=wanted,
        options=options_of(period, viewer),
        page=page,
        pages=pages,
    )


def team_panel(team: Team, viewer: Viewer) -> Panel | None:
    """What comes next and what is owed, on the page of a team whose records the viewer reads."""
    if not viewer.may(Permission.ACTIVITY_LIST) or not is_own(team, viewer):
        return None
    records = may_record(team, viewer)
    ahead = planned([team], viewer)
    return Panel(
        "activities/_team_panel.html",
        {
            "upcoming": [row for row in ahead if not is_past(row)],
            "unlogged": [row for row in ahead if is_past(row)],
            "polls": open_polls([team], viewer),
            "actions": open_actions([team], viewer),
            "sees_actions": viewer.may(Permission.ACTIVITY_VIEW),
            "may_record": records,
            "may_change": lambda action: may_change(action, viewer),
            "drafts": drafts_of(viewer.user_id, [team]) if records else [],
            "today": clock.today(),
        },
    )


def timeline_panel(team: Team, viewer: Viewer) -> Panel | None:
    """The team's meetings and visits at the end of its page, latest first.

    Who does not read the team's records sees what is published.
    """
    if not viewer.may(Permission.ACTIVITY_LIST) or not is_own(team, viewer):
        known = published(team)
        values = {"timeline": known, "sees_more": False, "may_record": False}
        return Panel("activities/_timeline.html", values, is_last=True) if known else None
    return Panel(
        "activities/_timeline.html",
        {
            "timeline": timeline(team, viewer),
            "sees_more": viewer.may(Permission.ACTIVITY_VIEW),
            "may_record": may_record(team, viewer),
        },
        is_last=True,
    )


def is_past(activity: Any) -> bool:
    """True when a planned activity is over by the clock and waits for its log."""
    end = activity.planned_end or activity.planned_start
    return end is not None and end < clock.now()
