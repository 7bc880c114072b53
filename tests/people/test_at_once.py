"""What is taken from an account is gone at its next request, on every page there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask

from companion.core.access import PUBLIC, Permission, Role, mark_of
from companion.core.db import db, saved
from companion.people.actions import set_active
from companion.people.models import User
from companion.people.queries import role_row
from companion.people.signing_in import revoke
from companion.people.tenure import Entry, edit_account, entry_of
from tests.conftest import MOMENT
from tests.kit.makers import make_municipality, make_user, viewer_as
from tests.kit.pages import Browser
from tests.shape.test_access import world  # noqa: F401 the fixture
from tests.shape.world import World, allowed, requests_of

TODAY = MOMENT.date()


def to_auditor(user: User, _by: User) -> None:
    """Another role in place of the one that is held."""
    user.roles = [role_row(Role.AUDITOR.value)]


def elsewhere(user: User, by: User) -> None:
    """Another town."""
    entry = Entry(**{**vars(entry_of(user)), "lg_code": make_municipality().lg_code})
    edit_account(user, entry, by=viewer_as(by))


CHANGES: list[tuple[Role, Callable[[User, User], object]]] = [
    (Role.COORDINATOR, lambda user, by: set_active(user, False, by=viewer_as(by))),
    (Role.OFFICIAL, lambda user, by: revoke(user)),
    (Role.OFFICIAL, lambda user, by: setattr(user, "term_ends_on", TODAY - dt.timedelta(days=91))),
    (Role.MUNICIPALITY, elsewhere),
]


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_who_is_out_is_out_on_every_page(
    app: Flask,
    world: World,  # noqa: F811
    number: int,
) -> None:
    role, change = CHANGES[number]
    user, by = world.users[role], make_user(Role.COORDINATOR)
    browser = Browser(app).sign_in_as(user)
    own = [
        wanted
        for wanted in requests_of(app, world, kinds=("own",))
        if allowed(app, wanted, role) and mark_of(app, wanted.endpoint) != PUBLIC
    ]
    assert browser.raw("GET", "/account").status_code == 200
    with saved():
        change(db.session.get_one(User, user.id), by)
    found = [
        f"{wanted.method} {wanted.path}: {answer.status_code}"
        for wanted in own
        if (answer := browser.raw(wanted.method, wanted.path)).status_code not in {302, 403}
    ]
    assert len(own) > 40
    assert found == []


def test_a_role_that_was_taken_away_opens_nothing(app: Flask, world: World) -> None:  # noqa: F811
    user = world.users[Role.COORDINATOR]
    browser = Browser(app).sign_in_as(user)
    with saved():
        to_auditor(db.session.get_one(User, user.id), user)
    pages = [
        wanted
        for wanted in requests_of(app, world, kinds=("own",))
        if isinstance(mark_of(app, wanted.endpoint), Permission)
        and allowed(app, wanted, Role.COORDINATOR)
        and not allowed(app, wanted, Role.AUDITOR)
    ]
    found = [
        f"{wanted.method} {wanted.path}: {answer.status_code}"
        for wanted in pages
        if (answer := browser.raw(wanted.method, wanted.path)).status_code != 404
    ]
    assert len(pages) > 40
    assert found == []
