"""Reading municipalities."""

from __future__ import annotations

from sqlalchemy import func, select

from companion.core.db import db
from companion.core.text import to_katakana
from companion.places.models import Municipality


def all_municipalities() -> list[Municipality]:
    """Every municipality by code."""
    return list(db.session.scalars(select(Municipality).order_by(Municipality.lg_code)))


def towns_named(words: str, limit: int) -> list[Municipality]:
    """The municipalities whose name or kana holds the words, by code."""
    named = Municipality.name.icontains(words, autoescape=True)
    read = Municipality.kana.icontains(to_katakana(words), autoescape=True)
    rows = select(Municipality).where(named | read).order_by(Municipality.lg_code).limit(limit)
    return list(db.session.scalars(rows))


def count_municipalities() -> int:
    """How many municipalities the list of codes holds."""
    return db.session.scalar(select(func.count()).select_from(Municipality)) or 0
