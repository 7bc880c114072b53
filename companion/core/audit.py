"""The audit trail: one line for each act, written in the transaction of the act."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.core import clock
from companion.core.access import Viewer
from companion.core.db import Base, UtcDateTime, db


class AuditLine(Base):
    """Who did what to which thing, when, from where. Lines are only ever added."""

    __tablename__ = "audit_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    user_id: Mapped[int | None] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(60), index=True)
    target: Mapped[str] = mapped_column(String(200))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    request_id: Mapped[str | None] = mapped_column(String(32))
    address: Mapped[str | None] = mapped_column(String(45))


def record(action: str, target: str, *, by: Viewer | None, **detail: Any) -> None:
    """Add one line; `by=None` is the system itself (commands, scheduler).

    `action` is `<resource>.<verb>`, `target` names the thing by its public id or natural key;
    `detail` holds counts and before/after values, never free text of people.
    """
    in_request = has_request_context()
    db.session.add(
        AuditLine(
            at=clock.now(),
            user_id=by.user_id if by else None,
            actor=by.email if by else "system",
            role=by.role.value if by else "system",
            action=action,
            target=target,
            detail=detail,
            request_id=g.get("request_id") if in_request else None,
            address=request.remote_addr if in_request else None,
        )
    )
