"""Reading changes nothing: no row of any table differs after any page has been opened."""

from __future__ import annotations

import pytest
from flask import Flask

from companion.core.access import Role
from tests.kit.pages import Browser
from tests.shape.world import build, fingerprint, requests_of


@pytest.mark.parametrize("role", list(Role))
def test_no_page_writes_when_it_is_read(app: Flask, role: Role) -> None:
    world = build()
    browser = Browser(app).sign_in_as(world.users[role])
    before, found = fingerprint(), []
    for wanted in requests_of(app, world):
        if wanted.method != "GET":
            continue
        for method in ("GET", "HEAD"):
            browser.raw(method, wanted.path)
        after = fingerprint()
        if after != before:
            found.append(wanted.path)
            before = after
    assert found == []
