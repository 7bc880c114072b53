"""The first page of each role answers its three questions without a click."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from companion.activities.actions.scheduling import answer_poll, ask_for_date
from companion.activities.terms import ActivityKind, ActivityState, OwnerKind, Preference
from companion.activities.written import Plan
from companion.applications.terms import OfficialState
from companion.boards.glance import PER_PAGE
from companion.boards.rules import expected_meetings, expected_visits, share_of_time
from companion.core import clock
from companion.core.access import Role
from companion.core.db import saved
from companion.inquiries.actions import Question, ask_secretariat
from companion.inquiries.terms import InquiryKind
from companion.people.models import User
from companion.surveys.actions import open_round
from companion.surveys.queries import invitations_of
from companion.surveys.terms import InvitationState
from companion.teamreports.actions import begin_report, hand_in
from companion.teamreports.terms import ReportKind, ReportState
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
    viewer_as,
)
from tests.kit.pages import Browser, Page, count_queries


def home(app: Flask, user: User) -> Page:
    return Browser(app).sign_in_as(user).get("/")


@pytest.fixture
def team(app: Flask) -> Team:
    """A team in its year: a meeting held, one planned, one not logged, both sides owe something."""
    make_period()
    team = make_team(
        make_challenge(make_municipality("あさひ見本町", prefecture_code="20"), title="宿を増やす"),
        [make_official("青山 一", ministry_code="mlit"), make_official("石橋 二")],
    )
    held = make_activity(team, decisions="9月に試行する。", title="宿泊の試行")
    make_activity(team, state=ActivityState.PLANNED, day=dt.date(2025, 9, 10), title="試行の準備")
    make_activity(team, state=ActivityState.PLANNED, day=dt.date(2025, 9, 1), title="県との相談")
    make_next_action(activity=held, text="資料を送る", due_on=dt.date(2025, 9, 1))
    make_next_action(activity=held, text="候補を出す", owner_kind=OwnerKind.MUNICIPALITY)
    return team


def test_the_coordinator_begins_the_first_period(app: Flask) -> None:
    page = home(app, make_user(Role.COORDINATOR))
    assert page.heading == "ホーム"
    assert "まだ年度が始まっていません" in page.text()
    page = page.follow("年度を始める")
    refused = page.submit("年度を始める", name="来年")
    assert refused.errors == [
        "年度：「来年」は年度として読めません。「令和7年度」のように指定してください。"
    ]
    done = refused.submit("年度を始める", name="令和7年度")
    assert done.path == "/2025/imports"
    assert done.browser.get("/").facts["応募市町村"] == "0"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_others_wait_for_the_first_period(app: Flask, role: Role) -> None:
    page = home(app, make_user(role))
    assert "まだ年度が始まっていません" in page.text()
    assert "年度を始める" not in page.links


def tasks(page: Page) -> list[str]:
    return page.texts(".card:first-child li")


def test_the_coordinator_sees_what_waits_step_by_step(app: Flask) -> None:
    make_period()
    user = make_user(Role.COORDINATOR)
    assert tasks(home(app, user)) == ["応募の取込：市町村と支援官の応募がまだありません"]
    challenge = make_challenge()
    assert tasks(home(app, user)) == ["応募の取込：支援官の応募がまだありません"]
    officials = [make_official(), make_official()]
    assert tasks(home(app, user)) == ["マッチング：1市町村と2人から編成できます"]
    make_team(challenge, officials, state=TeamState.PROPOSED)
    page = home(app, user)
    assert tasks(page) == ["チームの公表：1チームが公表待ちです"]
    assert page.facts["応募市町村"] == "1"
    assert page.follow("チームの公表").heading == "チームの公表"


def test_the_coordinator_sees_silent_teams_and_what_is_late(app: Flask, team: Team) -> None:
    make_team(make_challenge(make_municipality("いわい見本市", prefecture_code="40")))
    page = home(app, make_user(Role.COORDINATOR))
    assert tasks(page) == [
        "活動のないチーム：1チーム",
        "記録待ちの予定：1件",
        "期限を過ぎた宿題：1件",
    ]
    rows = page.table("チームの様子（2チーム）")
    assert [row["チーム▲"] for row in rows] == ["1 長野県あさひ見本町", "2 福岡県いわい見本市"]
    assert rows[0]["直近の活動"] == "R7.8.20（水） 13日前"
    assert rows[0]["次の予定"] == "R7.9.10（水）14:00"
    assert rows[0]["会議"] == "1／目安5"
    assert rows[0]["訪問"] == "0／目安1"
    assert rows[0]["従事割合（8月）"] == "1.0％"
    assert "訪問がない" in rows[0]["注意"]
    assert rows[1]["直近の活動"] == "まだなし"
    assert "顔合わせが未定" in rows[1]["注意"]
    assert page.table("月ごとの活動")[4] == {
        "月": "8月",
        "会議": "1",
        "訪問": "0",
        "その他": "0",
        "動いたチーム": "1",
    }
    counts = {row["都道府県"]: row["チーム"] for row in page.table("都道府県ごとのチーム")}
    assert counts == {"長野県": "1", "福岡県": "1"}
    by_age = page.browser.get("/?sort=last").table("チームの様子（2チーム）")
    assert [row["チーム"] for row in by_age] == ["2 福岡県いわい見本市", "1 長野県あさひ見本町"]
    assert page.follow("活動のないチーム").heading == "活動状況"


def test_an_official_sees_the_team_the_next_meeting_and_what_is_owed(
    app: Flask, team: Team
) -> None:
    page = home(app, account_of(team.members[0].official))
    assert "長野県あさひ見本町" in page.links
    assert "オンライン会議を記録" in page.links
    text = page.text()
    assert "令和7年9月10日（水）14:00～15:30試行の準備" in text
    assert "記録待ち R7.9.1（月）14:00～15:30 県との相談" in text
    assert [row["内容"] for row in page.table("済んでいない宿題")] == ["資料を送る", "候補を出す"]
    assert page.table("済んでいない宿題")[0]["期限"] == "R7.9.1（月）まで 期限超過"
    assert page.follow("資料を送る").heading == "宿題の状態"


def test_an_official_without_team_sees_how_the_application_stands(app: Flask, team: Team) -> None:
    spare = make_official(state=OfficialState.ELIGIBLE)
    page = home(app, account_of(spare))
    assert "担当するチームはまだありません" in page.text()
    assert "応募の状態：対象" in page.text()


def test_a_municipality_sees_when_they_come_what_it_owes_and_what_was_decided(
    app: Flask, team: Team
) -> None:
    page = home(app, make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality))
    assert "令和7年9月10日（水）14:00～15:30試行の準備" in page.text()
    assert "県との相談" not in page.text()
    assert "青山 一（国土交通省、リーダー）" in page.text()
    assert [r["内容"] for r in page.table("自治体の済んでいない宿題")] == ["候補を出す"]
    assert [r["内容"] for r in page.table("支援官の済んでいない宿題")] == ["資料を送る"]
    assert "完了：候補を出す" in page.buttons
    assert "完了：資料を送る" not in page.buttons
    assert "9月に試行する。" in page.text()


def test_a_municipality_without_team_sees_how_its_application_stands(app: Flask) -> None:
    challenge = make_challenge()
    page = home(app, make_user(Role.MUNICIPALITY, municipality=challenge.municipality))
    assert "応募の状態：応募" in page.text()


def test_a_prefecture_sees_its_own_towns_with_date_kind_and_theme_only(
    app: Flask, team: Team
) -> None:
    make_activity(
        make_team(make_challenge(make_municipality("いわい見本市", prefecture_code="40")))
    )
    page = home(app, make_user(Role.PREFECTURE, prefecture_code="20"))
    assert page.table("県内1チーム")[0] == {
        "市町村": "あさひ見本町",
        "政策分野": "①観光",
        "府省庁": "国土交通省、農林水産省",
        "直近の活動": "R7.8.20（水）",
        "次の予定": "R7.9.10（水）",
    }
    assert page.table("最近の活動") == [
        {
            "日付": "R7.8.20（水）",
            "市町村": "あさひ見本町",
            "種別": "オンライン会議",
            "テーマ": "宿泊の試行",
        }
    ]
    assert "9月に試行する" not in page.data.decode()


def test_a_ministry_sees_its_own_officials_and_no_sum_of_a_few(app: Flask, team: Team) -> None:
    page = home(app, make_user(Role.MINISTRY, ministry_code="mlit"))
    assert page.facts["支援官"] == "1人"
    assert "活動時間" not in page.facts
    assert "10人以上のときに合計だけを表示します" in page.text()
    assert [row["氏名"] for row in page.table("支援官と担当するチーム")] == ["青山 一"]
    assert "宿泊の試行" not in page.data.decode()


@pytest.mark.parametrize(
    ("asked", "answered", "told"),
    [
        (9, 3, None),
        (12, 0, "0人"),
        (12, 3, "5人未満"),
        (12, 7, "7人"),
        (12, 9, "未回答は5人未満"),
        (12, 12, "12人"),
    ],
)
def test_a_ministry_sees_how_many_answered_where_ten_were_asked(
    app: Flask, asked: int, answered: int, told: str | None
) -> None:
    period = make_period(2025)
    members = [make_official(period=period, ministry_code="mlit") for _ in range(asked)]
    for first in range(0, asked, 3):
        make_team(make_challenge(period=period), members[first : first + 3])
    with saved():
        row = open_round("official_eval", period, by=None)
        for one in invitations_of(row)[:answered]:
            one.state = InvitationState.SUBMITTED
    page = home(app, make_user(Role.MINISTRY, ministry_code="mlit"))
    if told is None:
        assert not any("アンケート" in name for name in page.tables)
        return
    assert "活動時間" in page.facts
    line = page.table("貴府省庁の支援官が10人以上")[0]
    assert (line["配布"], line["回答"], line["状態"]) == ("12人", told, "回答受付中")


def test_the_auditor_reads_the_same_board_and_acts_nowhere(app: Flask, team: Team) -> None:
    page = home(app, make_user(Role.AUDITOR))
    assert page.facts["チーム"] == "1目標60"
    assert page.main.select("form") == []


@pytest.mark.parametrize("role", list(Role))
def test_a_board_takes_the_same_queries_for_one_team_and_for_many(
    app: Flask, team: Team, role: Role
) -> None:
    user = {
        Role.OFFICIAL: lambda: account_of(team.members[0].official),
        Role.MUNICIPALITY: lambda: make_user(role, municipality=team.challenge.municipality),
        Role.MINISTRY: lambda: make_user(role, ministry_code="mlit"),
    }.get(role, lambda: make_user(role))()
    browser = Browser(app).sign_in_as(user)
    with count_queries() as few:
        browser.get("/")
    for number in range(4):
        more = make_team(make_challenge(make_municipality(prefecture_code="20")))
        for day in (1, 2, 3):
            make_activity(more, day=dt.date(2025, 8, day + number))
        make_next_action(more)
        make_activity(team, day=dt.date(2025, 7, number + 1))
        make_next_action(team)
    with count_queries() as many:
        browser.get("/")
    assert len(many) == len(few), many
    assert len(many) <= (44 if role in {Role.COORDINATOR, Role.AUDITOR} else 26)


def test_the_board_shows_what_each_survey_still_lacks(app: Flask, team: Team) -> None:
    with saved():
        open_round("municipality_eval", team.period, by=None)
        open_round("official_eval", team.period, by=None)
    (row,) = home(app, make_user(Role.COORDINATOR)).table("チームの様子（1チーム）")
    assert row["アンケート"] == "0／3"


def test_the_board_is_read_page_by_page(app: Flask) -> None:
    make_period()
    for _ in range(PER_PAGE + 1):
        make_team(size=1)
    page = home(app, make_user(Role.COORDINATOR))
    assert len(page.table("チームの様子（61チーム、1／2ページ）")) == PER_PAGE
    assert len(page.follow("次へ").table("チームの様子（61チーム、2／2ページ）")) == 1
    assert page.browser.get("/?page=99").status == 200
    assert page.browser.get("/?page=-1&sort=x").status == 200


def test_a_member_sees_today_and_what_others_wait_for(app: Flask, team: Team) -> None:
    make_activity(team, state=ActivityState.PLANNED, day=dt.date(2025, 9, 2), title="定例会")
    own = account_of(team.members[0].official)
    with saved():
        start = clock.now() + dt.timedelta(days=7)
        plan = Plan(ActivityKind.ONLINE_MEETING, start, start + dt.timedelta(hours=1), "秋の予定")
        poll = ask_for_date(team, plan, [start, start + dt.timedelta(days=1)], by=None)
        report = begin_report(team, ReportKind.INTERIM, by=viewer_as(own))
    page = home(app, own)
    assert "今日 令和7年9月2日（火）" in page.text()
    assert "14:00～15:30 定例会" in page.text()
    assert "日程調整：秋の予定" in page.text()
    assert "中間報告：作成中" in page.text()
    with saved():
        hand_in(report, by=viewer_as(own))
        answer_poll(poll, {poll.slots[0].id: Preference.YES}, by=viewer_as(own))
    assert "日程調整：秋の予定" not in page.browser.get("/").text()
    town = home(app, make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality))
    assert "中間報告：自治体の確認待ち" in town.text()
    assert "日程調整：秋の予定" in town.text()


@pytest.mark.parametrize(
    ("days", "meetings", "visits"), [(-3, 0, 0), (29, 0, 0), (30, 1, 0), (91, 3, 1), (365, 12, 4)]
)
def test_what_is_expected_follows_from_the_days_of_work(
    days: int, meetings: int, visits: int
) -> None:
    assert (expected_meetings(days), expected_visits(days)) == (meetings, visits)


def test_the_share_of_time_is_a_mean_over_the_people() -> None:
    assert share_of_time(3 * 930, 3) == 100
    assert share_of_time(1, 0) is None


def test_the_coordinator_sees_inquiries_and_reports_that_wait(app: Flask, team: Team) -> None:
    by = viewer_as(account_of(team.members[0].official))
    with saved():
        late = ask_secretariat(team, Question(InquiryKind.SCHEME, "交付金", "?"), by=by)
        late.due_on = dt.date(2025, 9, 1)
        ask_secretariat(team, Question(InquiryKind.DATA, "来訪者", "?"), by=by)
        report = begin_report(team, ReportKind.INTERIM, by=by)
        report.state = ReportState.CONFIRMED
    page = home(app, make_user(Role.COORDINATOR))
    assert "回答を待つ後方支援：2件（うち期限超過1件）" in page.text()
    assert "受理を待つ報告：1件" in page.text()
    assert page.follow("回答を待つ後方支援").heading == "後方支援"
