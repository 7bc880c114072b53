"""The programme of the 報告会: sessions, seats proposed and moved by hand, published, printed."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from icalendar import Calendar, Component
from sqlalchemy import select

from companion.activities.terms import ActivityState
from companion.briefings.actions import SessionWords, change_session, take_back, take_out
from companion.briefings.models import BriefingCall
from companion.briefings.queries import programme, seat_of
from companion.core.access import Role
from companion.core.db import db, saved
from companion.teams.models import Team, TeamMember
from companion.teams.terms import TeamState
from tests.kit.makers import (
    account_of,
    make_activity,
    make_challenge,
    make_municipality,
    make_period,
    make_team,
    make_user,
)
from tests.kit.pages import Browser, Page, count_queries

SESSION = {"day": "2025-09-10", "time": "13:45", "team_minutes": "15", "size": "2", "count": "2"}


@pytest.fixture
def teams(app: Flask) -> list[Team]:
    make_period()
    return [
        make_team(make_challenge(make_municipality(f"{name}見本町"))) for name in ("旭", "緑", "泉")
    ]


@pytest.fixture
def boss(teams: list[Team], browser: Browser) -> Browser:
    return browser.sign_in_as(make_user(Role.COORDINATOR))


def with_sessions(boss: Browser, **values: str) -> Page:
    return boss.get("/2025/briefings/new").submit("登録する", **(SESSION | values))


def arranged(boss: Browser) -> Page:
    return with_sessions(boss).submit("すべてのチームを割り振る")


def order(page: Page) -> list[list[str]]:
    """The towns of each session in the order in which they speak."""
    return [
        [cell.get_text() for cell in table.select("tbody th")]
        for table in page.main.select("table")
    ]


def test_an_empty_programme_tells_what_to_do(boss: Browser) -> None:
    page = boss.get("/2025/briefings")
    assert "報告会の回がまだありません" in page.text()
    assert page.follow("回を登録する").heading == "報告会の回を登録"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("count", "0", "1から20まで"),
        ("count", "たくさん", "整数"),
        ("size", "61", "1から60まで"),
        ("team_minutes", "2", "3から120まで"),
        ("day", "", "入力してください"),
        ("day", "9999-01-01", "年を確かめて"),
        ("time", "25:00", "時刻を"),
        ("online_url", "javascript:alert(1)", "https://"),
        ("place", "あ" * 201, "200文字以内"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_stays(
    boss: Browser, field: str, value: str, said: str
) -> None:
    page = with_sessions(boss, **{"place": "会議室", field: value})
    assert page.status == 422
    assert any(said in error for error in page.errors)
    if field != "place":
        assert page.fields["place"] == "会議室"


def test_sessions_fall_on_business_days_and_have_their_hours(boss: Browser) -> None:
    page = with_sessions(boss, day="2025-09-12", count="3")
    headings = [h.get_text() for h in page.main.select("section h2")]
    assert headings == [
        "第1回 令和7年9月12日（金）13:45～14:15",
        "第2回 令和7年9月16日（火）13:45～14:15",  # 15 September is 敬老の日
        "第3回 令和7年9月17日（水）13:45～14:15",
    ]


def test_all_teams_get_a_seat_and_times(boss: Browser, teams: list[Team]) -> None:
    page = arranged(boss)
    assert "完了 3チームを割り振りました。" in page.notices
    assert sorted(len(some) for some in order(page)) == [1, 2]
    full = next(n + 1 for n, some in enumerate(order(page)) if len(some) == 2)
    rows = page.table(f"第{full}回のプログラム（2チーム）")
    assert [row["時刻"] for row in rows] == ["13:45～14:00", "14:00～14:15"]
    assert rows[0]["支援テーマ"] == "（未確定）"


def test_a_known_day_is_avoided_or_the_reason_is_told(boss: Browser, teams: list[Team]) -> None:
    with_sessions(boss)
    town = Browser(boss.app).sign_in_as(
        make_user(Role.MUNICIPALITY, municipality=teams[0].challenge.municipality)
    )
    page = town.get(f"/teams/{teams[0].public_id}").follow("都合の悪い日を登録する")
    assert any(
        "4月1日～3月31日" in error for error in page.submit("登録する", day="2024-09-10").errors
    )
    page = page.submit("登録する", day="2025-09-10", note="議会")
    assert "令和7年9月10日（水）（議会）" in page.text()
    done = boss.get("/2025/briefings").submit("すべてのチームを割り振る")
    assert "長野県旭見本町" in order(done)[1]
    town.get(f"/briefing-days/{teams[0].public_id}").submit("登録する", day="2025-09-11")
    done = boss.get("/2025/briefings").submit("すべてのチームを割り振る")
    assert "1チームは割り振れませんでした。" in " ".join(done.notices)
    assert "長野県旭見本町" in done.text()
    page = town.get(f"/briefing-days/{teams[0].public_id}")
    page.submit("取り消す（令和7年9月11日（木））")
    assert "9月11日" not in town.get(f"/briefing-days/{teams[0].public_id}").text()


def test_a_move_by_hand_is_refused_with_the_name_of_who_cannot(
    boss: Browser, teams: list[Team]
) -> None:
    team = teams[0]
    page = arranged(boss)
    here = next(n for n, some in enumerate(order(page)) if "長野県旭見本町" in some)
    there = 1 - here
    day = dt.date(2025, 9, 10 + there)
    make_activity(team, state=ActivityState.PLANNED, day=day, title="顔合わせ")
    move = boss.get(f"/briefing-teams/{team.public_id}")
    verdicts = {row["回"]: row["出られるか"] for row in move.table("それぞれの回に出られるか")}
    assert verdicts[f"第{here + 1}回"] == "可"
    name = team.members[0].official.name
    assert f"{name}さん" in verdicts[f"第{there + 1}回"]
    goal = list(move.form("この回に移す").choices("session"))[there]
    other = next(
        (o for o in teams if o.challenge.municipality.full_name in order(page)[there]), None
    )
    assert other is not None
    refused = move.submit("この回に移す", session=goal, instead_of=other.public_id)
    assert refused.status == 422
    assert any(f"{name}さん" in error and "「顔合わせ」" in error for error in refused.errors)
    assert order(boss.get("/2025/briefings")) == order(page)


def test_a_full_session_takes_a_team_in_exchange(boss: Browser, teams: list[Team]) -> None:
    page = arranged(boss)
    small = next(some for some in order(page) if len(some) == 1)[0]
    team = next(t for t in teams if t.challenge.municipality.full_name == small)
    move = boss.get(f"/briefing-teams/{team.public_id}")
    form = move.form("この回に移す")
    full = next(n for n, some in enumerate(order(page)) if len(some) == 2)
    goal = list(form.choices("session"))[full]
    refused = move.submit("この回に移す", session=goal)
    assert any("満席です" in error for error in refused.errors)
    other = next(t for t in teams if t.challenge.municipality.full_name == order(page)[full][0])
    done = move.submit("この回に移す", session=goal, instead_of=other.public_id)
    assert order(done)[full][0] == small
    assert order(done)[1 - full] == [other.challenge.municipality.full_name]
    assert "固定" in done.text()
    # Proposing anew leaves both where they were put; taking that back changes nothing either.
    again = done.submit("すべてのチームを割り振る")
    assert order(again)[full][0] == small
    assert other.challenge.municipality.full_name in order(again)[1 - full]
    back = again.submit("ひとつ前の配置に戻す")
    assert order(back) == order(done)
    assert "ひとつ前の配置に戻す" not in back.buttons


def test_the_order_within_a_session_is_set_by_hand(boss: Browser, teams: list[Team]) -> None:
    page = with_sessions(boss, count="1", size="3").submit("すべてのチームを割り振る")
    first, second, third = order(page)[0]
    team = next(t for t in teams if t.challenge.municipality.full_name == third)
    done = boss.get(f"/briefing-teams/{team.public_id}").submit("この回に移す", position="1")
    assert order(done) == [[third, first, second]]
    out = boss.get(f"/briefing-teams/{team.public_id}").submit("回から外す")
    assert order(out) == [[first, second]]
    assert f"第{team.number}チーム {third}" in out.text()


def test_nobody_is_put_into_two_sessions_at_once(boss: Browser, teams: list[Team]) -> None:
    """An official who leaves one team on the day of joining another serves in both that day."""
    moving = teams[0].members[2]
    with saved():
        moving.ended_on = dt.date(2025, 9, 30)
        teams[1].members[2].ended_on = dt.date(2025, 9, 1)
        db.session.add(
            TeamMember(
                team_id=teams[1].id,
                official_id=moving.official_id,
                position=3,
                started_on=dt.date(2025, 9, 2),
                reasons=[],
            )
        )
    for _ in range(2):
        with_sessions(boss, count="1")
    page = boss.get("/2025/briefings").submit("すべてのチームを割り振る")
    together = next(some for some in order(page) if "長野県旭見本町" in some)
    assert "長野県緑見本町" in together
    move = boss.get(f"/briefing-teams/{teams[0].public_id}")
    now = move.fields["session"]
    goal = next(v for v in move.form("この回に移す").choices("session") if v != now)
    refused = move.submit("この回に移す", session=goal)
    assert any(f"{moving.official.name}さんは、" in error for error in refused.errors)


def test_a_session_is_moved_unless_somebody_cannot_come(boss: Browser, teams: list[Team]) -> None:
    page = arranged(boss)
    full = next(n for n, some in enumerate(order(page)) if len(some) == 2)
    team = next(t for t in teams if t.challenge.municipality.full_name == order(page)[full][0])
    days = Browser(boss.app).sign_in_as(account_of(team.members[0].official))
    days.get(f"/briefing-days/{team.public_id}").submit("登録する", day="2025-09-24", note="議会")
    edit = boss.get("/2025/briefings").follow(f"この回を変える（第{full + 1}回）")
    small = edit.submit("保存する", size="1")
    assert any("先に1チームをほかの回に" in error for error in small.errors)
    refused = edit.submit("保存する", day="2025-09-24")
    assert any("9月24日（水）の都合が悪い" in error for error in refused.errors)
    assert refused.fields["day"] == "2025-09-24"
    done = edit.submit("保存する", day="2025-09-25", place="合同庁舎")
    assert "令和7年9月25日（木）13:45" in done.text()
    stale = edit.submit("保存する", place="別の場所")
    assert stale.status == 409
    assert "合同庁舎" in stale.text()


def test_an_empty_session_can_be_removed(boss: Browser, teams: list[Team]) -> None:
    page = with_sessions(boss).follow("この回を変える（第2回）")
    done = page.submit("この回を削除する")
    assert [h.get_text()[:3] for h in done.main.select("section h2")] == ["第1回"]
    arranged_page = done.submit("すべてのチームを割り振る")
    assert "この回を削除する" not in arranged_page.follow("この回を変える（第1回）").buttons


def test_others_see_the_programme_once_it_is_published(boss: Browser, teams: list[Team]) -> None:
    page = arranged(boss)
    reader = Browser(boss.app).sign_in_as(account_of(teams[0].members[0].official))
    assert "まだ公表されていません" in reader.get("/2025/briefings").text()
    done = page.submit("プログラムを公表する")
    assert "完了 プログラムを公表しました。" in done.notices
    shown = reader.get("/2025/briefings")
    assert order(shown) == order(done)
    assert shown.buttons == []
    panel = reader.get(f"/teams/{teams[0].public_id}").text()
    assert "第1回 令和7年9月10日" in panel or "第2回 令和7年9月11日" in panel
    done.submit("公表を取り消す")
    assert "まだ公表されていません" in reader.get("/2025/briefings").text()


def test_a_clash_that_comes_later_is_shown_and_stops_publishing(
    boss: Browser, teams: list[Team]
) -> None:
    page = arranged(boss)
    names = [n for some in order(page) for n in some]
    team = next(t for t in teams if t.challenge.municipality.full_name == names[0])
    make_activity(team, state=ActivityState.PLANNED, day=dt.date(2025, 9, 10), title="打合せ")
    page = boss.get("/2025/briefings")
    assert f"{team.members[0].official.name}さん" in page.text()
    assert "「打合せ」" in page.text()
    refused = page.submit("プログラムを公表する")
    assert any("「打合せ」" in notice for notice in refused.notices)


def test_a_resting_team_is_left_out_until_somebody_puts_it_in(
    boss: Browser, teams: list[Team]
) -> None:
    resting = make_team(state=TeamState.PAUSED)
    page = arranged(boss)
    assert all(resting.challenge.municipality.full_name not in some for some in order(page))
    assert "休止中" in page.text()


def test_a_report_reads_the_programme(boss: Browser, teams: list[Team]) -> None:
    arranged(boss)
    period = teams[0].period
    shown = programme(period, None)
    assert shown is not None
    assert [len(session.seats) for session in shown.sessions] in ([1, 2], [2, 1])
    assert shown.unseated == []


def test_the_page_asks_the_same_number_of_questions_for_many_teams(
    boss: Browser, teams: list[Team]
) -> None:
    with_sessions(boss, count="4", size="10").submit("すべてのチームを割り振る")
    boss.get("/2025/briefings")
    with count_queries() as few:
        boss.get("/2025/briefings")
    for _ in range(12):
        make_team()
    boss.get("/2025/briefings").submit("すべてのチームを割り振る")
    boss.get("/2025/briefings")
    with count_queries() as many:
        boss.get("/2025/briefings")
    assert len(many) == len(few)


def test_calendars_tell_the_seat_its_moves_and_its_end(
    app: Flask, boss: Browser, teams: list[Team]
) -> None:
    """One name all along, counting up; nothing before the programme is published."""
    team = teams[0]
    page = arranged(boss)
    towns = {
        "person": Browser(app).sign_in_as(account_of(team.members[0].official)),
        "municipality": Browser(app).sign_in_as(
            make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)
        ),
    }
    paths = []
    for browser in towns.values():
        for wanted in ("", team.public_id):
            made = browser.get("/2025/calendar").submit("アドレスを作る", team=wanted)
            found = re.search(r"/calendar/[\w-]{43}\.ics", made.text())
            assert found is not None
            paths.append(found[0])

    def told() -> Component | None:
        events = [
            Calendar.from_ical(Browser(app).raw("GET", path).data).walk("VEVENT") for path in paths
        ]
        assert len({str(found) for found in events}) == 1, "every feed tells the same"
        return events[0][0] if events[0] else None

    assert told() is None
    page.submit("プログラムを公表する")
    first = told()
    assert first is not None
    seat = seat_of(team)
    assert seat is not None
    assert first["DTSTART"].dt == seat.starts_at
    assert first["DTEND"].dt - first["DTSTART"].dt == dt.timedelta(minutes=15)
    assert first["DTSTART"].params["TZID"] == "Asia/Tokyo"
    assert (str(first["SUMMARY"]), str(first["STATUS"])) == (
        f"伴走 旭見本町 報告会（{seat.session.name}）",
        "CONFIRMED",
    )
    assert str(first["URL"]) == "http://localhost:8000/2025/briefings"
    with saved():
        words = SessionWords(seat.session.starts_at + dt.timedelta(hours=1), 20, 2, "別館")
        change_session(seat.session, words, by=None)
    moved = told()
    assert moved is not None
    assert moved["UID"] == first["UID"]
    assert int(moved["SEQUENCE"]) > int(first["SEQUENCE"])
    assert moved["DTSTART"].dt - first["DTSTART"].dt >= dt.timedelta(hours=1)
    assert str(moved["LOCATION"]) == "別館"
    with saved():
        take_out(team, by=None)
    gone = told()
    assert gone is not None
    assert (gone["UID"], str(gone["STATUS"])) == (first["UID"], "CANCELLED")
    assert int(gone["SEQUENCE"]) > int(moved["SEQUENCE"])
    with saved():
        take_back(team.period, by=None)
    again = told()
    assert again is not None
    assert str(again["STATUS"]) == "CONFIRMED"
    boss.get("/2025/briefings").submit("公表を取り消す")
    hidden = told()
    assert hidden is not None
    assert str(hidden["STATUS"]) == "CANCELLED"
    assert int(hidden["SEQUENCE"]) > int(again["SEQUENCE"])


def test_a_change_elsewhere_does_not_count_up(boss: Browser, teams: list[Team]) -> None:
    arranged(boss).submit("プログラムを公表する")
    before = {call.team_id: call.version for call in db.session.scalars(select(BriefingCall))}
    shown = programme(teams[0].period, None)
    assert shown is not None
    last = shown.sessions[-1].seats[-1].team
    with saved():
        take_out(last, by=None)
    after = {call.team_id: call.version for call in db.session.scalars(select(BriefingCall))}
    assert {team for team in after if after[team] != before[team]} == {last.id}
