"""Noting something for the team, putting it right, and opening a team's memos from outside."""

from __future__ import annotations

from sqlalchemy import select

from companion.core import audit, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.memos.models import MemoEntry, MemoOpening, MemoVersion
from companion.memos.terms import OPEN_FOR, MemoOpened
from companion.teams.models import Team


def write_entry(team: Team, text: str, *, by: Viewer) -> MemoEntry:
    """Note something."""
    entry = MemoEntry(
        team_id=team.id, text=text.strip(), written_by_id=by.user_id, changed_by_id=by.user_id
    )
    db.session.add(entry)
    db.session.flush()
    audit.record("memo.write", entry.public_id, by=by)
    return entry


def edit_entry(entry: MemoEntry, text: str, *, by: Viewer) -> None:
    """Put other words in place of an entry's; those before are kept. The same words: nothing."""
    if text.strip() == entry.text:
        return
    earlier = MemoVersion(text=entry.text, at=entry.changed_at, by_id=entry.changed_by_id)
    entry.earlier.append(earlier)
    entry.text, entry.changed_at, entry.changed_by_id = text.strip(), clock.now(), by.user_id
    db.session.flush()
    db.session.expire(entry, ["earlier", "changed_by"])
    audit.record("memo.edit", entry.public_id, by=by)


def open_memos(team: Team, reason: str, *, by: Viewer) -> MemoOpening:
    """Let this coordinator read this team's memos for a day; both sides are told.

    Raises:
        Refused: no reason is given, the team is not announced, or its memos are open already.
    """
    if not reason.strip():
        raise Refused("開く理由を入力してください。チームと監査に示します。")
    if not team.state.is_announced:
        raise Refused("公表前のチームには、内部メモはありません。")
    now = clock.now()
    is_open = select(MemoOpening.id).where(
        MemoOpening.team_id == team.id,
        MemoOpening.user_id == by.user_id,
        MemoOpening.until > now,
    )
    if db.session.scalar(is_open.limit(1)) is not None:
        raise Refused("このチームの内部メモは、既に開いています。期限までそのまま読めます。")
    opening = MemoOpening(
        team_id=team.id,
        user_id=by.user_id,
        reason=reason.strip(),
        opened_at=now,
        until=now + OPEN_FOR,
    )
    db.session.add(opening)
    db.session.flush()
    audit.record("memo.open", team.public_id, by=by, until=opening.until.isoformat())
    events.publish(MemoOpened(opening.id))
    return opening
