"""The pages about teams, as each role sees them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from companion.activities.queries.overview import last_contact
from companion.core.access import Role
from companion.core.db import db, saved
from companion.people.models import User
from companion.periods.queries import find_period
from companion.teams.models import Team
from companion.teams.narrowing import StateNarrowing, page_of_teams
from companion.teams.terms import TeamState
from tests.kit.makers import (
    account_of,
    make_activity,
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_team,
    make_user,
    viewer_as,
)
from tests.kit.pages import Browser, Page, count_queries


def signed_in(app: Flask, user: User) -> Browser:
    return Browser(app).sign_in_as(user)


@dataclass
class World:
    nagano: Team
    fukuoka: Team
    hidden: Team


@pytest.fixture
def world(app: Flask) -> World:
    """Two announced teams and one that waits."""
    make_period()
    nagano = make_team(
        make_challenge(make_municipality("あさひ見本町", prefecture_code="20"), title="宿を増やす"),
        [
            make_official("青山 一", ministry_code="mlit", post="課長補佐"),
            make_official("石橋 二", ministry_code="maff"),
            make_official("上原 三", ministry_code="caa"),
        ],
        score=8123,
    )
    fukuoka = make_team(
        make_challenge(
            make_municipality("いわい見本市", prefecture_code="40"), fields=("industry", "tourism")
        ),
        [make_official(ministry_code="meti"), make_official(ministry_code="maff")],
        score=9050,
    )
    hidden = make_team(
        make_challenge(make_municipality(prefecture_code="01"), fields=("digital",)),
        [make_official(ministry_code="digital")],
        state=TeamState.PROPOSED,
    )
    return World(nagano, fukuoka, hidden)


def rows_of(page: Page) -> list[dict[str, str]]:
    """The list; the mark of the sorted column is left out of its name."""
    rows = page.tables.get("チームの一覧", [])
    return [{name.rstrip("▲▼"): text for name, text in row.items()} for row in rows]


def towns(page: Page) -> list[str]:
    return [row["市町村"] for row in rows_of(page)]


def test_a_coordinator_sees_every_team_with_score_and_last_contact(
    app: Flask, world: World
) -> None:
    make_activity(world.nagano)
    page = signed_in(app, make_user(Role.COORDINATOR)).get("/2025/teams")
    assert page.heading == "チーム"
    assert "3チーム中3チーム" in page.text()
    assert rows_of(page)[0] == {
        "番号": "1",
        "都道府県": "長野県",
        "市町村": "あさひ見本町",
        "政策分野": "①観光",
        "府省庁": "国土交通省、農林水産省、消費者庁",
        "状態": "活動中",
        "点": "81.23",
        "直近の活動": "R7.8.20（水）",
    }
    assert rows_of(page)[1]["政策分野"] == "②産業振興（主）、①観光"
    assert rows_of(page)[2]["直近の活動"] == "なし"


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.MUNICIPALITY, Role.PREFECTURE, Role.MINISTRY])
def test_others_see_the_announced_teams_without_scores(
    app: Flask, world: World, role: Role
) -> None:
    page = signed_in(app, make_user(role)).get("/2025/teams")
    assert towns(page) == ["あさひ見本町", "いわい見本市"]
    assert "2チーム中2チーム" in page.text()
    assert "点" not in rows_of(page)[0]
    assert "直近の活動" not in rows_of(page)[0]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("sort=-number", ["3", "2", "1"]),
        ("sort=prefecture", ["3", "1", "2"]),
        ("sort=field", ["1", "2", "3"]),
        ("sort=-score", ["2", "1", "3"]),
        ("sort=state", ["3", "1", "2"]),
        ("sort=-last", ["1", "2", "3"]),
        ("sort=nonsense'", ["1", "2", "3"]),
        ("field=tourism", ["1", "2"]),
        ("field=industry", ["2"]),
        ("prefecture=40", ["2"]),
        ("ministry=maff", ["1", "2"]),
        ("ministry=maff&prefecture=20", ["1"]),
        ("state=proposed", ["3"]),
        ("field=nonsense", []),
    ],
)
def test_the_list_is_sorted_and_narrowed(
    app: Flask, world: World, query: str, numbers: list[str]
) -> None:
    make_activity(world.nagano)
    page = signed_in(app, make_user(Role.COORDINATOR)).get(f"/2025/teams?{query}")
    rows = rows_of(page)
    assert [row["番号"] for row in rows] == numbers
    assert f"3チーム中{len(numbers)}チーム" in page.text()


def test_sorting_keeps_the_filters(app: Flask, world: World) -> None:
    page = signed_in(app, make_user(Role.COORDINATOR)).get("/2025/teams?ministry=maff")
    page = page.follow("番号▲")
    assert "3チーム中2チーム" in page.text()


def test_a_list_takes_the_same_queries_for_one_team_and_for_many(app: Flask) -> None:
    make_period()
    browser = signed_in(app, make_user(Role.COORDINATOR))
    make_team()
    with count_queries() as few:
        browser.get("/2025/teams")
    for _ in range(8):
        make_team()
    with count_queries() as many:
        browser.get("/2025/teams")
    assert len(many) == len(few)
    assert len(many) <= 14


def test_a_long_list_is_read_a_page_at_a_time_in_every_order(app: Flask) -> None:
    make_period()
    teams = [make_team(score=score) for score in (3, None, 3, 1, 3)]
    make_activity(teams[3])
    boss = viewer_as(make_user(Role.COORDINATOR))

    def pages(sort: str) -> list[list[int]]:
        found, counts = [], set()
        for page in (1, 2, 3):
            db.session.expunge_all()
            period = find_period(2025)
            with count_queries() as sent:
                listed = page_of_teams(
                    period, boss, StateNarrowing(), last_contact(), sort=sort, page=page, size=2
                )
            assert (listed.page, listed.pages, listed.count, listed.total) == (page, 3, 5, 5)
            found.append([team.number for team, _ in listed.rows])
            counts.add(len(sent))
        assert max(counts) <= 6
        return found

    assert pages("number") == [[1, 2], [3, 4], [5]]
    assert pages("-number") == [[5, 4], [3, 2], [1]]
    assert pages("-score") == [[1, 3], [5, 4], [2]]
    assert pages("-last") == [[4, 1], [2, 3], [5]]
    behind = page_of_teams(
        find_period(2025), boss, StateNarrowing(), last_contact(), page=9, size=2
    )
    assert (behind.page, len(behind.rows)) == (3, 1)


def test_who_sees_no_scores_does_not_learn_them_from_the_order(app: Flask, world: World) -> None:
    page = signed_in(app, make_user(Role.PREFECTURE, prefecture_code="40")).get(
        "/2025/teams?sort=-score"
    )
    assert [row["番号"] for row in rows_of(page)] == ["1", "2"]


def test_the_selects_offer_only_what_the_viewer_knows(app: Flask, world: World) -> None:
    def offered(user: User) -> str:
        form = signed_in(app, user).get("/2025/teams").form("絞り込む")
        return str([form.choices(name) for name in ("field", "prefecture", "ministry", "state")])

    waiting = ("北海道", "デジタル庁", "案")
    boss, official = offered(make_user(Role.COORDINATOR)), offered(make_user(Role.OFFICIAL))
    assert all(word in boss for word in waiting)
    assert not any(word in official for word in waiting)
    assert "長野県" in official


def test_the_team_page_shows_everything_to_the_coordinator(app: Flask, world: World) -> None:
    page = signed_in(app, make_user(Role.COORDINATOR)).get(f"/teams/{world.nagano.public_id}")
    assert page.heading == "第1チーム 長野県あさひ見本町"
    first = page.table("支援官")[0]
    assert first["氏名"] == "青山 一"
    assert first["役割"] == "リーダー"
    assert first["府省庁"] == "国土交通省"
    assert first["所属・役職"] == "総務課 課長補佐"
    assert first["得意な分野"] == "観光"
    assert first["連絡先"] == world.nagano.members[0].official.email
    assert first["選ばれた理由"] == "希望する地域です。"
    assert page.facts["課題"] == "宿を増やす"
    assert page.facts["担当者"] == "企画課 見本 花子"
    assert page.facts["電話"] == "000-000-0000"
    assert "81.23点" in page.text()


# role, own town: challenge, municipal contact, officials' contacts, reasons
SIGHTS = [
    (Role.OFFICIAL, True, True, True, False),
    (Role.MUNICIPALITY, True, True, True, False),
    (Role.PREFECTURE, True, True, False, False),
    (Role.MINISTRY, False, False, True, False),
    (Role.AUDITOR, True, False, False, True),
]


@pytest.mark.parametrize(("role", "challenge", "municipal", "officials", "reasons"), SIGHTS)
def test_each_role_sees_its_part_of_its_own_team(
    app: Flask,
    world: World,
    role: Role,
    challenge: bool,
    municipal: bool,
    officials: bool,
    reasons: bool,
) -> None:
    team = world.nagano
    user = {
        Role.OFFICIAL: lambda: account_of(team.members[1].official),
        Role.MUNICIPALITY: lambda: make_user(role, municipality=team.challenge.municipality),
        Role.PREFECTURE: lambda: make_user(role, prefecture_code="20"),
        Role.MINISTRY: lambda: make_user(role, ministry_code="mlit"),
        Role.AUDITOR: lambda: make_user(role),
    }[role]()
    page = signed_in(app, user).get(f"/teams/{team.public_id}")
    assert [row["氏名"] for row in page.table("支援官")] == ["青山 一", "石橋 二", "上原 三"]
    assert ("課題" in page.facts) is challenge
    assert ("電話" in page.facts) is municipal
    assert ("連絡先" in page.table("支援官")[0]) is officials
    assert ("選ばれた理由" in page.table("支援官")[0]) is reasons
    assert ("81.23点" in page.text()) is reasons


def test_a_ministry_sees_the_mail_of_its_own_officials_only(app: Flask, world: World) -> None:
    page = signed_in(app, make_user(Role.MINISTRY, ministry_code="maff")).get(
        f"/teams/{world.nagano.public_id}"
    )
    contacts = [row["連絡先"] for row in page.table("支援官")]
    assert contacts == ["－", world.nagano.members[1].official.email, "－"]


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.MUNICIPALITY, Role.PREFECTURE])
def test_of_other_teams_only_the_roster_is_shown(app: Flask, world: World, role: Role) -> None:
    user = make_user(role, prefecture_code="40" if role is Role.PREFECTURE else None)
    page = signed_in(app, user).get(f"/teams/{world.nagano.public_id}")
    assert len(page.table("支援官")) == 3
    assert page.facts == {}
    for secret in ("宿を増やす", "example.go.jp", "example.lg.jp", "希望する地域"):
        assert secret not in page.data.decode()


def test_a_team_not_announced_does_not_exist_for_others(app: Flask, world: World) -> None:
    own = account_of(world.hidden.members[0].official)
    for user in (own, make_user(Role.PREFECTURE, prefecture_code="01"), make_user(Role.MINISTRY)):
        assert signed_in(app, user).get(f"/teams/{world.hidden.public_id}").status == 404
    auditor = signed_in(app, make_user(Role.AUDITOR))
    assert auditor.get(f"/teams/{world.hidden.public_id}").status == 200


def test_the_announcement_is_confirmed_first(app: Flask, world: World) -> None:
    page = signed_in(app, make_user(Role.COORDINATOR)).get("/2025/teams")
    page = page.follow("内容を確かめて公表する")
    assert page.heading == "チームの公表"
    assert [row["市町村"] for row in page.table("公表する1チーム")] == [
        world.hidden.challenge.municipality.full_name
    ]
    nothing = page.submit("1チームの公表を依頼する")
    assert any("説明を入力してください" in error for error in nothing.errors)
    asked = page.submit("1チームの公表を依頼する", reason="審査会で了承済み")
    assert asked.heading == "令和7年度の1チームの公表"
    assert "別のコーディネーターの判断を待っています" in asked.text()
    again = asked.browser.get("/2025/teams/announce")
    assert "承認を待っています" in again.text()
    assert "1チームの公表を依頼する" not in again.buttons


def test_a_second_coordinator_makes_them_known(app: Flask, world: World) -> None:
    first = signed_in(app, make_user(Role.COORDINATOR)).get("/2025/teams/announce")
    first.submit("1チームの公表を依頼する", reason="審査会で了承済み")
    second = signed_in(app, make_user(Role.COORDINATOR))
    done = second.get("/approvals").follow("令和7年度の1チームの公表").submit("承認して実行する")
    assert done.path == "/2025/teams"
    assert {row["状態"] for row in rows_of(done)} == {"活動中"}
    assert "公表を待っているチームがありません" in second.get("/2025/teams/announce").text()


def test_teams_changed_after_asking_are_not_made_known(app: Flask, world: World) -> None:
    first = signed_in(app, make_user(Role.COORDINATOR)).get("/2025/teams/announce")
    first.submit("1チームの公表を依頼する", reason="審査会で了承済み")
    with saved():
        for member in world.hidden.members:
            db.session.delete(member)
    second = signed_in(app, make_user(Role.COORDINATOR))
    page = second.get("/approvals").follow("令和7年度の1チームの公表").submit("承認して実行する")
    assert page.status == 422
    assert "承認を依頼した後にチームが変わりました" in page.text()
    assert second.get(f"/teams/{world.hidden.public_id}").soup.find(string="案") is not None


def test_only_the_coordinator_announces(app: Flask, world: World) -> None:
    for role in set(Role) - {Role.COORDINATOR}:
        assert signed_in(app, make_user(role)).get("/2025/teams/announce").status == 404


def test_no_teams_yet_is_said(app: Flask) -> None:
    make_period()
    page = signed_in(app, make_user(Role.OFFICIAL)).get("/2025/teams")
    assert "まだチームがありません" in page.text()
