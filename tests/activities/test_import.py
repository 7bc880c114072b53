"""Last year's logs from Excel, and a team's log back as a workbook."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from companion.activities.models import Activity
from companion.activities.terms import ActivityKind, ActivityState, AttendanceStatus
from companion.core.access import Role
from companion.core.clock import to_jst
from companion.core.db import db, saved
from companion.teams.models import Team
from companion.teams.terms import TeamState
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
from tests.kit.pages import Browser, Page

HEAD = ("市町村", "実施日", "開始", "終了", "種別", "内容", "出席した支援官", "決定事項")
MEETING = ("あさひ見本町", "R7.5.14（水）", "13:00", "14:30", "オンライン会議", "顔合わせ", "", "")

THEME = "【第2回オンライン会議】試行"


@pytest.fixture
def team(app: Flask) -> Team:
    make_period()
    return make_team(
        make_challenge(make_municipality("あさひ見本町")),
        [make_official("青山 一"), make_official("石橋 二"), make_official("上原 三")],
        state=TeamState.COMPLETED,
    )


@pytest.fixture
def coordinator(app: Flask, team: Team) -> Browser:
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def book(*rows: Sequence[Any], head: Sequence[str] = HEAD) -> bytes:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (["令和7年度 活動記録"], [], head, *rows):
        sheet.append(list(row))
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def upload(browser: Browser, data: bytes) -> Page:
    page = browser.get("/2025/imports")
    return page.submit("内容を確認する", kind="activities", file=("活動記録.xlsx", data))


def logs() -> list[Activity]:
    return list(db.session.scalars(select(Activity).order_by(Activity.held_start)))


def test_logs_are_looked_at_and_taken_in(coordinator: Browser, team: Team) -> None:
    page = upload(
        coordinator,
        book(
            MEETING,
            ("〃", "2025/7/1", dt.time(9), dt.time(12, 30), "訪問", "町歩き", "青山、石橋 二", ""),
            (
                "長野県あさひ見本町",
                "令和7年8月1日",
                "",
                "",
                "",
                "【第2回オンライン会議】試行",
                "",
                "試す",
            ),
        ),
    )
    assert page.heading == "活動記録一覧の確認"
    assert page.facts["新規"] == "3新しく登録します"
    assert "長野県あさひ見本町（R7.5.14（水）13:00 オンライン会議）顔合わせ" in page.text()
    page = page.submit("この内容で取り込む")
    assert page.notices[0].startswith("完了 活動記録一覧を取り込みました。新規3件")
    first, second, third = logs()
    assert (first.kind, first.state) == (ActivityKind.ONLINE_MEETING, ActivityState.HELD)
    assert [row.minutes for row in first.attendances] == [90, 90, 90]
    assert second.kind is ActivityKind.SITE_VISIT
    assert second.held_end is not None
    assert f"{to_jst(second.held_end):%H:%M}" == "12:30"
    assert [row.member.official.name for row in second.attendances] == ["青山 一", "石橋 二"]
    assert (third.kind, third.state) == (ActivityKind.ONLINE_MEETING, ActivityState.RECORDED)
    assert third.title == THEME


def test_the_same_list_twice_and_what_people_wrote_stay(coordinator: Browser, team: Team) -> None:
    upload(coordinator, book(MEETING)).submit("この内容で取り込む")
    with saved():
        logs()[0].title = "書き直した一行"
    page = upload(coordinator, book(MEETING))
    assert page.facts["変更なし"] == "1何もしません"
    assert "この内容で取り込む" not in page.buttons
    assert [row.title for row in logs()] == ["書き直した一行"]


@pytest.mark.parametrize(
    ("change", "column", "message"),
    [
        ({0: "どこか町"}, "市町村", "団体コード一覧にありません"),
        ({0: "いわい見本市"}, "市町村", "チームはこの年度にありません"),
        ({1: "令和7年2月30日"}, "実施日", "暦にない日付"),
        ({1: "令和7年5月14日（月）"}, "実施日", "曜日が日付と合いません"),
        ({1: "2026-01-01"}, "実施日", "これからの日時です"),
        ({1: "2025-03-01"}, "実施日", "在籍していた支援官がいません"),
        ({1: "2025-03-01", 6: "青山"}, "実施日", "このチームの支援官ではありません"),
        ({2: "25:00"}, "開始", "時刻として読めません"),
        ({3: "12:00"}, "終了", "終了が開始より前です"),
        ({4: "花見", 5: "花見"}, "種別", "種別が読めません"),
        ({5: ""}, "内容", "空欄です"),
        ({5: "長" * 201}, "内容", "200字以内"),
        ({6: "知らない人"}, "出席した支援官", "このチームの支援官ではありません"),
    ],
)
def test_a_row_that_cannot_be_right_comes_back_with_the_remedy(
    coordinator: Browser, team: Team, change: dict[int, str], column: str, message: str
) -> None:
    make_municipality("いわい見本市", prefecture_code="40")
    wrong = [change.get(n, value) for n, value in enumerate(MEETING)]
    page = upload(coordinator, book(wrong, ("あさひ見本町", "R7.6.2", *MEETING[2:])))
    fault = page.table("受付できない箇所")[0]
    assert column in fault["列"]
    assert message in fault["直し方"]
    assert page.facts["新規"] == ("1新しく登録します")
    answer = coordinator.raw("GET", page.links["印を付けたExcelをダウンロード"])
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert any(cell.comment for row in sheet.iter_rows() for cell in row)


def test_a_day_of_more_than_24_hours_is_refused(coordinator: Browser, team: Team) -> None:
    head = (*HEAD, "時間（分）")
    page = upload(coordinator, book((*MEETING, 1500), head=head))
    assert "24時間を超えます" in page.table("受付できない箇所")[0]["直し方"]
    day = ("あさひ見本町", "R7.6.2", "9:00", "10:00", "訪問", "町歩き", "", "", 900)
    later = (*day[:2], "15:00", "16:00", *day[4:])
    page = upload(coordinator, book(day, later, head=head))
    assert [row["行"] for row in page.table("受付できない箇所")] == ["5"]
    page.submit("この内容で取り込む")
    again = upload(coordinator, book(day, later, head=head))
    assert again.facts["変更なし"] == "1何もしません"
    assert [row["行"] for row in again.table("受付できない箇所")] == ["5"]


def test_the_blank_list_is_read_back(coordinator: Browser, team: Team) -> None:
    answer = coordinator.raw("GET", "/2025/imports/template/activities")
    filled = load_workbook(io.BytesIO(answer.data))
    sheet = filled["活動記録"]
    values = {"D": "あさひ見本町", "E": "R7.5.14", "F": "13:00", "G": "14:00", "J": "顔合わせ"}
    for letter, value in values.items():
        sheet[f"{letter}5"] = value
    sheet["I5"] = "ヒアリング"
    stream = io.BytesIO()
    filled.save(stream)
    upload(coordinator, stream.getvalue()).submit("この内容で取り込む")
    assert [row.kind for row in logs()] == [ActivityKind.HEARING]


def test_a_teams_log_is_read_on_one_page_and_taken_along(app: Flask, team: Team) -> None:
    held = make_activity(team, decisions="=HYPERLINK(1)", day=dt.date(2025, 8, 20))
    make_activity(team, title="町を歩く", kind=ActivityKind.SITE_VISIT, day=dt.date(2025, 6, 1))
    make_activity(team, state=ActivityState.PLANNED, title="まだの会議", day=dt.date(2025, 10, 1))
    make_next_action(activity=held, text="要綱を送る")
    with saved():
        held.attendances[2].status = AttendanceStatus.EXCUSED
    users = {
        "official": account_of(team.members[0].official),
        "town": make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality),
    }
    for name, user in users.items():
        browser = Browser(app).sign_in_as(user)
        page = browser.get(f"/teams/{team.public_id}").follow("まとめて読む・印刷する・Excelにする")
        assert [words.split(" ")[-1] for words in page.texts("main h2")[:2]] == [
            "町を歩く",
            "交流拡大の進め方",
        ]
        assert "まだの会議" not in page.text()
        assert "上原 三（欠席（連絡あり））" in page.text()
        form = page.form("Excelをダウンロードする")
        answer = browser.raw("POST", form.action, data=form.fields)
        filled = load_workbook(io.BytesIO(answer.data))
        cells = [cell for row in filled["活動記録"].iter_rows() for cell in row]
        assert not any(cell.data_type == "f" for cell in cells)
        assert "=HYPERLINK(1)" in [cell.value for cell in cells]
        heads = [cell.value for cell in filled["活動記録"][4]]
        assert ("時間（分、全員）" in heads) is (name == "official")
        assert filled["宿題"]["A4"].value == "要綱を送る"
    stranger = Browser(app).sign_in_as(make_user(Role.PREFECTURE, prefecture_code="20"))
    assert stranger.get(f"/records/{team.public_id}").status == 404
