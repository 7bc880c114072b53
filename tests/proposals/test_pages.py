"""A ministry proposes an official, the secretariat answers; nothing is made before."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.audits.terms import label_of
from companion.core import clock
from companion.core.access import Role, roles_held
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.core.mail import Letter
from companion.people.models import User
from companion.people.queries import find_user
from companion.proposals.models import Proposal
from tests.kit.makers import make_official, make_period, make_user
from tests.kit.pages import Browser, Page, count_queries

EMAIL = "suisen.taro@mlit.example.go.jp"
FORM = {
    "name": "推薦 太郎",
    "kana": "すいせん たろう",
    "division": "総合政策局地域振興課",
    "post": "課長補佐",
    "email": EMAIL,
    "reason": "離島振興を五年担当した。",
}


@pytest.fixture
def ministry(app: Flask) -> Browser:
    make_period()
    user = make_user(Role.MINISTRY, ministry_code="mlit", name="窓口 太郎")
    return Browser(app).sign_in_as(user)


@pytest.fixture
def boss(app: Flask) -> Browser:
    make_period()
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def proposed(ministry: Browser, **changes: str) -> Page:
    return ministry.get("/2025/proposals/new").submit("推薦する", **FORM | changes)


def test_a_proposal_is_accepted_and_both_are_told(ministry: Browser, boss: Browser) -> None:
    listed = ministry.get("/2025/proposals")
    assert "まだ推薦していません" in listed.text()
    assert "府省庁からの推薦はまだありません" in boss.get("/2025/proposals").text()
    page = proposed(ministry)
    assert page.heading == "推薦 太郎さんの推薦"
    assert "完了 推薦しました。" in page.notices[0]
    assert find_user(EMAIL) is None
    assert "事務局の返事を待つ推薦：1人" in ministry.get("/").text()
    home = boss.get("/")
    assert "府省庁からの推薦：1人" in home.text()
    listed = boss.get(home.links["府省庁からの推薦"])
    assert listed.table("推薦1人（確認待ちが先）")[0]["府省庁"] == "国土交通省"
    shown = boss.get(listed.links["推薦 太郎"])
    assert shown.facts["推薦する理由"] == "離島振興を五年担当した。"
    done = shown.submit("承諾して招待する")
    assert "推薦 太郎さんに支援官のアカウントの招待を送りました" in done.notices[0]
    assert "承諾して招待する" not in done.buttons
    db.session.expire_all()
    user = find_user(EMAIL)
    assert user is not None
    assert (user.name, roles_held(user)) == ("推薦 太郎", [Role.OFFICIAL])
    letters = db.session.scalars(select(Letter).where(Letter.recipient == EMAIL)).all()
    assert [row.subject for row in letters] == ["運営システムへの招待"]
    assert "府省庁からの推薦" not in boss.get("/").text()
    home = ministry.get("/")
    assert "推薦への返事：推薦 太郎さん、承諾" in home.text()
    assert "事務局が承諾しました" in ministry.get(home.links["推薦への返事"]).text()
    actions = set(db.session.scalars(select(AuditLine.action)))
    assert {"proposal.make", "proposal.accept"} <= actions
    words = [label_of(f"proposal.{verb}") for verb in ("make", "accept", "decline", "withdraw")]
    assert words == [f"職員の推薦：{verb}" for verb in ("作成", "承諾", "見送り", "取下げ")]


def test_declining_needs_a_reason_which_the_ministry_reads(
    ministry: Browser, boss: Browser
) -> None:
    path = proposed(ministry).path
    bare = boss.get(path).submit("見送る")
    assert bare.status == 422
    assert any("見送る理由を入力してください" in error for error in bare.errors)
    boss.get(path).submit("見送る", answer="今年度は人数に達した。")
    assert find_user(EMAIL) is None
    home = ministry.get("/")
    assert "推薦への返事：推薦 太郎さん、見送り" in home.text()
    page = ministry.get(path)
    assert "今年度は人数に達した。" in page.text()
    assert "推薦を取り下げる" not in page.buttons
    assert proposed(ministry).status == 200  # another attempt is a new proposal


def test_an_answer_leaves_the_board_after_a_fortnight(ministry: Browser, boss: Browser) -> None:
    boss.get(proposed(ministry).path).submit("見送る", answer="今年度は人数に達した。")
    with saved():
        row = db.session.scalars(select(Proposal)).one()
        row.decided_at = clock.now() - dt.timedelta(days=15)
    assert "推薦への返事" not in ministry.get("/").text()


def test_a_proposal_is_taken_back_until_it_is_answered(ministry: Browser, boss: Browser) -> None:
    page = proposed(ministry)
    late = boss.get(page.path)
    page = page.submit("推薦を取り下げる")
    assert "取下げ" in page.text()
    refused = late.submit("承諾して招待する")
    assert any("「取下げ」になっています" in words for words in refused.notices)
    said = late.submit("見送る", answer="遅れて書いた理由")
    assert said.status == 422
    assert "遅れて書いた理由" in str(said.main)
    assert find_user(EMAIL) is None


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("taro@town.example.lg.jp", "登録できる職場のアドレス（go.jp）ではありません"),
        ("taro@example.com", "登録できる職場のアドレス（go.jp）ではありません"),
        ("taro", "形が正しくありません"),
    ],
)
def test_only_addresses_of_ministries_are_taken(ministry: Browser, email: str, words: str) -> None:
    page = proposed(ministry, email=email)
    assert page.status == 422
    assert any(words in error for error in page.errors)
    assert page.fields["name"] == "推薦 太郎"


def test_whom_the_ministry_has_proposed_or_who_applied_is_not_proposed_again(
    ministry: Browser,
) -> None:
    proposed(ministry)
    again = proposed(ministry, email=EMAIL.upper())
    assert any("すでに推薦しています（確認待ち）" in error for error in again.errors)
    make_official("応募 花子", ministry_code="mlit", email="hanako@mlit.example.go.jp")
    applied = proposed(ministry, email="hanako@mlit.example.go.jp")
    assert any("すでに応募しています" in error for error in applied.errors)
    # Of another ministry's applicants nobody learns here.
    make_official("応募 次郎", ministry_code="env", email="jiro@env.example.go.jp")
    assert proposed(ministry, email="jiro@env.example.go.jp").status == 200


@pytest.mark.parametrize(
    ("role", "active", "is_taken"),
    [
        (Role.OFFICIAL, True, True),
        (Role.OFFICIAL, False, False),
        (Role.MINISTRY, True, False),
    ],
)
def test_an_account_that_is_there_is_not_made_twice(
    ministry: Browser, boss: Browser, role: Role, active: bool, is_taken: bool
) -> None:
    user = make_user(role, email=EMAIL, ministry_code="mlit", active=active)
    with saved():
        row = db.session.get_one(User, user.id)
        row.term_ends_on = dt.date(2025, 12, 31) if role is Role.OFFICIAL else None
    page = boss.get(proposed(ministry).path).submit("承諾して招待する")
    db.session.expire_all()
    row = db.session.get_one(User, user.id)
    if is_taken:
        assert "すでに支援官のアカウントがあります" in page.notices[0]
        assert row.term_ends_on == dt.date(2026, 3, 31)
    else:
        assert any("停止中か、ほかの役割" in words for words in page.notices)
        assert db.session.scalars(select(Proposal)).one().state.label == "確認待ち"


def test_the_list_says_who_has_applied(ministry: Browser, boss: Browser) -> None:
    path = proposed(ministry).path
    assert ministry.get("/2025/proposals").table()[0]["応募"] == "まだ"
    make_official("推薦 太郎", ministry_code="mlit", email=EMAIL)
    assert ministry.get("/2025/proposals").table()[0]["応募"] == "あり"
    assert boss.get(path).follow("応募の内容を見る").heading == "推薦 太郎さんの応募"


def test_for_a_period_that_is_over_nobody_is_proposed(ministry: Browser) -> None:
    late = ministry.get("/2025/proposals/new")
    make_period(2026)
    assert "この年度の推薦は受け付けていません" in ministry.get("/2025/proposals/new").text()
    assert "職員を推薦する" not in ministry.get("/2025/proposals").links
    page = late.submit("推薦する", **FORM)
    assert any("新しい年度が始まっています" in error for error in page.errors)
    assert page.fields["reason"] == FORM["reason"]


def test_out_of_reach_is_not_there(app: Flask, ministry: Browser, boss: Browser) -> None:
    path = proposed(ministry).path
    other = Browser(app).sign_in_as(make_user(Role.MINISTRY, ministry_code="env"))
    assert other.get(path).status == 404
    assert "まだ推薦していません" in other.get("/2025/proposals").text()
    for role in (Role.PREFECTURE, Role.MUNICIPALITY):
        assert Browser(app).sign_in_as(make_user(role)).get(path).status == 404
    auditor = Browser(app).sign_in_as(make_user(Role.AUDITOR)).get(path)
    assert auditor.status == 200
    assert "見送る" not in auditor.buttons
    assert auditor.facts["メール"] == "…@mlit.example.go.jp"
    assert boss.get("/2025/proposals/new").status == 404


def test_the_list_costs_the_same_however_long_it_is(ministry: Browser) -> None:
    proposed(ministry)
    with count_queries() as few:
        ministry.get("/2025/proposals")
    for number in range(5):
        proposed(ministry, email=f"n{number}@mlit.example.go.jp")
    with count_queries() as many:
        ministry.get("/2025/proposals")
    assert len(many) == len(few)
