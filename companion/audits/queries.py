"""Reading the audit trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from companion.audits.terms import ANSWER_PAGES, ANSWER_REPORTS, ANSWERS
from companion.core import clock
from companion.core.access import Role
from companion.core.audit import AuditLine
from companion.core.db import db
from companion.people.models import RoleRow, User

PER_PAGE = 100
MOST_ROWS = 20_000  # of one exported table; the whole trail goes out as JSON lines
SIGN_IN = "sign_in.begin"


@dataclass(frozen=True)
class Search:
    """What is looked for; empty words do not narrow. Days are Japanese ones, both included."""

    person: str = ""
    thing: str = ""
    action: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    only: str = ""

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """The query for the lines that fit."""
        table = AuditLine
        if self.person:
            query = query.where(table.actor.icontains(self.person, autoescape=True))
        if self.thing:
            query = query.where(
                or_(
                    table.target.icontains(self.thing, autoescape=True),
                    table.request_id == self.thing,
                )
            )
        if self.action:
            query = query.where(table.action == self.action)
        if self.only == ANSWERS:
            # An empty survey that is only looked at counts too: what was there is not asked.
            query = query.where(
                or_(
                    table.detail["page"].as_string().in_(ANSWER_PAGES),
                    (table.action == "report.export") & table.target.in_(ANSWER_REPORTS),
                    table.action == "survey.disclose",
                )
            )
        if self.first:
            query = query.where(table.at >= clock.at_jst(self.first, dt.time()))
        if self.last:
            after = self.last + dt.timedelta(days=1)
            query = query.where(table.at < clock.at_jst(after, dt.time()))
        return query


def count_lines(search: Search) -> int:
    """How many lines fit."""
    return db.session.scalar(search.narrow(select(func.count(AuditLine.id)))) or 0


def find_lines(search: Search, *, page: int = 1, size: int = PER_PAGE) -> Sequence[AuditLine]:
    """One page of the lines that fit, the newest first."""
    query = search.narrow(select(AuditLine)).order_by(AuditLine.id.desc())
    return db.session.scalars(query.limit(size).offset((page - 1) * size)).all()


def known_actions() -> list[str]:
    """Every action that occurs."""
    return list(db.session.scalars(select(AuditLine.action).distinct().order_by(AuditLine.action)))


def own_sign_ins(user_id: int, *, most: int = 100) -> Sequence[AuditLine]:
    """When and from where this account signed in lately, the newest first."""
    return db.session.scalars(
        select(AuditLine)
        .where(
            AuditLine.user_id == user_id,
            AuditLine.action == SIGN_IN,
        )
        .order_by(AuditLine.id.desc())
        .limit(most)
    ).all()


def auditors() -> list[User]:
    """The accounts that get the monthly letter."""
    return list(
        db.session.scalars(
            select(User)
            .join(User.roles)
            .where(RoleRow.name == Role.AUDITOR.value, User.active)
            .order_by(User.id)
        )
    )
