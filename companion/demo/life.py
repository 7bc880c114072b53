"""What else happens in a team's year, invented: themes, the 報告会."""

from __future__ import annotations

import datetime as dt
import random

from companion.briefings.actions import (
    SessionWords,
    add_unsuitable_day,
    make_sessions,
    propose,
    publish_programme,
)
from companion.core import clock
from companion.core.access import Viewer
from companion.core.clock import at_jst
from companion.core.db import saved
from companion.periods.models import Period
from companion.teams.actions import fix_theme
from companion.teams.models import Team

THEMES = {
    "tourism": "滞在型の観光と受入れの体制づくり",
    "industry": "地域の産品を生かした新しい事業づくり",
    "town": "駅前と空き店舗を生かしたにぎわいづくり",
    "farming": "担い手の確保と販路の拡大",
    "digital": "窓口と地域の仕事のデジタル化",
}
FIRST_SESSION = dt.date(2025, 9, 10)


def at(year: int, month: int, day: int) -> dt.datetime:
    """Ten in the morning in Japan."""
    return at_jst(dt.date(year, month, day), dt.time(10))


def fix_themes(teams: list[Team], *, by: Viewer) -> None:
    """Every team but three agrees on its theme in summer."""
    with clock.held(at(2025, 8, 8)), saved():
        for team in teams:
            words = THEMES.get(team.challenge.main_field.code, "地域の担い手を広げる仕組みづくり")
            fix_theme(team, words, team.number % 20 != 0, by=by)


def hold_briefings(period: Period, teams: list[Team], chance: random.Random, *, by: Viewer) -> int:
    """Six sessions of ten teams in September; returns how many teams have a seat."""
    with clock.held(at(2025, 8, 20)), saved():
        starts_at = at_jst(FIRST_SESSION, dt.time(13, 30))
        first = SessionWords(starts_at, 12, 10, "中央合同庁舎 会議室", "https://meeting.example/r7")
        make_sessions(period, 6, first, by=by)
        for team in teams:
            if chance.random() < 0.2:
                day = FIRST_SESSION + dt.timedelta(days=chance.randrange(8))
                add_unsuitable_day(team, day, "議会", by=by)
    with clock.held(at(2025, 8, 21)), saved():
        found = propose(period, keeps_fixed=True, by=by)
        publish_programme(period, by=by)
    return len(found.seats)
