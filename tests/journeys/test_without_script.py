"""Scripts are comfort: with them switched off the same things can be done."""

from __future__ import annotations

from collections.abc import Callable

from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.jobs import run_next
from companion.surveys.actions import open_round
from tests.journeys import steps
from tests.journeys.conftest import Person
from tests.kit import workbooks
from tests.kit.makers import (
    account_of,
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_team,
    make_user,
)


def test_lists_are_taken_in_and_teams_matched(person: Callable[..., Person]) -> None:
    make_period()
    make_challenge(make_municipality(prefecture_code="13"))
    for _ in range(3):
        make_official()
    somebody = person(script=False)
    somebody.sign_in_as(make_user(Role.COORDINATOR))
    steps.take_in(somebody, "団体コード一覧", workbooks.code_list(), says="新規4件")
    somebody.follow("マッチング")
    somebody.page.get_by_label("チーム数").fill("1")
    somebody.press("実行する")
    somebody.page.get_by_role("progressbar").wait_for()
    db.session.rollback()
    assert run_next()
    somebody.follow("最新の状態にする")
    steps.heading(somebody, "マッチング結果")


def test_a_visit_is_logged_and_a_survey_answered(person: Callable[..., Person]) -> None:
    team = make_team()
    with saved():
        open_round("official_eval", team.period, by=None)
    member, path = account_of(team.members[0].official), f"/teams/{team.public_id}"
    somebody = person(script=False)
    somebody.sign_in_as(member)
    somebody.open(path)
    steps.record(somebody, "現地訪問", "町を歩く", decisions="商店街の会合に出る。")
    steps.answer_official_survey(somebody)
