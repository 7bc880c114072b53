"""The two reports of a team: drafted from its logs, written, confirmed, accepted, never lost."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.activities.models import Draft
from companion.core.access import Role
from companion.core.db import db
from companion.teamreports.models import TeamReport
from companion.teams.models import Team
from tests.kit.makers import (
    account_of,
    make_activity,
    make_challenge,
    make_municipality,
    make_next_action,
    make_period,
    make_team,
    make_user,
)
from tests.kit.pages import Browser, Page, count_queries

INTERIM = "記録から中間報告の下書きを作る"


@pytest.fixture
def team(app: Flask) -> Team:
    make_period()
    made = make_team(make_challenge(make_municipality("旭見本町")))
    held = make_activity(made, title="顔合わせ", decisions="月に一度話す。")
    make_next_action(activity=held, text="地図を送る")
    return made


@pytest.fixture
def own(app: Flask, team: Team) -> Browser:
    return Browser(app).sign_in_as(account_of(team.members[0].official))


@pytest.fixture
def town(app: Flask, team: Team) -> Browser:
    user = make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)
    return Browser(app).sign_in_as(user)


@pytest.fixture
def boss(app: Flask) -> Browser:
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def begun(own: Browser, team: Team) -> Page:
    return own.get(f"/teams/{team.public_id}").submit(INTERIM)


def report_path(team: Team) -> str:
    public_id = db.session.scalars(
        select(TeamReport.public_id).where(TeamReport.team_id == team.id)
    ).one()
    return f"/team-reports/{public_id}"


def test_a_report_begins_with_what_the_logs_say(own: Browser, team: Team) -> None:
    page = begun(own, team)
    assert page.heading == "中間報告を書く"
    assert page.fields["course"] == "・R7.8.20（水）　オンライン会議：顔合わせ"
    assert page.fields["decisions"] == "・R7.8.20（水）　月に一度話す。"
    assert page.fields["remaining"] == "・地図を送る（チーム、期限R7.9.10、未着手）"
    done = page.submit("保存する", outcome="宿泊者が増えた。")
    assert "宿泊者が増えた。" in done.text()
    assert INTERIM not in own.get(f"/teams/{team.public_id}").buttons


def test_it_goes_from_team_to_town_to_secretariat(
    own: Browser, town: Browser, boss: Browser, team: Team
) -> None:
    begun(own, team).submit("保存する")
    path = report_path(team)
    assert town.get(path).buttons == []  # what the team still writes can be read, not answered
    page = own.get(path).submit("自治体に提出する")
    assert "自治体の確認待ち" in page.text()
    assert "書く" not in page.links
    back = page.submit("提出を取り下げる")
    assert "書く" in back.links
    back.submit("自治体に提出する")
    silent = town.get(path).submit("差し戻す")
    assert any("直してほしいところ" in error for error in silent.errors)
    long = silent.submit("差し戻す", comment="あ" * 1001)
    assert any("1,000文字以内" in error for error in long.errors)
    returned = silent.submit("差し戻す", comment="開催日が違います。")
    assert "開催日が違います。" in returned.text()
    own.get(path).submit("自治体に提出する")
    town.get(path).submit("内容を確認した")
    assert "受理する" not in own.get(path).buttons
    accepted = boss.get(path).submit("受理する", comment="ありがとうございました。")
    rows = accepted.table("この報告の経過")
    assert [row["状態"] for row in rows][-4:] == [
        "差し戻し",
        "自治体の確認待ち",
        "受理待ち",
        "受理",
    ]
    (line,) = boss.get("/2025/team-reports").table("1チーム")
    assert line["中間報告"].startswith("受理")
    assert line["成果報告"] == "未作成"
    reopened = accepted.submit("差し戻す", comment="一点だけ。")
    assert "差し戻し" in reopened.text()


def test_an_answer_to_an_older_state_is_not_taken(own: Browser, town: Browser, team: Team) -> None:
    begun(own, team).submit("保存する")
    path = report_path(team)
    own.get(path).submit("自治体に提出する")
    page = town.get(path)
    own.get(path).submit("提出を取り下げる")
    stale = page.submit("内容を確認した", comment="よいと思います。")
    assert stale.status == 409
    assert "よいと思います。" in stale.text()


def test_two_writers_see_both_texts(own: Browser, team: Team) -> None:
    page = begun(own, team)
    page.submit("保存する", outcome="一人目の文")
    stale = page.submit("保存する", outcome="二人目の文")
    assert stale.status == 409
    assert "一人目の文" in stale.text()
    assert "二人目の文" in stale.text()


def test_what_is_typed_is_kept_as_a_draft_until_it_is_saved(own: Browser, team: Team) -> None:
    page = begun(own, team)
    path = report_path(team)
    sent = dict(page.form("保存する").fields.items()) | {"outcome": "途中の文"}
    answer = own.raw("POST", f"{path}/draft", data=sent)
    assert "下書きを保存しました" in answer.get_json()["message"]
    again = own.get(f"{path}/edit")
    assert again.form("保存する").fields["outcome"] == "途中の文"
    assert "途中の文" not in own.get(path).text()
    # The start page lists logs only, not this.
    assert "書きかけの記録" not in own.get("/").text()
    dropped = again.submit("下書きを破棄する")
    assert dropped.form("保存する").fields["outcome"] != "途中の文"
    own.raw("POST", f"{path}/draft", data=sent)
    own.get(f"{path}/edit").submit("保存する")
    assert "途中の文" in own.get(path).text()
    assert db.session.scalars(select(Draft)).all() == []


def test_new_records_are_shown_beside_and_never_overwrite(own: Browser, team: Team) -> None:
    page = begun(own, team)
    path = report_path(team)
    page.submit("保存する", course="自分で書き直した経過", outcome="自分の成果")
    nothing_new = own.get(f"{path}/from-logs")
    assert "書き換えたか消した行（1行）" in nothing_new.text()
    assert "加えられる行" not in nothing_new.text()
    make_activity(team, title="現地を見る", day=dt.date(2025, 8, 28), decisions="試行する。")
    page = own.get(path).follow("新しい記録を取り込む")
    assert "・R7.8.28（木） オンライン会議：現地を見る" in page.text()
    done = page.submit("選んだ見出しに加える", sections=["decisions"])
    assert done.fields["course"] == "自分で書き直した経過"
    assert done.fields["outcome"] == "自分の成果"
    lines = ["・R7.8.20（水）　月に一度話す。", "・R7.8.28（木）　試行する。"]
    assert done.fields["decisions"].splitlines() == lines
    again = page.submit("選んだ見出しに加える", sections=["course"])
    assert again.fields["course"] == "自分で書き直した経過"  # offered once


def test_a_report_without_a_course_is_not_handed_in(own: Browser, team: Team) -> None:
    begun(own, team).submit("保存する", course=" ")
    page = own.get(report_path(team)).submit("自治体に提出する")
    assert any("取組の経過を書いてください" in notice for notice in page.notices)


def test_the_dates_are_set_for_the_period(boss: Browser, team: Team) -> None:
    page = boss.get("/2025/team-reports").follow("期限を変える")
    wrong = page.submit("保存する", interim="2026-01-10", final="2026-01-10")
    assert any("中間報告の期限より後" in error for error in wrong.errors)
    empty = page.submit("保存する", interim="")
    assert any("日付を入力" in error for error in empty.errors)
    done = page.submit("保存する", interim="2025-08-29", final="2026-03-20")
    assert "令和7年8月29日（金）" in done.text()
    assert "期限超過" in done.text()


def test_the_list_is_narrowed_by_state(boss: Browser, own: Browser, team: Team) -> None:
    make_team()
    begun(own, team)
    page = boss.get("/2025/team-reports")
    assert len(page.table("2チーム")) == 2
    assert len(boss.get("/2025/team-reports?state=draft").table("1チーム")) == 1
    assert "該当するチームはありません" in boss.get("/2025/team-reports?state=accepted").text()
    assert len(own.get("/2025/team-reports").table("1チーム")) == 1


def test_a_late_form_does_not_change_what_was_handed_in(own: Browser, team: Team) -> None:
    page = begun(own, team)
    path = report_path(team)
    page.submit("保存する")
    own.get(path).submit("自治体に提出する")
    db.session.expire_all()
    version = db.session.scalars(select(TeamReport.version)).one()
    sent = dict(page.form("保存する").fields.items()) | {"version": str(version), "outcome": "遅い"}
    refused = own.post(f"{path}/edit", sent)
    assert any("直せません" in error for error in refused.errors)
    assert refused.fields["outcome"] == "遅い"
    assert own.get(f"{path}/edit").path == path


def test_the_list_asks_the_same_number_of_questions_for_many_teams(
    boss: Browser, own: Browser, team: Team
) -> None:
    begun(own, team)
    boss.get("/2025/team-reports")
    with count_queries() as few:
        boss.get("/2025/team-reports")
    for _ in range(5):
        make_team()
    with count_queries() as many:
        boss.get("/2025/team-reports")
    assert len(many) == len(few)
