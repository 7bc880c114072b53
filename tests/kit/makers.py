"""Makers of things: what a test does not say is filled in, always the same way.

Each maker saves at once, so that pages see what it made. Everything made is fictional: municipality
codes stand in a range no municipality uses, with a valid check digit.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

from flask_security import hash_password
from sqlalchemy import func, select

from companion.activities.models import Activity, Attendance, NextAction
from companion.activities.terms import (
    TOOK_PLACE,
    ActivityKind,
    ActivityState,
    AttendanceStatus,
    OwnerKind,
)
from companion.applications.models import (
    Challenge,
    ChallengeField,
    Official,
    OfficialField,
    OfficialPlace,
)
from companion.applications.terms import (
    ChallengeState,
    OfficialState,
    PlaceRelation,
    PopulationBasis,
    RankClass,
)
from companion.core import clock
from companion.core.access import Role, Viewer, viewer_of
from companion.core.db import db, saved
from companion.people.models import User
from companion.people.queries import find_user, role_row
from companion.periods.models import Period
from companion.periods.rules import period_name
from companion.places.models import Municipality
from companion.teams.models import Team, TeamMember
from companion.teams.terms import ANNOUNCED, MemberRole, TeamState

# What everybody made here signs in with.
PASSWORD = "tests-hold-still-2025"

_SYLLABLES = (
    "あさ",
    "いと",
    "うみ",
    "えだ",
    "おか",
    "かわ",
    "きり",
    "くま",
    "さと",
    "しろ",
    "たに",
    "なみ",
)
_NAMES = (
    "青山",
    "石橋",
    "上原",
    "大木",
    "金子",
    "北川",
    "小林",
    "佐野",
    "島田",
    "高橋",
    "土屋",
    "中井",
)
_MINISTRIES = ("mic", "maff", "meti", "mlit", "env", "mhlw", "mext", "digital", "cao", "jta")
_hashed: dict[str, str] = {}


def check_digit(five: str) -> str:
    """The sixth digit of a local government code (総務省: weights 6 to 2, modulus 11)."""
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


def lg_code(prefecture_code: str, number: int) -> str:
    """A fictional code: the range from 700 on is used by no town or village of any prefecture."""
    five = f"{prefecture_code}{700 + number:03d}"
    return five + check_digit(five)


def _count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def make_period(fiscal_year: int = 2025, **values: Any) -> Period:
    """The period of a fiscal year, made once."""
    with saved():
        period = db.session.scalar(select(Period).where(Period.fiscal_year == fiscal_year))
        if period is None:
            period = Period(fiscal_year=fiscal_year, name=period_name(fiscal_year))
            db.session.add(period)
        for name, value in values.items():
            setattr(period, name, value)
    return period


def make_municipality(
    name: str | None = None, *, prefecture_code: str = "20", code: str | None = None, kana: str = ""
) -> Municipality:
    """A fictional town; code and name follow from how many the prefecture has."""
    with saved():
        number = _count(Municipality, Municipality.prefecture_code == prefecture_code)
        first, second = number % len(_SYLLABLES), number // len(_SYLLABLES)
        town = Municipality(
            lg_code=code or lg_code(prefecture_code, number),
            prefecture_code=prefecture_code,
            name=name or f"{_SYLLABLES[first]}{_SYLLABLES[second]}見本町",
            kana=kana,
        )
        db.session.add(town)
    return town


def make_challenge(
    municipality: Municipality | None = None,
    *,
    period: Period | None = None,
    fields: Sequence[str] = ("tourism",),
    state: ChallengeState = ChallengeState.SUBMITTED,
    **values: Any,
) -> Challenge:
    """A municipality's challenge; `fields` are codes, the first is the main one."""
    period = period or make_period()
    town = municipality or make_municipality()
    with saved():
        given: dict[str, Any] = {
            "population": 12_345,
            "population_basis": PopulationBasis.CENSUS,
            "population_on": dt.date(2020, 10, 1),
            "division": "企画課",
            "contact_name": "見本 花子",
            "contact_phone": "000-000-0000",
            "contact_email": f"kikaku-{town.lg_code}@town.example.lg.jp",
            "title": f"{town.name}の魅力を生かした交流の拡大",
            "present_state": "来訪者が減り、担い手も足りない。",
            "wished_support": "計画づくりと国の制度の紹介。",
            "applied_on": dt.date(period.fiscal_year, 1, 20),
        } | values
        challenge = Challenge(
            period_id=period.id,
            lg_code=town.lg_code,
            state=state,
            fields=[
                ChallengeField(field_code=code, position=position)
                for position, code in enumerate(fields)
            ],
            **given,
        )
        db.session.add(challenge)
    return challenge


