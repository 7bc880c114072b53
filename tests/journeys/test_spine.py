"""The main job, from two Excel lists to the satisfaction workbook, in the browser."""

from __future__ import annotations

from collections.abc import Callable

from companion.core.access import Role
from companion.core.db import db
from companion.core.jobs import run_next
from tests.journeys.conftest import Person
from tests.kit.makers import (
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_user,
)


def match_and_announce(somebody: Person, *, teams: int) -> None:
    """Run the matcher, take its result over, make it known."""
    page = somebody.page
    somebody.follow("マッチング")
    page.get_by_label("チーム数").fill(str(teams))
    page.get_by_label("時間の上限").fill("5")
    somebody.press("実行する")
    page.get_by_role("progressbar").wait_for()
    db.session.rollback()
    assert run_next()
    import time

    time.sleep(3)
    print(page.url, page.inner_text("main"))
    page.get_by_role("heading", level=1, name="マッチング結果").wait_for()
    somebody.press("この編成を採用して案にする")
    page.get_by_role("heading", level=1, name="チーム", exact=True).wait_for()
    somebody.follow("内容を確かめて公表する")
    somebody.press(f"{teams}チームを公表する")
    page.get_by_text(f"{teams}チームを公表しました").wait_for()


def test_matching(person: Callable[..., Person]) -> None:
    make_period()
    for prefecture in ("20", "32"):
        make_challenge(make_municipality(prefecture_code=prefecture))
    for _ in range(8):
        make_official()
    coordinator = person()
    coordinator.sign_in_as(make_user(Role.COORDINATOR))
    match_and_announce(coordinator, teams=2)
