"""Proving anew who is there, before an act that must not be somebody else's at an open screen.

A page that is opened leads to the question and back. A form that is sent is held in the question
itself and goes on with the answer, so that nothing typed is lost.
"""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core.access import PROOF, Permission, need_viewer, needs
from companion.core.db import db, saved
from companion.people.forms import AgainForm
from companion.people.hashing import matches
from companion.people.identities import offices_of
from companion.people.limits import TooOften, count_failure, nobodys_password, try_limits
from companion.people.models import User
from companion.people.routes import session as browsing
from companion.people.routes.second import prove
from companion.people.rules import normal

bp = Blueprint("again", __name__)


def init_app(app: Flask) -> None:
    """Let pages marked `needs_fresh` ask again."""

    @app.before_request
    def _ask_again() -> Response | tuple[str, int] | None:
        function = current_app.view_functions.get(request.endpoint or "")
        is_asked = request.method in getattr(function, "fresh_mark", ())
        if not is_asked or browsing.present() is None or browsing.is_fresh():
            return None
        if request.method in {"GET", "HEAD"}:
            back = request.full_path.rstrip("?")
            return redirect(url_for("again.again", next=back), 303)
        # The token was checked already, and stands among the fields that are held.
        form, code = AgainForm(prefix=PROOF, meta={"csrf": False}), 422
        if PROOF + "password" in request.form:
            code = _ask(form)
            if code == 303:
                return None  # and on to the page function, with everything that was typed
        else:
            form.process()
        held = [
            (name, value)
            for name, values in request.form.lists()
            for value in values
            if not name.startswith(PROOF)
        ]
        return _page(form, held=held, address=request.full_path.rstrip("?")), code


def _me() -> User:
    return db.session.get_one(User, need_viewer().user_id)


def _ask(form: AgainForm) -> int:
    """Check the answer: 303 when it is right, otherwise the code of the page that asks again."""
    row, user = browsing.present(), _me()
    if row is None or not form.validate():
        return 422
    try:
        with saved():
            limits = try_limits(user.email, "again", browser=browsing.browser())
            hashed = user.password or nobodys_password()
            is_right = matches(normal(form.password.data), hashed)
            is_right = is_right and user.password is not None
            # The app's code as well, where there is an app: a password alone may be known.
            if is_right and user.totp_secret and current_app.config["SECOND_STEP"]:
                is_right = prove(user, form.code.data or "") is not None
            if is_right:
                browsing.proved_anew()
                return 303
            count_failure(limits)
        form.form_errors.append("パスワードまたはコードが正しくありません。")
        return 422
    except TooOften as error:
        form.form_errors.append(browsing.waiting(error))
        return 429


def _page(
    form: AgainForm, *, address: str, held: list[tuple[str, str]], next_page: str = "/account"
) -> str:
    user = _me()
    return render_template(
        "people/again.html",
        form=form,
        held=held,
        address=address,
        next_page=next_page,
        has_app=bool(user.totp_secret),
        has_password=user.password is not None,
        offices=offices_of(user, current_app.config["OFFICES"]),
    )


@bp.route("/signin/again", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_OWN)
def again() -> str | Response | tuple[str, int]:
    """Ask who is there, and go on to the page that wanted to know."""
    next_page, form, code = browsing.inside(request.args.get("next")), AgainForm(), 200
    if form.is_submitted():
        code = _ask(form)
        if code == 303:
            return redirect(next_page, 303)
    address = url_for("again.again", next=next_page)
    return _page(form, address=address, held=[], next_page=next_page), code
