"""The 相談カルテ: handed in by a municipality, shared, replied to, gathered, answered, asked on."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core import clock
from companion.core.access import Role
from companion.core.db import db
from companion.core.mail import Letter
from companion.people.queries import coordinators
from companion.places.models import Municipality
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

SHEET = {
    "is_led": True,
    "subject": "酒蔵と関係人口",
    "situation": "酒蔵が休んでいる。",
    "measure": ["industry", "resource"],
    "people": ["related"],
    "stage": "idea",
    "question": "使える制度を知りたい。",
    "wished_way": "online",
}
LISTED = "相談カルテ 1件（回答を待つもの、期限の早いものが先）"
BOARD = "貴府省庁の回答を待つ相談カルテ（期限の早い順）"


@pytest.fixture
def place(app: Flask) -> Municipality:
    make_period()
    return make_municipality("朝見本町")


@pytest.fixture
def town(app: Flask, place: Municipality) -> Browser:
    return Browser(app).sign_in_as(
        make_user(Role.MUNICIPALITY, municipality=place, name="町 花子", email="m@town.example")
    )


@pytest.fixture
def boss(app: Flask) -> Browser:
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


@pytest.fixture
def ministry(app: Flask, place: Municipality) -> Browser:
    return Browser(app).sign_in_as(
        make_user(Role.MINISTRY, ministry_code="maff", name="窓口 太郎", email="k@maff.example")
    )


def written(town: Browser, **values: object) -> Page:
    page = town.get("/2025/consultations").follow("相談カルテを書く")
    return page.submit("事務局に送る", **(SHEET | values))


def shared(boss: Browser, page: Page, *codes: str) -> Page:
    return boss.get(page.path).submit("共有する", ministries=list(codes))


def told(step: str) -> list[str]:
    db.session.expire_all()
    rows = db.session.scalars(select(Letter).where(Letter.key.startswith("consultation/")))
    return sorted(row.recipient for row in rows if f"/{step}/" in row.key)


def test_a_municipality_without_a_team_is_answered_by_two_ministries(
    app: Flask, town: Browser, boss: Browser, ministry: Browser
) -> None:
    assert "チームがなくても" in town.get("/").text()
    page = written(town)
    assert page.heading == "酒蔵と関係人口"
    assert page.facts["組み合わせ"] == "施策（産業、埋もれた地域資源） × 人材（関係人口）"
    assert "期限 令和7年9月17日（水）" in page.text()
    offices = sorted(user.email for user in coordinators())
    assert told("received") == offices
    assert "共有する 1件" in boss.get("/").text()
    assert ministry.get(page.path).status == 404
    done = shared(boss, page, "maff", "meti")
    assert done.facts["共有した府省庁"] == "農林水産省、経済産業省"
    assert any("経済産業省" in words for words in done.notices), "it has no contact yet"
    assert told("routed") == ["k@maff.example"]
    (line,) = ministry.get("/").table(BOARD)
    assert (line["自治体"], line["状態"]) == ("長野県朝見本町", "府省庁に共有")
    reading = ministry.get("/2025/consultations").follow("酒蔵と関係人口")
    assert reading.facts["共有した府省庁"] == "農林水産省", "not who else is asked"
    assert any("回答を入力" in error for error in reading.submit("回答する").errors)
    reading.submit("回答する", answer="農泊の制度があります。")
    assert told("replied") == offices
    assert ministry.get("/").tables.get(BOARD) is None
    assert "まだ回答はありません" in town.get(page.path).text()
    assert "農泊の制度" not in town.get(page.path).text(), "the secretariat gathers first"
    (line,) = boss.get("/2025/consultations").table(LISTED)
    assert "2府省庁のうち1が回答" in line["状態"]
    gathering = boss.get(page.path)
    assert "農泊の制度があります。" in gathering.text()
    gathering.submit("下書きを保存する", gathered="取りまとめの途中")
    assert "取りまとめの途中" not in town.get(page.path).text()
    assert "取りまとめの途中" not in ministry.get(page.path).text()
    sent = boss.get(page.path).submit("自治体に送る", gathered="二つの制度が使えます。")
    assert "自治体に送りました。" in sent.notices[0]
    assert told("answered") == ["m@town.example"]
    assert "酒蔵と関係人口" in town.get("/").text()
    assert "二つの制度が使えます。" in town.get(page.path).text()
    assert "二つの制度が使えます。" in ministry.get(page.path).text()
    assert ministry.get(page.path).buttons == []
    again = town.get(page.path).submit("追加で相談する", more="締切はいつですか。")
    assert "【追加】締切はいつですか。" in again.facts["相談したいこと"]
    assert len(told("received")) == 2 * len(offices)
    assert told("routed") == ["k@maff.example"] * 2
    ministry.get(page.path).submit("回答する", answer="3月です。")
    assert "回答を直す" in boss.get(page.path).submit("自治体に送る", gathered="3月です。").text()
    closed = boss.get(page.path).submit("完了にする")
    assert "完了" in closed.text()
    assert boss.get(page.path).buttons == []
    assert town.get(page.path).buttons == ["読める人を変える"]


def test_team_and_prefecture_read_it_only_while_the_municipality_lets_them(
    app: Flask, place: Municipality, town: Browser
) -> None:
    team = make_team(make_challenge(place))
    own = Browser(app).sign_in_as(account_of(team.members[0].official))
    near = Browser(app).sign_in_as(make_user(Role.PREFECTURE, prefecture_code="20"))
    far = Browser(app).sign_in_as(make_user(Role.PREFECTURE, prefecture_code="21"))
    stranger = make_team(make_challenge(make_municipality("糸見本村")))
    other = Browser(app).sign_in_as(account_of(stranger.members[0].official))
    neighbour = Browser(app).sign_in_as(
        make_user(Role.MUNICIPALITY, municipality=stranger.challenge.municipality)
    )
    auditor = Browser(app).sign_in_as(make_user(Role.AUDITOR))
    page = written(town)
    for browser in (own, near, far, other, neighbour):
        assert browser.get(page.path).status == 404
        assert "酒蔵" not in browser.get("/2025/consultations").text()
    missing = own.raw("GET", "/consultations/zzzzzzzzzzzzzzzz")
    assert own.raw("GET", page.path).data == missing.data
    assert "酒蔵" not in own.get(f"/teams/{team.public_id}").text()
    town.get(page.path).submit("読める人を変える", is_for_team=True, is_for_prefecture=True)
    assert own.get(f"/teams/{team.public_id}").follow("酒蔵と関係人口").buttons == []
    assert near.get("/2025/consultations").follow("酒蔵と関係人口").status == 200
    assert auditor.get(page.path).buttons == []
    for browser in (far, other, neighbour):
        assert browser.get(page.path).status == 404
    town.get(page.path).submit("読める人を変える", is_for_team=False, is_for_prefecture=True)
    assert own.get(page.path).status == 404
    assert near.get(page.path).status == 200


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("is_led", False, "主導する取組"),
        ("subject", " ", "入力してください"),
        ("subject", "あ" * 101, "100文字以内"),
        ("situation", "", "入力してください"),
        ("question", "", "入力してください"),
        ("stage", [], "一つ選んで"),
        ("wished_way", [], "一つ選んで"),
        ("people", [], "二つ以上"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_stays(
    town: Browser, field: str, value: object, said: str
) -> None:
    page = written(town, **{"partners": "酒蔵", "measure": ["industry"], field: value})
    assert page.status == 422
    assert any(said in error for error in page.errors)
    assert page.fields["partners"] == "酒蔵"


def test_the_words_may_be_changed_until_they_are_shared(town: Browser, boss: Browser) -> None:
    page = written(town)
    editing = page.follow("内容を直す")
    assert editing.fields.getlist("measure") == ["industry", "resource"]
    changed = editing.submit("保存する", subject="酒蔵の再開", measure=["green"])
    assert changed.heading == "酒蔵の再開"
    assert changed.facts["組み合わせ"] == "施策（環境・GX） × 人材（関係人口）"
    late = changed.follow("内容を直す")
    shared(boss, page, "maff")
    stale = late.submit("保存する", subject="別の件名")
    assert stale.status == 409
    assert "別の件名" in stale.text()
    assert any("変えられません" in words for words in town.get(late.path).notices)


def test_a_ministry_is_taken_out_until_it_has_replied(
    town: Browser, boss: Browser, ministry: Browser
) -> None:
    page = written(town)
    shared(boss, page, "maff", "env")
    back = shared(boss, page, "env")
    assert back.facts["共有した府省庁"] == "環境省"
    assert ministry.get(page.path).status == 404
    none = shared(boss, page)
    assert "受付" in none.text()
    shared(boss, page, "maff")
    ministry.get(page.path).submit("回答する", answer="あります。")
    refused = shared(boss, page)
    assert any("外せません：農林水産省" in error for error in refused.errors)
    waiting = ministry.get(page.path)
    boss.get(page.path).submit("自治体に送る", gathered="あります。")
    late = waiting.submit("回答する", answer="二つあります。")
    assert any("すでに回答しました" in error for error in late.errors)
    assert "二つあります。" in late.text()


def test_the_secretariat_may_answer_by_itself_but_not_with_nothing(
    town: Browser, boss: Browser
) -> None:
    page = written(town)
    silent = boss.get(page.path).submit("自治体に送る", gathered="")
    assert any("入力してください" in error for error in silent.errors)
    assert "完了にする" not in silent.buttons
    boss.get(page.path).submit("自治体に送る", gathered="あります。")
    reading = town.get(page.path)
    unsaid = reading.submit("追加で相談する")
    assert any("追加で相談したいこと" in error for error in unsaid.errors)
    boss.get(page.path).submit("完了にする")
    assert reading.submit("追加で相談する", more="まだあります。").status == 409


def test_two_coordinators_see_both_texts(town: Browser, boss: Browser) -> None:
    page = boss.get(written(town).path)
    page.submit("下書きを保存する", gathered="一人目")
    stale = page.submit("自治体に送る", gathered="二人目")
    assert stale.status == 409
    assert "一人目" in stale.text()
    assert "二人目" in stale.text()


def test_what_is_late_is_marked_and_the_list_is_narrowed(town: Browser, boss: Browser) -> None:
    written(town)
    with clock.held(MOMENT + dt.timedelta(days=30)):
        late = Browser(boss.app).sign_in_as(make_user(Role.COORDINATOR))
        assert "期限超過" in late.get("/2025/consultations").text()
        assert "期限超過 1件" in late.get("/").text()
    assert "相談カルテはありません" in boss.get("/2025/consultations?state=closed").text()
    assert "酒蔵" in boss.get("/2025/consultations?state=received").text()


def test_lists_and_boards_ask_as_often_for_many(
    town: Browser, boss: Browser, ministry: Browser
) -> None:
    counts = []
    for number in (1, 4):
        for _ in range(number):
            shared(boss, written(town), "maff", "meti")
        for browser in (town, boss, ministry):
            for path in ("/", "/2025/consultations"):
                browser.get(path)
                with count_queries() as queries:
                    browser.get(path)
                counts.append(len(queries))
    assert counts[:6] == counts[6:]
    assert max(counts[1::2]) <= 12, counts


def test_the_register_lists_every_sheet(town: Browser, boss: Browser) -> None:
    page = written(town)
    shared(boss, page, "maff", "meti")
    with clock.held(MOMENT + dt.timedelta(days=3)):
        late = Browser(boss.app).sign_in_as(make_user(Role.COORDINATOR))
        late.get(page.path).submit("自治体に送る", gathered="あります。")
    shown = boss.get("/2025/reports/consultations")
    (line,) = next(rows for caption, rows in shown.tables.items() if "台帳" in caption)
    assert line["団体"] == "長野県朝見本町"
    assert line["組み合わせ"] == "産業、埋もれた地域資源 × 関係人口"
    assert line["共有した府省庁"] == "農林水産省、経済産業省"
    assert (line["状態"], line["受付から回答まで"]) == ("回答済", "3")
