"""Pages of passkeys: making and dropping them, and signing in with one after the password."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, session, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs, needs_fresh, public, roles_held
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.people.factors import steps_enrolled
from companion.people.forms import AnswerForm, PasskeyForm, StateForm
from companion.people.limits import TooOften, count_failure, forget_failures, try_limits
from companion.people.models import Passkey, User
from companion.people.passkeys import (
    WRONG,
    add_key,
    creation_options,
    drop_key,
    is_answer,
    keys_of,
    request_options,
)
from companion.people.routes import session as browsing
from companion.people.rules import steps_allowed
from companion.people.terms import Step

bp = Blueprint("passkeys", __name__)


@bp.route("/account/passkeys", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_OWN)
@needs_fresh
def passkeys() -> str | Response | tuple[str, int]:
    """The own passkeys, and a new one."""
    me, form = db.session.get_one(User, need_viewer().user_id), PasskeyForm()
    if form.validate_on_submit():
        try:
            with saved():
                add_key(
                    me,
                    form.answer.data or "",
                    challenge=session.pop("challenge", ""),
                    name=form.name.data or "",
                    by=need_viewer(),
                )
            flash("パスキーを登録しました。次回から、パスワードのあとに使えます。", "success")
            return redirect(url_for("passkeys.passkeys"), 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    options, session["challenge"] = creation_options(me)
    page = render_template(
        "people/passkeys.html", form=form, drop=StateForm(), options=options, keys=keys_of(me)
    )
    return page, 422 if form.errors else 200


@bp.post("/passkeys/<public_id>/drop")
@needs(Permission.ACCOUNT_OWN)
@needs_fresh
def drop(public_id: str) -> Response:
    """Drop one of the own passkeys; a role that needs a second step keeps one."""
    key = db.session.scalar(
        select(Passkey).where(
            Passkey.public_id == public_id, Passkey.user_id == need_viewer().user_id
        )
    ) or abort(404)
    if not StateForm().validate_on_submit():
        abort(400)
    me = db.session.get_one(User, need_viewer().user_id)
    with saved():
        is_last = len(keys_of(me)) == 1 and not me.totp_secret
        if is_last and Step.MAIL not in steps_allowed(roles_held(me)):
            raise Refused(
                "最後の一つは消せません。先に認証アプリか別のパスキーを登録してください。"
            )
        drop_key(key, by=need_viewer())
    flash("パスキーを消しました。", "success")
    return redirect(url_for("passkeys.passkeys"), 303)


@bp.route("/signin/passkey", methods=["GET", "POST"])
@public
def sign_in() -> str | Response | tuple[str, int]:
    """The second step with a passkey."""
    known = browsing.pending_user()
    if known is None or Step.PASSKEY not in steps_enrolled(known[0]):
        return redirect(url_for("second.step"), 303)
    user, held = known
    form, code = AnswerForm(), 200
    if form.validate_on_submit():
        try:
            with saved():
                limits = try_limits(user.email, "step", browser=browsing.browser())
                challenge = session.pop("challenge", "")
                if is_answer(user, form.answer.data or "", challenge=challenge):
                    forget_failures(limits)
                    return browsing.finish(user, via=Step.PASSKEY.value, next_page=held["next"])
                count_failure(limits)
            form.form_errors.append(WRONG)
            code = 422
        except TooOften as error:
            form.form_errors.append(browsing.waiting(error))
            code = 429
    options, session["challenge"] = request_options(user)
    return render_template("people/passkey_step.html", form=form, options=options), code
