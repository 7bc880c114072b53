"""How answers come in: by day, region, field and channel against the target, and no content."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from companion.applications.models import Challenge, ChallengeField
from companion.core import clock
from companion.core.db import db
from companion.periods.models import PolicyField
from companion.places.models import Municipality
from companion.places.prefectures import REGION_OF
from companion.surveys.forecast import Forecast, forecast
from companion.surveys.models import Invitation, ResponseDay, SurveyRound
from companion.surveys.terms import ANSWERED, Channel, InvitationState, RoundState
from companion.teams.models import Team

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Group:
    """Respondents who share something: how many were asked, how many have answered."""

    label: str
    invited: int
    answered: int


@dataclass(frozen=True)
class Day:
    """Answers of a day, and until then."""

    day: dt.date
    count: int
    until: int


@dataclass(frozen=True)
class Responses:
    """A round at a glance."""

    invited: int
    unreachable: int
    answered: int
    target: int  # answers that reach the target
    target_percent: int
    days: list[Day]
    states: list[tuple[InvitationState, int]]
    regions: list[Group]
    fields: list[Group]
    channels: list[tuple[str, int]]
    forecast: Forecast | None


def responses(survey_round: SurveyRound) -> Responses:
    """Everything the board shows, in five queries; 宛先不明 are left out and told."""
    rows = db.session.execute(
        select(Invitation.state, Invitation.channel, Municipality.prefecture_code, Challenge.id)
        .join(Team, Team.id == Invitation.team_id)
        .join(Challenge, Challenge.id == Team.challenge_id)
        .join(Municipality, Municipality.lg_code == Challenge.lg_code)
        .where(Invitation.round_id == survey_round.id)
    ).all()
    asked = [row for row in rows if row.state is not InvitationState.UNREACHABLE]
    fields: dict[int, list[str]] = {}
    labels = select(ChallengeField.challenge_id, PolicyField.label).join(
        PolicyField, PolicyField.code == ChallengeField.field_code
    )
    for challenge_id, label in db.session.execute(labels.order_by(PolicyField.code)):
        fields.setdefault(challenge_id, []).append(label)
    answered = sum(row.state in ANSWERED for row in asked)
    by_day = dict(
        db.session.execute(
            select(ResponseDay.day, ResponseDay.count).where(
                ResponseDay.round_id == survey_round.id
            )
        ).all()
    )
    opened_on, closes_on = (
        clock.to_jst(moment).date() for moment in (survey_round.opened_at, survey_round.closes_at)
    )
    states = Counter(row.state for row in rows)
    declined = states[InvitationState.DECLINED]
    channels = Counter(row.channel for row in asked if row.state in ANSWERED and row.channel)
    order = list(dict.fromkeys(REGION_OF.values()))
    regions = _groups((REGION_OF[row.prefecture_code], row.state) for row in asked)
    return Responses(
        invited=len(asked),
        unreachable=len(rows) - len(asked),
        answered=answered,
        target=-(-len(asked) * survey_round.target_percent // 100),
        target_percent=survey_round.target_percent,
        days=_days(by_day, opened_on, min(clock.today(), max([closes_on, *by_day]))),
        states=[(state, states[state]) for state in InvitationState if states[state]],
        regions=sorted(regions, key=lambda group: order.index(group.label)),
        fields=_groups(
            (label, row.state) for row in asked for label in fields.get(row.id, ["分野なし"])
        ),
        channels=[(channel.label, channels[channel]) for channel in Channel if channels[channel]],
        forecast=forecast(
            len(asked) - declined,
            by_day,
            opened_on,
            clock.today(),
            closes_on,
        )
        if survey_round.state is RoundState.OPEN
        else None,
    )


def _groups(rows: Iterable[tuple[str, InvitationState]]) -> list[Group]:
    invited: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for label, state in rows:
        invited[label] += 1
        answered[label] += state in ANSWERED
    return [Group(label, count, answered[label]) for label, count in invited.items()]


def _days(by_day: dict[dt.date, int], first: dt.date, last: dt.date) -> list[Day]:
    found, until = [], 0
    for number in range((last - first).days + 1):
        day = first + DAY * number
        until += by_day.get(day, 0)
        found.append(Day(day, by_day.get(day, 0), until))
    return found
