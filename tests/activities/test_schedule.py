"""What is to come: repeated meetings, polls for a date, calendar feeds, sessions of the Diet."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from companion.activities.models import Activity, CalendarFeed, Poll
from companion.activities.terms import ActivityKind, ActivityState, PollState
from companion.core.access import Role
from companion.core.db import db, saved
from companion.people.models import User
from companion.teams.models import Team
from tests.kit.makers import (
    account_of,
    make_activity,
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_team,
    make_user,
)
from tests.kit.pages import Browser, Page, count_queries

PLANNED = ActivityState.PLANNED


@pytest.fixture
def team(app: Flask) -> Team:
    make_period()
    return make_team(
        make_challenge(make_municipality("あさひ見本町")),
        [make_official("青山 一"), make_official("石橋 二"), make_official("上原 三")],
    )


def account(team: Team, position: int = 0) -> User:
    return account_of(team.members[position].official)


def official(app: Flask, team: Team, position: int = 0) -> Browser:
    return Browser(app).sign_in_as(account(team, position))


def town(app: Flask, team: Team) -> Browser:
    return Browser(app).sign_in_as(
        make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)
    )


def plans() -> list[Activity]:
    return list(db.session.scalars(select(Activity).order_by(Activity.planned_start)))


# --- repetition ---------------------------------------------------------------------------------

MONTHLY = {"held_on": "2025-10-14", "start_time": "10:00", "end_time": "11:00", "title": "定例会"}


def repeat(browser: Browser, team: Team, button: str, **values: str) -> Page:
    page = browser.get(f"/teams/{team.public_id}").follow("繰り返しの予定を登録")
    return page.submit(button, MONTHLY | values)


def test_each_second_tuesday_is_looked_at_and_planned(app: Flask, team: Team) -> None:
    browser = official(app, team)
    looked = repeat(browser, team, "日程を確かめる")
    assert "6回の予定になります" in looked.text()
    assert plans() == []
    done = looked.submit("予定を登録する")
    assert done.notices == ["完了 6回の予定を登録しました。"]
    assert [f"{row.day:%m-%d}" for row in plans()] == [
        *("10-14", "11-11", "12-09", "01-13", "02-10", "03-10"),
    ]


def test_a_holiday_is_left_out_with_a_note(app: Flask, team: Team) -> None:
    page = repeat(
        official(app, team),
        team,
        "予定を登録する",
        held_on="2025-10-20",
        repetition="weekly",
        every="2",
        last_on="2025-11-20",
    )
    assert page.notices == [
        "完了 2回の予定を登録しました。",
        "お知らせ 令和7年11月3日（月）は文化の日のため登録していません。",
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"end_time": "09:00"}, "終了：終了が開始より前です。"),
        ({"held_on": "2025-09-01"}, "初回の日付：過ぎた日時です。"),
        ({"last_on": "2025-10-01"}, "最終日：登録できる日がありません。"),
        ({"held_on": "2025-12-30", "last_on": "2026-01-01"}, "最終日：登録できる日がありません。"),
        ({"every": "0", "repetition": "weekly"}, "何週ごと："),
    ],
)
def test_a_repetition_that_cannot_be_right_is_refused(
    app: Flask, team: Team, values: dict[str, str], message: str
) -> None:
    page = repeat(official(app, team), team, "予定を登録する", **values)
    assert page.status == 422
    assert page.errors[0].startswith(message)
    assert page.fields["title"] == "定例会"
    assert plans() == []


def test_the_rest_of_a_repetition_is_called_off(app: Flask, team: Team) -> None:
    browser = official(app, team)
    repeat(browser, team, "予定を登録する")
    page = browser.get(f"/activities/{plans()[2].public_id}")
    page = page.submit("これからの繰り返しをすべて中止にする")
    assert page.notices == ["完了 これからの6回を中止にしました。"]
    assert {row.state for row in plans()} == {ActivityState.CANCELLED}
    alone = make_activity(team, state=PLANNED, day=dt.date(2025, 10, 1))
    page = browser.post(f"/activities/{alone.public_id}/end-series")
    assert page.notices == ["エラー 繰り返しの予定ではありません。"]


# --- polls --------------------------------------------------------------------------------------


def ask(browser: Browser, team: Team, **values: object) -> Page:
    page = browser.get(f"/teams/{team.public_id}").follow("日程調整を始める")
    offered = list(page.form("都合を尋ねる").choices("days"))
    return page.submit("都合を尋ねる", {"title": "中間の相談", "days": offered[:2]} | values)


def test_a_poll_is_put_answered_by_each_and_decided(app: Flask, team: Team) -> None:
    leader = official(app, team)
    page = ask(leader, team, **{"slots-0-day": "2025-09-30", "slots-0-time": "16:00"})
    assert page.heading == "日程調整：中間の相談"
    rows = page.table("候補と回答")
    assert list(rows[0]) == ["日時", "青山 一", "石橋 二", "上原 三", "あさひ見本町", "○の数"]
    assert rows[2]["日時"] == "R7.9.30（火）16:00"
    path = page.path
    poll = db.session.scalars(select(Poll)).one()
    slots = [f"slot-{slot.id}" for slot in poll.slots]
    page.submit("回答する", {slots[0]: "yes", slots[1]: "no", slots[2]: "yes"})
    town(app, team).get(path).submit("回答する", {slots[0]: "maybe", slots[2]: "yes"})
    page = leader.get(path)
    assert page.table("候補と回答")[0]["あさひ見本町"] == "△△ 調整できる"
    assert [row["○の数"] for row in page.table("候補と回答")] == ["1", "0", "2"]
    page.submit("回答する", {slots[0]: "no"})
    assert "日程調整中" in leader.get(f"/teams/{team.public_id}").text()
    chosen = leader.get(path).submit("この日時に決める", slot=str(poll.slots[2].id))
    assert chosen.facts["予定の日時"] == "令和7年9月30日（火）16:00～17:00"
    assert "日程調整中" not in leader.get(f"/teams/{team.public_id}").text()
    over = leader.post(f"{path}/answer", {slots[0]: "yes"})
    assert over.notices == ["エラー この日程調整は「決定」です。"]


def test_nobody_answers_or_decides_for_others(app: Flask, team: Team) -> None:
    path = ask(official(app, team), team).path
    other = make_team()
    for stranger in (official(app, other), town(app, other)):
        assert stranger.get(path).status == 404
        assert stranger.post(f"{path}/answer").status == 404
    reader = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    assert reader.get(path).buttons == []
    assert town(app, team).post(f"{path}/decide").status == 404


def test_a_poll_is_given_up(app: Flask, team: Team) -> None:
    browser = official(app, team)
    page = ask(browser, team).submit("日程調整を取りやめる")
    assert page.notices == ["完了 日程調整を取りやめました。"]
    assert db.session.scalars(select(Poll.state)).one() is PollState.DROPPED


def test_a_date_that_has_passed_meanwhile_is_not_taken(app: Flask, team: Team) -> None:
    browser = official(app, team)
    page = ask(browser, team)
    poll = db.session.scalars(select(Poll)).one()
    with saved():
        poll.slots[0].starts_at -= dt.timedelta(days=60)
    refused = page.submit("この日時に決める", slot=str(poll.slots[0].id))
    assert refused.notices[0].startswith("エラー 過ぎた日時は選べません。")
    assert page.submit("この日時に決める").errors == ["決める日時：日時を選んでください。"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"days": []}, "候補日：候補を二つ以上選んでください。"),
        ({"slots-0-day": "2025-09-01"}, "候補日：過ぎた日時が候補に入っています。"),
        ({"minutes": "0"}, "長さ（分）："),
        ({"slots-1-day": "2025-13-01"}, "ほかの候補2行目の日付：日付を"),
    ],
)
def test_a_poll_that_cannot_be_right_is_refused(
    app: Flask, team: Team, values: dict[str, object], message: str
) -> None:
    page = ask(official(app, team), team, **values)
    assert page.status == 422
    assert page.errors[0].startswith(message)
    assert page.fields["title"] == "中間の相談"


# --- calendars ----------------------------------------------------------------------------------


def new_feed(browser: Browser, team: Team | None = None) -> str:
    page = browser.get("/2025/calendar")
    page = page.submit("アドレスを作る", team=team.public_id if team else "")
    found = re.search(r"/calendar/[\w-]{43}\.ics", page.text())
    assert found is not None
    return found[0]


def read(app: Flask, path: str) -> Calendar:
    answer = Browser(app).raw("GET", path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.data)


def test_a_feed_shows_plans_in_japans_time_and_nothing_that_was_said(
    app: Flask, team: Team
) -> None:
    plan = make_activity(team, state=PLANNED, day=dt.date(2025, 9, 10), agenda="秘密の議題")
    make_activity(team, day=dt.date(2025, 8, 1), decisions="秘密の決定", title="秘密のテーマ")
    make_activity(team, state=ActivityState.CANCELLED, day=dt.date(2025, 9, 12))
    make_activity(make_team(), state=PLANNED, day=dt.date(2025, 9, 11))
    path = new_feed(official(app, team))
    calendar = read(app, path)
    zone = calendar.walk("VTIMEZONE")[0]
    assert zone["TZID"] == "Asia/Tokyo"
    offsets = {part["TZOFFSETTO"].td for part in zone.subcomponents}
    assert offsets == {dt.timedelta(hours=9)}
    events = calendar.walk("VEVENT")
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    event = events[1]
    tokyo = ZoneInfo("Asia/Tokyo")
    assert event["DTSTART"].dt == dt.datetime(2025, 9, 10, 14, 0, tzinfo=tokyo)
    assert event["DTSTART"].params["TZID"] == "Asia/Tokyo"
    assert str(event["UID"]) == f"{plan.public_id}@localhost"
    assert str(event["URL"]) == f"http://localhost:8000/activities/{plan.public_id}/log"
    assert str(event["SUMMARY"]) == "伴走 あさひ見本町 オンライン会議"
    assert "秘密" not in Browser(app).raw("GET", path).data.decode()
    assert (
        path[len("/calendar/") : -4]
        not in db.session.scalars(select(CalendarFeed.secret_hash)).one()
    )


def test_a_moved_plan_keeps_its_name_and_counts_up(app: Flask, team: Team) -> None:
    make_activity(team, state=PLANNED, day=dt.date(2025, 9, 10))
    browser = official(app, team)
    path = new_feed(browser, team)
    before = read(app, path).walk("VEVENT")[0]
    browser.get(f"/activities/{plans()[0].public_id}/plan").submit(
        "予定を変更する", held_on="2025-09-11"
    )
    after = read(app, path).walk("VEVENT")[0]
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


def test_a_revoked_feed_answers_like_one_that_never_was(app: Flask, team: Team) -> None:
    browser = official(app, team)
    path, kept = new_feed(browser), new_feed(browser, team)
    page = browser.get("/2025/calendar")
    assert len(page.table("有効なアドレス")) == 2
    other = official(app, team, 1)
    feeds = list(db.session.scalars(select(CalendarFeed.id).order_by(CalendarFeed.id)))
    other.get("/2025/calendar")
    other.post("/2025/calendar/revoke", {"feed": str(feeds[0])})
    assert Browser(app).raw("GET", path).status_code == 200  # not somebody else's to revoke
    browser.post("/2025/calendar/revoke", {"feed": str(feeds[0])})
    gone, never = (
        Browser(app).raw("GET", address) for address in (path, f"/calendar/{'x' * 43}.ics")
    )
    assert gone.status_code == never.status_code == 404
    assert Browser(app).raw("GET", kept).status_code == 200


def test_a_feed_ends_with_the_rights_of_its_owner(app: Flask, team: Team) -> None:
    make_activity(team, state=PLANNED, day=dt.date(2025, 9, 10))
    browser = official(app, team)
    everything, one = new_feed(browser), new_feed(browser, team)
    with saved():
        team.members[0].ended_on = dt.date(2025, 8, 31)
    assert read(app, everything).walk("VEVENT") == []
    assert Browser(app).raw("GET", one).status_code == 404
    with saved():
        account(team).active = False
    assert Browser(app).raw("GET", everything).status_code == 404


def test_one_plan_is_a_file_for_a_calendar(app: Flask, team: Team) -> None:
    plan = make_activity(
        team, state=PLANNED, day=dt.date(2025, 9, 10), kind=ActivityKind.SITE_VISIT
    )
    path = f"/activities/{plan.public_id}/plan.ics"
    answer = town(app, team).raw("GET", path)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="20250910.ics"'
    assert len(Calendar.from_ical(answer.data).walk("VEVENT")) == 1
    assert official(app, make_team()).raw("GET", path).status_code == 404


def test_a_feed_takes_as_many_queries_for_a_year_as_for_a_day(app: Flask, team: Team) -> None:
    path = new_feed(official(app, team))
    make_activity(team, state=PLANNED, day=dt.date(2025, 9, 10))
    with count_queries() as few:
        read(app, path)
    for number in range(1, 9):
        make_activity(team, state=PLANNED, day=dt.date(2025, 10, number))
    with count_queries() as many:
        read(app, path)
    assert len(many) == len(few) <= 8, many


# --- the Diet -----------------------------------------------------------------------------------


def test_sessions_of_the_diet_are_set_changed_and_told(app: Flask, team: Team) -> None:
    coordinator = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = coordinator.get("/2025/diet")
    given = {"name": "臨時会", "first_on": "2025-09-01", "last_on": "2025-12-10"}
    wrong = page.submit("会期を登録する", given | {"last_on": "2025-08-01"})
    assert wrong.errors == ["閉会日：閉会日が召集日より前です。日付を確かめてください。"]
    page = wrong.submit("会期を登録する", given)
    page = page.submit("会期を登録する", given | {"last_on": "2025-12-17"})
    assert [row["閉会日"] for row in page.table("登録した会期")] == ["令和7年12月17日（水）"]
    form = official(app, team).get(f"/logs/{team.public_id}/poll").form("都合を尋ねる")
    assert all("国会会期中（臨時会）" in label for label in form.choices("days").values())
    planned = (
        official(app, team)
        .get(f"/logs/{team.public_id}/plan")
        .submit(
            "予定を登録する",
            {"held_on": "2025-11-03", "start_time": "10:00", "end_time": "11:00"},
        )
    )
    assert planned.notices[1:] == [
        "注意 文化の日にあたります。日付を確かめてください。",
        "注意 国会会期中（臨時会）です。日付を確かめてください。",
    ]
    assert coordinator.get("/2025/diet").submit("削除：臨時会").tables == {}


def test_a_plan_beside_another_of_the_same_person_is_told(app: Flask, team: Team) -> None:
    make_activity(team, state=PLANNED, day=dt.date(2025, 9, 24), title="先の会議")
    given = {"held_on": "2025-09-24", "start_time": "15:00", "end_time": "16:00"}
    browser = official(app, team)
    page = browser.get(f"/logs/{team.public_id}/plan").submit("予定を登録する", given)
    assert page.notices == [
        "完了 予定を登録しました。",
        "注意 青山 一さん、石橋 二さん、上原 三さんの予定が、R7.9.24（水）14:00からの「先の会議」と"
        "重なっています。",
    ]
    later = given | {"start_time": "16:00", "end_time": "17:00"}
    page = browser.get(f"/activities/{plans()[1].public_id}/plan").submit("予定を変更する", later)
    assert page.notices == ["完了 予定を変更しました。"]