def make_official(
    name: str | None = None,
    *,
    period: Period | None = None,
    fields: Sequence[str] = ("tourism",),
    wishes: Sequence[str] = (),
    state: OfficialState = OfficialState.ELIGIBLE,
    **values: Any,
) -> Official:
    """An official's application; `fields` by strength (codes), `wishes` are prefecture codes."""
    period = period or make_period()
    with saved():
        number = _count(Official, Official.period_id == period.id)
        given: dict[str, Any] = {
            "email": f"official{number + 1:03d}@ministry.example.go.jp",
            "ministry_code": _MINISTRIES[number % len(_MINISTRIES)],
            "division": "総務課",
            "post": "係長",
            "rank_class": RankClass.CHIEF,
            "experience_years": 8,
            "share_percent": 15,
            "has_consent": True,
            "is_anywhere": not wishes,
            "can_lead": True,
            "can_record": True,
            "applied_on": dt.date(period.fiscal_year, 1, 25),
        } | values
        official = Official(
            period_id=period.id,
            name=name or f"{_NAMES[number % len(_NAMES)]} 見本{number + 1}",
            state=state,
            fields=[
                OfficialField(field_code=code, position=position, level=max(1, 3 - position))
                for position, code in enumerate(fields)
            ],
            places=[
                OfficialPlace(relation=PlaceRelation.WISH, position=position, prefecture_code=code)
                for position, code in enumerate(wishes)
            ],
            **given,
        )
        db.session.add(official)
    return official


def make_team(
    challenge: Challenge | None = None,
    officials: Sequence[Official] | None = None,
    *,
    period: Period | None = None,
    state: TeamState = TeamState.ACTIVE,
    size: int = 3,
    **values: Any,
) -> Team:
    """A team with its challenge and `size` officials, announced unless told otherwise."""
    period = period or (challenge.period if challenge else make_period())
    challenge = challenge or make_challenge(period=period)
    if officials is None:
        officials = [make_official(period=period) for _ in range(size)]
    with saved():
        given: dict[str, Any] = {
            "number": _count(Team, Team.period_id == period.id) + 1,
            "score": 7500,
            "score_parts": {"field": 4000, "wish": 3500},
            "reasons": ["主な政策分野が一致しています。"],
            "announced_at": clock.now() if state in ANNOUNCED else None,
        } | values
        team = Team(
            period_id=period.id,
            challenge_id=challenge.id,
            state=state,
            members=[
                TeamMember(
                    official_id=official.id,
                    position=position,
                    role=MemberRole.LEADER if position == 0 else MemberRole.MEMBER,
                    started_on=period.first_day,
                    reasons=["希望する地域です。"],
                )
                for position, official in enumerate(officials)
            ],
            **given,
        )
        challenge.state = ChallengeState.SELECTED
        for official in officials:
            official.state = OfficialState.ASSIGNED
        db.session.add(team)
    return team


