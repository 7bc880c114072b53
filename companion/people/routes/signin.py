"""Signing in: the password, then what the role demands after it; and signing out."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_security import current_user, verify_password
from sqlalchemy import select
from werkzeug.wrappers import Response

from companion.core import clock
from companion.core.access import Permission, need_viewer, needs, public, roles_held, viewer
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.people.codes import is_mailed_code, mail_code
from companion.people.factors import (
    enrol_app,
    is_app_code,
    is_recovery_code,
    new_seed,
    seed_key,
    seed_picture,
    steps_enrolled,
)
from companion.people.forms import AgainForm, CodeForm, SetupForm, SignInForm, StateForm
from companion.people.models import User
from companion.people.routes import session as browsing
from companion.people.rules import PENDING, is_demo_account, normal, steps_allowed
from companion.people.signing_in import (
    TooOften,
    check_password,
    count_failure,
    end_sign_in,
    forget_failures,
    try_limits,
)
from companion.people.terms import Step

bp = Blueprint("signin", __name__)

WRONG = "メールアドレスまたはパスワードが正しくありません。"
WRONG_CODE = "コードが正しくないか、期限が切れています。もう一度確かめて入力してください。"


def waiting(error: TooOften) -> str:
    """What somebody reads who has to wait."""
    return f"続けて間違いがあったため、あと{error.minutes}分ほどお待ちください。"


def inside(address: str | None) -> str:
    """An address of this application to go on to; anything else becomes the home page."""
    address = address or "/"
    parts = urlsplit(address)
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    clean = not any(ord(letter) < 33 or letter == "\\" for letter in address)
    return address if is_ours and clean and not parts.netloc and not parts.scheme else "/"


@bp.route("/signin", methods=["GET", "POST"])
@public
def sign_in() -> str | Response | tuple[str, int]:
    """The first step: address and password."""
    next_page = inside(request.args.get("next"))
    if viewer() is not None:
        return redirect(next_page, 303)
    if request.method == "GET" and session.pop("sid", None):
        flash("しばらく操作がなかったため、サインアウトしました。もう一度お願いします。", "info")
    form, code = SignInForm(), 200
    if form.validate_on_submit():
        try:
            with saved():
                user = check_password(
                    form.email.data, form.password.data, browser=browsing.browser()
                )
                if user is not None:
                    return _after_password(user, next_page)
            form.form_errors.append(WRONG)
            code = 422
        except TooOften as error:
            form.form_errors.append(waiting(error))
            code = 429
    elif form.errors:
        code = 422
    return render_template("people/signin.html", form=form, next_page=next_page), code


def _after_password(user: User, next_page: str) -> Response:
    """Signed in where no second step is asked for; otherwise on to that step."""
    if not current_app.config["SECOND_STEP"] or is_demo_account(user.email):
        return finish(user, via="password", next_page=next_page)
    # The same person again in the same browser: the code that is on its way stays good.
    is_same = (browsing.pending() or {}).get("user") == user.fs_uniquifier
    nonce = session.get("nonce") if is_same else None
    session.clear()
    session["pending"] = {
        "user": user.fs_uniquifier,
        "at": int(clock.now().timestamp()),
        "next": next_page,
    }
    if nonce:
        session["nonce"] = nonce
    have = steps_enrolled(user) & set(steps_allowed(roles_held(user)))
    if have & {Step.APP, Step.PASSKEY}:
        return redirect(url_for("signin.step"), 303)
    if Step.MAIL not in steps_allowed(roles_held(user)):
        return redirect(url_for("signin.setup"), 303)
    _send_code(user)
    return redirect(url_for("signin.step"), 303)


def finish(user: User, *, via: str, next_page: str = "/") -> Response:
    """Signed in: on to the page that was asked for first."""
    browsing.begin(user, via=via)
    return browsing.keep_device(redirect(next_page, 303))


def pending_user() -> tuple[User, dict[str, Any]] | None:
    """Who has given the password in this browser, not longer ago than a quarter of an hour."""
    held = browsing.pending()
    if held is None:
        return None
    began = dt.datetime.fromtimestamp(int(held["at"]), dt.UTC)
    if clock.now() - began > PENDING:
        return None
    user = db.session.scalar(select(User).where(User.fs_uniquifier == held["user"], User.active))
    return (user, held) if user is not None else None


def _send_code(user: User) -> None:
    try:
        session["nonce"] = mail_code(user)
    except Refused as refusal:
        flash(str(refusal), "warning")


def _start_again() -> Response:
    session.pop("pending", None)
    flash("時間が過ぎたため、はじめからお願いします。", "info")
    return redirect(url_for("signin.sign_in"), 303)


@bp.route("/signin/step", methods=["GET", "POST"])
@public
def step() -> str | Response | tuple[str, int]:
    """The second step: a code of the app, of a letter, or a recovery code."""
    known = pending_user()
    if known is None:
        return _start_again() if browsing.pending() else redirect(url_for("signin.sign_in"), 303)
    user, held = known
    form, code = CodeForm(), 200
    if form.validate_on_submit():
        try:
            with saved():
                via = prove(user, form.code.data)
                if via is not None:
                    return finish(user, via=via.value, next_page=inside(held["next"]))
            form.code.errors = [WRONG_CODE]
            code = 422
        except TooOften as error:
            form.form_errors.append(waiting(error))
            code = 429
    elif form.errors:
        code = 422
    return _step_page(user, form), code


def _step_page(user: User, form: CodeForm) -> str:
    allowed = set(steps_allowed(roles_held(user)))
    return render_template(
        "people/step.html",
        form=form,
        send=StateForm(),
        steps={step.value for step in (steps_enrolled(user) | {Step.MAIL}) & allowed},
        is_mailed="nonce" in session,
        address=user.email,
    )


def prove(user: User, code: str) -> Step | None:
    """Which step a code proves; a wrong one is counted.

    Raises:
        TooOften: there were too many wrong ones.
    """
    allowed = steps_allowed(roles_held(user))
    limits = try_limits(user.email, "step", browser=browsing.browser())
    plain = "".join(code.split())
    digits = plain.replace("-", "") if plain.replace("-", "").isascii() else ""
    found = None
    if len(digits) == 6 and digits.isdigit() and is_app_code(user, digits):
        found = Step.APP
    elif len(digits) == 8 and digits.isdigit() and Step.MAIL in allowed:
        if is_mailed_code(user, digits, nonce=session.get("nonce", "")):
            found = Step.MAIL
    elif is_recovery_code(user, plain):
        found = Step.RECOVERY
    if found is None:
        count_failure(limits)
    else:
        forget_failures(limits)
    return found


@bp.post("/signin/code")
@public
def send_code() -> Response:
    """Send a code by letter, at the person's wish."""
    known = pending_user()
    if known is None:
        return redirect(url_for("signin.sign_in"), 303)
    user, _ = known
    if Step.MAIL in steps_allowed(roles_held(user)):
        with saved():
            _send_code(user)
    return redirect(url_for("signin.step"), 303)


