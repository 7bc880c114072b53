"""The audit trail: one line for each act, written in the transaction of the act.

Lines are chained (`core.chain`) at commit, one transaction at a time. Besides what acts record,
every unsafe request that recorded nothing (a refused one, say) and every reading of confidential
data leaves a line of its own, so that each such request is in the trail exactly once; an act that
changed several things has a line for each, under one request id.

One exception: handing in an anonymous answer leaves no line at all (`leave_no_line`), because a
moment beside a person would lead to the answer.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy import JSON, String, event, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.wrappers import Response

from companion.core import access, chain, clock
from companion.core.access import Viewer
from companion.core.db import Base, UtcDateTime, saved
from companion.core.db import db as database

# Any number: the lock that puts the lines of PostgreSQL's concurrent transactions into one row.
CHAIN_LOCK = 7_120_250_401
PENDING = "audit_lines"
SAFE = {"GET", "HEAD", "OPTIONS"}
# Rows that every page needs for itself say nothing about what was read.
FRAME = {
    *("users", "roles", "sign_ins", "periods", "policy_fields"),
    *("used_form_keys", "audit_lines"),
}


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
    hash: Mapped[str] = mapped_column(String(64))


def record(action: str, target: str, *, by: Viewer | None, **detail: Any) -> None:
    """Add one line; `by=None` is the system itself (commands, scheduler).

    `action` is `<resource>.<verb>`, `target` names the thing by its public id or natural key;
    `detail` holds counts and before/after values, never free text of people. The line gets its
    place in the chain when the transaction commits, and goes with it when that is undone.
    """
    in_request = has_request_context()
    session = database.session()
    if not session.in_transaction():
        session.begin()  # so that undoing is told to `_forget` even when nothing else was done
    session.info.setdefault(PENDING, []).append(
        {
            "at": clock.now(),
            "user_id": by.user_id if by else None,
            "actor": by.email if by else "system",
            "role": by.role.value if by else "system",
            "action": action[:60],
            "target": target[:200],
            # As it will come back from the database: the hash must find it so.
            "detail": json.loads(json.dumps(detail, ensure_ascii=False)),
            "request_id": g.get("request_id") if in_request else None,
            "address": request.remote_addr if in_request else None,
        }
    )


def plain(line: Any) -> dict[str, Any]:
    """A line (row or mapping by name) as the chain and exports write it."""
    values = {name: line[name] for name in (*chain.FIELDS, "hash") if name in line}
    values["at"] = values["at"].astimezone(dt.UTC).isoformat(timespec="microseconds")
    return values


def all_lines() -> Iterator[dict[str, Any]]:
    """Every line in the order of the chain, as `core.chain` reads it."""
    table = AuditLine.__table__
    found = database.session.connection().execution_options(yield_per=2_000)
    result = found.execute(select(table).order_by(table.c.id))
    try:
        for row in result.mappings():
            yield plain(row)
    finally:
        result.close()  # whoever stops reading early must not leave the server's cursor open


def head() -> chain.Anchor | None:
    """The number and hash of the newest line."""
    table = AuditLine.__table__
    row = database.session.execute(
        select(table.c.id, table.c.hash).order_by(table.c.id.desc()).limit(1)
    ).first()
    return chain.Anchor(row.id, row.hash) if row else None


def take_turn() -> None:
    """Wait until nobody else writes lines: what is read of the trail now holds until the commit.

    On SQLite every writing transaction has its turn from the beginning.
    """
    connection = database.session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})


@event.listens_for(Session, "before_commit")
def _chain_up(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get(PENDING):
        return
    # Every row lock is taken before the chain's, so that the two cannot wait for each other.
    session.flush()
    lines = session.info.pop(PENDING)
    connection = session.connection()
    take_turn()
    newest = head()
    number, previous = (newest.id, newest.hash) if newest else (0, chain.START)
    for line in lines:
        number += 1
        line["id"] = number
        previous = line["hash"] = chain.link(previous, plain(line))
    connection.execute(insert(AuditLine.__table__), lines)  # type: ignore[arg-type]
    if has_request_context():
        session.info["has_left_line"] = True


@event.listens_for(Session, "after_commit")
def _left(session: Session) -> None:
    if session.info.pop("has_left_line", False):
        g.has_left_line = True


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: Any) -> None:
    if not session.in_nested_transaction():
        session.info.pop(PENDING, None)
        session.info.pop("has_left_line", None)


@event.listens_for(Session, "loaded_as_persistent")
def _count(_session: Session, instance: Any) -> None:
    if has_request_context() and instance.__tablename__ not in FRAME:
        count_rows(instance.__tablename__, 1)


def count_rows(table: str, count: int) -> None:
    """Note rows read in this request; rows loaded as objects are noted by themselves."""
    rows = g.setdefault("rows_read", {})
    rows[table] = rows.get(table, 0) + count


def leave_no_line() -> None:
    """This request must not be in the trail: its moment would lead to an anonymous answer."""
    g.has_left_line = True


def tell(**detail: Any) -> None:
    """Have the line of this reading say more: how many rows or people a file held, its hash."""
    g.setdefault("told", {}).update(detail)


def what_was_read() -> tuple[str, dict[str, Any]]:
    """Target and detail of the line of a reading."""
    target = next(iter((request.view_args or {}).values()), "") or request.endpoint or "-"
    rows = dict(sorted(g.get("rows_read", {}).items()))
    return str(target), {"page": request.endpoint, "rows": rows, **g.get("told", {})}


def _close(response: Response) -> Response:
    """Leave the line of a request that has none: what was refused, and what was read."""
    if g.get("has_left_line") or request.endpoint == "static":
        return response
    target, read = what_was_read()
    if request.method not in SAFE:
        action = "request.done" if response.status_code < 400 else "request.refused"
        detail: dict[str, Any] = {"page": request.endpoint, "status": response.status_code}
    elif response.status_code == 200 and access.is_confidential(current_app, request.endpoint):
        action, detail = "page.read", read
    else:
        return response
    g.is_writing = True  # the transaction below takes the write lock at once
    database.session.rollback()
    with saved():
        by = g.get("gate_viewer") or access.viewer()
        record(action, target, by=by, **detail)
        if by is None:
            database.session().info[PENDING][-1].update(actor="anonymous", role="anonymous")
    return response


def init_app(app: Flask) -> None:
    """Look at every request when it is over."""
    app.after_request(_close)
