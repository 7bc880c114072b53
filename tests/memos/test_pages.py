"""The team's own memos: for its officials alone, versioned, and opened from outside only aloud."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core import clock
from companion.core.access import Role
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.core.mail import Letter, LetterKind
from companion.memos.actions import write_entry
from companion.memos.models import MemoEntry
from companion.teams.models import Team
from tests.conftest import MOMENT
from tests.kit.makers import (
    PASSWORD,
    account_of,
    make_challenge,
    make_municipality,
    make_team,
    make_user,
    viewer_as,
)
from tests.kit.pages import Browser, Page, count_queries
from tests.shape.test_access import body

OPEN = "このメモを開く（R7.9.2（火）10:00）"
NOTE = "助役は観光より交通を気にしている。"


@pytest.fixture
def team(app: Flask) -> Team:
    return make_team(make_challenge(make_municipality("旭見本町")))


@pytest.fixture
def own(app: Flask, team: Team) -> Browser:
    return Browser(app).sign_in_as(account_of(team.members[0].official))


@pytest.fixture
def peer(app: Flask, team: Team) -> Browser:
    return Browser(app).sign_in_as(account_of(team.members[1].official))


@pytest.fixture
def boss(app: Flask) -> Browser:
    return Browser(app).sign_in_as(
        make_user(Role.COORDINATOR, name="調整 進", email="c@example.jp")
    )


def noted(own: Browser, team: Team, text: str = NOTE) -> Page:
    page = own.get(f"/teams/{team.public_id}").follow("内部メモを読む・書く")
    return page.submit("メモを加える", text=text)


def opened(boss: Browser, team: Team, reason: str = "事故の連絡を受け、経緯を確かめるため") -> Page:
    page = boss.get(f"/teams/{team.public_id}").follow("内部メモを緊急に開く")
    return page.submit("24時間だけ開く", reason=reason)


def test_members_note_read_and_put_right_and_what_stood_there_stays(
    own: Browser, peer: Browser, team: Team
) -> None:
    empty = own.get(f"/memos/{team.public_id}")
    assert "メモはまだありません" in empty.text()
    unsaid = empty.submit("メモを加える", text=" ")
    assert (unsaid.status, bool(unsaid.errors)) == (422, True)
    assert NOTE in noted(own, team).text()
    page = peer.get(f"/memos/{team.public_id}").follow(OPEN)
    done = page.follow("直す").submit("保存する", text="助役は交通を気にしている。")
    assert done.notices == ["完了 メモを直しました。前の文は残っています。"]
    assert NOTE in done.text()
    listed = own.get(f"/memos/{team.public_id}")
    assert "（1回）" in listed.text()
    assert NOTE not in listed.text()
    same = peer.get(done.path).follow("直す").submit("保存する")
    assert same.text().count(NOTE) == 1, "the same words are no new version"


def test_two_members_see_both_texts(own: Browser, peer: Browser, team: Team) -> None:
    page = noted(own, team).follow(OPEN).follow("直す")
    peer.get(page.path).submit("保存する", text="先の文")
    late = page.submit("保存する", text="後の文")
    assert late.status == 409
    (row,) = late.table()
    assert (row["いま保存されている内容"], row["あなたが入力した内容"]) == ("先の文", "後の文")


@pytest.mark.parametrize(
    "role", [r for r in Role if r is not Role.OFFICIAL], ids=lambda role: role.value
)
def test_nobody_else_finds_them(app: Flask, own: Browser, team: Team, role: Role) -> None:
    noted(own, team)
    entry = db.session.scalars(select(MemoEntry)).one()
    town = team.challenge.municipality if role is Role.MUNICIPALITY else None
    browser = Browser(app).sign_in_as(make_user(role, municipality=town))
    nothing = browser.raw("GET", "/memos/zzzzzzzzzzzzzzzz")
    for path in (f"/memos/{team.public_id}", f"/memo-entries/{entry.public_id}"):
        answer = browser.raw("GET", path)
        assert (answer.status_code, body(answer.data)) == (404, body(nothing.data))
    for path in (f"/teams/{team.public_id}", "/"):
        assert NOTE not in browser.get(path).text()


def test_members_of_other_teams_and_those_who_left_find_none(
    app: Flask, own: Browser, peer: Browser, team: Team
) -> None:
    noted(own, team)
    stranger = Browser(app).sign_in_as(account_of(make_team().members[0].official))
    assert stranger.get(f"/memos/{team.public_id}").status == 404
    with saved():
        db.session.get_one(Team, team.id).members[1].ended_on = dt.date(2025, 8, 31)
    assert peer.get(f"/memos/{team.public_id}").status == 404


def test_a_member_whose_term_is_over_reads_and_writes_no_more(app: Flask, team: Team) -> None:
    user = account_of(team.members[0].official)
    with saved():
        write_entry(team, NOTE, by=viewer_as(user))
        user.term_ends_on = dt.date(2025, 8, 31)
    page = Browser(app).sign_in_as(user).get(f"/memos/{team.public_id}")
    assert NOTE in page.text()
    assert page.buttons == []
    opened_entry = page.follow(OPEN)
    assert not opened_entry.has('a[href$="/edit"]')
    assert opened_entry.browser.get(f"{opened_entry.path}/edit").status == 404


def test_a_coordinator_opens_them_for_a_day_and_both_sides_are_told(
    app: Flask, own: Browser, boss: Browser, team: Team
) -> None:
    noted(own, team)
    second = make_user(Role.COORDINATOR, email="c2@example.jp")
    unsaid = opened(boss, team, reason=" ")
    assert (unsaid.status, bool(unsaid.errors)) == (422, True)
    page = opened(boss, team)
    assert page.path == f"/memos/{team.public_id}"
    assert NOTE in page.text()
    assert page.buttons == [], "opening is for reading"
    told = {
        row.recipient: row.body
        for row in db.session.scalars(select(Letter).where(Letter.key.startswith("memo/")))
    }
    assert LetterKind.MEMO.is_urgent, "the day may be over before the office opens"
    members = {member.official.email for member in team.members}
    assert set(told) == members | {"c@example.jp", "c2@example.jp"}
    assert all("事故の連絡を受け" in body and NOTE not in body for body in told.values())
    seen = own.get(f"/memos/{team.public_id}")
    assert any("コーディネーターが、いまこのメモを読めます" in one for one in seen.notices)
    (line,) = seen.table("内部メモが緊急に開かれた記録 1件")
    assert (line["だれが"], line["理由"]) == ("調整 進", "事故の連絡を受け、経緯を確かめるため")
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "memo.open")).all()
    assert [line.target for line in lines] == [team.public_id]
    assert Browser(app).sign_in_as(second).get(page.path).status == 404, "for the one who opened"
    other = make_team()
    assert boss.get(f"/memos/{other.public_id}").status == 404, "for the one team"
    again = boss.get(f"/teams/{team.public_id}/memo-opening")
    assert again.buttons == []
    with clock.held(MOMENT + dt.timedelta(hours=24, seconds=1)):
        late = Browser(app).sign_in("c@example.jp").browser
        assert late.get(page.path).status == 404
        later = Browser(app).sign_in_as(account_of(team.members[1].official)).get(page.path)
        assert not any("いまこのメモを読めます" in one for one in later.notices)
        assert "（終了）" in later.text()


def test_opening_asks_again_who_is_there(boss: Browser, own: Browser, team: Team) -> None:
    noted(own, team)
    page = boss.get(f"/teams/{team.public_id}/memo-opening")
    with clock.held(MOMENT + dt.timedelta(minutes=20)):
        asked = page.submit("24時間だけ開く", reason="確かめるため")
        assert asked.heading == "もう一度、本人の確認"
        assert boss.get(f"/memos/{team.public_id}").status == 404
        done = asked.submit("確認して続ける", {"again-password": PASSWORD})
        assert done.path == f"/memos/{team.public_id}"


def test_the_auditor_sees_that_they_exist_and_who_opened_them(
    app: Flask, own: Browser, boss: Browser, team: Team
) -> None:
    auditor = Browser(app).sign_in_as(make_user(Role.AUDITOR))
    assert "開かれた記録はありません" in auditor.get("/2025/memos").text()
    noted(own, team)
    opened(boss, team)
    page = auditor.get("/2025/memos")
    (line,) = page.table("内部メモのあるチーム 1")
    assert (line["チーム"], line["件数"]) == ("長野県旭見本町", "1")
    (line,) = page.table("内部メモが緊急に開かれた記録 1件")
    assert line["だれが"] == "調整 進"
    assert NOTE not in page.text()
    assert auditor.get(f"/memos/{team.public_id}").status == 404


def test_who_takes_over_is_led_to_them(own: Browser, team: Team) -> None:
    noted(own, team)
    paper = own.get(f"/members/{team.members[2].public_id}/handover")
    (line,) = paper.table("進行中のこと 1件")
    assert (line["種類"], line["状況"]) == ("内部メモ", "1件")
    assert NOTE in paper.follow("チームの内部メモ").text()


def test_the_page_asks_as_often_for_many(own: Browser, team: Team) -> None:
    noted(own, team)
    own.get(f"/memos/{team.public_id}")
    with count_queries() as few:
        own.get(f"/memos/{team.public_id}")
    for number in range(4):
        noted(own, team, f"{number}つめ")
    with count_queries() as many:
        own.get(f"/memos/{team.public_id}")
    assert len(many) == len(few)
