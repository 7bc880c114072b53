"""Letters about teams that need a look: the week's digest, and those to leaders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.mail import LetterKind
from companion.notices.alerts import Rule
from companion.notices.models import AlertSettings, AlertTold
from companion.notices.queries import (
    TeamAlerts,
    key_of,
    not_told,
    repeat_days_of,
    team_alerts,
)
from companion.notices.writing import write
from companion.people.queries import coordinators
from companion.periods.models import Period
from companion.teams.terms import MemberRole

DIGEST, LEADERS = "digest", "leaders"  # whom a letter about something to look at is for
# What a leader can settle without the secretariat; letters about actions go out by themselves.
FOR_LEADERS = {
    *(Rule.KICKOFF, Rule.UNLOGGED, Rule.QUIET, Rule.NO_VISIT, Rule.NO_VISIT_HALF),
    Rule.NO_INQUIRY,
}


def tell_coordinators_of_alerts(period: Period, monday: dt.date) -> int:
    """The week's digest to every coordinator; returns how many letters are new.

    What a digest has mentioned stays out of those of the interval that follows.
    """
    today = clock.today()
    found = not_told(team_alerts(period), DIGEST, today, repeat_days_of(period))
    if not found:
        return 0
    sent = sum(
        write(
            f"digest/{period.fiscal_year}/{monday.isoformat()}/{user.email}",
            LetterKind.DIGEST,
            "digest",
            to=user.email,
            subject=f"【今週の確認】{period.name} {len(found)}チーム",
            name=user.name,
            found=found,
            period=period,
            secretariat=period.secretariat,
        )
        for user in coordinators()
    )
    if sent:
        _note_told(found, DIGEST, today)
    return sent


def _note_told(found: Sequence[TeamAlerts], audience: str, today: dt.date) -> None:
    for row in found:
        for rule, subject in dict.fromkeys(key_of(alert) for alert in row.alerts):
            db.session.merge(
                AlertTold(
                    audience=audience,
                    team_id=row.team.id,
                    rule=rule,
                    subject=subject,
                    told_on=today,
                )
            )


def tell_leaders_of_alerts(period: Period, monday: dt.date) -> int:
    """One letter a week to each leader whose team has something to settle."""
    sent, today = 0, clock.today()
    own = [
        TeamAlerts(row.team, [alert for alert in row.alerts if alert.rule in FOR_LEADERS])
        for row in team_alerts(period)
    ]
    for row in not_told(own, LEADERS, today, repeat_days_of(period)):
        team = row.team
        leader = next((m for m in team.current_members if m.role is MemberRole.LEADER), None)
        if leader and write(
            f"alert/{team.public_id}/{monday.isoformat()}/{leader.official.email}",
            LetterKind.TEAM_ALERT,
            "team_alert",
            to=leader.official.email,
            subject=f"【確認のお願い】{team.challenge.municipality.full_name}のチーム",
            name=leader.official.name,
            team=team,
            alerts=row.alerts,
            secretariat=period.secretariat,
        ):
            _note_told([row], LEADERS, today)
            sent += 1
    return sent


def change_limits(period: Period, limits: dict[str, int], repeat_days: int, *, by: Viewer) -> None:
    """Set after how many days each rule speaks in a period, and how often a letter says so."""
    row = db.session.get(AlertSettings, period.id)
    if row is None:
        row = AlertSettings(period_id=period.id, limits={})
        db.session.add(row)
    before, row.limits, row.repeat_days = row.limits, limits, repeat_days
    db.session.flush()
    audit.record("alert.settings", period.name, by=by, before=before, after=limits)
