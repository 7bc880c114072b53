"""Opening periods and seeding their masters."""

from __future__ import annotations

from sqlalchemy import select

from companion.core import audit
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.periods.fields import PILLARS, POLICY_FIELDS
from companion.periods.models import Period, Pillar, PolicyField
from companion.periods.queries import all_periods, find_period
from companion.periods.rules import fiscal_year_of, period_name

# What a new period takes from the one before; the rest of its columns says which period it is.
CARRIED_SETTINGS = ("secretariat", "team_count", "team_size", "population_limit")


def seed_masters() -> None:
    """Bring in the policy fields and pillars that are not there yet."""
    present = set(db.session.scalars(select(PolicyField.code)))
    for position, field in enumerate(POLICY_FIELDS):
        if field.code not in present:
            db.session.add(
                PolicyField(
                    code=field.code,
                    digit=field.digit,
                    label=field.label,
                    is_provisional=field.is_provisional,
                    position=position,
                )
            )
    known = set(db.session.scalars(select(Pillar.code)))
    db.session.add_all(
        Pillar(code=code, digit=digit, label=label, position=position)
        for position, (code, digit, label) in enumerate(PILLARS)
        if code not in known
    )
    db.session.flush()


def open_period(name: str, *, by: Viewer | None, is_demo: bool = False) -> Period:
    """The period of that name, opened when it is not there yet.

    Its settings are those of the newest period before it.

    Raises:
        Refused: the name is no fiscal year.
    """
    year = fiscal_year_of(name)
    if year is None:
        raise Refused(f"「{name}」は年度として読めません。「令和7年度」のように指定してください。")
    period = find_period(year)
    if period is None:
        before = next((row for row in all_periods() if row.fiscal_year < year), None)
        kept = {name: getattr(before, name) for name in CARRIED_SETTINGS} if before else {}
        period = Period(fiscal_year=year, name=period_name(year), is_demo=is_demo, **kept)
        db.session.add(period)
        db.session.flush()
        audit.record("period.open", period.name, by=by)
    return period
