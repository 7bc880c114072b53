"""The 後方支援: asked by a team, passed on and answered by the secretariat, closed by the team."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from companion.core import clock
from companion.core.access import Role
from companion.teams.models import Team
from tests.conftest import MOMENT
from tests.kit.makers import (
    account_of,
    make_challenge,
    make_municipality,
    make_period,
    make_team,
    make_user,
)
from tests.kit.pages import Browser, Page, count_queries

ASKED = {"kind": "scheme", "subject": "空き家の交付金", "question": "使える交付金を知りたい。"}


@pytest.fixture
def team(app: Flask) -> Team:
    make_period()
    return make_team(make_challenge(make_municipality("旭見本町")))


@pytest.fixture
def own(app: Flask, team: Team) -> Browser:
    return Browser(app).sign_in_as(account_of(team.members[0].official))


@pytest.fixture
def boss(app: Flask) -> Browser:
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def asked(own: Browser, team: Team, **values: str) -> Page:
    page = own.get(f"/teams/{team.public_id}").follow("後方支援を依頼する")
    return page.submit("依頼する", **(ASKED | values))


def test_a_team_asks_and_is_answered_and_says_whether_it_helped(
    own: Browser, boss: Browser, team: Team
) -> None:
    page = asked(own, team, ministry_code="mlit")
    assert page.heading == "空き家の交付金"
    assert (
        "期限 令和7年9月17日（水）" in page.text()
    )  # ten business days; 15 September is a holiday
    assert page.facts["関係する府省庁"] == "国土交通省"
    listed = boss.get("/2025/inquiries")
    (row,) = listed.table("依頼 1件（回答を待つもの、期限の早いものが先）")
    assert (row["状態"], row["チーム"]) == ("受付", "長野県旭見本町")
    answering = listed.follow("空き家の交付金")
    nothing = answering.submit("保存する", state="answered")
    assert any("回答を入力してください" in error for error in nothing.errors)
    passed = answering.submit("保存する", state="assigned", passed_to="国土交通省 住宅局")
    assert passed.facts["照会先"] == "国土交通省 住宅局"
    done = passed.submit("保存する", state="answered", answer="二つあります。")
    assert "二つあります。" in done.text()
    town = Browser(own.app).sign_in_as(
        make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)
    )
    seen = town.get(page.path)
    assert "二つあります。" in seen.text()
    assert seen.buttons == []
    reading = own.get(page.path)
    unsaid = reading.submit("完了にする")
    assert any("役に立ったか" in error for error in unsaid.errors)
    closed = reading.submit("完了にする", usefulness="5")
    assert "チームの評価：5" in closed.text()
    assert boss.get(page.path).buttons == []


def test_an_answer_that_does_not_do_is_asked_on(own: Browser, boss: Browser, team: Team) -> None:
    page = asked(own, team)
    boss.get(page.path).submit("保存する", state="answered", answer="あります。")
    reading = own.get(page.path)
    silent = reading.submit("追加で依頼する")
    assert any("追加で知りたいこと" in error for error in silent.errors)
    again = reading.submit("追加で依頼する", more="締切はいつですか。")
    assert "【追加】締切はいつですか。" in again.facts["知りたいこと"]
    assert "受付" in again.text()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("subject", "", "入力してください"),
        ("subject", "あ" * 101, "100文字以内"),
        ("question", " ", "入力してください"),
        ("wished_on", "2025-09-01", "希望日が過ぎています"),
        ("wished_on", "いつか", "日付を"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_stays(
    own: Browser, team: Team, field: str, value: str, said: str
) -> None:
    page = asked(own, team, **{"background": "経緯", field: value})
    assert page.status == 422
    assert any(said in error for error in page.errors)
    assert page.fields["background"] == "経緯"


def test_two_coordinators_see_both_answers(own: Browser, boss: Browser, team: Team) -> None:
    page = boss.get(asked(own, team).path)
    page.submit("保存する", state="answered", answer="一人目")
    stale = page.submit("保存する", state="answered", answer="二人目")
    assert stale.status == 409
    assert "一人目" in stale.text()
    assert "二人目" in stale.text()


def test_what_is_late_is_marked_and_the_list_is_narrowed(
    own: Browser, boss: Browser, team: Team
) -> None:
    asked(own, team)
    with clock.held(MOMENT + dt.timedelta(days=30)):
        late = Browser(boss.app).sign_in_as(make_user(Role.COORDINATOR))
        assert "期限超過" in late.get("/2025/inquiries").text()
    assert "依頼はありません" in boss.get("/2025/inquiries?state=answered").text()
    assert "空き家の交付金" in boss.get("/2025/inquiries?state=open&page=1").text()


def test_the_list_asks_the_same_number_of_questions_for_many(
    own: Browser, boss: Browser, team: Team
) -> None:
    asked(own, team)
    boss.get("/2025/inquiries")
    with count_queries() as few:
        boss.get("/2025/inquiries")
    for _ in range(4):
        asked(own, team, ministry_code="mlit", field_code="tourism")
    with count_queries() as many:
        boss.get("/2025/inquiries")
    assert len(many) == len(few)
