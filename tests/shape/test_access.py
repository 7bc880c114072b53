"""Who reaches what: every page × method × identity × (own, somebody else's, not existing).

Generated from the URL map, so that a page nobody thought about is asked for as well. What is out of
reach answers like what does not exist, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core.access import PUBLIC, ROLES_OF, Permission, Role, mark_of
from companion.core.db import db
from companion.surveys.models import Invitation
from companion.surveys.queries import hash_of
from tests.kit.pages import Browser
from tests.shape.world import World, allowed, build, fingerprint, requests_of

# What differs between two answers to the same person by design: the token of the session and the
# id under which the request is logged.
CHANGING = re.compile(rb'name="csrf_token"[^>]*>|<code[^>]*>[0-9a-f]{12}</code>|[0-9a-f]{12}')
# A page that is reached but says by another code what it lacks.
ANSWERED = {200, 202, 204, 302, 303, 400, 409, 415, 422}
# Pages that are there only after something has been done.
LATER = {"surveys.receipt"}


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """The world, with the token check off: this is about rights, the token has its own test."""
    made = build()
    app.config["WTF_CSRF_ENABLED"] = False
    yield made
    app.config["WTF_CSRF_ENABLED"] = True


def body(answer: bytes) -> bytes:
    """An answer without what changes from request to request."""
    return CHANGING.sub(b"", answer)


def test_nobody_gets_in_without_signing_in(app: Flask, world: World) -> None:
    before = fingerprint()
    found = []
    for wanted in requests_of(app, world):
        answer = Browser(app).raw(wanted.method, wanted.path)
        leads = answer.headers.get("Location", "")
        if mark_of(app, wanted.endpoint) == PUBLIC:
            # Open to all, or to whoever came with a link: a thing answers as if it did not exist.
            secrets = {"tokens", "feeds", "choices", "offices"}
            has_secret = wanted.thing in secrets and wanted.kind == "own"
            is_open = wanted.thing is None or has_secret
            is_right = is_open or answer.status_code == 404
        elif wanted.method == "GET":
            is_right = answer.status_code == 302 and leads.startswith("/signin?next=")
        else:
            is_right = answer.status_code == 403
        if not is_right:
            found.append(f"{wanted.method} {wanted.path}: {answer.status_code} {leads}")
    assert found == []
    assert fingerprint() == before


# What is sent here is kept as it is given, with whatever is in it.
ANSWERING = {"surveys.autosave", "surveys.begin", "surveys.decline_survey", "surveys.page"}


def test_who_holds_a_link_reaches_one_answer_and_nothing_else(app: Flask, world: World) -> None:
    token = world.things["tokens"]["own"]
    own = db.session.scalars(
        select(Invitation.public_id).where(Invitation.token_hash == hash_of(token))
    ).one()
    holder, before, found = Browser(app), fingerprint(), []
    assert holder.raw("GET", f"/s/{token}").status_code == 303
    for wanted in requests_of(app, world):
        if wanted.method == "POST" and wanted.endpoint in ANSWERING:
            continue  # what the link is for
        answer = holder.raw(wanted.method, wanted.path)
        if wanted.thing == "answer":
            is_open = own in wanted.path and wanted.endpoint not in LATER
            is_right = (answer.status_code != 404) if is_open else (answer.status_code == 404)
        elif mark_of(app, wanted.endpoint) == PUBLIC:
            continue
        else:
            is_right = answer.status_code in {302, 403}
        if not is_right:
            found.append(f"{wanted}: {answer.status_code}")
    assert found == []
    assert fingerprint() == before


@pytest.mark.parametrize("role", list(Role))
def test_a_role_reaches_what_the_table_says_and_nothing_else(
    app: Flask, world: World, role: Role
) -> None:
    browser = Browser(app).sign_in_as(world.users[role])
    nothing = browser.raw("GET", "/no-such-page")
    assert nothing.status_code == 404
    cells = list(requests_of(app, world))
    before, found = fingerprint(), []
    for wanted in cells:
        if allowed(app, wanted, role):
            continue
        answer = browser.raw(wanted.method, wanted.path)
        if answer.status_code != 404:
            found.append(f"{wanted} is not out of reach: {answer.status_code}")
        elif body(answer.data) != body(nothing.data):
            found.append(f"{wanted} tells that it exists")
    assert found == []
    assert fingerprint() == before, "something out of reach has changed a row"
    for wanted in cells:
        if wanted.method == "GET" and allowed(app, wanted, role) and wanted.endpoint not in LATER:
            answer = browser.raw("GET", wanted.path)
            if answer.status_code not in {200, 302, 303}:
                found.append(f"{wanted} is not reached: {answer.status_code}")
    assert found == []


@pytest.mark.parametrize("role", list(Role))
def test_an_empty_form_of_ones_own_never_breaks(app: Flask, world: World, role: Role) -> None:
    """A right to act is a right to be answered: with what is missing, never with a failure."""
    found = []
    for wanted in requests_of(app, world):
        if wanted.method == "GET" or wanted.endpoint == "signin.sign_out":
            continue
        if allowed(app, wanted, role):
            # A new session each time: an act may end the one before (role, account).
            browser = Browser(app).sign_in_as(world.users[role])
            answer = browser.raw(wanted.method, wanted.path)
            if answer.status_code not in ANSWERED:
                found.append(f"{wanted}: {answer.status_code}")
    assert found == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_methods_that_no_page_has_are_refused(app: Flask, world: World, method: str) -> None:
    browser = Browser(app).sign_in_as(world.users[Role.COORDINATOR])
    found = [
        f"{wanted.path}: {answer.status_code}"
        for wanted in requests_of(app, world, kinds=("own",))
        if (answer := browser.raw(method, wanted.path)).status_code not in {404, 405}
    ]
    assert found == []


def test_rights_of_two_roles_are_never_added_together(app: Flask, world: World) -> None:
    from tests.kit.makers import make_user

    both = make_user(Role.OFFICIAL, roles=[Role.AUDITOR])
    browser = Browser(app).sign_in_as(both)
    auditing = next(
        w.path
        for w in requests_of(app, world, kinds=("own",))
        if w.method == "GET"
        and isinstance(mark := mark_of(app, w.endpoint), Permission)
        and Role.AUDITOR in ROLES_OF[mark]
        and Role.OFFICIAL not in ROLES_OF[mark]
    )
    assert browser.raw("GET", auditing).status_code == 404
    assert browser.raw("POST", "/role", data={"role": "auditor"}).status_code == 303
    assert browser.raw("GET", auditing).status_code == 200
    assert browser.raw("POST", "/role", data={"role": "coordinator"}).status_code == 400


def test_a_stopped_account_is_out_at_once(app: Flask, world: World) -> None:
    from companion.core.db import saved

    user = world.users[Role.OFFICIAL]
    browser = Browser(app).sign_in_as(user)
    assert browser.raw("GET", "/").status_code == 200
    with saved():
        user.active = False
    assert browser.raw("GET", "/").status_code == 302
