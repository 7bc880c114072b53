"""Letters that follow from news: who is told what, once."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from companion.approvals.models import Approval
from companion.approvals.terms import ApprovalAsked, ApprovalDecided
from companion.core import events
from companion.core.db import db
from companion.core.mail import LetterKind
from companion.notices.writing import write
from companion.people.models import User
from companion.people.queries import coordinators
from companion.periods.queries import all_periods
from companion.teams.models import Team, TeamMember
from companion.teams.terms import MemberAppointed, TeamsAnnounced


@events.on(TeamsAnnounced)
def tell_the_teams(news: TeamsAnnounced) -> None:
    """Each official and each municipality learns of the own team."""
    teams = db.session.scalars(
        select(Team)
        .where(Team.id.in_(news.team_ids))
        .options(joinedload(Team.challenge), joinedload(Team.period))
        .order_by(Team.number)
    ).unique()
    for team in teams:
        common = {"team": team, "secretariat": team.period.secretariat}
        year, code = team.period.fiscal_year, team.challenge.lg_code
        for member in team.current_members:
            write(
                f"team/{year}/{code}/{member.official.email}",
                LetterKind.TEAM,
                "team_official",
                to=member.official.email,
                subject=f"【お知らせ】{team.period.name}の担当市町村が決まりました",
                member=member,
                **common,
            )
        write(
            f"team/{year}/{code}",
            LetterKind.TEAM,
            "team_municipality",
            to=team.challenge.contact_email,
            subject=f"【お知らせ】{team.period.name}の伴走支援チームが決まりました",
            **common,
        )


@events.on(MemberAppointed)
def tell_of_a_new_member(news: MemberAppointed) -> None:
    """The official who comes, the others of the team and the municipality learn of a change."""
    member = db.session.get_one(TeamMember, news.member_id)
    team = member.team
    others = {
        row.official.email for row in team.members if row.ended_on is None and row.id != member.id
    }
    for address in sorted({*others, member.official.email, team.challenge.contact_email}):
        write(
            f"appoint/{member.public_id}/{address}",
            LetterKind.TEAM,
            "new_member",
            to=address,
            subject=f"【お知らせ】{team.challenge.municipality.full_name}のチームの交代",
            team=team,
            member=member,
            secretariat=team.period.secretariat,
        )


def _secretariat() -> str:
    periods = all_periods()
    return periods[0].secretariat if periods else ""


@events.on(ApprovalAsked)
def ask_the_others(news: ApprovalAsked) -> None:
    """Every other coordinator is asked to decide."""
    approval = db.session.get_one(Approval, news.approval_id)
    for user in coordinators():
        if user.id != approval.asked_by_id:
            write(
                f"approval/{approval.public_id}/{user.email}",
                LetterKind.APPROVAL,
                "approval_asked",
                to=user.email,
                subject=f"【承認のお願い】{approval.title}",
                approval=approval,
                name=user.name,
                secretariat=_secretariat(),
            )


@events.on(ApprovalDecided)
def answer_the_asker(news: ApprovalDecided) -> None:
    """Who asked learns what was decided."""
    approval = db.session.get_one(Approval, news.approval_id)
    asker = db.session.get(User, approval.asked_by_id)
    if asker is not None:
        write(
            f"approval/{approval.public_id}/decided",
            LetterKind.APPROVAL,
            "approval_decided",
            to=asker.email,
            subject=f"【{approval.state.label}】{approval.title}",
            approval=approval,
            name=asker.name,
            page=approval.detail.get("answer") or f"/approvals/{approval.public_id}",
            secretariat=_secretariat(),
        )


def tell_coordinators_of_letters(count: int, day: dt.date) -> int:
    """That letters wait for a decision, to every coordinator; returns how many are new."""
    return sum(
        write(
            f"unresolved/{day.isoformat()}/{user.email}",
            LetterKind.POST,
            "unresolved",
            to=user.email,
            subject=f"【確認のお願い】判断が必要な手紙が{count}通あります",
            name=user.name,
            count=count,
            secretariat=_secretariat(),
        )
        for user in coordinators()
    )
