"""What one coordinator alone may not do: raise a role, open an account that sees everything."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from companion.approvals.actions import ask, carried_out_by
from companion.approvals.models import Approval
from companion.core import audit, clock
from companion.core.access import Role, Viewer, roles_held
from companion.core.db import db
from companion.core.errors import Refused
from companion.people.actions import add_user
from companion.people.codes import invite
from companion.people.models import User
from companion.people.queries import role_row
from companion.people.rules import STAFF, default_term_end, scope_fault
from companion.people.signing_in import revoke

PAGE = "/accounts"


def open_account(*, reason: str, by: Viewer, **values: Any) -> User | None:
    """Open an account and invite its person; None when a second coordinator decides about it.

    Raises:
        Refused: see `add_user`; or no reason is given where one is needed.
    """
    role = Role(values.pop("role"))
    if role not in STAFF:
        ends_on = default_term_end([role], clock.today())
        user = add_user(**values, roles=[role], term_ends_on=ends_on, by=by)
        invite(user, by=by)
        return user
    # Whatever would stop it later is said now: opened, and taken back before anybody sees it.
    with db.session.begin_nested() as trial:
        add_user(**values, roles=[role], by=None)
        trial.rollback()
    ask(
        "people.open",
        values["email"].strip().lower(),
        title=f"{values['name']}さんのアカウント（{role.label}）",
        reason=reason,
        by=by,
        lines=[f"氏名：{values['name']}", f"アドレス：{values['email']}", f"役割：{role.label}"],
        page=PAGE,
        values=values | {"role": role.value},
    )
    return None


@carried_out_by("people.open", label="アカウントの作成")
def _open(approval: Approval, by: Viewer) -> str:
    values = dict(approval.detail["values"])
    role = Role(values.pop("role"))
    invite(add_user(**values, roles=[role], by=by), by=by)
    return PAGE


def change_roles(user: User, roles: list[Role], *, reason: str, by: Viewer) -> bool:
    """Give an account other roles; False when a second coordinator decides, because one is new.

    Raises:
        Refused: nothing changes, it is the own account, or a role lacks what bounds it.
    """
    held = roles_held(user)
    if user.id == by.user_id:
        raise Refused("自分の役割は変えられません。別のコーディネーターに依頼してください。")
    if set(roles) == set(held):
        raise Refused("役割が変わっていません。")
    fault = scope_fault(
        roles,
        lg_code=user.lg_code,
        prefecture_code=user.prefecture_code,
        ministry_code=user.ministry_code,
    )
    if fault:
        raise Refused(fault)
    if set(roles) <= set(held):
        _set_roles(user, roles, by=by)
        return True
    ask(
        "people.roles",
        user.public_id,
        title=f"{user.name}さんの役割の変更",
        reason=reason,
        by=by,
        lines=[
            "いま：" + "、".join(role.label for role in held),
            "変更後：" + "、".join(role.label for role in roles),
        ],
        page=PAGE,
        roles=[role.value for role in roles],
    )
    return False


@carried_out_by("people.roles", label="役割の変更")
def _raise(approval: Approval, by: Viewer) -> str:
    user = db.session.scalar(select(User).where(User.public_id == approval.subject))
    if user is None:
        raise Refused("このアカウントは、もうありません。")
    if user.id == by.user_id:
        raise Refused("自分の役割の変更は承認できません。別のコーディネーターが判断します。")
    _set_roles(user, [Role(name) for name in approval.detail["roles"]], by=by)
    return PAGE


def _set_roles(user: User, roles: list[Role], *, by: Viewer) -> None:
    before = [role.value for role in roles_held(user)]
    user.roles = [role_row(role.value) for role in roles]
    user.is_deputy = user.is_deputy and Role.MUNICIPALITY in roles
    revoke(user)
    audit.record(
        "user.roles", user.public_id, by=by, before=before, after=[role.value for role in roles]
    )
