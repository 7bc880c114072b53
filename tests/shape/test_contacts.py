"""Nobody but a coordinator collects more than so many persons' direct contacts in an hour.

A crawler of each role opens every page and takes every file along, and every application and team
by its address, in a world where ministry and prefecture hold more people than the hour allows.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from companion.applications.models import Challenge, Official
from companion.core import clock
from companion.core.access import Role
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.teams.models import Team
from tests.kit.makers import make_challenge, make_municipality, make_official, make_team
from tests.kit.pages import Browser
from tests.shape.crawl import readings, text_of
from tests.shape.world import World, build

OTHERS = [role for role in Role if role is not Role.COORDINATOR]
BOUND = 3  # instead of 30, so that a small world is more than enough
# Who acted is named in the trail by account: without that it would prove nothing to anybody.
TRAIL = ("/audit",)


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch) -> World:
    """Eleven officials of one ministry and four municipalities of one prefecture, all announced."""
    made = build()
    for _ in range(3):
        make_team(
            make_challenge(make_municipality(prefecture_code="20")),
            [make_official(ministry_code="mic") for _ in range(3)],
        )
    with saved():
        for row in db.session.scalars(select(Challenge)):
            row.contact_phone = f"026-900-{row.lg_code}"
    monkeypatch.setitem(app.config, "CONTACTS_SHOWN_PER_HOUR", BOUND)
    return made


def everything(app: Flask, world: World, browser: Browser) -> Iterator[str]:
    """All that this browser reads: pages and files of the address map, then thing by thing."""
    for path, answer in readings(app, world, browser):
        if not path.startswith(TRAIL):
            yield text_of(answer)
    for kind, model in (("officials", Official), ("challenges", Challenge), ("teams", Team)):
        for public_id in db.session.scalars(select(model.public_id)).all():
            answer = browser.raw("GET", f"/{kind}/{public_id}")
            if answer.status_code == 200:
                yield text_of(answer)


def collected(app: Flask, world: World, role: Role) -> set[str]:
    """Whose mail address or telephone a crawler finds, the own aside."""
    user = world.users[role]
    ways = {row.email: row.public_id for row in db.session.scalars(select(Official))}
    for row in db.session.scalars(select(Challenge)):
        ways |= {row.contact_email: row.public_id, row.contact_phone: row.public_id}
    ways = {way: person for way, person in ways.items() if way and way != user.email}
    browser, found = Browser(app).sign_in_as(user), set[str]()
    for text in everything(app, world, browser):
        found |= {person for way, person in ways.items() if way in text}
    return found


@pytest.mark.parametrize("role", OTHERS)
def test_a_crawler_collects_no_more_than_the_hour_allows(
    app: Flask, world: World, role: Role
) -> None:
    # The first page of a municipality shows the three officials of its own team whatever it read.
    own = 3 if role is Role.MUNICIPALITY else 0
    first = collected(app, world, role)
    assert len(first) <= BOUND + own
    with clock.held(clock.now() + dt.timedelta(minutes=61)):
        assert len(collected(app, world, role)) <= BOUND + own


@pytest.mark.parametrize(("role", "people"), [(Role.MINISTRY, 11), (Role.PREFECTURE, 4)])
def test_without_the_bound_it_would_collect_them_all(
    app: Flask, world: World, role: Role, people: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "CONTACTS_SHOWN_PER_HOUR", 1000)
    assert len(collected(app, world, role)) == people


def test_the_page_says_what_to_do_and_another_hour_begins(app: Flask, world: World) -> None:
    browser = Browser(app).sign_in_as(world.users[Role.MINISTRY])
    people = db.session.execute(
        select(Official.public_id, Official.email)
        .where(Official.ministry_code == "mic")
        .order_by(Official.id)
    ).all()
    for public_id, email in people[:BOUND]:
        assert email in browser.get(f"/officials/{public_id}").text()
    public_id, email = people[BOUND]
    page = browser.get(f"/officials/{public_id}")
    assert email not in page.text("body")
    assert any("1時間に3人分まで" in words for words in page.notices)
    assert people[0].email in browser.get(f"/officials/{people[0].public_id}").text(), "once more"
    with clock.held(clock.now() + dt.timedelta(minutes=61)):
        browser = Browser(app).sign_in_as(world.users[Role.MINISTRY])
        assert email in browser.get(f"/officials/{public_id}").text()


def test_pages_opened_at_once_are_counted_one_after_the_other(app: Flask, world: World) -> None:
    user = world.users[Role.MINISTRY]
    own = Official.ministry_code == "mic"
    people = db.session.execute(select(Official.public_id, Official.email).where(own)).all()
    # Only ways of getting in: each browser has a sign-in of its own.
    browsers = [Browser(app).sign_in_as(user) for _ in people]
    db.session.remove()
    together = threading.Barrier(len(people))

    def open_page(browser: Browser, public_id: str, email: str) -> bool:
        with app.app_context():
            together.wait(timeout=30)
            return email in text_of(browser.raw("GET", f"/officials/{public_id}"))

    with ThreadPoolExecutor(len(people)) as pool:
        shown = list(pool.map(open_page, browsers, *zip(*people, strict=True)))
    assert sum(shown) == BOUND


def test_the_trail_tells_whose_contacts_were_shown(app: Flask, world: World) -> None:
    browser = Browser(app).sign_in_as(world.users[Role.PREFECTURE])
    own = world.things["challenges"]["own"]
    browser.get(f"/challenges/{own}")
    detail = db.session.scalars(
        select(AuditLine.detail).where(AuditLine.target == own).order_by(AuditLine.id.desc())
    ).first()
    assert detail is not None
    assert (detail["page"], detail["contacts"]) == ("applications.challenge", [own])


def test_the_bound_is_the_one_that_is_written_down(app: Flask) -> None:
    assert app.config["CONTACTS_SHOWN_PER_HOUR"] == 30
    assert app.config["CONTACTS_EXPORTED_PER_HOUR"] == 100
