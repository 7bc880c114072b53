"""A plan carried out in one transaction."""

from __future__ import annotations

from typing import Any

from companion.applications.actions.planning import LIST_KINDS, Entry, Plan, summary
from companion.applications.comparing import (
    level_of,
    stored_official,
)
from companion.applications.models import (
    Challenge,
    ChallengeField,
    Official,
    OfficialField,
    OfficialPlace,
)
from companion.applications.queries import (
    challenges_by_code,
    officials_by_email,
)
from companion.applications.terms import ImportKind, OfficialState
from companion.core import audit
from companion.core.access import Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.places.models import Municipality

WAITING = {OfficialState.SUBMITTED, OfficialState.CONSENTED}


def apply_plan(plan: Plan, *, by: Viewer | None) -> None:
    """Write what the plan says, inside the caller's transaction."""
    written = [entry for entry in plan.entries if not entry.is_unchanged]
    if plan.kind is ImportKind.CODES:
        for entry in written:
            db.session.merge(Municipality(lg_code=entry.key, **entry.values))
    elif plan.kind in LIST_KINDS:
        LIST_KINDS[plan.kind].write(plan, written, by)
    elif plan.period is not None and plan.kind is ImportKind.CHALLENGES:
        stored = challenges_by_code(plan.period)
        for entry in written:
            _write_challenge(stored.get(entry.key), plan.period, entry)
    elif plan.period is not None:
        known = officials_by_email(plan.period)
        for entry in written:
            _write_official(known.get(entry.key), plan.period, entry)
    db.session.flush()
    counts = summary(plan)
    audit.record(
        f"import.{plan.kind.value}",
        plan.period.name if plan.period else "codes",
        by=by,
        created=counts["created"],
        updated=counts["updated"],
        refused=len(counts["refused"]),
    )


def _write_challenge(row: Challenge | None, period: Period, entry: Entry) -> None:
    values = dict(entry.values)
    codes = values.pop("fields")
    if row is None:
        row = Challenge(period=period, lg_code=entry.key)
        db.session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    if tuple(field.field_code for field in row.fields) != codes:
        row.fields = [
            ChallengeField(field_code=code, position=position)
            for position, code in enumerate(codes)
        ]


def _write_official(row: Official | None, period: Period, entry: Entry) -> None:
    values = dict(entry.values)
    codes, places = values.pop("fields"), values.pop("places")
    if row is None:
        row = Official(period=period, email=entry.key, state=OfficialState.SUBMITTED)
        db.session.add(row)
        before: dict[str, Any] = {"fields": None, "places": None}
    else:
        before = stored_official(row)
    for name, value in values.items():
        setattr(row, name, value)
    if row.state in WAITING:
        row.state = OfficialState.CONSENTED if row.has_consent else OfficialState.SUBMITTED
    if before["fields"] != codes:
        row.fields = [
            OfficialField(field_code=code, position=position, level=level_of(position))
            for position, code in enumerate(codes)
        ]
    if before["places"] != places:
        row.places = [
            OfficialPlace(
                relation=relation,
                position=position,
                lg_code=lg_code,
                prefecture_code=prefecture,
                region=region,
                words=words,
            )
            for relation, position, lg_code, prefecture, region, words in places
        ]
