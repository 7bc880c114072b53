"""Reading changes nothing: no row of any table differs after any page has been opened."""

from __future__ import annotations

from itertools import groupby

import pytest
from flask import Flask

from companion.core.access import Role
from tests.kit.pages import Browser
from tests.shape.world import build, fingerprint, requests_of


@pytest.mark.sqlite_only
@pytest.mark.parametrize("role", list(Role))
def test_no_page_writes_when_it_is_read(app: Flask, role: Role) -> None:
    world = build()
    browser = Browser(app).sign_in_as(world.users[role])
    before, found = fingerprint(), []
    paths = [wanted.path for wanted in requests_of(app, world) if wanted.method == "GET"]
    for _, some in groupby(paths, lambda path: path.split("/")[1:3]):
        opened = list(some)
        for path in opened:
            for method in ("GET", "HEAD"):
                browser.raw(method, path)
        after = fingerprint()
        if after != before:
            found.append(opened)
            before = after
    assert found == []
