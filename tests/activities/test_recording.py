"""Logging a meeting or visit: in a minute, never lost, never wrong in silence."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select

from companion.activities.models import Activity, Draft, NextAction
from companion.activities.terms import (
    ActionState,
    ActivityKind,
    ActivityState,
    AttendanceStatus,
    OwnerKind,
)
from companion.core import clock
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


@pytest.fixture
def team(app: Flask) -> Team:
    make_period()
    return make_team(
        make_challenge(make_municipality("あさひ見本町")),
        [make_official("青山 一"), make_official("石橋 二"), make_official("上原 三")],
    )


@pytest.fixture
def browser(app: Flask, team: Team) -> Browser:
    """The browser of the team's leader."""
    return Browser(app).sign_in_as(account_of(team.members[0].official))


def meeting(browser: Browser, team: Team) -> Page:
    return browser.get(f"/logs/{team.public_id}/meeting")


def visit(browser: Browser, team: Team) -> Page:
    return browser.get(f"/logs/{team.public_id}/visit")


def only_activity() -> Activity:
    return db.session.scalars(select(Activity).where(Activity.state != "planned")).one()


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_one_line_is_enough(browser: Browser, team: Team) -> None:
    page = browser.get(f"/teams/{team.public_id}").follow("オンライン会議を記録")
    assert page.heading == "オンライン会議の記録"
    done = page.submit("記録する", title="第1回。顔合わせと現状の共有")
    assert done.notices == ["完了 活動を記録しました。"]
    assert done.heading == "第1回。顔合わせと現状の共有"
    assert done.facts["日時"] == "令和7年9月2日（火）10:00～11:00"
    assert [
        (r["氏名"], r["出欠"], r["時間（準備・移動を含む）"]) for r in done.table("支援官の出欠")
    ] == [
        ("青山 一", "出席", "1時間"),
        ("石橋 二", "出席", "1時間"),
        ("上原 三", "出席", "1時間"),
    ]
    assert only_activity().state is ActivityState.HELD


def test_what_is_known_is_filled_in(browser: Browser, team: Team) -> None:
    held = make_activity(team, day=dt.date(2025, 8, 20), minutes=45, medium="Webex")
    with saved():
        start = clock.at_jst(dt.date(2025, 8, 20), dt.time(9, 30))
        held.held_start, held.held_end = start, start + dt.timedelta(minutes=45)
    make_next_action(activity=held, text="資料を送る")
    page = meeting(browser, team)
    fields = page.form("記録する").fields
    assert fields["held_on"] == "2025-09-02"
    assert (fields["start_time"], fields["end_time"]) == ("09:30", "10:15")
    assert fields["medium"] == "Webex"
    assert fields.getlist("people-0-status") == ["present"]
    assert "資料を送る" in page.text()
    assert fields["progress-0-state"] == "open"


def test_a_usual_time_still_to_come_gives_way_to_the_hour_just_passed(
    browser: Browser, team: Team
) -> None:
    make_activity(team)  # at 14:00; now it is 10:00
    fields = meeting(browser, team).form("記録する").fields
    assert (fields["start_time"], fields["end_time"]) == ("09:00", "10:30")


