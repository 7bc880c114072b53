"""Reading proposals: a ministry its own, coordinators and the auditor all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import Select

from companion.applications.models import Official
from companion.applications.queries import officials_visible_to
from companion.core.access import Permission, Scope, Viewer
from companion.core.db import db
from companion.periods.models import Period
from companion.periods.queries import all_periods
from companion.proposals.models import Proposal
from companion.proposals.terms import ProposalState


def _within(viewer: Viewer) -> ColumnElement[bool]:
    match viewer.grant(Permission.PROPOSAL_VIEW).scope:
        case Scope.ALL:
            return true()
        case Scope.MINISTRY:
            return Proposal.ministry_code == viewer.ministry_code
        case _:
            return false()


def _reached(viewer: Viewer) -> Select[Proposal]:
    return (
        select(Proposal)
        .where(_within(viewer))
        .options(
            joinedload(Proposal.period),
            joinedload(Proposal.ministry),
            joinedload(Proposal.proposed_by),
            joinedload(Proposal.decided_by),
        )
    )


def proposals_of(period: Period, viewer: Viewer) -> list[Proposal]:
    """A period's proposals that the viewer may read: those that wait first, then the newest."""
    rows = db.session.scalars(
        _reached(viewer)
        .where(Proposal.period_id == period.id)
        .order_by(Proposal.state != ProposalState.OPEN, Proposal.id.desc())
    )
    return list(rows)


def proposals_waiting(period: Period, viewer: Viewer) -> list[Proposal]:
    """Those nobody has answered yet."""
    rows = proposals_of(period, viewer)
    return [row for row in rows if row.state is ProposalState.OPEN]


def answered_since(period: Period, viewer: Viewer, moment: dt.datetime) -> list[Proposal]:
    """Those that were accepted or declined since a moment, the newest first."""
    rows = proposals_of(period, viewer)
    return [row for row in rows if row.decided_at is not None and row.decided_at >= moment]


def find_proposal(public_id: str, viewer: Viewer) -> Proposal | None:
    """One proposal, or None when it is out of reach or not there."""
    return db.session.scalar(_reached(viewer).where(Proposal.public_id == public_id))


def applications_of(rows: Sequence[Proposal], viewer: Viewer) -> dict[str, str]:
    """Who of those proposed has applied in the same period: address -> public id.

    Applications that the viewer may not read are left out.
    """
    found = db.session.execute(
        select(Official.email, Official.public_id).where(
            Official.period_id.in_({row.period_id for row in rows}),
            Official.email.in_({row.email for row in rows}),
            officials_visible_to(viewer),
        )
    )
    return {row.email: row.public_id for row in found}


def takes_proposals(period: Period) -> bool:
    """True for the newest period: for those before it nobody is looked for any more."""
    return period.id == all_periods()[0].id
