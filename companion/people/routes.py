"""Pages about accounts, and the wiring of the sign-in library."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, session, url_for
from flask_security import Security, SQLAlchemyUserDatastore, current_user
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from companion.core.access import Permission, Role, need_viewer, needs, roles_held
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.people.actions import add_user, set_active
from companion.people.forms import AccountForm, RoleForm, StateForm
from companion.people.models import RoleRow, User
from companion.people.queries import all_ministries, all_users

bp = Blueprint("people", __name__)


def init_app(app: Flask) -> None:
    """Register the pages and Flask-Security on our accounts."""
    app.register_blueprint(bp)
    Security(app, SQLAlchemyUserDatastore(db, User, RoleRow))

    @app.context_processor
    def _roles() -> dict[str, Any]:
        if not current_user.is_authenticated:
            return {"roles_held": []}
        return {"roles_held": roles_held(current_user)}


@bp.get("/accounts")
@needs(Permission.ACCOUNT_MANAGE)
def accounts() -> str:
    """Every account with its roles and state."""
    return render_template(
        "people/accounts.html", users=all_users(), form=StateForm(), roles_of=roles_held
    )


@bp.route("/accounts/new", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_MANAGE)
def new_account() -> str | Response | tuple[str, int]:
    """Open an account."""
    form = AccountForm()
    form.ministry_code.choices = [
        SelectChoice("", "（該当なし）"),
        *(SelectChoice(ministry.code, ministry.name) for ministry in all_ministries()),
    ]
    if form.validate_on_submit():
        try:
            with saved():
                key = form.once()
                user = add_user(
                    email=form.email.data,
                    name=form.name.data,
                    password=form.password.data,
                    roles=[Role(form.role.data)],
                    lg_code=form.lg_code.data or None,
                    prefecture_code=form.prefecture_code.data or None,
                    ministry_code=form.ministry_code.data or None,
                    by=need_viewer(),
                )
                key.location = url_for("people.accounts")
                flash(f"{user.name}さんのアカウントを作成しました。", "success")
            return redirect(url_for("people.accounts"), 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    return render_template("people/new_account.html", form=form), 422 if form.errors else 200


@bp.post("/accounts/<public_id>/state")
@needs(Permission.ACCOUNT_MANAGE)
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


@bp.post("/role")
@needs(Permission.ACCOUNT_OWN)
def choose_role() -> Response:
    """Pick one of one's roles for this session: rights are never added together."""
    form = RoleForm()
    held = {role.value for role in roles_held(current_user)}
    if not form.validate_on_submit() or form.role.data not in held:
        abort(400)
    session["role"] = form.role.data
    return redirect("/", 303)