def test_the_full_log_of_a_meeting(browser: Browser, team: Team) -> None:
    before = make_activity(team)
    make_next_action(activity=before, text="統計を調べる")
    leader = team.members[0]
    done = meeting(browser, team).submit(
        "記録する",
        {
            "title": "第2回。試行の進め方",
            "held_on": "2025-09-01",
            "start_time": "13:30",
            "end_time": "15:00",
            "people-1-status": "excused",
            "people-2-minutes": "150",
            "progress-0-state": "done",
            "medium": "Teams",
            "agenda": "試行",
            "present_state": "宿が3軒だけ。\n\n担い手は5人。",
            "advice": "補助の制度を紹介した。",
            "decisions": "10月に試行する。",
            "until_next": "宿の同意を得る。",
            "guests-0-side": "municipality",
            "guests-0-organisation": "企画課",
            "guests-0-post": "係長",
            "guests-0-name": "見本 花子",
            "guests-1-side": "outside",
            "guests-1-organisation": "見本観光協会",
            "actions-0-text": "制度の要綱を送る",
            "actions-0-owner": leader.public_id,
            "actions-0-due_on": "2025-09-05",
            "actions-1-text": "宿に声をかける",
            "actions-1-owner": "municipality",
            "next_on": "2025-09-16",
            "next_start": "10:00",
            "next_end": "11:30",
            "may_publish": True,
        },
    )
    assert done.facts["決定事項"] == "10月に試行する。"
    assert done.facts["現状・論点"] == "宿が3軒だけ。担い手は5人。"
    assert [row["時間（準備・移動を含む）"] for row in done.table("支援官の出欠")] == [
        "1時間30分",
        "0分",
        "2時間30分",
    ]
    assert [row["所属・団体"] for row in done.table("自治体・外部の参加者")] == [
        "企画課",
        "見本観光協会",
    ]
    assert [(r["内容"], r["担当"], r["期限"]) for r in done.table("この回で決めた宿題")] == [
        ("制度の要綱を送る", "青山 一", "R7.9.5（金）まで"),
        ("宿に声をかける", "自治体", "期限なし"),
    ]
    assert "令和7年9月16日（火）10:00～11:30 オンライン会議" in done.links
    settled = db.session.scalars(select(NextAction).where(NextAction.text == "統計を調べる")).one()
    assert settled.state is ActionState.DONE
    assert settled.settled_at is not None


def test_a_visit_of_two_days_with_its_trip(browser: Browser, team: Team) -> None:
    page = visit(browser, team)
    assert page.heading == "現地訪問の記録"
    assert page.form("記録する").fields["place"] == "長野県あさひ見本町"
    done = page.submit(
        "記録する",
        {
            "title": "宿と商店街を歩いた",
            "held_on": "2025-08-27",
            "end_on": "2025-08-28",
            "start_time": "10:00",
            "end_time": "15:00",
            "nights": "1",
            "kind": "mayors_talk",
            "trip_route": "東京―見本駅",
            "people-0-minutes": "1200",
            "people-1-minutes": "1200",
            "people-2-status": "absent",
        },
    )
    assert done.facts["日時"] == "令和7年8月27日（水）10:00～令和7年8月28日（木）15:00"
    assert done.facts["泊数"] == "1泊"
    assert done.facts["行程・経路"] == "東京―見本駅"
    assert only_activity().kind is ActivityKind.MAYORS_TALK


BAD = [
    (
        {"title": "　\u200b "},
        "一行で（何を話したか）：何を話したかを一行で入力してください。",
    ),
    (
        {"title": "長" * 201},
        "一行で（何を話したか）：200文字以内で入力してください。",
    ),
    ({"held_on": "0001-01-01"}, "実施日：年を確かめてください。"),
    ({"next_on": "9999-12-31"}, "次回の日付：年を確かめてください。"),
    ({"title": ""}, "一行で（何を話したか）：何を話したかを一行で入力してください。"),
    (
        {"start_time": "15:00", "end_time": "14:00"},
        "終了：終了が開始より前です。終了の時刻を確かめてください。",
    ),
    (
        {"held_on": "2025-09-03"},
        "実施日：これからの日時です。予定は「予定を登録」から登録してください。",
    ),
    (
        {"held_on": "2025-03-31"},
        "実施日：青山 一さんは3月31日にはこのチームの支援官ではありません。"
        "日付を直すか、出欠を「在籍外」にしてください。",
    ),
    (
        {"people-0-minutes": "1500"},
        "青山 一さんの時間が、同じ日の他の活動と合わせて25時間になり、24時間を超えます。"
        "分数を確かめてください。",
    ),
    ({"people-0-minutes": "一時間"}, "支援官の出欠1行目の時間（分）：数字で入力してください。"),
    ({"held_on": "9月2日"}, "実施日：日付を「2025-09-02」のように入力してください。"),
    ({"start_time": "25:00"}, "開始：時刻を「13:00」のように入力してください。"),
    (
        {"next_on": "2025-09-01"},
        "次回の日付：次回の日時が今回より前です。日付を確かめてください。",
    ),
    (
        {"progress-0-state": "dropped"},
        "前回までの宿題1行目の理由：「取りやめ」にするときは、理由を入力してください。",
    ),
]


