"""The guided first sign-in of who was invited. Opening the page spends nothing; a code is typed."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, flash, redirect, render_template, session, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from companion.core import clock
from companion.core.access import public, roles_held
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.people.actions import set_password
from companion.people.codes import is_invitation, use_invitation
from companion.people.factors import steps_enrolled
from companion.people.forms import PasswordForm, WelcomeForm
from companion.people.limits import (
    TooOften,
    count_failure,
    forget_failures,
    nobodys_password,
    try_limits,
)
from companion.people.models import User
from companion.people.offices import may_use
from companion.people.queries import find_user
from companion.people.routes import session as browsing
from companion.people.rules import PENDING, steps_allowed
from companion.people.terms import Step

bp = Blueprint("welcome", __name__)


@bp.route("/welcome", methods=["GET", "POST"])
@public
def welcome() -> str | Response | tuple[str, int]:
    """Address and code of the letter."""
    form, code = WelcomeForm(), 200
    if form.validate_on_submit():
        try:
            with saved():
                address = form.email.data.strip().lower()
                limits = try_limits(address, "welcome", browser=browsing.browser())
                user = find_user(address)
                if is_invitation(user, form.code.data, nobodys=nobodys_password()) and user:
                    forget_failures(limits)
                    session.clear()
                    session["welcome"] = {
                        "user": user.fs_uniquifier,
                        "at": int(clock.now().timestamp()),
                    }
                    return redirect(url_for("welcome.password"), 303)
                count_failure(limits)
            form.form_errors.append(
                "メールアドレスか招待コードが正しくないか、期限が切れています。"
                "手紙を確かめても進めないときは、コーディネーターに招待の送り直しを依頼してください。"
            )
            code = 422
        except TooOften as error:
            form.form_errors.append(browsing.waiting(error))
            code = 429
    elif form.errors:
        code = 422
    return render_template("people/welcome.html", form=form), code


def invited() -> User | None:
    """Who has typed the code of an invitation in this browser a short while ago."""
    held = session.get("welcome")
    if not isinstance(held, dict):
        return None
    if clock.now() - dt.datetime.fromtimestamp(int(held["at"]), dt.UTC) > PENDING:
        return None
    user = db.session.scalar(select(User).where(User.fs_uniquifier == held["user"]))
    return user if user is not None and user.is_open else None


@bp.route("/welcome/password", methods=["GET", "POST"])
@public
def password() -> str | Response | tuple[str, int]:
    """Choose the password; only now is the invitation used up."""
    user = invited()
    if user is None:
        return redirect(url_for("welcome.welcome"), 303)
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            with saved():
                if not use_invitation(user):
                    raise Refused("この招待は使用済みか、期限が切れています。")
                set_password(user, form.password.data, by=None)
                return go_on(user)
        except Refused as refusal:
            form.password.errors = [str(refusal)]
    needs_app = Step.MAIL not in steps_allowed(roles_held(user))
    page = render_template(
        "people/welcome_password.html",
        form=form,
        needs_app=needs_app,
        may_use_office=may_use(roles_held(user)),
    )
    return page, 422 if form.errors else 200


def go_on(user: User) -> Response:
    """The mailbox is proved by the letter; what else the role demands comes next."""
    enrolled = steps_enrolled(user)
    if Step.MAIL in steps_allowed(roles_held(user)) and not enrolled:
        flash("パスワードを設定しました。次回からは、このパスワードでサインインします。", "success")
        return browsing.finish(user, via="invitation")
    browsing.wait_for_step(user, "/")
    return redirect(url_for("second.step" if enrolled else "second.setup"), 303)
