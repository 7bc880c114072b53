"""Letters about a team's memos that a coordinator has opened: both sides are told."""

from __future__ import annotations

from companion.core import events
from companion.core.db import db
from companion.core.mail import LetterKind
from companion.memos.models import MemoOpening
from companion.memos.terms import MemoOpened
from companion.notices.writing import write
from companion.people.queries import coordinators


@events.on(MemoOpened)
def tell_both_sides(news: MemoOpened) -> None:
    """The officials of the team and every coordinator, who opened it among them."""
    opening = db.session.get_one(MemoOpening, news.opening_id)
    team = opening.team
    told = {user.email: (user.name, False) for user in coordinators()}
    # Who is both reads it as a member of the team.
    told |= {row.official.email: (row.official.name, True) for row in team.current_members}
    for address, (name, is_team) in told.items():
        write(
            f"memo/{opening.public_id}/{address}",
            LetterKind.MEMO,
            "memo_opened",
            to=address,
            subject=f"【内部メモ】{team.challenge.municipality.full_name}のチームのメモが開かれました",
            name=name,
            is_team=is_team,
            opening=opening,
            team=team,
            secretariat=team.period.secretariat,
        )
