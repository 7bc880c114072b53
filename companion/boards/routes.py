"""The first page of each role: what is asked of me, what comes next, how things stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.activities.models import Activity
from companion.activities.queries import (
    activities_of,
    drafts_of,
    may_change,
    may_record,
    open_actions,
    planned,
)
from companion.activities.queries.overview import activeness
from companion.activities.routes.reading import is_past
from companion.boards.forms import PeriodForm
from companion.boards.queries import facts_of, own_application, own_challenge, share_of
from companion.core import clock
from companion.core.access import Permission, Role, Viewer, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.actions import open_period
from companion.periods.models import Period
from companion.periods.queries import all_periods
from companion.periods.routes import current_period
from companion.surveys.queries import counts_by_round, own_invitations, rounds_of
from companion.surveys.terms import NOT_REMINDED, InvitationState, RoundState
from companion.teams.queries import own_teams, teams_of

bp = Blueprint("boards", __name__)
RECENT = 5
UNANSWERED = set(InvitationState) - NOT_REMINDED


@dataclass(frozen=True)
class Task:
    """Something that waits for the reader: what, how much of it, and where it is done."""

    label: str
    detail: str
    url: str | None


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(bp)


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


def _link(viewer: Viewer, endpoint: str, kind: str, **values: Any) -> str | None:
    """The address of a page, None when the viewer may not do there what is asked."""
    permission = {
        "import": Permission.APPLICATION_IMPORT,
        "match": Permission.MATCH_RUN,
        "announce": Permission.TEAM_ANNOUNCE,
        "overview": Permission.ACTIVITY_OVERVIEW,
        "rounds": Permission.SURVEY_STATUS,
        "answer": Permission.SURVEY_ANSWER,
    }[kind]
    return url_for(endpoint, **values) if viewer.may(permission) else None


def _coordinator(period: Period, viewer: Viewer) -> str:
    facts = facts_of(period)
    rows = activeness(period, viewer)
    running = [row for row in rows if row.team.state.is_announced]
    silent = [row for row in running if row.last_contact is None]
    quiet = sorted(
        (row for row in running if row.last_contact is not None),
        key=lambda row: row.days_silent or 0,
        reverse=True,
    )
    tasks = []
    overview = "activities.overview"
    if not facts.challenges or not facts.officials:
        missing = [
            name
            for name, count in (("市町村", facts.challenges), ("支援官", facts.officials))
            if not count
        ]
        link = _link(viewer, "applications.imports", "import")
        tasks.append(Task("応募の取込", f"{'と'.join(missing)}の応募がまだありません", link))
    elif not facts.teams:
        link = _link(viewer, "matching.runs", "match")
        detail = f"{facts.challenges}市町村と{facts.officials}人から編成できます"
        tasks.append(Task("マッチング", detail, link))
    if facts.waiting_teams:
        link = _link(viewer, "teams.announce", "announce")
        tasks.append(Task("チームの公表", f"{facts.waiting_teams}チームが公表待ちです", link))
    if silent:
        link = _link(viewer, overview, "overview", sort="last")
        tasks.append(Task("活動のないチーム", f"{len(silent)}チーム", link))
    if unlogged := sum(row.unlogged_count for row in running):
        link = _link(viewer, overview, "overview", sort="-unlogged")
        tasks.append(Task("記録待ちの予定", f"{unlogged}件", link))
    if overdue := sum(row.overdue_actions for row in running):
        link = _link(viewer, overview, "overview", sort="-open")
        tasks.append(Task("期限を過ぎた宿題", f"{overdue}件", link))
    answered = counts_by_round(period)
    return render_template(
        "boards/coordinator.html",
        period=period,
        facts=facts,
        tasks=tasks,
        meetings=sum(row.online_count for row in running),
        visits=sum(row.visit_count for row in running),
        quiet=(silent + quiet)[:RECENT],
        rounds=[(row, *answered.get(row.id, (0, 0))) for row in rounds_of(period)],
        rounds_url=_link(viewer, "surveys.rounds", "rounds"),
    )


def _surveys_to_answer(period: Period, viewer: Viewer) -> list[Task]:
    link = _link(viewer, "surveys.my_surveys", "answer")
    return [
        Task(row.round.version.title, "続きから回答" if is_begun else "未回答", link)
        for row in own_invitations(viewer, period)
        if row.round.state is RoundState.OPEN and row.state in UNANSWERED
        for is_begun in [row.state is InvitationState.WRITING]
    ]


def _team(period: Period, viewer: Viewer) -> str:
    """The board of those who are in a team, on either side."""
    teams = own_teams(period, viewer)
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
        upcoming=[row for row in ahead if not is_past(row)],
        unlogged=[row for row in ahead if is_past(row)],
        actions=open_actions(teams, viewer),
        may_change=lambda action: may_change(action, viewer),
        recording={team.id for team in teams if is_official and may_record(team, viewer)},
        drafts=drafts_of(viewer.user_id, teams) if is_official else [],
        recent=_held(recent),
        surveys=_surveys_to_answer(period, viewer),
        today=clock.today(),
    )


def _held(activities: list[Activity]) -> list[Activity]:
    return [row for row in activities if row.is_held][:RECENT]


def _prefecture(period: Period, viewer: Viewer) -> str:
    rows = activeness(period, viewer)
    recent, _ = activities_of(period, viewer, limit=4 * RECENT)
    return render_template("boards/prefecture.html", period=period, rows=rows, recent=_held(recent))


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
        rows=teams,
        share=share_of([team for team, _ in teams], viewer.ministry_code),
    )
