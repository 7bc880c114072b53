"""Reading and planning: lists, one activity, the overview, next actions, as each role sees them."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from companion.activities.models import Attendance, NextAction
from companion.activities.queries.ranking import ranked
from companion.activities.terms import (
    ActionState,
    ActivityKind,
    ActivityState,
    AttendanceStatus,
    OwnerKind,
)
from companion.core import clock
from companion.core.access import Role
from companion.core.db import db, saved
from companion.people.models import User
from companion.teams.models import Team
from companion.teams.narrowing import Narrowing
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

PLANNED = ActivityState.PLANNED
VISIT = ActivityKind.SITE_VISIT


@pytest.fixture
def team(app: Flask) -> Team:
    make_period()
    return make_team(
        make_challenge(make_municipality("あさひ見本町", prefecture_code="20")),
        [make_official("青山 一"), make_official("石橋 二"), make_official("上原 三")],
    )


@pytest.fixture
def far(team: Team) -> Team:
    return make_team(make_challenge(make_municipality("いわい見本市", prefecture_code="40")))


def signed_in(app: Flask, user: User) -> Browser:
    return Browser(app).sign_in_as(user)


def official(team: Team, position: int = 0) -> User:
    return account_of(team.members[position].official)


def town(team: Team) -> User:
    return make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)


def rows_of(page: Page, caption: str = "会議と訪問の一覧") -> list[dict[str, str]]:
    rows = page.tables.get(caption, [])
    return [{name.rstrip("▲▼"): text for name, text in row.items()} for row in rows]


@pytest.fixture
def year(team: Team, far: Team) -> None:
    make_activity(team, day=dt.date(2025, 5, 1), title="う")
    make_activity(team, day=dt.date(2025, 7, 31), kind=VISIT, title="い")
    make_activity(far, day=dt.date(2025, 7, 1), title="あ", state=ActivityState.HELD)
    make_activity(far, day=dt.date(2025, 9, 10), title="え", state=PLANNED)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["え", "い", "あ", "う"]),
        ("sort=date", ["う", "あ", "い", "え"]),
        ("sort=-team", ["え", "あ", "い", "う"]),
        ("sort=title", ["あ", "い", "う", "え"]),
        ("sort=kind", ["う", "あ", "え", "い"]),
        ("sort=drop table", ["う", "あ", "い", "え"]),
        ("month=2025-07", ["い", "あ"]),
        ("month=2025-08", []),
        ("kind=site_visit", ["い"]),
        ("kind=online_meeting&month=2025-07", ["あ"]),
        ("kind=nonsense&month=x&page=-1", ["え", "い", "あ", "う"]),
        ("page=2", []),
        ("page=99999999999999999999", []),
        ("page=0", ["え", "い", "あ", "う"]),
    ],
)
def test_the_list_is_sorted_and_narrowed(
    app: Flask, year: None, query: str, titles: list[str]
) -> None:
    page = signed_in(app, make_user(Role.COORDINATOR)).get(f"/2025/activities?{query}")
    assert [row["テーマ"] for row in rows_of(page)] == titles


def test_the_list_is_narrowed_to_one_team(app: Flask, year: None, far: Team) -> None:
    page = signed_in(app, make_user(Role.COORDINATOR)).get("/2025/activities")
    narrowed = page.submit("絞り込む", team=far.public_id)
    assert [row["テーマ"] for row in rows_of(narrowed)] == ["え", "あ"]
    assert "2件" in narrowed.text()
    assert rows_of(narrowed)[0] == {
        "日時": "R7.9.10（水）14:00～15:30",
        "チーム": "福岡県いわい見本市",
        "種別": "オンライン会議",
        "テーマ": "え",
        "状態": "予定",
    }


def test_each_role_lists_its_own_teams_only(app: Flask, year: None, team: Team) -> None:
    for user in (official(team), town(team), make_user(Role.PREFECTURE, prefecture_code="20")):
        page = signed_in(app, user).get("/2025/activities")
        assert [row["テーマ"] for row in rows_of(page)] == ["い", "う"]
    assert signed_in(app, make_user(Role.MINISTRY)).get("/2025/activities").status == 404
    auditor = signed_in(app, make_user(Role.AUDITOR)).get("/2025/activities")
    assert len(rows_of(auditor)) == 4


def test_a_prefecture_reads_day_kind_and_theme_and_nothing_else(app: Flask, team: Team) -> None:
    held = make_activity(team, decisions="秘密の決定", title="宿泊の試行")
    make_next_action(activity=held, text="秘密の宿題")
    browser = signed_in(app, make_user(Role.PREFECTURE, prefecture_code="20"))
    page = browser.get("/2025/activities")
    assert rows_of(page)[0]["日時"] == "R7.8.20（水）"
    assert "宿泊の試行" not in page.links
    team_page = browser.get(f"/teams/{team.public_id}")
    assert "宿泊の試行" in team_page.text()
    for shown in (page, team_page):
        assert "秘密" not in shown.data.decode()
    assert browser.get(f"/activities/{held.public_id}").status == 404


def test_a_ministry_and_other_teams_see_no_records_on_the_team_page(
    app: Flask, team: Team, far: Team
) -> None:
    make_activity(team, title="宿泊の試行")
    for user in (make_user(Role.MINISTRY), official(far), town(far)):
        page = signed_in(app, user).get(f"/teams/{team.public_id}")
        assert page.status == 200
        assert "宿泊の試行" not in page.data.decode()
        assert "活動のあゆみ" not in page.text()


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.COORDINATOR, Role.AUDITOR])
def test_readers_see_the_log_without_buttons(app: Flask, team: Team, role: Role) -> None:
    held = make_activity(team)
    user = town(team) if role is Role.MUNICIPALITY else make_user(role)
    page = signed_in(app, user).get(f"/activities/{held.public_id}")
    assert page.facts["現状・論点"] == "現状を確認した。"
    assert "訂正・追記する" not in page.links
    has_minutes = "時間（準備・移動を含む）" in page.table("支援官の出欠")[0]
    assert has_minutes is (role is not Role.MUNICIPALITY)


def test_a_log_of_another_team_does_not_exist(app: Flask, team: Team, far: Team) -> None:
    held = make_activity(team)
    for user in (official(far), town(far), make_user(Role.MINISTRY)):
        assert signed_in(app, user).get(f"/activities/{held.public_id}").status == 404


def test_the_overview_counts_each_teams_year(app: Flask, team: Team, far: Team) -> None:
    held = make_activity(team, minutes=90)
    make_activity(team, kind=VISIT, day=dt.date(2025, 7, 1), minutes=360)
    make_activity(team, kind=ActivityKind.BRIEFING, day=dt.date(2025, 6, 1), minutes=30)
    make_activity(team, state=PLANNED, day=dt.date(2025, 9, 10))
    make_activity(team, state=PLANNED, day=dt.date(2025, 9, 17))
    make_activity(team, state=PLANNED, day=dt.date(2025, 9, 1))
    make_activity(team, state=ActivityState.CANCELLED, day=dt.date(2025, 8, 30))
    make_next_action(activity=held, due_on=dt.date(2025, 9, 1))
    make_next_action(activity=held, due_on=dt.date(2025, 9, 2))
    make_next_action(activity=held, state=ActionState.DONE, due_on=dt.date(2025, 9, 1))
    with saved():
        row = db.session.get(Attendance, (held.id, team.members[2].id))
        assert row is not None
        row.status, row.minutes = AttendanceStatus.EXCUSED, 0
    page = signed_in(app, make_user(Role.COORDINATOR)).get("/2025/activities/overview")
    assert page.heading == "活動状況"
    first, second = rows_of(page, "チームごとの活動状況")
    assert first == {
        "番号": "1",
        "市町村": "長野県あさひ見本町",
        "直近の活動": "R7.8.20（水） 13日前",
        "オンライン": "1",
        "訪問": "1",
        "その他": "1",
        "時間": "22.5",  # 2 × 1.5 + 3 × 6 + 3 × 0.5
        "次の予定": "R7.9.10（水）14:00",
        "記録待ち": "1",
        "宿題": "2 超過1",
    }
    assert (second["直近の活動"], second["次の予定"], second["時間"]) == ("まだなし", "未定", "0.0")
    assert page.facts["チーム"] == "2うち活動なし1"


@pytest.mark.parametrize("sort", ["last", "online", "visits", "minutes", "unlogged", "open"])
def test_the_overview_is_sorted_both_ways(app: Flask, team: Team, far: Team, sort: str) -> None:
    held = make_activity(team)
    make_activity(team, kind=VISIT, day=dt.date(2025, 7, 1))
    make_activity(team, state=PLANNED, day=dt.date(2025, 9, 1))
    make_next_action(activity=held)
    browser = signed_in(app, make_user(Role.COORDINATOR))
    for key, numbers in ((sort, ["2", "1"]), (f"-{sort}", ["1", "2"])):
        page = browser.get(f"/2025/activities/overview?sort={key}")
        assert [r["番号"] for r in rows_of(page, "チームごとの活動状況")] == numbers


@pytest.mark.parametrize(
    ("path", "most"),
    [("/2025/activities", 16), ("/2025/activities/overview", 18), ("/2025/teams", 15)],
)
def test_lists_take_as_many_queries_for_sixty_teams_as_for_one(
    app: Flask, team: Team, path: str, most: int
) -> None:
    browser = signed_in(app, make_user(Role.COORDINATOR))
    make_next_action(activity=make_activity(team))
    with count_queries() as few:
        browser.get(path)
    for number in range(6):
        more = make_team(make_challenge(make_municipality(prefecture_code=f"{number + 1:02}")))
        for day in range(1, 6):
            make_next_action(activity=make_activity(more, day=dt.date(2025, 8, day)))
        make_activity(more, state=PLANNED, day=dt.date(2025, 9, 20))
    with count_queries() as many:
        browser.get(path)
    assert len(many) == len(few), many
    assert len(many) <= most


def test_one_team_and_one_activity_take_a_fixed_number_of_queries(app: Flask, team: Team) -> None:
    browser = signed_in(app, official(team))
    held = make_activity(team)
    make_next_action(activity=held)
    paths = [f"/teams/{team.public_id}", f"/activities/{held.public_id}"]
    few = []
    for path in paths:
        with count_queries() as sent:
            browser.get(path)
        few.append(len(sent))
    for number in range(8):
        make_next_action(activity=held, owner_member_id=team.members[number % 3].id)
        make_activity(team, day=dt.date(2025, 8, number + 1))
    for path, count in zip(paths, few, strict=True):
        with count_queries() as sent:
            browser.get(path)
        assert len(sent) <= count + 1, sent  # members named as owners are read once


def test_long_lists_come_in_pages(app: Flask, team: Team) -> None:
    from companion.activities.models import Activity

    with saved():
        start = clock.at_jst(dt.date(2025, 4, 10), dt.time(10))
        db.session.add_all(
            Activity(
                team_id=team.id,
                kind=ActivityKind.ONLINE_MEETING,
                state=ActivityState.HELD,
                title=f"第{number}回",
                held_start=start + dt.timedelta(hours=number),
                held_end=start + dt.timedelta(hours=number + 1),
            )
            for number in range(1, 102)
        )
    page = signed_in(app, make_user(Role.COORDINATOR)).get("/2025/activities?kind=online_meeting")
    assert len(rows_of(page)) == 100
    assert "1／2ページ" in page.text()
    last = page.follow("次へ")
    assert [row["テーマ"] for row in rows_of(last)] == ["第1回"]


def test_a_meeting_is_planned_moved_and_called_off(app: Flask, team: Team) -> None:
    browser = signed_in(app, official(team))
    page = browser.get(f"/teams/{team.public_id}").follow("予定を登録")
    assert page.heading == "予定の登録"
    page = page.submit(
        "予定を登録する",
        {"kind": "site_visit", "held_on": "2025-09-24", "start_time": "13:00", "end_time": "16:00"},
    )
    assert page.path == f"/teams/{team.public_id}"
    assert "令和7年9月24日（水）13:00～16:00" in page.text()
    page = page.follow("現地訪問（予定）").follow("予定を変更")
    page = page.submit("予定を変更する", {"end_on": "2025-09-25", "end_time": "12:00"})
    assert page.facts["予定の日時"] == "令和7年9月24日（水）13:00～令和7年9月25日（木）12:00"
    page = page.follow("中止にする").submit("中止にする", reason="台風")
    assert "台風" in page.text()
    assert "記録する" not in page.links
    again = browser.get(page.path + "/cancel")
    assert again.notices[0] == "注意 「中止」の活動は中止にできません。"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"held_on": "2025-09-01"}, "日付：過ぎた日時です。"),
        ({"end_time": "12:00"}, "終了：終了が開始より前です。"),
        ({"held_on": ""}, "日付："),
    ],
)
def test_a_plan_that_cannot_be_right_is_refused(
    app: Flask, team: Team, typed: dict[str, str], message: str
) -> None:
    page = signed_in(app, official(team)).get(f"/logs/{team.public_id}/plan")
    given = {"held_on": "2025-09-24", "start_time": "13:00", "end_time": "16:00"} | typed
    page = page.submit("予定を登録する", {**given, "title": "残す言葉"})
    assert page.status == 422
    assert page.errors[0].startswith(message)
    assert page.fields["title"] == "残す言葉"


def test_two_movers_see_each_other(app: Flask, team: Team) -> None:
    plan = make_activity(team, state=PLANNED, day=dt.date(2025, 9, 24))
    path = f"/activities/{plan.public_id}/plan"
    mine = signed_in(app, official(team)).get(path)
    signed_in(app, official(team, 1)).get(path).submit("予定を変更する", place="役場")
    page = mine.submit("予定を変更する", place="公民館")
    assert page.status == 409
    assert page.table("保存されている内容と、入力した内容")[0] == {
        "項目": "場所",
        "いま保存されている内容": "役場",
        "あなたが入力した内容": "公民館",
    }


def test_an_official_says_how_actions_stand(app: Flask, team: Team) -> None:
    action = make_next_action(team, "資料を送る")
    page = signed_in(app, official(team)).get(f"/teams/{team.public_id}").follow("資料を送る")
    refused = page.submit("更新する", state="blocked")
    assert refused.errors == ["理由：「停滞」にするときは、理由を入力してください。"]
    done = refused.submit("更新する", reason="県の回答待ち")
    assert done.path == f"/teams/{team.public_id}"
    assert done.table("済んでいない宿題")[0]["状態"] == "停滞"
    assert "県の回答待ち" in done.text()
    done.follow("資料を送る").submit("更新する", state="done", reason="")
    assert db.session.get(NextAction, action.id).settled_at is not None  # type: ignore[union-attr]


def test_a_municipality_says_how_its_own_stand_and_only_those(app: Flask, team: Team) -> None:
    ours = make_next_action(team, "候補を出す", owner_kind=OwnerKind.MUNICIPALITY)
    theirs = make_next_action(team, "資料を送る")
    browser = signed_in(app, town(team))
    page = browser.get(f"/actions/{ours.public_id}").submit("更新する", state="doing")
    assert page.table("済んでいない宿題")[0]["状態"] == "対応中"
    page = browser.get(f"/actions/{theirs.public_id}")
    assert page.forms == []
    refused = browser.post(
        f"/actions/{theirs.public_id}", {"state": "done", "version": theirs.version}
    )
    assert refused.status == 409
    assert "相手方の宿題の状態は変更できません" in refused.text()
    assert db.session.get(NextAction, theirs.id).state is ActionState.OPEN  # type: ignore[union-attr]


def test_two_who_change_one_action_see_each_other(app: Flask, team: Team) -> None:
    action = make_next_action(team)
    mine = signed_in(app, official(team)).get(f"/actions/{action.public_id}")
    other = signed_in(app, official(team, 1)).get(f"/actions/{action.public_id}")
    other.submit("更新する", state="dropped", reason="不要になった")
    page = mine.submit("更新する", state="done")
    assert page.status == 409
    assert (
        page.table("保存されている内容と、入力した内容")[0]["いま保存されている内容"] == "取りやめ"
    )


def test_the_overview_is_narrowed_and_costs_the_same_for_many_teams(app: Flask) -> None:
    make_period()
    boss = signed_in(app, make_user(Role.COORDINATOR))
    counts = []
    for number in range(1, 5):
        town = make_municipality(f"第{number}見本町", prefecture_code=f"0{number}")
        official = make_official(ministry_code=("mic", "env")[number % 2])
        make_activity(make_team(make_challenge(town), [official, make_official()]))
        with count_queries() as statements:
            boss.get("/2025/activities/overview")
        counts.append(len(statements))
    assert counts[0] == counts[-1] <= 18

    def towns(**query: str) -> list[str]:
        page = boss.get("/2025/activities/overview", query)
        return [row["市町村"][-5:] for row in rows_of(page, "チームごとの活動状況")]

    assert len(towns()) == 4
    assert towns(prefecture="02") == ["第2見本町"]
    assert towns(ministry="env", sort="-number") == ["第3見本町", "第1見本町"]
    assert towns(field="nothing") == []
    page = boss.get("/2025/activities/overview", {"prefecture": "02"})
    assert "うち活動なし0" in page.text("dl.stats")


def test_the_overview_turns_its_pages(app: Flask) -> None:
    period = make_period()
    teams = [make_team() for _ in range(3)]
    boss = make_user(Role.COORDINATOR)

    def numbers(offset: int, sort: str) -> list[int]:
        rows = ranked(period, viewer_as(boss), Narrowing(), sort=sort, offset=offset, limit=2)
        return [row.team.number for row in rows]

    make_activity(teams[1])
    assert (numbers(0, "-last"), numbers(2, "-last")) == ([2, 1], [3])
    assert (numbers(0, "last"), numbers(2, "last")) == ([1, 3], [2])
    page = signed_in(app, boss).get("/2025/activities/overview?page=9")
    assert len(rows_of(page, "チームごとの活動状況")) == 3
