"""The first page of each role: what is asked of me, what comes next, how things stand."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.activities.models import Activity
from companion.activities.queries import activities_of, drafts_of, may_change, may_record, planned
from companion.activities.queries.overview import activeness
from companion.activities.queries.tasks import open_actions
from companion.activities.routes.reading import is_past
from companion.applications.queries import state_told
from companion.approvals.queries import approved_lately
from companion.boards.forms import PeriodForm
from companion.boards.glance import (
    PER_PAGE,
    last_whole_month,
    months_so_far,
    page_of_teams,
    sums_of,
    teams_by_prefecture,
)
from companion.boards.matters import open_matters
from companion.boards.outcome import outcome_panel
from companion.boards.queries import (
    facts_of,
    own_application,
    own_challenge,
    share_of,
    survey_counts,
)
from companion.boards.tasks import (
    accounts_to_confirm,
    answers_to_read,
    link_to,
    opinions_to_give,
    proposals_to_tell,
    surveys_to_answer,
    waiting_for_coordinator,
    waiting_for_member,
)
from companion.consultations.queries import waiting_for_ministry as sheets_for_ministry
from companion.core import clock
from companion.core.access import Permission, Role, Viewer, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.inquiries.queries import waiting_for_ministry
from companion.periods.actions import open_period
from companion.periods.models import Period
from companion.periods.queries import all_periods
from companion.periods.routes import current_period
from companion.places.prefectures import PREFECTURE_NAMES
from companion.reports.actions import APPROVAL, ROSTER
from companion.sharing.queries import Found, shared_in
from companion.surveys.queries import counts_by_round, rounds_of
from companion.teams.models import Team
from companion.teams.queries import own_teams, teams_of
from companion.teams.routes import add_panel
from companion.transfers.routes.members import add_matters

bp = Blueprint("boards", __name__)
RECENT = 5
TOLD_FOR = dt.timedelta(days=7)  # that many contacts were taken along
SHARED = 3


def init_app(app: Flask) -> None:
    """Register the page, and the piece on a team's page."""
    app.register_blueprint(bp)
    add_panel(app, outcome_panel)
    add_matters(app, open_matters)


@bp.get("/")
@needs(Permission.HOME_VIEW)
def home() -> str:
    """The board of the role the viewer acts in."""
    viewer = need_viewer()
    if not all_periods():
        return render_template("boards/no_period.html")
    period = current_period()
    boards = {
        Role.COORDINATOR: _coordinator,
        Role.AUDITOR: _coordinator,
        Role.OFFICIAL: _team,
        Role.MUNICIPALITY: _team,
        Role.PREFECTURE: _prefecture,
        Role.MINISTRY: _ministry,
    }
    return boards[viewer.role](period, viewer)


@bp.route("/periods/new", methods=["GET", "POST"])
@needs(Permission.PERIOD_MANAGE)
def new_period() -> str | Response | tuple[str, int]:
    """Begin a period; one that has begun already is simply shown."""
    form = PeriodForm()
    if form.validate_on_submit():
        try:
            with saved():
                key = form.once()
                period = open_period(form.name.data, by=need_viewer())
                key.location = url_for("applications.imports", year=period.fiscal_year)
                location, name = key.location, period.name
            flash(f"{name}を始めました。応募者の一覧を取り込んでください。", "success")
            return redirect(location, 303)
        except Refused as refusal:
            form.name.errors = [str(refusal)]
    page = render_template("boards/new_period.html", form=form)
    return (page, 422) if form.errors else page


def _coordinator(period: Period, viewer: Viewer) -> str:
    facts, sums, months = facts_of(period), sums_of(period, viewer), months_so_far(period)
    sort = "last" if request.args.get("sort") == "last" else "number"
    pages = -(-sums.teams // PER_PAGE) or 1
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    answered = counts_by_round(period)
    return render_template(
        "boards/coordinator.html",
        period=period,
        facts=facts,
        sums=sums,
        tasks=waiting_for_coordinator(period, facts, sums, viewer),
        rows=page_of_teams(period, viewer, sort=sort, page=page),
        sort=sort,
        page=page,
        pages=pages,
        month=last_whole_month(period)[0],
        months=months,
        meetings=sum(row.meetings for row in months),
        visits=sum(row.visits for row in months),
        counts=teams_by_prefecture(period, viewer),
        names=PREFECTURE_NAMES,
        rounds=[(row, *answered.get(row.id, (0, 0))) for row in rounds_of(period)],
        rounds_url=link_to(viewer, "surveys.rounds", "rounds"),
        large_exports=approved_lately((APPROVAL, ROSTER), within=TOLD_FOR),
    )


def _team(period: Period, viewer: Viewer) -> str:
    """The board of those who are in a team, on either side."""
    teams, today = own_teams(period, viewer), clock.today()
    ahead = planned(teams, viewer)
    recent, _ = activities_of(period, viewer, limit=RECENT + len(ahead))
    is_official = viewer.role is Role.OFFICIAL
    application = None
    if not teams:
        find = own_application if is_official else own_challenge
        application = find(period, viewer)
    return render_template(
        "boards/official.html" if is_official else "boards/municipality.html",
        period=period,
        teams=teams,
        application=application,
        told=state_told(period, viewer) if application else None,
        upcoming=[row for row in ahead if not is_past(row)],
        unlogged=[row for row in ahead if is_past(row)],
        actions=open_actions(teams, viewer),
        may_change=lambda action: may_change(action, viewer),
        recording={team.id for team in teams if is_official and may_record(team, viewer)},
        drafts=drafts_of(viewer.user_id, teams) if is_official else [],
        recent=_held(recent),
        surveys=surveys_to_answer(period, viewer),
        waiting=[
            *waiting_for_member(teams, viewer),
            *answers_to_read(period, viewer),
            *accounts_to_confirm(viewer),
        ],
        today_plans=[row for row in ahead if row.day == today],
        today=today,
        shared=_shared(period, viewer, teams) if is_official and teams else [],
    )


def _shared(period: Period, viewer: Viewer, own: list[Team]) -> list[Found]:
    return shared_in(period, viewer, but=own, limit=SHARED)[0]


def _held(activities: list[Activity]) -> list[Activity]:
    return [row for row in activities if row.is_held][:RECENT]


def _prefecture(period: Period, viewer: Viewer) -> str:
    rows = activeness(period, viewer)
    recent, _ = activities_of(period, viewer, limit=4 * RECENT)
    return render_template(
        "boards/prefecture.html",
        period=period,
        rows=rows,
        recent=_held(recent),
        tasks=opinions_to_give(period, viewer),
    )


def _ministry(period: Period, viewer: Viewer) -> str:
    teams = [
        (team, member)
        for team in teams_of(period, viewer)
        for member in team.current_members
        if member.official.ministry_code == viewer.ministry_code
    ]
    return render_template(
        "boards/ministry.html",
        period=period,
        tasks=[
            *opinions_to_give(period, viewer),
            *proposals_to_tell(period, viewer),
            *accounts_to_confirm(viewer),
        ],
        rows=teams,
        share=share_of([team for team, _ in teams], viewer.ministry_code),
        surveys=survey_counts(period, viewer),
        asked=waiting_for_ministry(period, viewer),
        sheets=sheets_for_ministry(period, viewer),
    )
