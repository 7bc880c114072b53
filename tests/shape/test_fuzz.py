"""Whatever is sent, nothing breaks: seeded requests of every kind to every page, none answered 5xx.

Every refusal is a Japanese page that says what to do next, without a trace, under an id that is in
the log; and nothing that people wrote, sent or hold secret is in the log of the whole run.
`pytest --long tests/shape/test_fuzz.py` sends 20,000.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from companion.core.access import Role
from companion.core.db import Base
from tests.kit.logs import written
from tests.kit.makers import PASSWORD
from tests.kit.pages import Browser
from tests.shape.crawl import fill
from tests.shape.test_access import world  # noqa: F401 the fixture
from tests.shape.test_canaries import MARK, addresses
from tests.shape.world import World, requests_of

pytestmark = pytest.mark.sqlite_only
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
TRACES = (b"Traceback", b"File &#34;", b'File "', b"sqlalchemy", b"werkzeug", b".py")


def value_of(chance: random.Random) -> str:
    """A strange value, or noise."""
    if chance.random() < 0.8:
        return chance.choice(STRANGE)
    return "".join(
        chr(chance.choice((chance.randrange(1, 256), chance.randrange(0x3000, 0x9FFF))))
        for _ in range(chance.randrange(1, 40))
    )


NEXT = re.compile('ください|お試し|サインインする|href="/"')


def fuzz(
    app: Flask, made: World, *, role: Role | None, count: int, seed: int, ids: set[str]
) -> list[str]:
    """Send that many requests; returns those answered wrongly. `ids` takes those of refusals."""
    chance, found = random.Random(seed), []
    wanted = [w for w in requests_of(app, made) if w.endpoint != "signin.sign_out"]
    columns = {c.name for table in Base.metadata.sorted_tables for c in table.columns}
    names = sorted(columns | {"q", "sort", "page", "csrf_token", "form_key", "next", "file"})
    names += [f"{name}-0" for name in ("guests", "minutes", "members", "fields")]
    browser = Browser(app)
    for number in range(count):
        if role is not None and number % 200 == 0:
            browser = Browser(app).sign_in_as(made.users[role])
        aim = chance.choice(wanted)
        path = aim.path
        if chance.random() < 0.15:
            parts = path.split("/")
            parts[chance.randrange(1, len(parts))] = quote(value_of(chance), safe="")
            path = "/".join(parts)
        query = {chance.choice(names): value_of(chance) for _ in range(chance.randrange(4))}
        more: dict[str, Any] = {"query_string": query}
        if aim.method == "POST":
            data: Any = {
                chance.choice(names): value_of(chance) for _ in range(chance.randrange(12))
            }
            if chance.random() < 0.1:
                data = chance.randbytes(chance.randrange(2_000))
                kinds = ("application/json", "multipart/form-data; boundary=x", "text/plain", "")
                more["content_type"] = chance.choice(kinds)
            more["data"] = data
        if chance.random() < 0.1:
            more["headers"] = {
                chance.choice(("Accept", "Cookie", "Range", "If-None-Match", "Origin")): quote(
                    value_of(chance)[:200]
                )
            }
        try:
            answer = browser.raw(aim.method, path, **more)
        except Exception as failure:  # the tests' application hands failures on
            found.append(f"{aim.method} {path} {more}: {failure!r}"[:600])
            continue
        if fault := fault_of(answer, ids):
            found.append(f"{aim.method} {path} {more}: {answer.status_code} {fault}"[:600])
    return found


def fault_of(answer: Any, ids: set[str]) -> str:
    """What is wrong with an answer; the id of a refusal is noted."""
    if answer.status_code < 400:
        return ""
    ids.add(answer.headers.get("X-Request-Id", "none"))
    data = answer.get_data()
    if answer.status_code >= 500:
        return "a failure of ours"
    if traces := [trace for trace in TRACES if trace in data]:
        return f"shows {traces}"
    if answer.mimetype == "text/html":
        text = data.decode()
        if '<html lang="ja"' not in text or not NEXT.search(text):
            return f"does not say what to do next: {text[-600:]}"
    return ""


@pytest.mark.parametrize("role", [*Role, None])
def test_no_request_breaks_a_page(
    app: Flask,
    world: World,  # noqa: F811
    role: Role | None,
    request: pytest.FixtureRequest,
) -> None:
    is_long = request.config.getoption("--long")
    count, ids = 2_900 if is_long else 150, set[str]()
    secret = secrets_of(world)
    with written() as log:
        found = fuzz(app, world, role=role, count=count, seed=len(role or ""), ids=ids)
    assert found == [], f"{len(found)} of {count}:\n" + "\n".join(found[:20])
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert all({"at", "level", "logger", "message"} <= set(line) for line in lines)
    assert ids - {line.get("id") for line in lines} == set()
    assert len(ids) > count // 10
    assert [word for word in secret if word in log.getvalue()] == []
    assert MARK.search(log.getvalue()) is None


def secrets_of(made: World) -> set[str]:
    """A mark in every text that people wrote; and addresses, secrets and what is sent."""
    things = made.things
    found = {PASSWORD, SENT, things["tokens"]["own"], things["feeds"]["own"]}
    found |= {user.email for user in made.users.values()}
    fill(f"Qz{number:05d}z" for number in itertools.count())
    return found | set(addresses())


def test_a_year_that_no_database_can_hold_is_not_there(app: Flask, world: World) -> None:  # noqa: F811
    browser = Browser(app).sign_in_as(world.users[Role.COORDINATOR])
    assert browser.raw("GET", f"/{'9' * 60}/teams").status_code == 404
