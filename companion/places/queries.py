"""Reading municipalities."""

from __future__ import annotations

from sqlalchemy import func, select

from companion.core.db import db
from companion.places.models import Municipality


def all_municipalities() -> list[Municipality]:
    """Every municipality by code."""
    return list(db.session.scalars(select(Municipality).order_by(Municipality.lg_code)))


def count_municipalities() -> int:
    """How many municipalities the list of codes holds."""
    return db.session.scalar(select(func.count()).select_from(Municipality)) or 0
