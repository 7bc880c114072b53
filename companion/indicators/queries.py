"""Reading indicators; a viewer reads those of the teams whose records the viewer reads."""

from __future__ import annotations

from sqlalchemy import false, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.indicators.models import Indicator
from companion.teams.models import Team
from companion.teams.queries import own_to


def indicators_of(team: Team, viewer: Viewer) -> list[Indicator]:
    """The indicators of one team with their values, by name."""
    return list(db.session.scalars(_reached(viewer).where(Indicator.team_id == team.id)))


def find_indicator(public_id: str, viewer: Viewer) -> Indicator | None:
    """One indicator, or None when it is out of reach or does not exist."""
    return db.session.scalar(_reached(viewer).where(Indicator.public_id == public_id))


def _reached(viewer: Viewer) -> Select[Indicator]:
    reach = own_to(viewer) if viewer.may(Permission.INDICATOR_VIEW) else false()
    return (
        select(Indicator)
        .join(Indicator.team)
        .where(reach)
        .options(selectinload(Indicator.values), joinedload(Indicator.team))
        .order_by(Indicator.name)
    )
