"""The own account: where one is signed in, the password, the app and its recovery codes."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, session, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs, needs_fresh, roles_held
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.people.actions import set_password
from companion.people.factors import (
    enrol_app,
    new_recovery_codes,
    new_seed,
    seed_key,
    seed_picture,
    steps_enrolled,
)
from companion.people.forms import ChangePasswordForm, PasswordForm, SetupForm, StateForm
from companion.people.hashing import matches
from companion.people.identities import offices_of
from companion.people.limits import TooOften, count_failure, try_limits
from companion.people.models import SignIn, User
from companion.people.offices import may_use
from companion.people.routes import session as browsing
from companion.people.rules import normal, steps_allowed
from companion.people.signing_in import end_sign_in, open_sign_ins
from companion.people.terms import Step

bp = Blueprint("own", __name__)


def _me() -> User:
    return db.session.get_one(User, need_viewer().user_id)


@bp.get("/account")
@needs(Permission.ACCOUNT_OWN)
def account() -> str:
    """What stands about oneself, and every browser one is signed in with."""
    me = _me()
    return render_template(
        "people/account.html",
        user=me,
        sign_ins=open_sign_ins(me.id),
        here=browsing.present(),
        enrolled=steps_enrolled(me),
        linked=offices_of(me, current_app.config["OFFICES"]),
        may_use_office=may_use(roles_held(me)),
        by_mail=Step.MAIL in steps_allowed(roles_held(me)),
        recovery_left=len(me.mf_recovery_codes or []),
        form=StateForm(),
        roles=roles_held(me),
    )


@bp.post("/sign-ins/<public_id>/end")
@needs(Permission.ACCOUNT_OWN)
@needs_fresh
def end(public_id: str) -> Response:
    """End one of the own sign-ins."""
    row = db.session.scalar(
        select(SignIn).where(SignIn.public_id == public_id, SignIn.user_id == need_viewer().user_id)
    ) or abort(404)
    if not StateForm().validate_on_submit():
        abort(400)
    with saved():
        end_sign_in(row, by=need_viewer())
    flash("その端末のサインインを終了しました。", "success")
    return redirect(url_for("own.account"), 303)


@bp.post("/account/end-others")
@needs(Permission.ACCOUNT_OWN)
@needs_fresh
def end_others() -> Response:
    """End every sign-in but this one."""
    if not StateForm().validate_on_submit():
        abort(400)
    here = browsing.present()
    with saved():
        for row in open_sign_ins(need_viewer().user_id):
            if here is None or row.id != here.id:
                end_sign_in(row, by=need_viewer())
    flash("ほかの端末のサインインをすべて終了しました。", "success")
    return redirect(url_for("own.account"), 303)


@bp.route("/account/password", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_OWN)
@needs_fresh
def change_password() -> str | Response | tuple[str, int]:
    """Another password; every other browser is signed out."""
    me = _me()
    form = ChangePasswordForm() if me.password else PasswordForm()
    if form.validate_on_submit() and _knows_password(me, form):
        try:
            with saved():
                me, row = _me(), browsing.present()
                set_password(me, form.password.data, by=need_viewer())
                browsing.begin(me, via=row.via if row else "password")
            flash("パスワードを変更し、ほかの端末のサインインを終了しました。", "success")
            return redirect(url_for("own.account"), 303)
        except Refused as refusal:
            form.password.errors = [str(refusal)]
    page = render_template("people/change_password.html", form=form)
    return page, 422 if form.errors else 200


def _knows_password(me: User, form: PasswordForm) -> bool:
    """True when the present password was typed as well; wrong ones are counted."""
    if not isinstance(form, ChangePasswordForm):
        return True
    try:
        with saved():
            limits = try_limits(me.email, "again", browser=browsing.browser())
            if matches(normal(form.current.data), me.password or ""):
                return True
            count_failure(limits)
        form.current.errors = ["いまのパスワードが正しくありません。"]
    except TooOften as error:
        form.current.errors = [browsing.waiting(error)]
    return False


@bp.route("/account/app", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_OWN)
@needs_fresh
def app_setup() -> str | tuple[str, int]:
    """Take an authenticator app into use, or another one in its place."""
    form, me = SetupForm(), _me()
    seed = session.get("seed") or new_seed()
    session["seed"] = seed
    if form.validate_on_submit():
        with saved():
            codes = enrol_app(me, seed, form.code.data, by=need_viewer())
        if codes is not None:
            session.pop("seed")
            return render_template(
                "people/recovery.html", codes=codes, next_page=url_for("own.account")
            )
        form.code.errors = [browsing.WRONG_CODE]
    size, path = seed_picture(seed, me)
    page = render_template("people/setup.html", form=form, key=seed_key(seed), size=size, path=path)
    return page, 422 if form.errors else 200


@bp.post("/account/recovery")
@needs(Permission.ACCOUNT_OWN)
@needs_fresh
def recovery() -> str | Response:
    """Ten new recovery codes; the old ones die."""
    if not StateForm().validate_on_submit():
        abort(400)
    me = _me()
    if not me.totp_secret:
        return redirect(url_for("own.app_setup"), 303)
    with saved():
        codes = new_recovery_codes(me, by=need_viewer())
    return render_template("people/recovery.html", codes=codes, next_page=url_for("own.account"))
