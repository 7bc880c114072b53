"""Pages about everybody's accounts, for coordinators, and the choice of the own role."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from companion.core.access import (
    Permission,
    Role,
    need_viewer,
    needs,
    needs_fresh,
    needs_fresh_to_send,
    roles_held,
)
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.core.forms import Conflict
from companion.core.text import strip_forbidden
from companion.people.actions import set_active
from companion.people.codes import invite
from companion.people.factors import forget_factors
from companion.people.forms import AccountForm, EntryForm, RoleForm, RolesForm, StateForm
from companion.people.models import User
from companion.people.queries import all_ministries, all_users, bounds_of
from companion.people.raising import change_roles, open_account
from companion.people.routes.session import go_on_as
from companion.people.signing_in import revoke
from companion.people.tenure import Entry, edit_account, entry_of

bp = Blueprint("people", __name__)
LABELS = {
    "email": "メールアドレス",
    "name": "氏名（または担当名）",
    "lg_code": "団体コード",
    "prefecture_code": "都道府県",
    "ministry_code": "府省庁",
    "term_ends_on": "任期の末日",
}


@bp.get("/accounts")
@needs(Permission.ACCOUNT_VIEW)
def accounts() -> str:
    """Every account with its roles and state, or those looked for."""
    words = strip_forbidden(request.args.get("q", ""))[:100].strip()
    role = request.args.get("role", "")
    users = all_users(words, role if role in set(Role) else "")
    return render_template(
        "people/accounts.html",
        users=users,
        bounds=bounds_of(users),
        words=words,
        role=role,
        form=StateForm(),
        roles_of=roles_held,
        all_roles=[(one.value, one.label) for one in Role],
    )


def _ministries() -> list[SelectChoice]:
    return [
        SelectChoice("", "（該当なし）"),
        *(SelectChoice(ministry.code, ministry.name) for ministry in all_ministries()),
    ]


@bp.route("/accounts/new", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
@needs_fresh_to_send
def new_account() -> str | Response | tuple[str, int]:
    """Open an account."""
    form = AccountForm()
    form.ministry_code.choices = _ministries()
    if form.validate_on_submit():
        try:
            with saved():
                key = form.once()
                user = open_account(
                    email=form.email.data,
                    name=form.name.data,
                    role=form.role.data,
                    lg_code=form.lg_code.data or None,
                    prefecture_code=form.prefecture_code.data or None,
                    ministry_code=form.ministry_code.data or None,
                    reason=form.reason.data or "",
                    by=need_viewer(),
                )
                key.location = url_for("people.accounts")
            if user is None:
                flash(
                    "別のコーディネーターに承認を依頼しました。承認されると作成します。", "success"
                )
            else:
                flash("アカウントを作成し、招待の手紙を送りました。", "success")
            return redirect(url_for("people.accounts"), 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    return render_template("people/new_account.html", form=form), 422 if form.errors else 200


@bp.route("/accounts/<public_id>/edit", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
@needs_fresh
def edit(public_id: str) -> str | Response | tuple[str, int]:
    """Another address, name, bound or term."""
    user = db.session.scalar(select(User).where(User.public_id == public_id)) or abort(404)
    form = EntryForm(obj=user)
    form.ministry_code.choices = _ministries()
    if form.validate_on_submit():
        entry = Entry(
            email=form.email.data,
            name=form.name.data,
            lg_code=form.lg_code.data or None,
            prefecture_code=form.prefecture_code.data or None,
            ministry_code=form.ministry_code.data or None,
            term_ends_on=form.term_ends_on.data,
        )
        try:
            with saved():
                db.session.refresh(user, with_for_update=True)
                if form.is_stale(user):
                    raise _conflict(user, entry)
                edit_account(user, entry, by=need_viewer())
            flash("アカウントを変更しました。", "success")
            return redirect(url_for("people.accounts"), 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    page = render_template("people/edit_account.html", form=form, name=user.name)
    return page, 422 if form.errors else 200


def _conflict(user: User, typed: Entry) -> Conflict:
    stored = entry_of(user)
    return Conflict(
        title=user.name,
        back=url_for("people.edit", public_id=user.public_id),
        rows=[
            (label, str(getattr(stored, name) or ""), str(getattr(typed, name) or ""))
            for name, label in LABELS.items()
            if getattr(stored, name) != getattr(typed, name)
        ],
    )


@bp.route("/accounts/<public_id>/roles", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
@needs_fresh
def roles(public_id: str) -> str | Response | tuple[str, int]:
    """Other roles for an account: taking away is done at once, adding needs a second person."""
    user = db.session.scalar(select(User).where(User.public_id == public_id)) or abort(404)
    form = RolesForm(data={"roles": [role.value for role in roles_held(user)]})
    if form.validate_on_submit():
        try:
            with saved():
                is_done = change_roles(
                    user,
                    [Role(name) for name in form.roles.data or []],
                    reason=form.reason.data or "",
                    by=need_viewer(),
                )
            done, asked = "役割を変更しました。", "別のコーディネーターに承認を依頼しました。"
            flash(done if is_done else asked, "success")
            return redirect(url_for("people.accounts"), 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    page = render_template("people/roles.html", form=form, name=user.name)
    return page, 422 if form.errors else 200


@bp.post("/accounts/<public_id>/state")
@needs(Permission.ACCOUNT_MANAGE)
@needs_fresh
def change_state(public_id: str) -> Response:
    """Stop or reopen an account."""
    user = db.session.scalar(select(User).where(User.public_id == public_id)) or abort(404)
    form = StateForm()
    if not form.validate_on_submit():
        abort(400)
    with saved():
        set_active(user, not user.active, by=need_viewer())
        name, is_active = user.name, user.active
    flash(f"{name}さんのアカウントを{'再開' if is_active else '停止'}しました。", "success")
    return redirect(url_for("people.accounts"), 303)


@bp.post("/accounts/<public_id>/invite")
@needs(Permission.ACCOUNT_MANAGE)
@needs_fresh
def invite_again(public_id: str) -> Response:
    """Send a new invitation: the first was lost, or the password is forgotten."""
    user = db.session.scalar(select(User).where(User.public_id == public_id)) or abort(404)
    if not StateForm().validate_on_submit():
        abort(400)
    with saved():
        if not user.active:
            raise Refused("停止中のアカウントには招待を送れません。先に再開してください。")
        invite(user, by=need_viewer())
        name = user.name
    flash(f"{name}さんに招待の手紙を送りました。", "success")
    return redirect(url_for("people.accounts"), 303)


@bp.post("/accounts/<public_id>/forget")
@needs(Permission.ACCOUNT_MANAGE)
@needs_fresh
def forget(public_id: str) -> Response:
    """The device is lost: forget what stood on it, end every sign-in and invite anew."""
    user = db.session.scalar(select(User).where(User.public_id == public_id)) or abort(404)
    if not StateForm().validate_on_submit():
        abort(400)
    with saved():
        if user.id == need_viewer().user_id:
            raise Refused("自分の分は、別のコーディネーターに依頼してください。")
        forget_factors(user, by=need_viewer())
        revoke(user)
        invite(user, by=need_viewer())
        name = user.name
    flash(f"{name}さんの端末の登録を消し、招待の手紙を送りました。", "success")
    return redirect(url_for("people.accounts"), 303)


@bp.post("/role")
@needs(Permission.ACCOUNT_OWN)
def choose_role() -> Response:
    """Pick one of one's roles for this session: rights are never added together."""
    form = RoleForm()
    held = {role.value for role in roles_held(current_user)}
    if not form.validate_on_submit() or form.role.data not in held:
        abort(400)
    with saved():
        user = db.session.get_one(User, need_viewer().user_id)
        go_on_as(user, Role(form.role.data), by=need_viewer())
    return redirect("/", 303)
