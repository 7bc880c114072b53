"""Whatever is sent, nothing breaks: seeded requests of every kind to every page, none answered 5xx.

Every refusal is a Japanese page that says what to do next, without a trace, under an id that is in
the log; and nothing that people wrote, sent or hold secret is in the log of the whole run.
`pytest --long tests/shape/test_fuzz.py` sends 20,000.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest
from flask import Flask

from companion.core.access import Role
from tests.kit.logs import written
from tests.kit.makers import PASSWORD
from tests.kit.pages import Browser
from tests.shape.crawl import fill
from tests.shape.fuzzing import SENT, Fuzzer
from tests.shape.offers import enrich
from tests.shape.test_access import world  # noqa: F401 the fixture
from tests.shape.test_canaries import MARK, addresses
from tests.shape.world import World

pytestmark = pytest.mark.sqlite_only
TRACES = (b"Traceback", b"File &#34;", b'File "', b"sqlalchemy", b"werkzeug", b".py")


NEXT = re.compile('ください|お試し|サインインする|href="/"')


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
    count = 2_900 if request.config.getoption("--long") else 150
    found, ids = list[str](), set[str]()

    def tell(what: str, answer: Any) -> None:
        if isinstance(answer, Exception):
            found.append(f"{what}: {answer!r}"[:600])
        elif fault := fault_of(answer, ids):
            found.append(f"{what}: {answer.status_code} {fault}"[:600])

    enrich(world)
    secret = secrets_of(world)
    with written() as log:
        fuzzer = Fuzzer(app, world, role, seed=len(role or ""), tell=tell)
        fuzzer.run(count)
    assert found == [], f"{len(found)} of {count}:\n" + "\n".join(found[:20])
    assert role is not Role.COORDINATOR or fuzzer.handed_in > count // 10
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
