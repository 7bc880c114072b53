"""Every page of every role in a real browser: no accessibility fault, nothing to move sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from companion.core.access import PUBLIC, ROLES_OF, Permission, Role, mark_of
from tests.journeys.conftest import PHONE, Person
from tests.kit.axe import violations
from tests.shape.world import World, build, requests_of


def pages(app: Flask, world: World, role: Role) -> list[str]:
    """Every page that the role may open, once, from the URL map."""
    return [
        wanted.path
        for wanted in requests_of(app, world, kinds=("own",))
        if wanted.method == "GET"
        and (mark := mark_of(app, wanted.endpoint)) != PUBLIC
        and role in ROLES_OF[Permission(str(mark))]
    ]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("role", list(Role))
def test_every_page_of_a_role_is_accessible(
    app: Flask, person: Callable[..., Person], role: Role
) -> None:
    world = build()
    somebody = person()
    somebody.sign_in_as(world.users[role])
    found = []
    for path in [*pages(app, world, role), "/no-such-page"]:
        answer = somebody.page.request.get(somebody.address + path)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue  # files and data for scripts
        somebody.open(path)
        found += [f"{path}: {fault}" for fault in violations(somebody.page)]
        somebody.page.set_viewport_size(PHONE)
        if somebody.is_wider_than_the_window:
            found.append(f"{path}: wider than a phone")
        somebody.page.set_viewport_size({"width": 1280, "height": 900})
    assert found == []


@pytest.mark.sqlite_only
def test_the_pages_before_signing_in_are_accessible(
    person: Callable[..., Person],
) -> None:
    somebody = person()
    somebody.open("/signin")
    assert violations(somebody.page) == []
    somebody.page.get_by_role("button", name="サインイン").click()
    assert violations(somebody.page) == []