@pytest.mark.parametrize(("typed", "message"), BAD)
def test_what_cannot_be_right_is_said_and_what_was_typed_is_kept(
    browser: Browser, team: Team, typed: dict[str, str], message: str
) -> None:
    make_next_action(team)
    page = meeting(browser, team).submit(
        "記録する", {"title": "第2回", "decisions": "残す言葉", **typed}
    )
    assert page.status == 422
    assert message in page.errors
    assert page.form("記録する").fields["decisions"] == "残す言葉"
    assert count(Activity) == 0


def test_who_was_no_member_that_day_is_left_out(browser: Browser, team: Team) -> None:
    with saved():
        team.members[2].started_on = dt.date(2025, 8, 1)
    page = meeting(browser, team).submit("記録する", title="第2回", held_on="2025-07-15")
    assert "上原 三さんは7月15日には" in page.errors[0]
    done = page.submit("記録する", {"people-2-status": "none"})
    assert [row["氏名"] for row in done.table("支援官の出欠")] == ["青山 一", "石橋 二"]


def test_overlapping_hours_of_one_person_are_kept_with_a_warning(
    browser: Browser, team: Team
) -> None:
    make_activity(team, day=dt.date(2025, 9, 1), title="県との相談")
    done = meeting(browser, team).submit(
        "記録する",
        {
            "title": "第2回",
            "held_on": "2025-09-01",
            "start_time": "15:00",
            "end_time": "16:00",
            "people-1-status": "absent",
            "people-2-status": "absent",
        },
    )
    assert done.notices == [
        "完了 活動を記録しました。",
        "注意 青山 一さんの時間が、R7.9.1（月）14:00からの「県との相談」と重なっています。"
        "どちらかの時刻が違うときは訂正してください。",
    ]


def test_a_25_hour_day_over_two_activities_is_refused(browser: Browser, team: Team) -> None:
    make_activity(team, day=dt.date(2025, 9, 1), minutes=400)
    page = meeting(browser, team).submit(
        "記録する", {"title": "第2回", "held_on": "2025-09-01", "people-0-minutes": "1100"}
    )
    assert "合わせて25時間になり" in page.errors[0]


def test_the_same_form_twice_is_one_activity(browser: Browser, team: Team) -> None:
    page = meeting(browser, team)
    first = page.submit("記録する", title="第1回", next_on="2025-09-16")
    again = page.submit("記録する", title="第1回", next_on="2025-09-16")
    assert again.path == first.path
    assert count(Activity) == 2  # the meeting and the next date


def test_a_draft_is_kept_shown_again_and_thrown_away(browser: Browser, team: Team) -> None:
    page = meeting(browser, team).submit("下書き保存", decisions="まだ途中", title="")
    assert page.notices[0] == "完了 下書きを保存しました。続きは後で入力できます。"
    assert "R7.9.2（火）10:00に保存した下書きを表示しています" in page.notices[1]
    assert page.form("記録する").fields["decisions"] == "まだ途中"
    assert page.errors == []
    assert "書きかけの記録があります" in browser.get(f"/teams/{team.public_id}").text()
    assert "書きかけの記録があります" in browser.get("/").text()
    fresh = page.submit("下書きを破棄して最初から書く")
    assert fresh.form("記録する").fields["decisions"] == ""
    assert count(Draft) == 0


def test_a_draft_belongs_to_one_person_one_form(app: Flask, browser: Browser, team: Team) -> None:
    meeting(browser, team).submit("下書き保存", decisions="まだ途中")
    assert visit(browser, team).form("記録する").fields["decisions"] == ""
    colleague = Browser(app).sign_in_as(account_of(team.members[1].official))
    assert meeting(colleague, team).form("記録する").fields["decisions"] == ""


