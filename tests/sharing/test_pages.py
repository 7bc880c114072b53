"""What a team shares with every team: who then finds it, what is shown of it, and what never is."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.activities.models import Activity, Guest
from companion.activities.terms import ActivityState, GuestSide
from companion.core.access import Role
from companion.core.db import db, saved
from companion.inquiries.actions import Question, ask_secretariat, handle
from companion.inquiries.models import Inquiry
from companion.inquiries.terms import InquiryKind, InquiryState
from companion.periods.models import PolicyField
from companion.teams.models import Team
from companion.teams.terms import TeamState, Visibility
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
from tests.kit.pages import Browser, count_queries

ALL, TEAM = Visibility.ALL_TEAMS, Visibility.TEAM
LIST = "/2025/shared"
ONE = "共有されているもの 1件（新しい順）"


@pytest.fixture
def team(app: Flask) -> Team:
    make_period()
    return make_team(make_challenge(make_municipality("旭見本町")))


@pytest.fixture
def reader(app: Flask, team: Team) -> Browser:
    """An official of another team."""
    other = make_team(make_challenge(make_municipality("岩井見本市")))
    return Browser(app).sign_in_as(account_of(other.members[0].official))


@pytest.fixture
def own(app: Flask, team: Team) -> Browser:
    return Browser(app).sign_in_as(account_of(team.members[0].official))


def log(team: Team, title: str = "宿泊の試行", **values: object) -> Activity:
    return make_activity(team, title=title, visibility=ALL, **values)  # type: ignore[arg-type]


def answered(team: Team, visibility: Visibility, *, is_done: bool = True) -> Inquiry:
    by = viewer_as(account_of(team.members[0].official))
    asked = Question(
        InquiryKind.SCHEME, "空き家の交付金", "何が使えますか。", visibility=visibility
    )
    with saved():
        row = ask_secretariat(team, asked, by=by)
        if is_done:
            handle(row, InquiryState.ANSWERED, "二つあります。", "", row.due_on, by=by)
    return row


def test_a_team_shares_a_log_and_takes_it_back(own: Browser, reader: Browser, team: Team) -> None:
    made = make_activity(team, title="宿泊の試行")
    assert "まだ共有されたものはありません" in reader.get(LIST).text()
    assert reader.get(f"/shared-logs/{made.public_id}").status == 404
    writing = own.get(f"/activities/{made.public_id}/log")
    told = writing.submit("記録する", visibility="all_teams")
    assert "読める支援官：すべてのチームの支援官" in told.text()
    (row,) = reader.get(LIST).table(ONE)
    assert (row["テーマ・件名"], row["チーム"]) == ("宿泊の試行", "長野県旭見本町")
    page = reader.get(LIST).follow("宿泊の試行")
    assert page.heading == "宿泊の試行"
    assert page.facts["助言・提供情報"] == "先行例を紹介した。"
    board = reader.get("/")
    assert board.follow("宿泊の試行").path == page.path
    own.get(f"/activities/{made.public_id}/log").submit("記録する", visibility="team")
    assert reader.get(page.path).status == 404


def test_a_shared_log_does_not_show_people_time_tasks_or_the_record(
    reader: Browser, team: Team
) -> None:
    made = log(team, objection="出欠が違います", trip_route="新幹線で往復", place="秘密の場所")
    make_next_action(activity=made, text="内々の宿題")
    with saved():
        made.guests.append(Guest(position=0, side=GuestSide.OUTSIDE, name="外部の方"))
    text = reader.get(f"/shared-logs/{made.public_id}").text()
    hidden = ("外部の方", "内々の宿題", "出欠が違います", "新幹線で往復", "秘密の場所", "1時間30分")
    assert not [words for words in hidden if words in text]
    names = [member.official.name for member in team.members]
    assert not [name for name in names if name in text]
    for path in ("activities", "records"):
        public_id = made.public_id if path == "activities" else team.public_id
        assert reader.get(f"/{path}/{public_id}").status == 404


@pytest.mark.parametrize(
    ("visibility", "is_done", "is_found"),
    [(ALL, True, True), (ALL, False, False), (TEAM, True, False)],
)
def test_an_inquiry_is_shared_once_it_is_answered(
    reader: Browser, team: Team, visibility: Visibility, is_done: bool, is_found: bool
) -> None:
    row = answered(team, visibility, is_done=is_done)
    page = reader.get(f"/shared-inquiries/{row.public_id}")
    assert page.status == (200 if is_found else 404)
    assert bool(reader.get(LIST).tables) is is_found
    if is_found:
        assert "二つあります。" in page.text()
        assert page.facts["知りたいこと"] == "何が使えますか。"
    assert reader.get(f"/inquiries/{row.public_id}").status == 404


def test_a_team_shares_its_inquiry_when_asking_and_changes_that_later(
    own: Browser, reader: Browser, team: Team
) -> None:
    asking = own.get(f"/teams/{team.public_id}").follow("後方支援を依頼する")
    asking.submit("依頼する", kind="scheme", subject="交付金", question="?", visibility="all_teams")
    by = viewer_as(make_user(Role.COORDINATOR))
    found = db.session.scalars(select(Inquiry)).one()
    with saved():
        handle(found, InquiryState.ANSWERED, "あります。", "", found.due_on, by=by)
    assert reader.get(LIST).follow("交付金").heading == "交付金"
    page = own.get(f"/inquiries/{found.public_id}")
    assert page.facts["読める支援官"] == "すべてのチームの支援官"
    page.submit("読める支援官を変える", visibility="team")
    assert reader.get(f"/shared-inquiries/{found.public_id}").status == 404


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.PREFECTURE, Role.MINISTRY])
def test_others_never_read_what_teams_share_among_themselves(
    app: Flask, team: Team, role: Role
) -> None:
    made, row = log(team), answered(team, ALL)
    place = make_municipality("遠見本町", prefecture_code="40")
    bounds = {
        Role.MUNICIPALITY: {"municipality": place},
        Role.PREFECTURE: {"prefecture_code": "40"},
        Role.MINISTRY: {"ministry_code": "mic"},
    }
    browser = Browser(app).sign_in_as(make_user(role, **bounds[role]))  # type: ignore[arg-type]
    assert "チーム間の共有" not in browser.get("/").menu
    for path in (LIST, f"/shared-logs/{made.public_id}", f"/shared-inquiries/{row.public_id}"):
        assert browser.get(path).status == 404
        assert Browser(app).get(path).heading == "サインイン"


def test_only_officials_who_serve_in_a_team_read_it(app: Flask, team: Team) -> None:
    made = log(team)
    applicant = Browser(app).sign_in_as(account_of(make_official("応募 中")))
    leaver = make_team(make_challenge(make_municipality("岩井見本市")))
    with saved():
        leaver.members[1].ended_on = dt.date(2025, 8, 31)
    gone = Browser(app).sign_in_as(account_of(leaver.members[1].official))
    waiting = make_team(make_challenge(make_municipality("待つ町")), state=TeamState.PROPOSED)
    proposed = Browser(app).sign_in_as(account_of(waiting.members[0].official))
    for browser in (applicant, gone, proposed):
        assert not browser.get(LIST).tables
        assert browser.get(f"/shared-logs/{made.public_id}").status == 404


@pytest.mark.parametrize("state", [ActivityState.PLANNED, ActivityState.CANCELLED])
def test_what_did_not_take_place_is_not_shared(
    reader: Browser, team: Team, state: ActivityState
) -> None:
    log(team, state=state)
    assert not reader.get(LIST).tables


def test_the_list_is_searched_by_words_field_and_kind(reader: Browser, team: Team) -> None:
    first = log(team, "宿泊の試行", decisions="民泊から始める。")
    log(team, "特産品の販路")
    answered(team, ALL)
    with saved():
        first.fields = list(
            db.session.scalars(select(PolicyField).where(PolicyField.code == "tourism"))
        )

    def titles(**query: str) -> list[str]:
        tables = reader.get(LIST, query).tables
        return [row["テーマ・件名"] for rows in tables.values() for row in rows]

    assert len(titles()) == 3
    assert titles(q="民泊 宿泊") == ["宿泊の試行"]
    assert titles(q="民泊 販路") == []
    assert titles(q="100%") == []
    assert titles(field="tourism") == ["宿泊の試行"]
    assert titles(source="inquiry") == ["空き家の交付金"]
    assert len(titles(field="nothing", source="nothing")) == 3
    assert "あてはまるものはありません" in reader.get(LIST, {"q": "ない"}).text()


def test_the_list_costs_the_same_for_many_teams(reader: Browser, team: Team) -> None:
    counts = []
    for size in (1, 6):
        for number in range(size):
            place = make_municipality(f"多い町{size}{number}")
            log(make_team(make_challenge(place)))
        with count_queries() as statements:
            reader.get(LIST)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 20
