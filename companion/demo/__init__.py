"""A year of the programme, all of it invented, made by the same actions that people use."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import exists, select, update

from companion.approvals.actions import approve
from companion.core import clock
from companion.core.access import Role, Viewer, viewer_of
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.core.mail import Letter
from companion.demo.answers import municipality_answers, official_answers, spread_arrivals
from companion.demo.applicants import make_challenges, make_officials
from companion.demo.cases import write_cases
from companion.demo.consulting import consult
from companion.demo.figures import measure_places
from companion.demo.life import (
    ask_for_a_date,
    ask_for_help,
    fix_themes,
    hold_briefings,
    measure,
    note_for_the_team,
    write_reports,
)
from companion.demo.opinions import give_opinions, propose_officials
from companion.demo.places import make_municipalities
from companion.demo.year import make_year
from companion.matching.actions import adopt_run, record_run
from companion.matching.queries.freezing import freeze
from companion.matching.solve import solve
from companion.people.actions import add_user
from companion.people.models import User
from companion.people.queries import all_users
from companion.periods.actions import open_period
from companion.periods.models import Period
from companion.places.queries import count_municipalities
from companion.reports.actions import Wanted, make_export
from companion.surveys.actions import (
    close_round,
    open_round,
    publish_results,
    record_answer_sets,
)
from companion.surveys.actions.disclosing import ask_to_disclose
from companion.surveys.models import Invitation, SurveyRound
from companion.surveys.terms import InvitationState
from companion.teams.actions import announce_by_two
from companion.teams.models import Team

PERIOD = "令和7年度"
PASSWORD = "tameshi-ni-tsukau-2025"  # noqa: S105 printed on purpose; the data is invented
SEED = 2025
MATCH_SECONDS = 20.0
# The two who decide.
COORDINATORS = [("coordinator@demo.test", "調整 進"), ("coordinator2@demo.test", "調整 望")]


def is_filled() -> bool:
    """True when the demo's period is complete (its accounts come last)."""
    return bool(
        db.session.scalar(select(exists().where(Period.is_demo)))
        and db.session.scalar(select(exists().where(User.email == "auditor@demo.test")))
    )


def accounts() -> list[tuple[str, str]]:
    """(e-mail, role) of the demo's accounts in the order of the roles."""
    order = list(Role)
    rows = [
        (order.index(Role(role.name)), user.email, Role(role.name).label)
        for user in all_users()
        for role in user.roles
        if user.email.endswith("@demo.test")
    ]
    return [(email, label) for _, email, label in sorted(rows)]


def fill(*, tell: Callable[[str], object]) -> Path:
    """Make the demo's period in an empty database; returns where the workbook was written.

    Raises:
        Refused: there is real data in this database already.
    """
    if count_municipalities() and not db.session.scalar(select(exists().where(Period.is_demo))):
        raise Refused(
            "このデータベースには既にデータがあります。デモは COMPANION_INSTANCE で別の場所を指定して"
            "作成してください。"
        )
    chance = random.Random(SEED)  # noqa: S311 the demo must come out alike every time
    with clock.held(dt.datetime(2025, 2, 25, 1, 0, tzinfo=dt.UTC)), saved():
        period = open_period(PERIOD, by=None, is_demo=True)
        places = make_municipalities(chance)
        challenges = make_challenges(period, places, chance)
        officials = make_officials(period, places, chance)
        tell(f"市町村の課題 {len(challenges)}件、応募職員 {len(officials)}人")
        frozen = freeze(period, team_count=period.team_count)
    solution = solve(frozen.problem, time_limit=MATCH_SECONDS, seed=SEED)
    with clock.held(dt.datetime(2025, 3, 14, 1, 0, tzinfo=dt.UTC)), saved():
        period = db.session.get_one(Period, frozen.period_id)
        run = record_run(period, frozen, solution, by=None)
        teams = adopt_run(run, by=None)
        first, second = (_coordinator(email, name) for email, name in COORDINATORS)
        announce_by_two(period, "審査会で了承済み。", asked=first, approved=second)
        tell(f"マッチング {len(teams)}チーム（{solution.seconds:.1f}秒、{solution.status.label}）")
    with saved():
        count = make_year(_teams(), chance)
        tell(f"一年間の会議と訪問 {count}件")
    period = db.session.get_one(Period, frozen.period_id)
    fix_themes(_teams(), by=first)
    seated = hold_briefings(period, _teams(), chance, by=first)
    tell(f"報告会 6回 {seated}チーム")
    measured, written = measure(_teams(), by=first), write_reports(_teams(), by=first)
    asked = ask_for_help(_teams(), by=first)
    ask_for_a_date(_teams()[0])
    write_cases(_teams(), by=first)
    with saved():
        period = db.session.get_one(Period, frozen.period_id)
        tell(f"統計指標 {measure_places(period, random.Random(SEED), by=first):,}件")  # noqa: S311
    tell(f"相談カルテ {consult(_teams(), by=first)}件")
    tell(f"後方支援 {asked}件、指標 {measured}件、中間・成果報告 {written}件")
    _answer(chance)
    tell("アンケート 自治体57／60、支援官125／180")
    with saved():
        period = db.session.get_one(Period, frozen.period_id)
        _, data = make_export(period, Wanted("satisfaction"), by=None, origin="デモ")
        _add_accounts(by=first)
        _let_the_auditor_read(asked=first, approved=second)
        _post_is_past()
    team = _teams()[0]
    leader = all_users(team.members[0].official.email)[0]
    note_for_the_team(team, by=viewer_of(leader, Role.OFFICIAL))
    path = Path(current_app.instance_path) / "満足度集計_令和7年度.xlsx"
    path.write_bytes(data)
    return path


