"""Every answer, whatever its status, carries the headers that keep strangers out."""

from __future__ import annotations

import pytest
from flask import Flask

from companion.core.access import Role
from tests.kit.makers import make_user
from tests.kit.pages import Browser
from tests.shape.world import build, requests_of

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("role", [None, Role.COORDINATOR, Role.OFFICIAL])
def test_headers_stand_on_every_answer(app: Flask, role: Role | None) -> None:
    world = build()
    browser = Browser(app)
    if role is not None:
        browser.sign_in_as(world.users[role])
    seen, found = set(), []
    asked = [(w.method, w.path) for w in requests_of(app, world)]
    for method, path in [*asked, ("GET", "/nowhere"), ("POST", "/nowhere"), ("GET", "/static/no")]:
        answer = browser.raw(method, path)
        seen.add(answer.status_code)
        policy = answer.headers.get("Content-Security-Policy", "")
        parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        if parts.get("default-src") != "'none'" or "unsafe" in policy or "*" in policy:
            found.append(f"{method} {path}: {policy!r}")
        for name in ("script-src", "style-src", "form-action"):
            if parts.get(name) != "'self'":
                found.append(f"{method} {path}: {name} {parts.get(name)}")
        for name in ("frame-ancestors", "base-uri"):
            if parts.get(name) != "'none'":
                found.append(f"{method} {path}: {name} {parts.get(name)}")
        for name, value in ALWAYS.items():
            if answer.headers.get(name) != value:
                found.append(f"{method} {path}: {name} {answer.headers.get(name)}")
        if not path.startswith("/static") and answer.headers.get("Cache-Control") != "no-store":
            found.append(f"{method} {path}: {answer.headers.get('Cache-Control')}")
        for name in ("Server", "X-Powered-By"):
            if name in answer.headers:
                found.append(f"{method} {path} tells {name}")
    assert found == []
    assert 404 in seen


def test_every_answer_says_what_it_is(app: Flask) -> None:
    world, found, seen = build(), [], 0
    browser = Browser(app).sign_in_as(world.users[Role.COORDINATOR])
    asked = [w.path for w in requests_of(app, world, kinds=("own",)) if w.method == "GET"]
    for path in [*asked, "/nowhere", "/static/app.css", "/static/app.js"]:
        answer = browser.raw("GET", path)
        kind = answer.headers.get("Content-Type", "")
        is_text = kind.startswith("text/") or "xml;" in kind
        seen += 1
        if answer.get_data() and (not kind or (is_text and "charset=utf-8" not in kind.lower())):
            found.append(f"{path}: {kind}")
    assert found == []
    assert seen > 50


def test_https_is_asked_for_a_year(app: Flask) -> None:
    answer = Browser(app).raw("GET", "/signin", base_url="https://localhost")
    wanted = "max-age=31536000; includeSubDomains"
    assert answer.headers["Strict-Transport-Security"] == wanted
    assert "Strict-Transport-Security" not in Browser(app).raw("GET", "/signin").headers


def test_signing_out_empties_the_browser(app: Flask) -> None:
    browser = Browser(app).sign_in_as(make_user())
    token = browser.get("/").soup.select('input[name="csrf_token"]')[0]["value"]
    answer = browser.raw("POST", "/signout", data={"csrf_token": token})
    assert answer.headers["Clear-Site-Data"] == '"storage"'


def test_the_session_cookie_is_closed_to_scripts(app: Flask) -> None:
    answer = Browser(app).raw("GET", "/signin")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
