"""Letters that follow from news: who is told what, once."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from companion.approvals.models import Approval
from companion.approvals.terms import ApprovalAsked, ApprovalDecided
from companion.core import clock, events
from companion.core.access import Role
from companion.core.db import db
from companion.core.mail import post
from companion.notices.rules import business_moment
from companion.people.models import RoleRow, User
from companion.periods.queries import all_periods
from companion.teams.models import Team, TeamMember
from companion.teams.terms import MemberAppointed, TeamsAnnounced


def _post(key: str, template: str, *, to: str, subject: str, **values: Any) -> None:
    """One letter in business hours; the same key never goes out twice."""
    base = current_app.config["EXTERNAL_BASE_URL"]
    body = current_app.jinja_env.get_template(f"notices/letters/{template}.txt")
    post(
        key,
        to=to,
        subject=subject,
        # Not render_template: a letter is the same whoever is signed in when it is written.
        body=body.render(base=base, **values),
        due_at=business_moment(clock.now()),
    )


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
            _post(
                f"team/{year}/{code}/{member.official.email}",
                "team_official",
                to=member.official.email,
                subject=f"【お知らせ】{team.period.name}の担当市町村が決まりました",
                member=member,
                **common,
            )
        _post(
            f"team/{year}/{code}",
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
        _post(
            f"appoint/{member.public_id}/{address}",
            "new_member",
            to=address,
            subject=f"【お知らせ】{team.challenge.municipality.full_name}のチームの交代",
            team=team,
            member=member,
            secretariat=team.period.secretariat,
        )


def _coordinators() -> list[User]:
    return list(
        db.session.scalars(
            select(User)
            .join(User.roles)
            .where(RoleRow.name == Role.COORDINATOR.value, User.active.is_(True))
            .order_by(User.email)
        )
    )


def _secretariat() -> str:
    periods = all_periods()
    return periods[0].secretariat if periods else ""


@events.on(ApprovalAsked)
def ask_the_others(news: ApprovalAsked) -> None:
    """Every other coordinator is asked to decide."""
    approval = db.session.get_one(Approval, news.approval_id)
    for user in _coordinators():
        if user.id != approval.asked_by_id:
            _post(
                f"approval/{approval.public_id}/{user.email}",
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
        _post(
            f"approval/{approval.public_id}/decided",
            "approval_decided",
            to=asker.email,
            subject=f"【{approval.state.label}】{approval.title}",
            approval=approval,
            name=asker.name,
            secretariat=_secretariat(),
        )
