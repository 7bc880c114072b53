"""What others say to a log: tags, the municipality's confirmation, publishing."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from companion.activities.models import Activity
from companion.activities.terms import ActivityState
from companion.core.access import Role
from companion.core.audit import AuditLine
from companion.core.db import db
from companion.teams.models import Team
from tests.kit.makers import (
    account_of,
    make_activity,
    make_challenge,
    make_municipality,
    make_team,
    make_user,
)
from tests.kit.pages import Browser


@pytest.fixture
def team(app: Flask) -> Team:
    return make_team(make_challenge(make_municipality("あさひ見本町"), fields=["industry"]))


def official(app: Flask, team: Team) -> Browser:
    return Browser(app).sign_in_as(account_of(team.members[0].official))


def town(app: Flask, team: Team) -> Browser:
    user = make_user(
        Role.MUNICIPALITY, municipality=team.challenge.municipality, name="企画課 見本"
    )
    return Browser(app).sign_in_as(user)


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditLine.action).order_by(AuditLine.id)))


def test_tags_begin_with_what_the_challenge_is_about_and_follow_the_last_log(
    app: Flask, team: Team
) -> None:
    browser = official(app, team)
    form = browser.get(f"/logs/{team.public_id}/meeting")
    assert form.fields.getlist("fields") == ["industry"]
    page = form.submit(
        "記録する",
        title="第1回",
        fields=["tourism", "digital"],
        pillars=["economy"],
        office_change="毎月の打合せが始まった",
    )
    assert page.facts["政策分野"] == "観光、デジタル"
    assert page.facts["5本柱"] == "稼ぐ力を高め、付加価値創出型の新しい地方経済の創生"
    assert page.facts["庁内の変化"] == "毎月の打合せが始まった"
    again = page.follow("訂正・追記する")
    assert again.fields.getlist("fields") == ["tourism", "digital"]
    cleared = again.submit("記録する", fields=[], pillars=[], office_change="")
    assert "分類" not in cleared.text()
    next_form = browser.get(f"/logs/{team.public_id}/meeting")
    assert next_form.fields.getlist("fields") == []


def test_the_municipality_confirms_and_a_change_asks_again(app: Flask, team: Team) -> None:
    held = make_activity(team)
    path = f"/activities/{held.public_id}"
    page = town(app, team).get(path).submit("日時と出欠は正しい")
    assert page.notices == ["完了 日時と出欠を確認しました。ありがとうございます。"]
    assert "自治体が確認済み" in page.text()
    browser = official(app, team)
    browser.get(path + "/log").submit("記録する", decisions="10月に試行する。")
    assert "自治体が確認済み" in browser.get(path).text()
    browser.get(path + "/log").submit("記録する", {"people-1-status": "excused"})
    assert "自治体が確認済み" not in browser.get(path).text()
    assert actions().count("activity.confirm") == 1


def test_the_municipality_says_what_is_wrong(app: Flask, team: Team) -> None:
    held = make_activity(team)
    path = f"/activities/{held.public_id}"
    browser = town(app, team)
    refused = browser.get(path).submit("違うところを知らせる")
    assert refused.notices == ["エラー どこが違うかを一行で入力してください。"]
    browser.get(path).submit("違うところを知らせる", objection="開始は15時でした")
    seen = official(app, team).get(path)
    assert "開始は15時でした" in seen.text()
    assert "自治体から訂正の連絡" in seen.text()
    assert browser.get(path).submit("日時と出欠は正しい").status == 200
    assert "開始は15時でした" not in official(app, team).get(path).text()


def test_what_changed_meanwhile_is_not_confirmed_unseen(app: Flask, team: Team) -> None:
    held = make_activity(team)
    page = town(app, team).get(f"/activities/{held.public_id}")
    official(app, team).get(f"/activities/{held.public_id}/log").submit("記録する", place="役場")
    conflict = page.submit("違うところを知らせる", objection="一人足りない")
    assert conflict.status == 409
    assert "一人足りない" in conflict.text()


def test_the_coordinator_publishes_what_the_team_allows(app: Flask, team: Team) -> None:
    held = make_activity(team, title="宿泊の試行", decisions="秘密", may_publish=True)
    path = f"/activities/{held.public_id}"
    coordinator = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    ministry = Browser(app).sign_in_as(make_user(Role.MINISTRY))
    assert "宿泊の試行" not in ministry.get(f"/teams/{team.public_id}").text()
    page = coordinator.get(path).submit("日付・種別・テーマを公表する")
    assert page.notices == ["完了 日付・種別・テーマを公表しました。"]
    shown = ministry.get(f"/teams/{team.public_id}")
    assert "宿泊の試行" in shown.text()
    assert "秘密" not in shown.data.decode()
    assert "訂正・追記する" not in official(app, team).get(path).links
    coordinator.get(path).submit("公表を取りやめる")
    assert "宿泊の試行" not in ministry.get(f"/teams/{team.public_id}").text()
    assert [a for a in actions() if a.startswith("activity.")] == [
        "activity.publish",
        "activity.withdraw",
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"may_publish": False}, "公表してよい"),
        ({"may_publish": True, "state": ActivityState.HELD}, "要旨の記録が必要です"),
        ({"may_publish": True, "objection": "日付が違う"}, "訂正の連絡"),
    ],
)
def test_what_may_not_be_published_stays(
    app: Flask, team: Team, values: dict[str, object], message: str
) -> None:
    held = make_activity(team, **values)  # type: ignore[arg-type]
    coordinator = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    coordinator.get(f"/activities/{held.public_id}")
    page = coordinator.post(f"/activities/{held.public_id}/publish")
    assert message in page.notices[0]
    found = db.session.get(Activity, held.id)
    assert found is not None
    assert found.state is not ActivityState.PUBLISHED
