"""Keeping what a person has typed and not yet sent."""

from __future__ import annotations

from sqlalchemy import delete, select

from companion.activities.models import Draft
from companion.core import clock
from companion.core.db import db
from companion.teams.models import Team


def save_draft(user_id: int, team: Team, about: str, typed: list[list[str]]) -> Draft:
    """Keep what a person has typed so far, in place of what was kept before."""
    draft = db.session.scalar(
        select(Draft).where(
            Draft.user_id == user_id, Draft.team_id == team.id, Draft.about == about
        )
    )
    if draft is None:
        draft = Draft(user_id=user_id, team_id=team.id, about=about)
        db.session.add(draft)
    draft.typed, draft.saved_at = typed, clock.now()
    db.session.flush()
    return draft


def drop_draft(user_id: int, team: Team, about: str) -> None:
    """Forget what a person has typed."""
    db.session.execute(
        delete(Draft).where(
            Draft.user_id == user_id, Draft.team_id == team.id, Draft.about == about
        )
    )