def test_saving_the_log_ends_its_draft(browser: Browser, team: Team) -> None:
    page = meeting(browser, team).submit("下書き保存", decisions="まだ途中")
    page.submit("記録する", title="第1回")
    assert count(Draft) == 0
    assert only_activity().decisions == "まだ途中"


def test_what_is_typed_is_saved_in_the_background(browser: Browser, team: Team) -> None:
    page = meeting(browser, team)
    url = page.soup.select_one("form[data-autosave-url]")["data-autosave-url"]  # type: ignore[index]
    sent = {**page.form("記録する").fields, "advice": "打ちかけ", "strange": "x"}
    answer = browser.raw("POST", str(url), data=sent)
    assert answer.json == {"message": "10:00に下書きを保存しました。"}
    assert meeting(browser, team).form("記録する").fields["advice"] == "打ちかけ"
    names = {name for name, _ in db.session.scalars(select(Draft)).one().typed}
    assert not names & {"csrf_token", "form_key", "strange"}


def test_a_plan_becomes_a_log(browser: Browser, team: Team) -> None:
    plan = make_activity(
        team, state=ActivityState.PLANNED, day=dt.date(2025, 9, 1), title="県との相談"
    )
    page = browser.get(f"/teams/{team.public_id}")
    assert "記録待ち" in page.text()
    page = browser.get(f"/activities/{plan.public_id}/log")
    fields = page.form("記録する").fields
    assert (fields["held_on"], fields["start_time"], fields["title"]) == (
        "2025-09-01",
        "14:00",
        "県との相談",
    )
    done = page.submit("記録する", decisions="県も加わる。")
    assert done.path == f"/activities/{plan.public_id}"
    assert "記録済み" in done.text()
    assert count(Activity) == 1


def test_a_log_is_corrected(browser: Browser, team: Team) -> None:
    held = make_activity(team)
    page = browser.get(f"/activities/{held.public_id}").follow("訂正・追記する")
    fields = page.form("記録する").fields
    assert fields["advice"] == "先行例を紹介した。"
    assert fields["people-0-minutes"] == ""  # as long as it lasted: follows the times
    done = page.submit("記録する", {"advice": "", "people-0-status": "absent", "end_time": "16:00"})
    assert done.facts["助言・提供情報"] == "－"
    assert [(r["出欠"], r["時間（準備・移動を含む）"]) for r in done.table("支援官の出欠")] == [
        ("欠席", "0分"),
        ("出席", "2時間"),
        ("出席", "2時間"),
    ]
    assert db.session.get(Activity, held.id).version > 1  # type: ignore[union-attr]


def test_two_corrections_at_once_are_both_shown(app: Flask, browser: Browser, team: Team) -> None:
    held = make_activity(team)
    mine = browser.get(f"/activities/{held.public_id}/log")
    colleague = Browser(app).sign_in_as(account_of(team.members[1].official))
    colleague.get(f"/activities/{held.public_id}/log").submit("記録する", advice="同僚の文")
    page = mine.submit("記録する", {"advice": "私の文", "people-1-status": "absent"})
    assert page.status == 409
    assert page.table("保存されている内容と、入力した内容") == [
        {
            "項目": "支援官の出欠",
            "いま保存されている内容": "青山 一 出席 石橋 二 出席 上原 三 出席",
            "あなたが入力した内容": "青山 一 出席 石橋 二 欠席 上原 三 出席",
        },
        {
            "項目": "助言・提供情報",
            "いま保存されている内容": "同僚の文",
            "あなたが入力した内容": "私の文",
        },
    ]
    assert only_activity().advice == "同僚の文"


def test_only_the_teams_own_officials_write(app: Flask, team: Team) -> None:
    held = make_activity(team)
    stranger = Browser(app).sign_in_as(account_of(make_team().members[0].official))
    others = [
        make_user(Role.COORDINATOR),
        make_user(Role.AUDITOR),
        make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality),
        make_user(Role.PREFECTURE, prefecture_code="20"),
        make_user(Role.MINISTRY),
    ]
    for browser in [stranger, *(Browser(app).sign_in_as(user) for user in others)]:
        for path in (
            f"/logs/{team.public_id}/meeting",
            f"/logs/{team.public_id}/visit",
            f"/logs/{team.public_id}/plan",
            f"/activities/{held.public_id}/log",
            f"/activities/{held.public_id}/plan",
            f"/activities/{held.public_id}/cancel",
        ):
            assert browser.raw("GET", path).status_code == 404


