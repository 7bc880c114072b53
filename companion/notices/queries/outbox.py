"""The outbox: what goes to whom next, what went, what needs a person."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from sqlalchemy import func, select

from companion.core import clock
from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.core.mail import CUT_OFF, Letter, unresolved
from companion.notices.models import Heartbeat

SHOWN = 100
# Links that let in whoever holds them are not for the eyes of those who look after the post.
SECRET_LINK = re.compile(r"(/(?:s|invite|invitation|signin)/)[\w-]{16,}")


@dataclass(frozen=True)
class Post:
    """A letter as it is shown: its address on this site, and its text without secrets."""

    letter: Letter

    @property
    def public_id(self) -> str:
        """What stands in an address for it: the letter's key is unique, and tells nothing here."""
        return hashlib.sha256(self.letter.key.encode()).hexdigest()[:16]

    @property
    def text(self) -> str:
        """The text as it goes out, links that let somebody in left out."""
        return SECRET_LINK.sub(r"\1（本人だけのリンク）", self.letter.body)

    @property
    def label(self) -> str:
        """The state as shown on screen."""
        if unresolved(self.letter):
            return "期限切れ" if self.letter.state == "expired" else "送信が中断"
        return {
            "queued": "送信待ち",
            "sending": "送信中",
            "sent": "送信済み",
            "dropped": "送らない",
        }.get(self.letter.state, self.letter.state)


@dataclass(frozen=True)
class Outbox:
    """The post at a glance."""

    waiting: list[Post]
    troubled: list[Post]
    latest: list[Post]
    counts: dict[str, int]
    seen_at: dt.datetime | None

    @property
    def is_quiet(self) -> bool:
        """True when the process that sends has not come by for ten minutes."""
        return self.seen_at is None or self.seen_at < clock.now() - CUT_OFF


def outbox(viewer: Viewer) -> Outbox | None:
    """What waits, what needs a person, and the latest that went; None without the right."""
    if not viewer.may(Permission.OUTBOX_VIEW):
        return None
    counts = {
        row[0]: row[1]
        for row in db.session.execute(select(Letter.state, func.count()).group_by(Letter.state))
    }
    beat = db.session.get(Heartbeat, "letters")
    troubled = [row for row in _letters("sending", "expired") if unresolved(row.letter)]
    return Outbox(
        waiting=_letters("queued"),
        troubled=troubled,
        latest=_letters("sent", "dropped", newest=True),
        counts=counts,
        seen_at=beat.beaten_at if beat else None,
    )


def _letters(*states: str, newest: bool = False) -> list[Post]:
    order = Letter.due_at.desc() if newest else Letter.due_at
    rows = db.session.scalars(
        select(Letter).where(Letter.state.in_(states)).order_by(order, Letter.id).limit(SHOWN)
    )
    return [Post(row) for row in rows]


def find_troubled(public_id: str) -> Letter | None:
    """An unresolved letter by what stands in its address."""
    rows = db.session.scalars(select(Letter).where(Letter.state.in_(("sending", "expired"))))
    return next((r for r in rows if unresolved(r) and Post(r).public_id == public_id), None)


def find_waiting(public_id: str) -> Letter | None:
    """A letter that has not gone out yet, by what stands in its address."""
    rows = db.session.scalars(select(Letter).where(Letter.state == "queued"))
    return next((row for row in rows if Post(row).public_id == public_id), None)
