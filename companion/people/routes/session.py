"""Who this browser is signed in as: a random token in the cookie, everything else in the table."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, session
from flask_security import login_user, logout_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from companion.core import clock
from companion.core.access import Role, Viewer
from companion.core.db import db
from companion.people.limits import Browser, TooOften, hash_of
from companion.people.models import SignIn, User
from companion.people.rules import FRESH, MINUTE, PENDING, idle_limit
from companion.people.signing_in import change_role, open_sign_in

YEAR = dt.timedelta(days=365)
WRONG_CODE = "コードが正しくないか、期限が切れています。もう一度確かめて入力してください。"


def init_app(app: Flask) -> None:
    """Identity comes from the table of sign-ins."""
    app.login_manager.user_loader(_load)  # type: ignore[attr-defined]


def _load(user_id: str) -> User | None:
    """The account of this browser, if its sign-in has not ended, rested too long or grown old."""
    token, seen = session.get("sid"), session.get("seen")
    if not token or not isinstance(seen, int):
        return None
    found = db.session.execute(
        select(User, SignIn)
        .join(SignIn, SignIn.user_id == User.id)
        .where(SignIn.token_hash == hash_of(token))
    ).first()
    if found is None:
        return None
    user, row = found
    now = clock.now()
    rested = now - dt.datetime.fromtimestamp(seen, dt.UTC)
    is_over = row.ended_at is not None or row.ends_at <= now or rested >= idle_limit(row.role)
    if is_over or not user.is_open or user.fs_uniquifier != user_id:
        return None
    if rested >= MINUTE and request.headers.get("Sec-Fetch-Dest") != "empty":
        # What a script asks for by itself does not keep a browser signed in. The moment stands in
        # the signed cookie, so that reading a page writes nothing.
        session["seen"] = int(now.timestamp())
    if session.get("role") != row.role.value:
        session["role"] = row.role.value
    g.sign_in = row
    return user


def present() -> SignIn | None:
    """The sign-in of this request."""
    return g.get("sign_in")


def is_fresh() -> bool:
    """True when who is there was proved within a quarter of an hour."""
    row = present()
    return row is not None and row.fresh_at > clock.now() - FRESH


def browser() -> Browser:
    """Where this request comes from; a browser without a device cookie gets one with the answer."""
    known = request.cookies.get(_device_cookie(), "")
    if "device" not in g:
        g.device = known if 20 <= len(known) <= 100 else secrets.token_urlsafe(32)
    return Browser(
        address=request.remote_addr or "",
        name=_device_name(request.user_agent.string),
        device=g.device,
    )


def keep_device(response: Response) -> Response:
    """Let the browser be known next time."""
    response.set_cookie(
        _device_cookie(),
        browser().device,
        max_age=YEAR,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _device_cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


_SYSTEMS = ("Windows", "iPhone", "iPad", "Android", "Mac OS X", "CrOS", "Linux")
_PROGRAMS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))


def _device_name(agent: str) -> str:
    """「Windows／Edge」, as a person would call it."""
    system = next((name for name in _SYSTEMS if name in agent), "不明な端末")
    program = next((name for mark, name in _PROGRAMS if mark in agent), "ほか")
    return f"{system}／{program}"


def begin(user: User, *, via: str) -> None:
    """Sign in: a new token, and nothing of the session before is carried over."""
    token = secrets.token_urlsafe(32)
    _renew(user, token)
    g.sign_in = open_sign_in(user, token=token, browser=browser(), via=via)
    session["role"] = g.sign_in.role.value


def go_on_as(user: User, role: Role, *, by: Viewer) -> None:
    """Another role of the same person: a new token again."""
    row, token = present(), secrets.token_urlsafe(32)
    if row is None:
        return
    _renew(user, token)
    g.sign_in = change_role(row, role, token=token, by=by)
    session["role"] = role.value


def proved_anew() -> None:
    """Who is there has been proved: note it, under a new token."""
    row, token = present(), secrets.token_urlsafe(32)
    if row is not None:
        row.fresh_at, row.token_hash = clock.now(), hash_of(token)
        session["sid"] = token


def _renew(user: User, token: str) -> None:
    session.clear()
    g.pop("csrf_token", None)
    login_user(user)
    session["sid"] = token
    session["seen"] = int(clock.now().timestamp())


def leave() -> None:
    """Forget everything this browser held."""
    logout_user()
    session.clear()


def pending() -> dict[str, Any] | None:
    """What is known after the password and before the second step."""
    held = session.get("pending")
    return held if isinstance(held, dict) else None


def wait_for_step(user: User, next_page: str) -> None:
    """Keep that the password was right; nothing else of the session before is carried over."""
    session.clear()
    session["pending"] = {
        "user": user.fs_uniquifier,
        "at": int(clock.now().timestamp()),
        "next": next_page,
    }


def finish(user: User, *, via: str, next_page: str = "/") -> Response:
    """Signed in: on to the page that was asked for first."""
    begin(user, via=via)
    return keep_device(redirect(inside(next_page), 303))


def pending_user() -> tuple[User, dict[str, Any]] | None:
    """Who has given the password in this browser, not longer ago than a quarter of an hour."""
    held = pending()
    if held is None:
        return None
    began = dt.datetime.fromtimestamp(int(held["at"]), dt.UTC)
    if clock.now() - began > PENDING:
        return None
    user = db.session.scalar(select(User).where(User.fs_uniquifier == held["user"]))
    return (user, held) if user is not None and user.is_open else None


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
