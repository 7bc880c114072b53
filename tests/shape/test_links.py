"""Addresses in letters follow the setting, never the headers of the request that wrote them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core import clock
from companion.core.access import Role
from companion.core.db import db
from companion.core.mail import Letter, deliver_due
from tests.conftest import MOMENT
from tests.core.test_letters import Box
from tests.kit.pages import Browser
from tests.shape.offers import enrich, filled, offers, sent
from tests.shape.test_access import world  # noqa: F401 the fixture
from tests.shape.test_config import FORGED
from tests.shape.world import World

pytestmark = pytest.mark.sqlite_only
LINK = re.compile(r"\b(?:https?:)?//[^\s<>\"）」]+")


def test_no_letter_leads_elsewhere(app: Flask, world: World) -> None:  # noqa: F811
    """Every form people are offered, sent with every forged header that is let through."""
    enrich(world)
    with db.session.begin_nested():
        before = set(db.session.scalars(select(Letter.id)))
    headers = {k: v for forged in FORGED for k, v in forged.items() if k != "Host"}
    for role in (Role.COORDINATOR, Role.OFFICIAL, Role.MUNICIPALITY, Role.MINISTRY):
        browser = Browser(app).sign_in_as(world.users[role])
        for offer in offers(app, world, lambda _: True, (role,)):
            if urlsplit(offer.action).path.startswith(("/signout", "/role", "/account", "/signin")):
                continue
            page = browser.send("GET", offer.page)
            same = [f for f in page.forms if urlsplit(f.action).path == offer.action]
            if same:
                data = sent(same[0], filled(same[0]))
                answer = browser.raw("POST", offer.action, data=data, headers=headers)
                assert b"evil" not in answer.data
                assert "evil" not in str(answer.headers)
    letters = list(db.session.scalars(select(Letter).where(Letter.id.not_in(before))))
    assert len({letter.kind for letter in letters}) >= 5, {letter.kind for letter in letters}
    box = Box()
    with clock.held(MOMENT.replace(day=MOMENT.day + 1)):
        while deliver_due(box, sender="from@example.go.jp"):
            pass
    texts = [letter.body for letter in letters] + [mail.get_content() for mail in box.sent]
    texts += [str(value) for mail in box.sent for value in mail.values()]
    links = {link for text in texts for link in LINK.findall(text)}
    assert len(links) >= 5
    base = app.config["EXTERNAL_BASE_URL"]
    written = {"https://a.example"}  # by a person, in an answer
    assert [link for link in links - written if not link.startswith(base + "/")] == []
    assert not [text for text in texts if "evil" in text]
