"""A live server beside the test, and Debian's Chromium to open its pages."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from companion.core.db import db
from companion.people.models import User
from tests.kit.makers import PASSWORD

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all journeys of a worker; with CI=true its absence is a failure."""
    path = shutil.which("chromium")
    if path is None:
        said = "Chromium is not installed: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(app_on_database: Flask) -> Iterator[str]:
    """The application behind a real server on this machine; gives its address."""
    server = make_server("127.0.0.1", 0, app_on_database, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def address(app: Flask, served: str) -> str:
    """The address of the live server, its tables empty."""
    return served


class Person:
    """Somebody with a browser window of their own."""

    def __init__(self, page: Page, address: str, *, has_script: bool = True) -> None:
        self.page, self.address, self.has_script = page, address, has_script
        self.faults: list[str] = []
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._note)
        # A test that reads a row holds the writer's lock until it says that it is done; it is done
        # whenever the browser asks for something.
        session = db.session()
        page.on("request", lambda _: session.commit())

    def _note(self, message: Any) -> None:
        # A refused policy, a missing file or a failing script all speak here.
        if message.type == "error" and "status of 4" not in message.text:
            self.faults.append(f"console: {message.text}")

    def open(self, path: str) -> Page:
        """Open an address of the application."""
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, email: str, password: str = PASSWORD) -> Page:
        """Sign in through the page."""
        self.open("/signin")
        self.page.get_by_label("メールアドレス").fill(email)
        self.page.get_by_label("パスワード", exact=False).first.fill(password)
        self.page.get_by_role("button", name="サインイン").click()
        assert "/signin" not in self.page.url, self.page.inner_text("main")
        return self.page

    def sign_in_as(self, user: User) -> Page:
        """Sign in as an account of `make_user`."""
        return self.sign_in(user.email)

    @property
    def heading(self) -> str:
        """The main heading of the page."""
        return self.page.locator("h1").inner_text()

    def press(self, name: str) -> None:
        """Press the button with that text."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Follow the link with that text in the page's own part, or in the menu."""
        own = self.page.get_by_role("main").get_by_role("link", name=name, exact=True)
        link = own if own.count() else self.page.get_by_role("link", name=name, exact=True)
        link.first.click()

    @property
    def is_wider_than_the_window(self) -> bool:
        """True when the page has to be moved sideways to be read."""
        self.page.wait_for_load_state("load")  # without its style sheet every page is too wide
        return bool(
            self.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
        )


@pytest.fixture
def person(chromium: Browser, address: str) -> Iterator[Callable[..., Person]]:
    """Makes people, each with a window of their own; at the end none may have seen a fault."""
    contexts: list[BrowserContext] = []
    people: list[Person] = []

    def make(*, size: dict[str, int] | None = None, script: bool = True) -> Person:
        context = chromium.new_context(
            viewport=size or WIDE,  # type: ignore[arg-type]
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            java_script_enabled=script,
            accept_downloads=True,
        )
        contexts.append(context)
        people.append(Person(context.new_page(), address, has_script=script))
        return people[-1]

    yield make
    for context in contexts:
        context.close()
    assert [fault for somebody in people for fault in somebody.faults] == []