def make_user(
    role: Role | str = Role.COORDINATOR,
    *,
    email: str | None = None,
    name: str | None = None,
    municipality: Municipality | None = None,
    official: Official | None = None,
    prefecture_code: str | None = None,
    ministry_code: str | None = None,
    roles: Sequence[Role] = (),
    active: bool = True,
) -> User:
    """An account in a role (and `roles` more), bounded as the role needs; password PASSWORD.

    An official's account shares the e-mail of the application: pass `official`. For a municipality
    pass the `municipality`; what bounds the role and is not given is made.
    """
    role = Role(role)
    if role is Role.MUNICIPALITY and municipality is None:
        municipality = make_municipality()
    if role is Role.PREFECTURE:
        prefecture_code = prefecture_code or "20"
    if role is Role.MINISTRY:
        ministry_code = ministry_code or "mic"
    with saved():
        if official is not None:
            email, name = email or official.email, name or official.name
            ministry_code = ministry_code or official.ministry_code
        if PASSWORD not in _hashed:
            _hashed[PASSWORD] = hash_password(PASSWORD)
        user = User(
            email=email or f"{role.value}{_count(User) + 1}@example.jp",
            name=name or f"{role.label} 見本",
            password=_hashed[PASSWORD],
            fs_uniquifier=secrets.token_hex(32),
            lg_code=municipality.lg_code if municipality else None,
            prefecture_code=prefecture_code,
            ministry_code=ministry_code,
            roles=[role_row(r.value) for r in dict.fromkeys((role, *roles))],
            active=active,
        )
        db.session.add(user)
    return user


def account_of(official: Official) -> User:
    """The account of an official, made when it is not there yet."""
    return find_user(official.email) or make_user(Role.OFFICIAL, official=official)


def make_viewer(role: Role | str = Role.COORDINATOR, **values: Any) -> Viewer:
    """A new account of `make_user`, as queries and actions take it."""
    return viewer_as(make_user(role, **values))


def viewer_as(user: User, role: Role | None = None) -> Viewer:
    """An account as queries and actions take it."""
    return viewer_of(user, role or Role(user.roles[0].name))


def make_activity(
    team: Team | None = None,
    *,
    kind: ActivityKind = ActivityKind.ONLINE_MEETING,
    state: ActivityState = ActivityState.RECORDED,
    day: dt.date = dt.date(2025, 8, 20),
    minutes: int = 90,
    author: User | None = None,
    **values: Any,
) -> Activity:
    """A meeting or visit on `day` from 14:00 in Japan, every member present."""
    team = team or make_team()
    start = clock.at_jst(day, dt.time(14, 0))
    end = start + dt.timedelta(minutes=minutes)
    took_place = state in TOOK_PLACE
    with saved():
        given: dict[str, Any] = {
            "title": "交流拡大の進め方",
            "planned_start": start,
            "planned_end": end,
            "held_start": start if took_place else None,
            "held_end": end if took_place else None,
            "present_state": "現状を確認した。" if took_place else "",
            "advice": "先行例を紹介した。" if took_place else "",
        } | values
        activity = Activity(
            team_id=team.id,
            kind=kind,
            state=state,
            author_id=author.id if author else None,
            attendances=[
                Attendance(member_id=member.id, status=AttendanceStatus.PRESENT, minutes=minutes)
                for member in team.current_members
                if took_place
            ],
            **given,
        )
        db.session.add(activity)
    return activity


def make_next_action(
    team: Team | None = None,
    text: str = "資料を送る",
    *,
    owner_kind: OwnerKind = OwnerKind.OFFICIAL,
    activity: Activity | None = None,
    due_on: dt.date | None = dt.date(2025, 9, 10),
    **values: Any,
) -> NextAction:
    """Something a team or its municipality does next."""
    team = team or (activity.team if activity else make_team())
    with saved():
        action = NextAction(
            team_id=team.id,
            activity_id=activity.id if activity else None,
            text=text,
            owner_kind=owner_kind,
            due_on=due_on,
            **values,
        )
        db.session.add(action)
    return action
