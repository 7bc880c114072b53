"""Reading applications; every list takes the viewer."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app
from sqlalchemy import ColumnElement, exists, false, select, true
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from companion.applications.models import (
    Challenge,
    ChallengeField,
    Import,
    Official,
    OfficialField,
    OfficialPlace,
)
from companion.applications.reading import Reference
from companion.applications.terms import ChallengeState, OfficialState
from companion.core.access import Permission, Scope, Viewer
from companion.core.db import db
from companion.people.ministries import MINISTRIES, MinistryRow
from companion.people.queries import all_ministries
from companion.periods.fields import FieldRow
from companion.periods.models import Period
from companion.periods.queries import policy_fields
from companion.places.models import Municipality
from companion.places.names import Place
from companion.places.prefectures import PREFECTURE_NAMES
from companion.places.queries import all_municipalities


def reference_for(period: Period) -> Reference:
    """What the lists are read against: places, ministries, fields and the population limit."""
    aliases = {row.code: row.aliases for row in MINISTRIES}
    return Reference(
        municipalities=[
            Place(row.lg_code, row.prefecture, row.name, row.kana) for row in all_municipalities()
        ],
        ministries=[
            MinistryRow(row.code, row.name, row.parent_code, aliases.get(row.code, ()))
            for row in all_ministries()
        ],
        fields=[
            FieldRow(row.code, row.digit, row.label, row.is_provisional) for row in policy_fields()
        ],
        population_limit=period.population_limit,
        mail_domains=current_app.config["MAIL_DOMAINS"],
    )


def display_names() -> dict[str, str]:
    """What codes are called: municipalities, prefectures, ministries, policy fields."""
    return (
        dict(PREFECTURE_NAMES)
        | {row.code: row.label for row in policy_fields()}
        | {row.code: row.name for row in all_ministries()}
        | {row.lg_code: row.full_name for row in all_municipalities()}
    )


def challenges_by_code(period: Period) -> dict[str, Challenge]:
    """Every challenge of a period by municipality code, with its fields."""
    rows = db.session.scalars(
        select(Challenge)
        .where(Challenge.period_id == period.id)
        .options(selectinload(Challenge.fields))
    )
    return {row.lg_code: row for row in rows}


def officials_by_email(period: Period) -> dict[str, Official]:
    """Every application of a period by e-mail, with fields and places."""
    rows = db.session.scalars(
        select(Official)
        .where(Official.period_id == period.id)
        .options(selectinload(Official.fields), selectinload(Official.places))
    )
    return {row.email: row for row in rows}


def imports_of(period: Period) -> list[Import]:
    """The uploads of a period, newest first, without their bytes."""
    return list(
        db.session.scalars(
            select(Import)
            .where(Import.period_id == period.id)
            .order_by(Import.created_at.desc(), Import.id.desc())
        )
    )


def challenges_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The challenges in the viewer's scope."""
    match viewer.grant(Permission.CHALLENGE_LIST).scope:
        case Scope.ALL:
            return true()
        case Scope.PREFECTURE:
            return Challenge.lg_code.in_(
                select(Municipality.lg_code).where(
                    Municipality.prefecture_code == viewer.prefecture_code
                )
            )
        case Scope.PLACE:
            return Challenge.lg_code == viewer.lg_code
        case _:
            return false()


def officials_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The applications in the viewer's scope."""
    match viewer.grant(Permission.OFFICIAL_LIST).scope:
        case Scope.ALL:
            return true()
        case Scope.MINISTRY:
            return Official.ministry_code == viewer.ministry_code
        case Scope.OWN:
            return Official.email == viewer.email
        case _:
            return false()


def state_told(
    period: Period, viewer: Viewer
) -> Callable[[Challenge | Official], ChallengeState | OfficialState]:
    """How the viewer is told where an application stands.

    What the screening found reaches those outside it with the teams: until the first is
    announced, an application that was looked at is one that was handed in.
    """
    announced = exists().where(
        Challenge.period_id == period.id, Challenge.state == ChallengeState.SELECTED
    )
    if viewer.may(Permission.SCREENING_VIEW) or db.session.scalar(select(announced)):
        return lambda row: row.state
    return _without_verdict


def _without_verdict(row: Challenge | Official) -> ChallengeState | OfficialState:
    if isinstance(row, Challenge):
        is_found = row.state in {ChallengeState.ELIGIBLE, ChallengeState.INELIGIBLE}
        return ChallengeState.SUBMITTED if is_found else row.state
    if row.state in {OfficialState.ELIGIBLE, OfficialState.INELIGIBLE}:
        return OfficialState.CONSENTED if row.has_consent else OfficialState.SUBMITTED
    return row.state


def _whole_challenge() -> Select[Challenge]:
    return select(Challenge).options(
        joinedload(Challenge.municipality),
        joinedload(Challenge.period),
        selectinload(Challenge.fields).joinedload(ChallengeField.field),
    )


def _whole_official() -> Select[Official]:
    return select(Official).options(
        joinedload(Official.ministry),
        joinedload(Official.period),
        selectinload(Official.fields).joinedload(OfficialField.field),
        selectinload(Official.places).joinedload(OfficialPlace.municipality),
    )


def challenges_of(period: Period, viewer: Viewer) -> list[Challenge]:
    """The challenges of a period that the viewer may read, by municipality code."""
    return list(
        db.session.scalars(
            _whole_challenge()
            .where(Challenge.period_id == period.id, challenges_visible_to(viewer))
            .order_by(Challenge.lg_code)
        )
    )


def find_challenge(public_id: str, viewer: Viewer) -> Challenge | None:
    """One challenge, or None when it is out of reach or not there."""
    return db.session.scalar(
        _whole_challenge().where(Challenge.public_id == public_id, challenges_visible_to(viewer))
    )


def officials_of(period: Period, viewer: Viewer) -> list[Official]:
    """The applications of a period that the viewer may read, by e-mail."""
    return list(
        db.session.scalars(
            _whole_official()
            .where(Official.period_id == period.id, officials_visible_to(viewer))
            .order_by(Official.email)
        )
    )


def find_official(public_id: str, viewer: Viewer) -> Official | None:
    """One application, or None when it is out of reach or not there."""
    return db.session.scalar(
        _whole_official().where(Official.public_id == public_id, officials_visible_to(viewer))
    )


def find_import(public_id: str) -> Import | None:
    """One upload, or None."""
    return db.session.scalar(
        select(Import).where(Import.public_id == public_id).options(joinedload(Import.period))
    )
