"""What people type stays text: in every page as no element.

Payloads go into every text column of every row at once, in turn, so that every page that shows a
column meets them. `pytest --long tests/shape/test_injection.py` puts every payload into each.
"""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from companion.core.access import Role
from tests.kit.pages import Browser
from tests.shape.crawl import asked_by, fill, numbered, turns
from tests.shape.test_access import world  # noqa: F401 the fixture
from tests.shape.world import World

pytestmark = pytest.mark.sqlite_only

# Each would add an element or an attribute named zq, were it read as markup.
SCRIPTS = [
    before + payload
    for before in ("", '"', "'", "'>", '">', "</td>", "</textarea>", "</title>", "</script>", "-->")
    for payload in (
        "<zq>", "<zq/x=1", "<script zq>1</script>", "<img src=x zq=1>", " zq=1 ", "<svg/zq=1>",
        "<a href=javascript:zq zq>x</a>", "{{7*'zq'}}<zq>", "&lt;zq&gt;<zq>", "<!--><zq>",
    )
]  # fmt: skip


def groups(payloads: list[str], size: int = 10) -> list[str]:
    """The payloads in texts of ten: each brings its own way out of what stands before it."""
    return [" ".join(payloads[at : at + size]) for at in range(0, len(payloads), size)]


def added(data: bytes) -> list[str]:
    """Elements and attributes of the page that came out of a payload."""
    soup = BeautifulSoup(data, "html5lib")
    return [
        str(tag)[:120]
        for tag in soup.find_all(True)
        if "zq" in tag.name or any("zq" in name for name in tag.attrs)
        if not str(tag.get("href", "")).startswith(("/", "http"))
    ]


def pages_with_added_elements(app: Flask, made: World, offsets: range) -> list[str]:
    """Addresses whose page was changed by a payload; each offset moves the payloads on by one.

    Pages that show no payload at all in the first round are left out of the others.
    """
    found, showing = [], []
    browsers = {role: Browser(app).sign_in_as(made.users[role]) for role in Role}
    for number, offset in enumerate(offsets):
        fill(numbered(groups(SCRIPTS), offset))
        if number:
            answers = [(at, browsers[at[0]].raw(at[1], at[2])) for at in showing]
        else:
            answers = list(asked_by(app, made, browsers))
        for at, answer in answers:
            data = answer.get_data()
            if answer.mimetype == "text/html" and b"zq" in data:
                if not number:
                    showing.append(at)
                found += [f"{at} {offset}: {tag}" for tag in added(data)]
    assert len(showing) > 50, "the payloads are shown nowhere"
    return found


@pytest.mark.parametrize("number", range(2))
def test_no_payload_becomes_an_element(
    app: Flask,
    world: World,  # noqa: F811
    number: int,
    request: pytest.FixtureRequest,
) -> None:
    assert len(SCRIPTS) >= 100
    assert pages_with_added_elements(app, world, turns(request, number, groups(SCRIPTS))) == []