def test_a_completed_team_is_written_about_no_more(browser: Browser, team: Team) -> None:
    with saved():
        team.state = TeamState.COMPLETED
    assert meeting(browser, team).status == 404
    assert "オンライン会議を記録" not in browser.get(f"/teams/{team.public_id}").links


def test_text_of_people_cannot_become_markup_and_loses_what_nobody_sees(
    browser: Browser, team: Team
) -> None:
    done = meeting(browser, team).submit(
        "記録する", title="<b>第1回</b>\u202e", decisions="<script>alert(1)</script>\r\n二行目"
    )
    assert done.heading == "<b>第1回</b>"
    assert only_activity().decisions == "<script>alert(1)</script>\n二行目"


def test_times_are_kept_in_utc(browser: Browser, team: Team) -> None:
    meeting(browser, team).submit("記録する", title="第1回", start_time="08:30", end_time="09:15")
    held = only_activity()
    assert held.held_start == dt.datetime(2025, 9, 1, 23, 30, tzinfo=dt.UTC)
    assert held.held_end is not None
    assert to_jst(held.held_end).time() == dt.time(9, 15)
    assert {row.status for row in held.attendances} == {AttendanceStatus.PRESENT}


def test_the_owner_of_an_action_must_be_on_the_list(browser: Browser, team: Team) -> None:
    page = meeting(browser, team)
    other = make_team().members[0]
    sent = dict(page.form("記録する").fields) | {
        "title": "第1回",
        "actions-0-text": "調べる",
        "actions-0-owner": other.public_id,
        "people-0-member": other.public_id,
    }
    answer = browser.raw("POST", page.path, data=sent)
    assert answer.status_code == 422
    assert count(Activity) == 0
    sent["actions-0-owner"] = OwnerKind.OFFICIAL.value
    assert browser.raw("POST", page.path, data=sent).status_code == 303
    assert len(only_activity().attendances) == 2


def test_an_action_nobody_touched_stays_as_a_colleague_left_it(
    app: Flask, browser: Browser, team: Team
) -> None:
    action = make_next_action(team)
    page = meeting(browser, team)
    colleague = Browser(app).sign_in_as(account_of(team.members[1].official))
    colleague.get(f"/actions/{action.public_id}").submit("更新する", state="done")
    page.submit("記録する", title="第1回")
    assert db.session.get(NextAction, action.id).state is ActionState.DONE  # type: ignore[union-attr]


def test_a_next_date_that_is_planned_already_is_not_planned_twice(
    browser: Browser, team: Team
) -> None:
    plan = make_activity(team, state=ActivityState.PLANNED, day=dt.date(2025, 9, 16))
    done = meeting(browser, team).submit(
        "記録する", {"title": "第1回", "next_on": "2025-09-16", "next_start": "14:00"}
    )
    assert "令和7年9月16日（火）14:00～15:30 オンライン会議" in done.links
    assert count(Activity) == 2
    assert db.session.get(Activity, plan.id).follows_id is not None  # type: ignore[union-attr]


def test_a_late_log_still_knows_who_has_left(browser: Browser, team: Team) -> None:
    with saved():
        team.members[2].ended_on = dt.date(2025, 8, 31)
    page = meeting(browser, team)
    assert page.fields["people-2-status"] == "none"
    done = page.submit(
        "記録する", {"title": "八月の会議", "held_on": "2025-08-28", "people-2-status": "present"}
    )
    assert [row["氏名"] for row in done.table("支援官の出欠")] == ["青山 一", "石橋 二", "上原 三"]
    refused = meeting(browser, team).submit(
        "記録する", {"title": "九月の会議", "people-2-status": "present"}
    )
    assert "上原 三さんは9月2日にはこのチームの支援官ではありません" in refused.errors[0]
