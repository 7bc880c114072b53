"""Letters within a team: a date is asked for or fixed, a log is objected to or corrected, a next
action is due, the programme of the 報告会 is published."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from companion.activities.models import Activity, NextAction, Poll
from companion.activities.terms import (
    UNSETTLED,
    ActivityCorrected,
    ActivityObjected,
    OwnerKind,
    PollAsked,
    PollDecided,
)
from companion.applications.models import Challenge
from companion.briefings.models import BriefingSeat, BriefingSession
from companion.briefings.terms import ProgrammePublished
from companion.core import events
from companion.core.businessdays import move
from companion.core.db import db
from companion.core.mail import LetterKind
from companion.notices.alerts import Rule
from companion.notices.queries import limits_of
from companion.notices.writing import write
from companion.periods.models import Period
from companion.teams.models import Team, TeamMember
from companion.teams.terms import MemberRole, TeamState

# So many business days before its day somebody is told of what is due.
BEFORE_DUE = 2


def _names(team: Team) -> dict[str, str]:
    """Whom to greet at each address of a team: its members and its municipality."""
    challenge = team.challenge
    town = f"{challenge.municipality.full_name} {challenge.division}".strip()
    found = {member.official.email: member.official.name for member in team.current_members}
    if challenge.contact_email:
        found.setdefault(challenge.contact_email, town)
    return found


@events.on(PollAsked)
def tell_of_a_poll(news: PollAsked) -> None:
    """Everybody of the team but who asks is asked for the dates that suit."""
    poll = db.session.get_one(Poll, news.poll_id)
    for address, name in _names(poll.team).items():
        if address != news.by_email:
            write(
                f"poll/{poll.public_id}/asked/{address}",
                LetterKind.POLL,
                "poll_asked",
                to=address,
                subject=f"【日程調整】{poll.title}",
                name=name,
                poll=poll,
                team=poll.team,
                secretariat=poll.team.period.secretariat,
            )


@events.on(PollDecided)
def tell_of_the_date(news: PollDecided) -> None:
    """Everybody of the team but who decides learns the date."""
    poll = db.session.get_one(Poll, news.poll_id)
    # Just fixed: what the poll knew of its activity may be from before.
    activity = db.session.get_one(Activity, poll.activity_id)
    for address, name in _names(poll.team).items():
        if address != news.by_email:
            write(
                f"poll/{poll.public_id}/decided/{address}",
                LetterKind.POLL,
                "poll_decided",
                to=address,
                subject=f"【日程の決定】{poll.title}",
                name=name,
                poll=poll,
                activity=activity,
                team=poll.team,
                secretariat=poll.team.period.secretariat,
            )


@events.on(ActivityObjected)
def tell_of_an_objection(news: ActivityObjected) -> None:
    """The members of the team learn what the municipality says is not right."""
    activity = db.session.get_one(Activity, news.activity_id)
    for member in activity.team.current_members:
        write(
            f"log/{activity.public_id}/objection/{activity.version}/{member.official.email}",
            LetterKind.LOG,
            "log_objection",
            to=member.official.email,
            subject=f"【確認のお願い】{activity.kind.label}の記録",
            name=member.official.name,
            activity=activity,
            team=activity.team,
            secretariat=activity.team.period.secretariat,
        )


@events.on(ActivityCorrected)
def tell_of_a_correction(news: ActivityCorrected) -> None:
    """The municipality learns that what it objected to was corrected."""
    activity = db.session.get_one(Activity, news.activity_id)
    challenge = activity.team.challenge
    write(
        f"log/{activity.public_id}/correction/{activity.version}",
        LetterKind.LOG,
        "log_correction",
        to=challenge.contact_email,
        subject=f"【確認のお願い】{activity.kind.label}の記録の訂正",
        name=f"{challenge.municipality.full_name} {challenge.division}".strip(),
        activity=activity,
        team=activity.team,
        secretariat=activity.team.period.secretariat,
    )


@events.on(ProgrammePublished)
def tell_of_the_programme(news: ProgrammePublished) -> None:
    """Members and municipality of each team learn when the team speaks."""
    seats = db.session.scalars(
        select(BriefingSeat)
        .join(BriefingSession, BriefingSession.id == BriefingSeat.session_id)
        .where(BriefingSession.period_id == news.period_id)
        .options(joinedload(BriefingSeat.session), joinedload(BriefingSeat.team))
        .order_by(BriefingSession.number, BriefingSeat.position)
    )
    for seat in seats:
        # Published anew with another time, it is another letter.
        slot = f"{seat.starts_at:%Y%m%d%H%M}"
        for address, name in _names(seat.team).items():
            write(
                f"briefing/{seat.team.public_id}/{slot}/{address}",
                LetterKind.BRIEFING,
                "briefing",
                to=address,
                subject=f"【報告会】{seat.team.challenge.municipality.full_name}の発表の日時",
                name=name,
                seat=seat,
                team=seat.team,
                secretariat=seat.team.period.secretariat,
            )


def tell_of_actions(period: Period, today: dt.date) -> int:
    """What is due soon or overdue, to its owner and, much later, to the leader; how many are new.

    After how many days follows the rules of the alerts; each is told once for each day it is due,
    none for teams that rest.
    """
    limits = limits_of(period)
    soon = move(today, BEFORE_DUE)
    rows = db.session.scalars(
        select(NextAction)
        .join(Team, Team.id == NextAction.team_id)
        .where(
            Team.period_id == period.id,
            Team.state == TeamState.ACTIVE,
            NextAction.state.in_(UNSETTLED),
            NextAction.due_on <= soon,
        )
        .options(
            joinedload(NextAction.team)
            .joinedload(Team.challenge)
            .joinedload(Challenge.municipality),
            joinedload(NextAction.team).selectinload(Team.members).joinedload(TeamMember.official),
            joinedload(NextAction.owner_member).joinedload(TeamMember.official),
            joinedload(NextAction.activity),
            selectinload(NextAction.changes),
        )
        .order_by(NextAction.due_on, NextAction.id)
    ).unique()
    return sum(_tell_of_action(row, today, limits) for row in rows)


def _tell_of_action(action: NextAction, today: dt.date, limits: dict[Rule, int]) -> int:
    if action.due_on is None:
        return 0
    late = (today - action.due_on).days
    leader, told = _leader(action.team), 0
    if late <= 0:
        told += _write_action(action, "due", _owner(action), 0)
    if limits[Rule.OVERDUE] and late >= limits[Rule.OVERDUE]:
        told += _write_action(action, "overdue", _owner(action), late)
    if limits[Rule.OVERDUE_LONG] and late >= limits[Rule.OVERDUE_LONG]:
        told += _write_action(action, "leader", leader, late)
    return told


def _leader(team: Team) -> tuple[str, str] | None:
    found = next((m for m in team.current_members if m.role is MemberRole.LEADER), None)
    return (found.official.email, found.official.name) if found else None


def _owner(action: NextAction) -> tuple[str, str] | None:
    """Address and name of who does it: the member, the municipality, or for all the leader."""
    if action.owner_kind is OwnerKind.MUNICIPALITY:
        challenge = action.team.challenge
        town = f"{challenge.municipality.full_name} {challenge.division}".strip()
        return challenge.contact_email, town
    member = action.owner_member
    if member is None or not member.is_serving:
        return _leader(action.team)
    return member.official.email, member.official.name


def _write_action(action: NextAction, step: str, to: tuple[str, str] | None, late: int) -> bool:
    if to is None:
        return False
    subjects = {"due": "宿題の期限が近づいています", "overdue": "宿題の期限が過ぎています"}
    return write(
        f"action/{action.public_id}/{action.due_on}/{step}",
        LetterKind.ACTION,
        f"action_{step}",
        to=to[0],
        subject=f"【宿題】{subjects.get(step, '期限を大きく過ぎた宿題があります')}",
        name=to[1],
        action=action,
        team=action.team,
        late=late,
        secretariat=action.team.period.secretariat,
    )
