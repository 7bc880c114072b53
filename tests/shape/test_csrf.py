"""Nothing is changed by a request that does not carry the token of the person's own session."""

from __future__ import annotations

import pytest
from flask import Flask

from companion.core.access import Role
from tests.kit.makers import make_user
from tests.kit.pages import Browser
from tests.shape.world import World, build, fingerprint, requests_of

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def unsafe(app: Flask, world: World) -> list[tuple[str, str]]:
    """Every address that changes something, with its method."""
    return [
        (wanted.method, wanted.path)
        for wanted in requests_of(app, world, kinds=("own",))
        if wanted.method in UNSAFE
    ]


@pytest.mark.sqlite_only
def test_every_change_without_the_token_is_refused(app: Flask, world: World) -> None:
    found = []
    for role, user in world.users.items():
        browser = Browser(app).sign_in_as(user)
        before = fingerprint()
        for method, path in unsafe(app, world):
            for token in (None, "stale", "IjEyMyI.aaaa.bbbb"):
                data = {"csrf_token": token} if token else {}
                answer = browser.raw(method, path, data=data)
                if answer.status_code != 400:
                    found.append(f"{role} {method} {path} {token}: {answer.status_code}")
        assert fingerprint() == before
    assert found == []


def test_the_token_of_another_session_is_refused(app: Flask, world: World) -> None:
    stranger = Browser(app)
    foreign = stranger.get("/signin").form().fields["csrf_token"]
    user = make_user("coordinator")
    browser = Browser(app).sign_in_as(user)
    for method, path in unsafe(app, world):
        answer = browser.raw(method, path, data={"csrf_token": foreign})
        assert (path, answer.status_code) == (path, 400)


def test_the_page_says_what_to_do(app: Flask) -> None:
    browser = Browser(app).sign_in_as(make_user("coordinator"))
    page = browser.send("POST", "/signout", data={})
    assert page.status == 400
    assert page.heading


def token_of(browser: Browser) -> str:
    return str(browser.get("/").soup.select('input[name="csrf_token"]')[0]["value"])


def test_a_page_of_another_site_is_refused_even_with_the_token(app: Flask, world: World) -> None:
    browser = Browser(app).sign_in_as(world.users[Role.COORDINATOR])
    token = token_of(browser)
    before, found = fingerprint(), []
    for method, path in unsafe(app, world):
        for foreign in (
            {"Origin": "https://evil.example"},
            {"Origin": "http://localhost.evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site", "Origin": "null"},
        ):
            answer = browser.raw(method, path, data={"csrf_token": token}, headers=foreign)
            if answer.status_code != 400:
                found.append(f"{method} {path} {foreign}: {answer.status_code}")
    assert found == []
    assert fingerprint() == before


@pytest.mark.parametrize("origin", ["null", "http://localhost"])
def test_a_page_of_our_own_is_answered(app: Flask, world: World, origin: str) -> None:
    browser = Browser(app).sign_in_as(world.users[Role.COORDINATOR])
    own = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    data = {"csrf_token": token_of(browser)}
    assert browser.raw("POST", "/signout", data=data, headers=own).status_code in {302, 303}


def test_what_was_written_is_shown_when_the_page_is_too_old(app: Flask, world: World) -> None:
    long = "宿泊の試行を9月に行う。\n<b>予約</b>は町が受ける。"
    written = {"name": long, "password": "ひみつのことば", "csrf_token": "old"}
    browser = Browser(app).sign_in_as(world.users[Role.COORDINATOR])
    page = browser.send("POST", "/periods/new", data=written)
    assert (page.status, [t.get_text() for t in page.soup.select("[data-copy]")]) == (400, [long])
    nobody = Browser(app)
    nobody.get("/signin")
    page = nobody.post("/periods/new", name=long, password="ひみつのことば")
    assert (page.status, [t.get_text() for t in page.soup.select("[data-copy]")]) == (403, [long])
    assert "ひみつ" not in page.data.decode()
    large = Browser(app).send("POST", "/periods/new", data={"name": "あ" * 2_000_000})
    assert (large.status, large.soup.select("[data-copy]")) == (413, [])