@bp.route("/signin/setup", methods=["GET", "POST"])
@public
def setup() -> str | Response | tuple[str, int]:
    """The guided first time of a role that needs an app: only for who has set up nothing yet."""
    known = pending_user()
    if known is None or steps_enrolled(known[0]):
        return redirect(url_for("signin.step"), 303)
    user, held = known
    form = SetupForm()
    seed = session.get("seed")
    if seed is None:
        seed = session["seed"] = new_seed()
    if form.validate_on_submit():
        with saved():
            codes = enrol_app(user, seed, form.code.data, by=None)
            if codes is not None:
                browsing.begin(user, via=Step.APP.value)
        if codes is not None:
            answer = current_app.make_response(
                render_template("people/recovery.html", codes=codes, next_page=inside(held["next"]))
            )
            return browsing.keep_device(answer)
        form.code.errors = [WRONG_CODE]
    size, path = seed_picture(seed, user)
    page = render_template("people/setup.html", form=form, key=seed_key(seed), size=size, path=path)
    return page, 422 if form.errors else 200


@bp.route("/signin/again", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_OWN)
def again() -> str | Response | tuple[str, int]:
    """Prove anew who is there, before an act that must not be somebody else's."""
    next_page = inside(request.args.get("next"))
    form, code = AgainForm(), 200
    user, row = db.session.get_one(User, need_viewer().user_id), browsing.present()
    if form.validate_on_submit() and row is not None:
        try:
            with saved():
                limits = try_limits(user.email, "again", browser=browsing.browser())
                is_right = verify_password(normal(form.password.data), user.password or "")
                # The app's code as well, where there is an app: a password alone may be known.
                if is_right and user.totp_secret and current_app.config["SECOND_STEP"]:
                    is_right = prove(user, form.code.data or "") is not None
                if is_right:
                    row.fresh_at = clock.now()
                    return redirect(next_page, 303)
                count_failure(limits)
            form.form_errors.append("パスワードまたはコードが正しくありません。")
            code = 422
        except TooOften as error:
            form.form_errors.append(waiting(error))
            code = 429
    elif form.errors:
        code = 422
    return render_template(
        "people/again.html", form=form, has_app=bool(user.totp_secret), next_page=next_page
    ), code


@bp.post("/signout")
@needs(Permission.ACCOUNT_OWN)
def sign_out() -> Response:
    """End this sign-in; copies of its cookie are worth nothing afterwards."""
    row = browsing.present()
    if row is not None and current_user.is_authenticated:
        with saved():
            end_sign_in(row, by=need_viewer())
    browsing.leave()
    return redirect(url_for("signin.sign_in"), 303)
