"""A year of invented meetings and visits."""

from __future__ import annotations

import datetime as dt
import random

from companion.activities.models import Activity, Attendance, Guest, NextAction
from companion.activities.terms import (
    ActionState,
    ActivityKind,
    ActivityState,
    AttendanceStatus,
    GuestSide,
    OwnerKind,
)
from companion.core.clock import at_jst
from companion.core.db import db
from companion.teams.models import Team
from companion.teams.terms import Visibility

YEAR = 2025
THEMES = [
    "現状の共有と課題の整理",
    "先進事例の紹介と意見交換",
    "使える支援制度の確認",
    "関係者への聞き取りの振り返り",
    "事業案の検討",
    "住民説明の進め方",
    "来年度に向けた準備",
]
ADVICE = [
    "類似団体の事例を三件紹介した。",
    "活用できる交付金の要件と締切を説明した。",
    "関係する担当窓口につないだ。",
    "数値目標の置き方について助言した。",
]
DECISIONS = [
    "対象地区を一つに絞って試行する。",
    "庁内の検討会に関係三課を加える。",
    "次回までに関係者の一覧を作る。",
    "現地で関係者の話を聞く。",
]
ACTIONS = [
    ("関係者の一覧を作成する", OwnerKind.MUNICIPALITY),
    ("支援制度の資料を送る", OwnerKind.OFFICIAL),
    ("他団体の担当者に話を聞く", OwnerKind.OFFICIAL),
    ("庁内の日程を調整する", OwnerKind.MUNICIPALITY),
]


def make_year(teams: list[Team], chance: random.Random) -> int:
    """Online meetings once or twice a month and a visit about every quarter; returns how many."""
    count = 0
    for team in teams:
        for day, kind in _days(chance):
            count += 1
            _record(
                team, day, kind, chance, is_last=(day.month, day.day) >= (3, 1) and day.year > YEAR
            )
        db.session.flush()
    return count


def _days(chance: random.Random) -> list[tuple[dt.date, ActivityKind]]:
    days = []
    for month in range(12):
        first = dt.date(YEAR + (month + 3) // 12, (month + 3) % 12 + 1, 1)
        meetings = chance.choice([1, 1, 2])
        for part in range(meetings):
            day = first + dt.timedelta(days=9 + 11 * part + chance.randrange(5))
            days.append((_weekday(day), ActivityKind.ONLINE_MEETING))
        if month in {0, 3, 6, 9} and (month == 0 or chance.random() < 0.9):
            day = first + dt.timedelta(days=chance.choice([22, 23, 24, 25]))
            days.append((_weekday(day), ActivityKind.SITE_VISIT))
    return sorted(days)


def _weekday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def _record(
    team: Team, day: dt.date, kind: ActivityKind, chance: random.Random, *, is_last: bool
) -> None:
    is_visit = kind is ActivityKind.SITE_VISIT
    start = at_jst(day, dt.time(10 if is_visit else chance.choice([10, 13, 15, 16])))
    end = start + dt.timedelta(hours=6 if is_visit else 1)
    place = team.challenge.municipality
    activity = Activity(
        team=team,
        kind=kind,
        state=ActivityState.RECORDED,
        title=chance.choice(THEMES),
        planned_start=start,
        planned_end=end,
        held_start=start,
        held_end=end,
        place=f"{place.name}役場" if is_visit else "",
        medium="" if is_visit else "ウェブ会議",
        present_state=team.challenge.present_state,
        advice=chance.choice(ADVICE),
        decisions=chance.choice(DECISIONS),
        nights=1 if is_visit else None,
        trip_purpose="現地の確認と関係者との意見交換" if is_visit else "",
        may_publish=True,
        visibility=Visibility.ALL_TEAMS if team.number % 5 == 0 else Visibility.TEAM,
        created_at=end + dt.timedelta(days=1),
        updated_at=end + dt.timedelta(days=1),
        guests=[
            Guest(
                position=0,
                side=GuestSide.MUNICIPALITY,
                name=team.challenge.contact_name,
                organisation=place.name,
                post=team.challenge.division,
            )
        ],
    )
    for member in team.members:
        status = chance.choices(list(AttendanceStatus), [88, 9, 3])[0]
        spent = 0
        if status is AttendanceStatus.PRESENT:
            spent = chance.choice([900, 960, 1020]) if is_visit else chance.choice([480, 600, 720])
        activity.attendances.append(Attendance(member=member, status=status, minutes=spent))
    db.session.add(activity)
    if chance.random() < 0.5:
        words, owner = chance.choice(ACTIONS)
        is_open = is_last and chance.random() < 0.5
        db.session.add(
            NextAction(
                team=team,
                activity=activity,
                text=words,
                owner_kind=owner,
                due_on=day + dt.timedelta(days=14),
                state=ActionState.OPEN if is_open else ActionState.DONE,
                settled_at=None if is_open else end + dt.timedelta(days=10),
                created_at=end + dt.timedelta(days=1),
            )
        )
