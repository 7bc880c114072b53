"""Next actions: the board, ticking off, changing hands, and a history that keeps every step."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.activities.models import NextAction
from companion.activities.terms import ActionState, OwnerKind
from companion.core.access import Role
from companion.core.db import db
from companion.teams.models import Team
from tests.kit.makers import (
    account_of,
    make_activity,
    make_challenge,
    make_municipality,
    make_next_action,
    make_official,
    make_period,
    make_team,
    make_user,
)
from tests.kit.pages import Browser, Page, count_queries

OWED, SETTLED = "済んでいない宿題", "済んだ宿題"


@pytest.fixture
def team(app: Flask) -> Team:
    make_period()
    return make_team(
        make_challenge(make_municipality("あさひ見本町")),
        [make_official("青山 一"), make_official("石橋 二"), make_official("上原 三")],
    )


def official(app: Flask, team: Team) -> Browser:
    return Browser(app).sign_in_as(account_of(team.members[0].official))


def town(app: Flask, team: Team) -> Browser:
    user = make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)
    return Browser(app).sign_in_as(user)


def texts(page: Page, caption: str = OWED) -> list[str]:
    return [row["内容"] for row in page.tables.get(caption, [])]


def test_an_action_is_set_without_a_log_and_given_to_somebody_else(app: Flask, team: Team) -> None:
    browser = official(app, team)
    page = browser.get(f"/teams/{team.public_id}").follow("宿題を追加する")
    refused = page.submit("追加する", text="　", due_on="2025-13-40")
    assert [error.split("：")[0] for error in refused.errors] == ["内容", "期限"]
    page = refused.submit("追加する", text="要綱を送る", due_on="2025-09-20")
    page = page.follow("要綱を送る")
    assert page.facts["担当"] == "チーム"
    member = team.members[1].public_id
    page = page.follow("内容・担当・期限を変える").submit(
        "変更する", owner=member, due_on="2025-09-30"
    )
    assert (page.facts["担当"], page.facts["期限"]) == ("石橋 二", "R7.9.30（火）まで")
    page.submit("更新する", state="blocked", reason="県の回答待ち")
    page = browser.get(page.path)
    assert page.texts(".timeline__what") == ["未着手から停滞へ", "未着手", "登録"]
    assert page.texts(".timeline p:not([class])") == [
        "青山 一 県の回答待ち",
        "青山 一 担当・期限を変更",
        "青山 一",
    ]


def test_the_board_shows_what_is_owed_and_what_is_settled(app: Flask, team: Team) -> None:
    held = make_activity(team)
    make_next_action(team, "あと", due_on=None)
    make_next_action(activity=held, text="さき", due_on=dt.date(2025, 9, 5))
    make_next_action(team, "町", owner_kind=OwnerKind.MUNICIPALITY, due_on=dt.date(2025, 8, 1))
    make_next_action(team, "済み", state=ActionState.DONE)
    make_next_action(make_team(), "よそ")
    browser = official(app, team)
    page = browser.get("/2025/actions")
    assert texts(page) == ["町", "さき", "あと"]
    assert "期限超過" in page.table(OWED)[0]["期限"]
    assert texts(page.submit("絞り込む", owner="municipality")) == ["町"]
    assert texts(page.submit("絞り込む", settled="yes"), SETTLED) == ["済み"]
    everybody = Browser(app).sign_in_as(make_user(Role.COORDINATOR)).get("/2025/actions")
    assert texts(everybody) == ["町", "さき", "よそ", "あと"]
    assert everybody.buttons == ["絞り込む"]
    for user in (make_user(Role.PREFECTURE), make_user(Role.MINISTRY)):
        assert Browser(app).sign_in_as(user).get("/2025/actions").status == 404


def test_the_municipality_ticks_its_own_and_takes_it_back(app: Flask, team: Team) -> None:
    make_next_action(team, "候補を出す", owner_kind=OwnerKind.MUNICIPALITY)
    theirs = make_next_action(team, "要綱を送る")
    browser = town(app, team)
    page = browser.get("/2025/actions")
    assert "完了：要綱を送る" not in page.buttons
    page = page.submit("完了：候補を出す")
    assert page.notices == ["完了 「候補を出す」を完了にしました。"]
    assert texts(page) == ["要綱を送る"]
    settled = page.submit("絞り込む", settled="yes")
    settled.submit("戻す：候補を出す")
    assert texts(browser.get("/2025/actions")) == ["候補を出す", "要綱を送る"]
    refused = browser.post(f"/actions/{theirs.public_id}/tick", {"to": "done"})
    assert refused.status == 409


def test_a_tick_pressed_twice_stays_a_tick(app: Flask, team: Team) -> None:
    action = make_next_action(team)
    page = official(app, team).get("/2025/actions")
    page.submit("完了：資料を送る")
    page.submit("完了：資料を送る")
    db.session.expire_all()
    assert db.session.scalars(select(NextAction.state)).one() is ActionState.DONE
    assert len(action.changes) == 1


def test_two_who_edit_one_action_see_each_other(app: Flask, team: Team) -> None:
    action = make_next_action(team)
    mine = official(app, team).get(f"/actions/{action.public_id}/edit")
    official(app, team).get(f"/actions/{action.public_id}/edit").submit(
        "変更する", text="別の資料を送る"
    )
    page = mine.submit("変更する", text="資料を三つ送る")
    assert page.status == 409
    assert "資料を三つ送る" in page.text()


def test_the_board_takes_as_many_queries_for_many_as_for_one(app: Flask, team: Team) -> None:
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    make_next_action(team, owner_member_id=team.members[0].id)
    with count_queries() as few:
        browser.get("/2025/actions")
    for _ in range(5):
        other = make_team()
        make_next_action(other, owner_member_id=other.members[0].id)
    with count_queries() as many:
        browser.get("/2025/actions")
    assert len(many) == len(few) <= 14, many
