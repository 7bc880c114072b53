"""Each status a request is refused with: Japanese, what to do next, an id that is in the log."""

from __future__ import annotations

import ast
import json
import re

import pytest
from flask import Flask, abort
from werkzeug.exceptions import default_exceptions

from companion.core.access import Role
from companion.core.errors import ADVICE, KNOWN
from tests.kit.logs import written
from tests.kit.makers import make_user
from tests.kit.pages import Browser
from tests.shape.sources import sources
from tests.shape.test_fuzz import NEXT, TRACES

pytestmark = pytest.mark.sqlite_only
ENGLISH = re.compile(r"[A-Za-z]{4,} [a-z]{2,} [a-z]{2,}")  # the words of the library
# Answered by pages of their own, which tests of theirs look at.
OWN_PAGES = {409, 410, 422, 429, 503}


def said_in_the_source() -> set[int]:
    """Every status from 400 up that some page or handler answers with."""
    found = set()
    for source in sources():
        for node in ast.walk(source.tree):
            parts: list[ast.expr] = []
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "abort",
                "_page",
                "_words",
            }:
                parts = node.args
            elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
                parts = node.value.elts[1:]
            for part in parts:
                if isinstance(part, ast.Constant) and isinstance(part.value, int):
                    found.add(part.value)
    return {code for code in found if 400 <= code < 600}


def test_every_status_of_the_source_has_its_words() -> None:
    said = said_in_the_source()
    assert {400, 403, 404, 409, 410, 422, 500, 503} <= said
    assert said - KNOWN - set(ADVICE) - OWN_PAGES == set()


@pytest.mark.parametrize("is_in", [False, True], ids=["nobody", "signed in"])
@pytest.mark.parametrize("code", sorted(default_exceptions))
def test_every_refusal_says_what_to_do(
    app: Flask, code: int, is_in: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(app)
    if is_in:
        browser.sign_in_as(make_user(Role.COORDINATOR))

    def page() -> str:
        abort(code)

    page.access_mark = "public"  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "welcome.welcome", page)
    with written() as log:
        answer = browser.raw("GET", "/welcome")
    text = answer.get_data(as_text=True)
    assert answer.status_code == code
    assert '<html lang="ja"' in text
    assert NEXT.search(text)
    assert not ENGLISH.search(re.sub("<[^>]*>", "", text))
    assert [trace for trace in TRACES if trace in answer.data] == []
    number = answer.headers["X-Request-Id"]
    assert code == 404 or number in text
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [one["message"].rsplit(" ", 1)[1] for one in lines if one.get("id") == number] == [
        str(code)
    ]


def test_what_cannot_be_opened_or_read_is_told(app: Flask) -> None:
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    for address, method, words in (
        ("/signout", "GET", "直接開けません"),
        ("/signin", "DELETE", "直接開けません"),
    ):
        answer = browser.raw(method, address)
        assert answer.status_code == 405
        assert words in answer.text
        assert answer.headers["Allow"]
