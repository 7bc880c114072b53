"""Reading requests for approval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import select

from companion.approvals.models import Approval
from companion.approvals.terms import ApprovalState
from companion.core import clock
from companion.core.access import Viewer
from companion.core.db import db

RECENT = 100


def waiting_approvals() -> list[Approval]:
    """What waits for a decision, the oldest first."""
    return list(
        db.session.scalars(
            select(Approval)
            .where(Approval.state == ApprovalState.WAITING)
            .order_by(Approval.asked_at, Approval.id)
        )
    )


def decided_approvals() -> list[Approval]:
    """The latest that were decided or withdrawn, the newest first."""
    return list(
        db.session.scalars(
            select(Approval)
            .where(Approval.state != ApprovalState.WAITING)
            .order_by(Approval.decided_at.desc(), Approval.id.desc())
            .limit(RECENT)
        )
    )


def find_approval(public_id: str) -> Approval | None:
    """One request."""
    return db.session.scalar(select(Approval).where(Approval.public_id == public_id))


def waiting_for(kind: str, subject: str) -> Approval | None:
    """The request that waits for this very thing, if there is one."""
    return db.session.scalar(
        select(Approval).where(
            Approval.kind == kind,
            Approval.subject == subject,
            Approval.state == ApprovalState.WAITING,
        )
    )


def last_approved(kind: str, subject: str) -> Approval | None:
    """The request for this very thing that was approved last."""
    return db.session.scalar(
        select(Approval)
        .where(
            Approval.kind == kind,
            Approval.subject == subject,
            Approval.state == ApprovalState.APPROVED,
        )
        .order_by(Approval.decided_at.desc(), Approval.id.desc())
        .limit(1)
    )


def granted_to(viewer: Viewer, kind: str, subject: str, *, within: dt.timedelta) -> Approval | None:
    """The approval that this viewer holds for this thing, decided not longer ago than `within`."""
    return db.session.scalar(
        select(Approval)
        .where(
            Approval.kind == kind,
            Approval.subject == subject,
            Approval.asked_by_id == viewer.user_id,
            Approval.state == ApprovalState.APPROVED,
            Approval.decided_at >= clock.now() - within,
        )
        .order_by(Approval.decided_at.desc())
        .limit(1)
    )


def approval_at(location: str) -> Approval | None:
    """The approval that this page came out of."""
    return db.session.scalar(select(Approval).where(Approval.location == location).limit(1))


def approved_lately(kinds: Collection[str], *, within: dt.timedelta) -> list[Approval]:
    """What of these kinds was approved not longer ago than that, the newest first."""
    return list(
        db.session.scalars(
            select(Approval)
            .where(
                Approval.kind.in_(kinds),
                Approval.state == ApprovalState.APPROVED,
                Approval.decided_at >= clock.now() - within,
            )
            .order_by(Approval.decided_at.desc(), Approval.id.desc())
        )
    )
