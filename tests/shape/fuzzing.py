"""Requests of every kind to every page, from a seed: strange addresses, queries, bodies, headers;
and forms as a person gets them, with strange things written into some of their fields."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask
from werkzeug.datastructures import MultiDict

from companion.core.access import Role
from companion.core.db import Base
from tests.kit.mutants import good, mutant
from tests.kit.pages import Browser, Form, Page
from tests.shape.offers import filled, sent
from tests.shape.world import World, requests_of

SENT = "zq-typed-by-somebody"
STRANGE = [
    "",
    " ",
    "0",
    "-1",
    "1e309",
    "NaN",
    "9" * 400,
    "'",
    '"',
    "' OR 1=1 --",
    "%",
    "%s",
    "{{7*7}}",
    "${7}",
    "../../etc/passwd",
    "\x00",
    "\x0b",
    "\ud7ff",
    "\ufffe",
    "\u202eabc",
    "𠮷野家",
    "😀" * 50,
    "あ" * 5_000,
    "2025-02-30",
    "0000-00-00",
    "9999-12-31",
    "10000-01-01",
    "25:61",
    "2025-09-02T24:00",
    "null",
    "[]",
    "{}",
    "true",
    "on",
    "\r\nSet-Cookie: a=b",
    "<script>",
    "１２３",
    "−5",
    "٣",
    "1" * 30,
    "-" * 17,
    "zzzzzzzzzzzzzzzz",
    SENT,
]
# What would end the run of this account, or hold it back, and is tried by tests of its own.
LEFT_OUT = {"signin.sign_out"}
ENDING = ("/account/", "/welcome", "/signin/again")
Tell = Callable[[str, Any], None]


def value_of(chance: random.Random) -> str:
    """A strange value, or noise."""
    if chance.random() < 0.8:
        return chance.choice(STRANGE)
    return "".join(
        chr(chance.choice((chance.randrange(1, 256), chance.randrange(0x3000, 0x9FFF))))
        for _ in range(chance.randrange(1, 40))
    )


class Fuzzer:
    """Sends requests as one role, or as nobody, and tells of each with its answer.

    `tell` is given what was sent, in short, and the answer or the failure.
    """

    def __init__(self, app: Flask, made: World, role: Role | None, seed: int, tell: Tell) -> None:
        self.app, self.made, self.role, self.tell = app, made, role, tell
        self.chance = random.Random(seed)
        self.sent = self.handed_in = 0
        wanted = [w for w in requests_of(app, made) if w.endpoint not in LEFT_OUT]
        self.addresses = [(w.method, w.path) for w in wanted]
        self.chance.shuffle(self.addresses)
        columns = {c.name for table in Base.metadata.sorted_tables for c in table.columns}
        names = columns | {"q", "sort", "page", "csrf_token", "form_key", "next", "file"}
        names |= {f"{name}-0" for name in ("guests", "minutes", "members", "fields")}
        self.names = sorted(names)
        self.lists = list(good().values())
        self.formed: list[str] = []  # pages on which there was a form to send
        self.browser = self._new_browser()

    def _new_browser(self) -> Browser:
        browser = Browser(self.app)
        if self.role is not None:
            return browser.sign_in_as(self.made.users[self.role])
        browser.get("/signin")
        return browser

    def run(self, count: int) -> None:
        """Send that many requests: every address in turn, between them forms that were met."""
        turn = 0
        while self.sent < count:
            if self.formed and self.chance.random() < 0.3:
                self._hand_in(self.chance.choice(self.formed))
                continue
            method, path = self.addresses[turn % len(self.addresses)]
            turn += 1
            if turn % 200 == 0:
                self.browser = self._new_browser()
            if method == "GET" and self.chance.random() < 0.5:
                self._hand_in(path)
            else:
                self._send_anything(method, path)

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        self.sent += 1
        what = f"{method} {path} {more}"
        try:
            answer = self.browser.raw(method, path, **more)
        except Exception as failure:  # the tests' application hands failures on
            self.tell(what, failure)
            return None
        self.tell(what, answer)
        return answer

    def _strange(self, most: int) -> dict[str, str]:
        names = (self.chance.choice(self.names) for _ in range(self.chance.randrange(most)))
        return {name: value_of(self.chance) for name in names}

    def _send_anything(self, method: str, path: str) -> None:
        chance = self.chance
        if chance.random() < 0.15:
            parts = path.split("/")
            parts[chance.randrange(1, len(parts))] = quote(value_of(chance), safe="")
            path = "/".join(parts)
        more: dict[str, Any] = {"query_string": self._strange(4), "headers": {}}
        token = self.browser._token or ""
        if method == "POST":
            more["data"] = self._strange(12) | ({"csrf_token": token} if token else {})
            if chance.random() < 0.1:
                more["data"] = chance.randbytes(chance.randrange(2_000))
                kinds = ("application/json", "multipart/form-data; boundary=x", "text/plain", "")
                more["content_type"] = chance.choice(kinds)
                more["headers"]["X-CSRFToken"] = token
        if chance.random() < 0.1:
            name = chance.choice(("Accept", "Cookie", "Range", "If-None-Match", "Origin"))
            more["headers"][name] = quote(value_of(chance)[:200])
        self._ask(method, path, **more)

    def _hand_in(self, path: str) -> None:
        """Fill a form of the page, bend some of its fields, and send it."""
        answer = self._ask("GET", path)
        if answer is None or answer.status_code != 200 or answer.mimetype != "text/html":
            return
        page = Page(self.browser, answer)
        forms = [f for f in page.forms if f.method == "POST" and _may_be_sent(f)]
        if not forms:
            return
        if path not in self.formed:
            self.formed.append(path)
        form = self.chance.choice(forms)
        data: MultiDict[str, Any] = sent(form, filled(form))
        for name in self.chance.sample(sorted(data), k=min(len(data), self.chance.randrange(4))):
            if name == "csrf_token":
                continue
            if self.chance.random() < 0.1:
                data.poplist(name)
            else:
                data.setlist(
                    name, [value_of(self.chance) for _ in range(self.chance.choice((1, 1, 2)))]
                )
        for control in form.controls:
            if control.get("type") == "file" and control.get("name"):
                data.add(str(control["name"]), (io.BytesIO(self._file()), "一覧.xlsx"))
        self.handed_in += 1
        self._ask("POST", urlsplit(form.action).path, data=data)

    def _file(self) -> bytes:
        if self.chance.random() < 0.2:
            return self.chance.randbytes(self.chance.randrange(2_000))
        return mutant(self.chance.choice(self.lists), self.chance)[1]


def _may_be_sent(form: Form) -> bool:
    return not urlsplit(form.action).path.startswith(ENDING)
