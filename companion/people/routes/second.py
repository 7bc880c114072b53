"""Signing in, second step: what the role demands after the password."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from companion.core.access import public, roles_held
from companion.core.db import saved
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
from companion.people.forms import CodeForm, SetupForm, StateForm
from companion.people.limits import TooOften, count_failure, forget_failures, try_limits
from companion.people.models import User
from companion.people.routes import session as browsing
from companion.people.rules import steps_allowed
from companion.people.terms import Step

bp = Blueprint("second", __name__)


def send_a_code(user: User) -> None:
    """Send a code by letter, or say that one is on its way."""
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
    known = browsing.pending_user()
    if known is None:
        return _start_again() if browsing.pending() else redirect(url_for("signin.sign_in"), 303)
    user, held = known
    form, code = CodeForm(), 200
    if form.validate_on_submit():
        try:
            with saved():
                via = prove(user, form.code.data)
                if via is not None:
                    return browsing.finish(user, via=via.value, next_page=held["next"])
            form.code.errors = [browsing.WRONG_CODE]
            code = 422
        except TooOften as error:
            form.form_errors.append(browsing.waiting(error))
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
    known = browsing.pending_user()
    if known is None:
        return redirect(url_for("signin.sign_in"), 303)
    user, _ = known
    if Step.MAIL in steps_allowed(roles_held(user)):
        with saved():
            send_a_code(user)
    return redirect(url_for("second.step"), 303)


@bp.route("/signin/setup", methods=["GET", "POST"])
@public
def setup() -> str | Response | tuple[str, int]:
    """The guided first time of a role that needs an app: only for who has set up nothing yet."""
    known = browsing.pending_user()
    if known is None or steps_enrolled(known[0]):
        return redirect(url_for("second.step"), 303)
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
                render_template(
                    "people/recovery.html", codes=codes, next_page=browsing.inside(held["next"])
                )
            )
            return browsing.keep_device(answer)
        form.code.errors = [browsing.WRONG_CODE]
    size, path = seed_picture(seed, user)
    page = render_template("people/setup.html", form=form, key=seed_key(seed), size=size, path=path)
    return page, 422 if form.errors else 200