def _post_is_past() -> None:
    """The year's letters have long been sent: nobody has to decide about them."""
    waited = update(Letter).where(Letter.state == "queued", Letter.due_at < clock.now())
    db.session.execute(waited.values(state="sent", sent_at=Letter.due_at))
    unsent = update(Invitation).where(Invitation.state == InvitationState.UNSENT)
    db.session.execute(unsent.values(state=InvitationState.SENT))


def _let_the_auditor_read(*, asked: Viewer, approved: Viewer) -> None:
    """The municipalities' named answers, for the first week of the demo."""
    auditor = db.session.scalars(select(User).where(User.email == "auditor@demo.test")).one()
    survey_round = db.session.scalars(
        select(SurveyRound).where(SurveyRound.survey_id == "municipality_eval")
    ).one()
    reason = "監査計画に基づき、集計のもとになった回答を確かめるため。"
    approve(ask_to_disclose(survey_round, auditor, reason, by=asked), by=approved)


def _teams() -> list[Team]:
    return list(db.session.scalars(select(Team).order_by(Team.number)))


def _answer(chance: random.Random) -> None:
    """Open both surveys, let people answer, close them."""
    made = {
        "municipality_eval": municipality_answers(chance),
        "official_eval": official_answers(chance),
    }
    for survey_id, answers in made.items():
        with clock.held(dt.datetime(2025, 9, 1, 0, 0, tzinfo=dt.UTC)), saved():
            period = db.session.scalars(select(Period).where(Period.is_demo)).one()
            survey_round = open_round(survey_id, period, by=None)
        with clock.held(dt.datetime(2025, 9, 12, 3, 0, tzinfo=dt.UTC)), saved():
            record_answer_sets(survey_round, answers)
            spread_arrivals(survey_round, chance)
        with clock.held(dt.datetime(2025, 9, 22, 9, 0, tzinfo=dt.UTC)), saved():
            close_round(survey_id, period, by=None)
        if survey_id == "municipality_eval":  # the other one waits for its coordinator
            with clock.held(dt.datetime(2025, 10, 1, 1, 0, tzinfo=dt.UTC)), saved():
                publish_results(survey_round, by=None)


def _coordinator(email: str, name: str) -> Viewer:
    user = add_user(email=email, name=name, password=PASSWORD, roles=[Role.COORDINATOR], by=None)
    return viewer_of(user, Role.COORDINATOR)


def _add_accounts(*, by: Viewer) -> None:
    """One account for each other role; the official leads the first team."""
    team = _teams()[0]
    place = team.challenge.municipality
    leader = team.members[0].official

    def add(email: str, name: str, role: Role, **scope: Any) -> User:
        return add_user(email=email, name=name, password=PASSWORD, roles=[role], by=None, **scope)

    official = add(leader.email, leader.name, Role.OFFICIAL)
    add("municipality@demo.test", f"{place.name}担当者", Role.MUNICIPALITY, lg_code=place.lg_code)
    prefecture = add(
        "prefecture@demo.test",
        f"{place.prefecture}連携窓口",
        Role.PREFECTURE,
        prefecture_code=place.prefecture_code,
    )
    ministry = add(
        "ministry@demo.test",
        f"{leader.ministry.name}担当窓口",
        Role.MINISTRY,
        ministry_code=leader.ministry_code,
    )
    for user in (official, ministry):  # whom the ministry has to confirm
        user.confirmed_on = clock.today() - dt.timedelta(days=100)
    give_opinions(prefecture, ministry)
    propose_officials(team.period, viewer_of(ministry, Role.MINISTRY), by=by)
    add("auditor@demo.test", "監査 担当", Role.AUDITOR)
