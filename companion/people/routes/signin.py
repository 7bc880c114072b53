"""Signing in, first step: address and password; and signing out."""

from __future__ import annotations

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
from flask_security import current_user
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs, public, roles_held, viewer
from companion.core.db import saved
from companion.people.factors import steps_enrolled
from companion.people.forms import SignInForm
from companion.people.limits import TooOften, check_password
from companion.people.models import User
from companion.people.routes import session as browsing
from companion.people.routes.second import send_a_code
from companion.people.rules import is_demo_account, steps_allowed
from companion.people.signing_in import end_sign_in
from companion.people.terms import Step

bp = Blueprint("signin", __name__)

WRONG = (
    "メールアドレスまたはパスワードが正しくありません。大文字と小文字、全角と半角を確かめて、"
    "もう一度入力してください。"
)


@bp.route("/signin", methods=["GET", "POST"])
@public
def sign_in() -> str | Response | tuple[str, int]:
    """The first step: address and password."""
    next_page = browsing.inside(request.args.get("next"))
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
            form.form_errors.append(browsing.waiting(error))
            code = 429
    elif form.errors:
        code = 422
    return render_template(
        "people/signin.html",
        form=form,
        next_page=next_page,
        left=current_app.config["OFFICES"].get(session.pop("left", "")),
    ), code


def _after_password(user: User, next_page: str) -> Response:
    """Signed in where no second step is asked for; otherwise on to that step."""
    if not current_app.config["SECOND_STEP"] or is_demo_account(user.email):
        return browsing.finish(user, via="password", next_page=next_page)
    # The same person again in the same browser: the code that is on its way stays good.
    is_same = (browsing.pending() or {}).get("user") == user.fs_uniquifier
    nonce = session.get("nonce") if is_same else None
    browsing.wait_for_step(user, next_page)
    if nonce:
        session["nonce"] = nonce
    have = steps_enrolled(user) & set(steps_allowed(roles_held(user)))
    if have & {Step.APP, Step.PASSKEY}:
        return redirect(url_for("second.step"), 303)
    if Step.MAIL not in steps_allowed(roles_held(user)):
        return redirect(url_for("second.setup"), 303)
    send_a_code(user)
    return redirect(url_for("second.step"), 303)


@bp.post("/signout")
@needs(Permission.ACCOUNT_OWN)
def sign_out() -> Response:
    """End this sign-in; copies of its cookie are worth nothing afterwards."""
    row = browsing.present()
    office = row.via.partition(":")[2] if row is not None else ""
    if row is not None and current_user.is_authenticated:
        with saved():
            end_sign_in(row, by=need_viewer())
    browsing.leave()
    if office in current_app.config["OFFICES"]:
        session["left"] = office  # the office's own sign-in goes on: the next page says so
    answer = redirect(url_for("signin.sign_in"), 303)
    answer.headers["Clear-Site-Data"] = '"storage"'  # what tabs kept of unsent text
    return answer
