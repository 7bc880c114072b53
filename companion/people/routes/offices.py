"""Signing in at the own office (OpenID Connect: code, PKCE, state and nonce), where configured.

The way back from the office only notes who it says is there; a button then signs in, links or
proves anew, because opening an address changes nothing here.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from companion.core import clock
from companion.core.access import Permission, need_viewer, needs, needs_fresh, public, roles_held
from companion.core.access import viewer as present_viewer
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.people.clients import FAILURES, Untrusted, client_of, register
from companion.people.codes import use_invitation
from companion.people.factors import steps_enrolled
from companion.people.forms import StateForm
from companion.people.identities import NOT_LINKED, account_at, link, unlink
from companion.people.models import User
from companion.people.offices import Office, asserts_mfa, is_safe_address
from companion.people.routes import session as browsing
from companion.people.routes.welcome import go_on, invited
from companion.people.rules import MINUTE, PENDING, STAFF
from companion.people.terms import Step

bp = Blueprint("offices", __name__)
log = logging.getLogger("companion")

NO_ANSWER = (
    "所属府省庁のサインインにつながりません。しばらくしてからもう一度お試しいただくか、"
    "パスワードでサインインしてください。"
)
NOT_PROVED = "所属府省庁で本人を確かめられませんでした。はじめからもう一度お試しください。"


def init_app(app: Flask) -> None:
    """Register each configured office with the client."""
    register(app)
    app.register_blueprint(bp)

    @app.context_processor
    def _offices() -> dict[str, Any]:
        return {"offices": list(app.config["OFFICES"].values())}


def _office(key: str) -> Office:
    found: Office = current_app.config["OFFICES"].get(key) or abort(404)
    return found


def _outside(path: str) -> str:
    return str(current_app.config["EXTERNAL_BASE_URL"]) + path


def _failed(error: Exception, words: str) -> Response:
    log.warning("office sign-in failed: %s id=%s", type(error).__name__, g.get("request_id"))
    flash(words, "warning")
    return redirect(url_for("own.account" if present_viewer() else "signin.sign_in"), 303)


@bp.get("/signin/office/<office>")
@public
def begin(office: str) -> Response:
    """On to the office; who is signed in already proves there anew who is there."""
    chosen = _office(office)
    extra = {"prompt": "login", "max_age": 0} if present_viewer() else {}
    try:
        back = _outside(url_for("offices.back", office=chosen.key))
        answer: Response = client_of(chosen).authorize_redirect(back, **extra)
    except FAILURES as error:
        return _failed(error, NO_ANSWER)
    session["office_next"] = browsing.inside(request.args.get("next"))
    return answer


@bp.get("/signin/office/<office>/back")
@public
def back(office: str) -> Response:
    """Back from the office: note who it says is there."""
    chosen = _office(office)
    if not request.args.get("state"):
        return redirect(url_for("signin.sign_in"), 303)
    try:
        if request.args.get("iss", chosen.issuer) != chosen.issuer:
            raise Untrusted("iss")
        token = client_of(chosen).authorize_access_token(
            claims_options={
                "iss": {"essential": True, "value": chosen.issuer},
                "aud": {"essential": True, "value": chosen.client_id},
                "sub": {"essential": True},
            }
        )
        claims = token.get("userinfo")
        if not claims or not 0 < len(str(claims["sub"])) <= 255:
            raise Untrusted("id_token")
    except FAILURES as error:
        return _failed(error, NOT_PROVED)
    session["office"] = {
        "key": chosen.key,
        "subject": str(claims["sub"]),
        "at": int(clock.now().timestamp()),
        "proved_at": int(claims.get("auth_time") or 0),
        "mfa": asserts_mfa(chosen, claims),
    }
    return redirect(url_for("offices.enter"), 303)


def _held() -> dict[str, Any] | None:
    """What the office said in this browser, not longer ago than a quarter of an hour."""
    held = session.get("office")
    if not isinstance(held, dict) or held["key"] not in current_app.config["OFFICES"]:
        return None
    return held if clock.now().timestamp() - held["at"] <= PENDING.total_seconds() else None


@bp.route("/signin/office", methods=["GET", "POST"])
@public
def enter() -> str | Response | tuple[str, int]:
    """What to do with it: sign in, link it to an account, or prove anew who is there."""
    held = _held()
    if held is None:
        session.pop("office", None)
        return redirect(url_for("signin.sign_in"), 303)
    office, form = _office(held["key"]), StateForm()
    owner, guest = account_at(office.issuer, held["subject"]), invited()
    someone = present_viewer()
    if someone is not None:
        purpose = "again" if owner is not None and owner.id == someone.user_id else "link"
    else:
        purpose = "welcome" if guest else "sign_in"
    code = 200
    if form.validate_on_submit():
        try:
            with saved():
                if purpose == "again":
                    return _prove_anew(held)
                if purpose == "link":
                    return _link(office, held)
                if guest is not None:
                    return _welcome(guest, office, held)
                return _sign_in(owner, held)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
            code = 422
    page = render_template("people/office.html", form=form, office=office, purpose=purpose)
    return page, code


def _sign_in(user: User | None, held: dict[str, Any]) -> Response:
    if user is None or not user.is_open:
        raise Refused(NOT_LINKED)
    next_page = session.get("office_next", "/")
    if held["mfa"] or not STAFF & set(roles_held(user)):
        return browsing.finish(user, via=_via(held), next_page=next_page)
    # The office has asked for less than this role needs: the own second step follows.
    browsing.wait_for_step(user, next_page)
    return redirect(url_for("second.step" if steps_enrolled(user) else "second.setup"), 303)


def _via(held: dict[str, Any]) -> str:
    return f"{Step.OFFICE.value}:{held['key']}"


def _welcome(user: User, office: Office, held: dict[str, Any]) -> Response:
    if not use_invitation(user):
        raise Refused("この招待は使用済みか、期限が切れています。")
    link(user, office, held["subject"], by=None)
    if held["mfa"] or not STAFF & set(roles_held(user)):
        flash(f"次回からは、{office.name}のサインインで入れます。", "success")
        return browsing.finish(user, via=_via(held))
    return go_on(user)


def _link(office: Office, held: dict[str, Any]) -> Response:
    viewer = need_viewer()
    if not browsing.is_fresh():
        return redirect(url_for("again.again", next=url_for("offices.enter")), 303)
    link(db.session.get_one(User, viewer.user_id), office, held["subject"], by=viewer)
    session.pop("office")
    flash(f"{office.name}のサインインをつなぎました。", "success")
    return redirect(url_for("own.account"), 303)


def _prove_anew(held: dict[str, Any]) -> Response:
    row = browsing.present()
    age = clock.now().timestamp() - held["proved_at"]
    if row is None or age > 5 * MINUTE.total_seconds():
        raise Refused("所属府省庁での確認が新しくありません。もう一度確認してください。")
    if row.role in STAFF and not held["mfa"]:
        raise Refused("この役割では、パスワードでの確認が必要です。")
    browsing.proved_anew()
    session.pop("office")
    flash("本人の確認ができました。", "success")
    return redirect(browsing.inside(session.pop("office_next", "/")), 303)


@bp.post("/account/offices/<office>/drop")
@needs(Permission.ACCOUNT_OWN)
@needs_fresh
def drop(office: str) -> Response:
    """Unlink an office from the own account."""
    chosen, me = _office(office), db.session.get_one(User, need_viewer().user_id)
    if not StateForm().validate_on_submit():
        abort(400)
    with saved():
        unlink(me, chosen, by=need_viewer())
    flash(f"{chosen.name}のサインインを外しました。", "success")
    return redirect(url_for("own.account"), 303)


@bp.get("/signin/office/<office>/leave")
@public
def leave(office: str) -> Response:
    """On to signing out at the office as well, after signing out here."""
    chosen = _office(office)
    try:
        client = client_of(chosen)
        if not is_safe_address(str(client.server_metadata.get("end_session_endpoint"))):
            raise Untrusted("end_session_endpoint")
        found = client.create_logout_url(
            post_logout_redirect_uri=_outside(url_for("signin.sign_in")),
            client_id=chosen.client_id,
        )
    except FAILURES as error:
        return _failed(error, "所属府省庁の画面で、サインアウトの操作をしてください。")
    return redirect(found["url"], 303)
