"""What the screening found reaches those outside it with the teams, not before."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from companion.applications.models import Challenge, Official
from companion.applications.terms import ChallengeState, OfficialState
from companion.core.access import Role
from companion.core.db import db, saved
from companion.people.models import User
from companion.places.models import Municipality
from tests.kit.makers import make_challenge, make_municipality, make_official, make_user
from tests.kit.pages import Browser

OUTSIDE = (Role.MUNICIPALITY, Role.PREFECTURE, Role.OFFICIAL, Role.MINISTRY)
VERDICTS = {"対象", "対象外"}


def _somebody(role: Role, challenge: Challenge, official: Official) -> User:
    bounds: dict[Role, dict[str, Any]] = {
        Role.MUNICIPALITY: {"municipality": challenge.municipality},
        Role.PREFECTURE: {"prefecture_code": challenge.municipality.prefecture_code},
        Role.OFFICIAL: {"official": official},
        Role.MINISTRY: {"ministry_code": official.ministry_code},
    }
    return make_user(role, **bounds.get(role, {}))


def _words(browser: Browser, challenge: Challenge, official: Official) -> set[str]:
    """Everything that stands by itself in an element of the pages where a state is shown."""
    pages = [
        *("/", "/2025/challenges", "/2025/officials"),
        *(f"/challenges/{challenge.public_id}", f"/officials/{official.public_id}"),
    ]
    found = [browser.get(page) for page in pages]
    chips = {chip.get_text(strip=True) for page in found for chip in page.soup.select(".chip")}
    told = {word for page in found for word in VERDICTS if f"応募の状態：{word}。" in page.text()}
    return chips | told


@pytest.mark.parametrize(("role", "is_good"), list(product(OUTSIDE, (True, False))))
def test_a_verdict_waits_for_the_teams(app: Flask, role: Role, is_good: bool) -> None:
    town: Municipality = make_municipality()
    verdict = ("eligible" if is_good else "ineligible", "対象" if is_good else "対象外")
    challenge = make_challenge(town, state=ChallengeState(verdict[0]))
    official = make_official(state=OfficialState(verdict[0]))
    browser = Browser(app).sign_in_as(_somebody(role, challenge, official))
    inside = Browser(app).sign_in_as(make_user())
    assert verdict[1] in _words(inside, challenge, official)
    assert not VERDICTS & _words(browser, challenge, official)
    with saved():
        other = make_challenge(make_municipality())
        db.session.execute(
            update(Challenge)
            .where(Challenge.id == other.id)
            .values(state=ChallengeState.SELECTED, version=Challenge.version)
        )
    assert verdict[1] in _words(browser, challenge, official)


def test_the_list_neither_sorts_nor_narrows_by_what_is_not_told(app: Flask) -> None:
    towns = [make_municipality(f"{name}町", prefecture_code="01") for name in "あいう"]
    states = (ChallengeState.INELIGIBLE, ChallengeState.SUBMITTED, ChallengeState.ELIGIBLE)
    for town, state in zip(towns, states, strict=True):
        make_challenge(town, state=state)
    browser = Browser(app).sign_in_as(make_user(Role.PREFECTURE, prefecture_code="01"))
    sorted_ = browser.get("/2025/challenges?sort=state")
    narrowed = browser.get("/2025/challenges?state=eligible")
    plain = browser.get("/2025/challenges?sort=code")
    order = [row["市町村"] for row in plain.table("3件中3件")]
    assert [row["市町村"] for row in sorted_.table("3件中3件")] == order
    assert "条件に合う課題はありません" in narrowed.text()
