"""Inquiries routed to a ministry: read and answered there, by nobody else's contacts."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core.access import Role
from companion.core.db import db
from companion.core.mail import Letter
from companion.people.queries import coordinators
from companion.teams.models import Team
from tests.inquiries.test_pages import asked, boss, own, team  # noqa: F401 fixtures
from tests.kit.makers import make_user
from tests.kit.pages import Browser, Page, count_queries

LISTED = "依頼 1件（回答を待つもの、期限の早いものが先）"
BOARD = "チームが貴府省庁の回答を待つ依頼（期限の早い順）"


@pytest.fixture
def ministry(app: Flask, team: Team) -> Browser:  # noqa: F811
    return Browser(app).sign_in_as(
        make_user(Role.MINISTRY, ministry_code="mlit", name="窓口 太郎", email="k@mlit.example")
    )


@pytest.fixture
def page(own: Browser, team: Team) -> Page:  # noqa: F811
    return asked(own, team)


def routed(boss: Browser, page: Page, to: str = "mlit") -> Page:  # noqa: F811
    return boss.get(page.path).submit("保存する", routed_to=to)


def letters(step: str) -> list[Letter]:
    db.session.expire_all()
    rows = db.session.scalars(select(Letter).where(Letter.key.startswith("inquiry/")))
    return [row for row in rows if f"/{step}/" in row.key]


def told(step: str) -> dict[str, str]:
    """Recipient -> body of the letters of one kind."""
    return {row.recipient: row.body for row in letters(step)}


def test_a_ministry_answers_what_was_routed_to_it(
    boss: Browser,  # noqa: F811
    own: Browser,  # noqa: F811
    ministry: Browser,
    page: Page,
) -> None:
    assert "回答を頼まれた依頼はありません" in ministry.get("/2025/inquiries").text()
    assert ministry.get(page.path).status == 404
    done = routed(boss, page)
    assert done.facts["回答を頼んだ府省庁"] == "国土交通省"
    assert "照会中" in done.text()
    assert set(told("routed")) == {"k@mlit.example"}
    assert "使える交付金を知りたい" not in told("routed")["k@mlit.example"]
    (line,) = ministry.get("/").table(BOARD)
    assert line["期限"].startswith("R7.9.17")
    listed = ministry.get("/").follow("後方支援")
    (line,) = listed.table(LISTED)
    assert line["チーム"] == "長野県旭見本町"
    reading = listed.follow("空き家の交付金")
    assert reading.facts["知りたいこと"] == "使える交付金を知りたい。"
    silent = reading.submit("回答する")
    assert any("回答を入力してください" in error for error in silent.errors)
    answered = reading.submit("回答する", answer="空き家対策の交付金があります。")
    assert "空き家対策の交付金があります。" in answered.text()
    seen = own.get(page.path)
    assert "空き家対策の交付金があります。" in seen.text()
    assert "国土交通省 窓口 太郎" in seen.text()
    assert set(told("replied")) == {user.email for user in coordinators()}
    again = ministry.get(page.path).submit("回答する", answer="空き家対策の交付金が二つあります。")
    assert "二つあります" in again.text()
    changed = boss.get(page.path).submit("保存する", answer="事務局が足しました。")
    assert "国土交通省 窓口" not in changed.text()
    assert ministry.get(page.path).buttons == [], "the secretariat's words are not the ministry's"


def test_nobody_elses_contacts_and_none_after_it_is_taken_back(
    app: Flask,
    boss: Browser,  # noqa: F811
    ministry: Browser,
    page: Page,
) -> None:
    routed(boss, page)
    other = Browser(app).sign_in_as(make_user(Role.MINISTRY, ministry_code="env"))
    assert other.get(page.path).status == 404
    assert other.get("/2025/inquiries").text().count("空き家の交付金") == 0
    reading = ministry.get(page.path)
    back = routed(boss, page, to="")
    assert back.facts["回答を頼んだ府省庁"] == "－"
    assert ministry.get(page.path).status == 404
    assert reading.submit("回答する", answer="あります。").status == 404
    missing = ministry.raw("GET", "/inquiries/zzzzzzzzzzzzzzzz")
    assert ministry.raw("GET", page.path).data == missing.data


def test_the_question_asked_on_goes_to_the_ministry_again(
    boss: Browser,  # noqa: F811
    own: Browser,  # noqa: F811
    ministry: Browser,
    page: Page,
) -> None:
    routed(boss, page)
    ministry.get(page.path).submit("回答する", answer="あります。")
    own.get(page.path).submit("追加で依頼する", more="締切はいつですか。")
    assert len(letters("routed")) == 2
    assert "回答する" in ministry.get(page.path).buttons
    own_page = own.get(page.path)
    ministry.get(page.path).submit("回答する", answer="3月です。")
    closed = own.get(own_page.path).submit("完了にする", usefulness="4")
    assert "チームの評価：4" in closed.text()
    assert ministry.get(page.path).buttons == []


def test_two_who_answer_see_both_answers(
    boss: Browser,  # noqa: F811
    ministry: Browser,
    page: Page,
) -> None:
    routed(boss, page)
    reading = ministry.get(page.path)
    boss.get(page.path).submit("保存する", state="assigned", answer="事務局の下書き")
    stale = reading.submit("回答する", answer="府省庁の回答")
    assert stale.status == 409
    assert "事務局の下書き" in stale.text()
    assert "府省庁の回答" in stale.text()


def test_what_is_answered_is_not_routed_and_a_ministry_without_contacts_is_said(
    boss: Browser,  # noqa: F811
    page: Page,
) -> None:
    assert "環境省の担当窓口のアカウントがまだありません" in routed(boss, page, "env").text()
    wrong = boss.get(page.path).submit(
        "保存する", state="answered", answer="あります。", routed_to="mlit"
    )
    assert any("状態を「照会中」に" in error for error in wrong.errors)
    assert wrong.fields["answer"] == "あります。"


def test_the_ministrys_board_and_list_ask_as_often_for_many(
    boss: Browser,  # noqa: F811
    own: Browser,  # noqa: F811
    ministry: Browser,
    team: Team,  # noqa: F811
) -> None:
    routed(boss, asked(own, team))
    counts = []
    for _ in range(2):
        for path in ("/", "/2025/inquiries"):
            ministry.get(path)
            with count_queries() as queries:
                ministry.get(path)
            counts.append(len(queries))
        for _ in range(3):
            routed(boss, asked(own, team, ministry_code="mlit"))
    assert counts[:2] == counts[2:]
