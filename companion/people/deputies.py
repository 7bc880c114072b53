"""The deputy (代理) of a municipality's contact: one at a time, with the same rights and term."""

from __future__ import annotations

from flask import abort
from sqlalchemy import select

from companion.core import audit
from companion.core.access import Permission, Role, Viewer, roles_held
from companion.core.db import db
from companion.core.errors import Refused
from companion.people.actions import add_user, lock_municipality
from companion.people.codes import invite
from companion.people.factors import forget_factors
from companion.people.models import User
from companion.people.queries import active_deputy, find_user
from companion.people.signing_in import revoke


def contact_of(viewer: Viewer) -> User:
    """The account of a contact, who may have a deputy; for a deputy the page does not exist."""
    user = db.session.get_one(User, viewer.user_id)
    if not viewer.may(Permission.DEPUTY_MANAGE) or user.is_deputy or not user.lg_code:
        abort(404)
    return user


def invite_deputy(contact: User, *, email: str, name: str, by: Viewer) -> User:
    """Open a deputy's account, or one's own former deputy's anew, and send the invitation.

    Raises:
        Refused: there is a deputy already, or see `add_user`.
    """
    lock_municipality(contact.lg_code)
    present = active_deputy(contact.lg_code)
    if present is not None:
        raise Refused(
            f"代理は一つの自治体に一人までです（いまは{present.name}さん）。"
            "交代するときは、いまの代理を終了してから招待してください。"
        )
    former = find_user(email)
    if former is not None and is_former_deputy(former, contact):
        # Perhaps another person at a shared address: nothing of before leads in.
        former.name, former.term_ends_on = name.strip(), contact.term_ends_on
        former.active, former.password = True, None
        former.version += 1
        forget_factors(former, by=by)
        audit.record("user.activate", former.public_id, by=by)
        deputy = former
    else:
        deputy = add_user(
            email=email,
            name=name,
            roles=[Role.MUNICIPALITY],
            lg_code=contact.lg_code,
            term_ends_on=contact.term_ends_on,
            by=by,
        )
        deputy.is_deputy = True
    db.session.flush()
    audit.record("user.deputy", deputy.public_id, by=by, lg_code=contact.lg_code)
    invite(deputy, by=by)
    return deputy


def is_former_deputy(user: User, contact: User) -> bool:
    """True for a stopped account that was the deputy of this municipality and nothing else."""
    return (
        user.is_deputy
        and not user.active
        and user.lg_code == contact.lg_code
        and roles_held(user) == [Role.MUNICIPALITY]
    )


def end_deputy(contact: User, *, by: Viewer) -> User:
    """Stop the deputy's account; it is signed out at once.

    Raises:
        Refused: there is none, or the account serves in another role as well.
    """
    statement = select(User).where(
        User.lg_code == contact.lg_code, User.is_deputy, User.active.is_(True)
    )
    deputy = db.session.scalar(statement.with_for_update())
    if deputy is None:
        raise Refused("代理はいません。すでに終了しています。")
    if roles_held(deputy) != [Role.MUNICIPALITY]:
        raise Refused(
            "この方には別の役割もあるため、ここでは終了できません。"
            "コーディネーターに依頼してください。"
        )
    deputy.active = False
    revoke(deputy)
    audit.record("user.stop", deputy.public_id, by=by)
    return deputy
