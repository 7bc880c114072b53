"""The outbox: what goes to whom next, what went, what needs a person."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from companion.core import clock
from companion.core.access import Permission, Viewer
from companion.core.businessdays import business_moment, next_opening
from companion.core.db import db
from companion.core.mail import CUT_OFF, Letter, Mail, choices_link, unresolved
from companion.core.mail.composing import Part, subject_of, text_of, without_secrets
from companion.core.mail.kinds import URGENT
from companion.core.mail.sending import stale_before
from companion.notices.models import Heartbeat

SHOWN = 100
STATES = {
    "queued": "送信待ち",
    "sending": "送信中",
    "sent": "送信済み",
    "dropped": "送らない",
    "unwanted": "本人が止めた種類",
    "expired": "期限切れ",
    "refused": "宛先が受け付けない",
}


# Among these are the letters that a person decides about.
TROUBLED = ("sending", "expired", "refused")


@dataclass(frozen=True)
class Post:
    """A letter as it is shown: its address on this site, and its text without secrets."""

    letter: Letter

    @property
    def public_id(self) -> str:
        """What stands in an address for it: the letter's key is unique, and tells nothing here."""
        return hashlib.sha256(self.letter.key.encode()).hexdigest()[:16]

    @property
    def label(self) -> str:
        """The state as shown on screen."""
        if self.letter.state == "sending" and unresolved(self.letter):
            return "送信が中断"
        return STATES.get(self.letter.state, self.letter.state)


@dataclass(frozen=True)
class Envelope:
    """One mail: the letters that leave together, to whom, and when."""

    posts: list[Post]
    at: dt.datetime

    @property
    def first(self) -> Post:
        """The letter that stands first in it."""
        return self.posts[0]

    @property
    def parts(self) -> list[Part]:
        """What the mail is composed of."""
        letters = [post.letter for post in self.posts]
        return [Part(letter.kind, letter.subject, letter.body) for letter in letters]

    @property
    def subject(self) -> str:
        """The mail's subject."""
        return subject_of(self.parts)

    @property
    def text(self) -> str:
        """The text as it leaves, links that let somebody in left out."""
        letter = self.first.letter
        if letter.kind.is_urgent:
            return without_secrets(letter.body)
        kinds = [part.kind for part in self.parts]
        return without_secrets(text_of(self.parts, choices=choices_link(letter.recipient, kinds)))


@dataclass(frozen=True)
class Outbox:
    """The post at a glance."""

    waiting: list[Envelope]
    troubled: list[Envelope]
    latest: list[Envelope]
    counts: dict[str, int]
    due: int
    too_old: int
    sent_today: int
    beats: dict[str, dt.datetime]

    @property
    def seen_at(self) -> dt.datetime | None:
        """When the process that sends last came by."""
        return self.beats.get("letters")

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
    now = clock.now()
    midnight = clock.at_jst(clock.today(), dt.time(0))
    return Outbox(
        waiting=planned()[:SHOWN],
        troubled=_bundled([row for row in _letters(*TROUBLED) if unresolved(row)]),
        latest=_bundled(_letters("sent", "dropped", "unwanted", newest=True)),
        counts=counts,
        due=_count(Letter.state == "queued", Letter.due_at <= now),
        too_old=_count(
            Letter.state == "queued",
            Letter.kind.not_in(URGENT),
            Letter.due_at < stale_before(business_moment(now)),
        ),
        sent_today=_count(Letter.state == "sent", Letter.sent_at >= midnight),
        beats={row.name: row.beaten_at for row in db.session.scalars(select(Heartbeat))},
    )


def planned() -> list[Envelope]:
    """Every mail that will leave as things stand, the next first: the same rules as sending's."""
    now, today = clock.now(), clock.today()
    had = set(db.session.scalars(select(Mail.recipient).where(Mail.day == today)))
    alone: list[Envelope] = []
    days: dict[tuple[str, dt.date], list[tuple[dt.datetime, Letter]]] = defaultdict(list)
    statement = select(Letter).where(Letter.state == "queued").order_by(Letter.id)
    for letter in db.session.scalars(statement):
        if letter.kind.is_urgent:
            alone.append(Envelope([Post(letter)], letter.due_at))
            continue
        at = business_moment(max(letter.due_at, now))
        if letter.due_at < stale_before(at):
            continue  # too old by then: it will be shown to a person instead
        if letter.recipient in had and clock.to_jst(at).date() == today:
            at = next_opening(now)
        days[letter.recipient, clock.to_jst(at).date()].append((at, letter))
    merged = [
        Envelope([Post(letter) for _, letter in group], min(at for at, _ in group))
        for group in days.values()
    ]
    return sorted([*alone, *merged], key=lambda one: (one.at, one.first.letter.id))


def unresolved_count() -> int:
    """How many letters wait for a person's decision."""
    rows = db.session.scalars(select(Letter).where(Letter.state.in_(TROUBLED)))
    return sum(unresolved(row) for row in rows)


def _count(*conditions: object) -> int:
    statement = select(func.count()).select_from(Letter).where(*conditions)  # type: ignore[arg-type]
    return db.session.scalar(statement) or 0


def _letters(*states: str, newest: bool = False) -> Sequence[Letter]:
    order = (Letter.sent_at.desc(), Letter.id.desc()) if newest else (Letter.due_at, Letter.id)
    rows = select(Letter).where(Letter.state.in_(states)).order_by(*order).limit(SHOWN)
    return db.session.scalars(rows).all()


def _bundled(letters: Sequence[Letter]) -> list[Envelope]:
    """Letters that left together as one, in their order."""
    bundles: dict[object, list[Letter]] = defaultdict(list)
    for letter in letters:
        bundles[letter.mail_id or letter.key].append(letter)
    return [
        Envelope(
            [Post(letter) for letter in sorted(group, key=lambda one: one.id)],
            group[0].sent_at or group[0].due_at,
        )
        for group in bundles.values()
    ]


def find_troubled(public_id: str) -> Letter | None:
    """An unresolved letter by what stands in its address."""
    rows = db.session.scalars(select(Letter).where(Letter.state.in_(TROUBLED)))
    return next((r for r in rows if unresolved(r) and Post(r).public_id == public_id), None)


def find_waiting(public_id: str) -> Letter | None:
    """A letter that has not gone out yet, by what stands in its address."""
    rows = db.session.scalars(select(Letter).where(Letter.state == "queued"))
    return next((row for row in rows if Post(row).public_id == public_id), None)
