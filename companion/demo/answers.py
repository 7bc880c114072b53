"""Invented answers whose tables equal the published ones of the first period.

Published: 57 of 60 municipalities, mean 4.6; 125 of 180 officials, mean 4.3, twelve reasons, about
three in ten who answered 「わからない、活用したことがない」 about the back office.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

from sqlalchemy import select

from companion.core import clock
from companion.core.db import db
from companion.surveys.models import Invitation, ResponseDay, SurveyRound
from companion.surveys.terms import ANSWERED, Channel

MUNICIPALITIES_ANSWERED = 57
OFFICIALS_ANSWERED = 125

MUNICIPALITY_OVERALL = {"5": 38, "4": 16, "3": 3}
CONTINUATION = {"need": 51, "not_need": 2, "dk": 4}
YEARS = {"y1": 6, "y2": 17, "y3": 21, "y4": 7}
CHANGES = [
    "国の制度を自分たちで調べるようになった。",
    "部署をまたいで話し合う場ができた。",
    "住民に説明する機会が増え、関心が高まった。",
    "外からの視点で地域の強みを見直せた。",
    "若手職員の意欲が上がった。",
]

OFFICIAL_OVERALL = {"5": 58, "4": 50, "3": 14, "2": 2, "1": 1}
REASONS = {
    "field": 116,
    "diverse": 77,
    "insight": 57,
    "valued": 36,
    "expertise": 28,
    "worktime": 16,
    "burden": 12,
    "no_expert": 8,
    "team_hard": 6,
    "unrelated": 4,
    "not_valued": 2,
    "no_field": 2,
}
BACKOFFICE = {"5": 29, "4": 37, "3": 16, "2": 4, "1": 1, "unused": 38}
ITEMS = ["tools", "windows", "cases"]


def _spread(counts: dict[str, int], chance: random.Random) -> list[str]:
    codes = [code for code, count in counts.items() for _ in range(count)]
    chance.shuffle(codes)
    return codes


def municipality_answers(chance: random.Random) -> list[dict[str, Any]]:
    """57 answer sets of municipalities."""
    years = iter(_spread(YEARS, chance))
    answers = []
    overall, continuation = _spread(MUNICIPALITY_OVERALL, chance), _spread(CONTINUATION, chance)
    for score, wanted in zip(overall, continuation, strict=True):
        answer: dict[str, Any] = {"overall": score, "cont": wanted}
        if wanted == "need":
            answer["cont_years"] = next(years)
        if chance.random() < 0.7:
            answer["change"] = chance.choice(CHANGES)
        answers.append(answer)
    return answers


def official_answers(chance: random.Random) -> list[dict[str, Any]]:
    """125 answer sets of officials; everyone gives at least one reason."""
    chosen: list[list[str]] = [[] for _ in range(OFFICIALS_ANSWERED)]
    without_field = list(range(REASONS["field"], OFFICIALS_ANSWERED))
    for reason, count in REASONS.items():
        if reason == "field":
            who = list(range(count))
        elif reason == "burden":
            # The nine who did not name the field name at least the burden.
            others = chance.sample(range(REASONS["field"]), count - len(without_field))
            who = without_field + others
        else:
            who = chance.sample(range(OFFICIALS_ANSWERED), count)
        for index in who:
            chosen[index].append(reason)
    answers = []
    overall, backoffice = _spread(OFFICIAL_OVERALL, chance), _spread(BACKOFFICE, chance)
    for score, reasons, desk in zip(overall, chosen, backoffice, strict=True):
        answer: dict[str, Any] = {"overall": score, "reasons": reasons, "backoffice": desk}
        if desk != "unused":
            answer["backoffice_items"] = {
                item: chance.choice(["5", "4", "4", "3", "unused"]) for item in ITEMS
            }
        answer["hours"] = str(chance.choice([8, 10, 12, 15, 16, 18, 20, 24, 28]))
        answers.append(answer)
    return answers


def spread_arrivals(survey_round: SurveyRound, chance: random.Random) -> None:
    """Say how and on which days the answers came: most early, after reminders, and at the end."""
    days = [1, 1, 1, 2, 2, 3, 4, 7, 7, 8, 8, 9, 10, 11]  # from the opening; no week-ends
    first = clock.to_jst(survey_round.opened_at).date()
    counted: Counter[int] = Counter()
    for invitation in db.session.scalars(
        select(Invitation)
        .where(Invitation.round_id == survey_round.id, Invitation.state.in_(ANSWERED))
        .order_by(Invitation.id)
    ):
        by_excel = invitation.official_id is None and chance.random() < 0.3
        invitation.channel = Channel.EXCEL if by_excel else Channel.WEB
        counted[chance.choice(days)] += 1
    for day, count in sorted(counted.items()):
        on = first + dt.timedelta(days=day)
        db.session.add(ResponseDay(round_id=survey_round.id, day=on, count=count))
