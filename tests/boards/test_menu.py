"""The menu: in groups where it is long, in one where it is short, and where one is."""

from __future__ import annotations

from flask import Flask

from companion.core.access import Role
from companion.core.db import saved
from companion.surveys.actions import open_round
from tests.kit.makers import make_period, make_team, make_user
from tests.kit.pages import Browser


def test_a_long_menu_is_grouped_in_the_order_of_the_year(app: Flask) -> None:
    make_period()
    page = Browser(app).sign_in_as(make_user(role=Role.COORDINATOR)).get("/2025/teams")
    assert list(page.menu) == ["", "募集と編成", "伴走", "評価", "運営"]
    assert page.menu["募集と編成"] == [
        *("取込", "市町村の課題", "応募職員", "職員の推薦", "審査", "マッチング")
    ]
    assert "チーム" in page.menu["伴走"]
    assert [link.text for link in page.soup.select("nav a[aria-current]")] == ["チーム"]
    assert page.soup.select_one("nav summary small").text == "チーム"


def test_a_short_menu_has_no_groups(app: Flask) -> None:
    make_period()
    near = make_user(Role.PREFECTURE, prefecture_code="20")
    page = Browser(app).sign_in_as(near).get("/")
    assert list(page.menu) == [""]
    assert page.menu[""][0] == "ホーム"


def test_who_is_not_signed_in_sees_no_menu(app: Flask) -> None:
    assert Browser(app).get("/signin").menu == {}


def test_pages_of_free_texts_belong_to_the_surveys(app: Flask) -> None:
    team = make_team()
    with saved():
        row = open_round("municipality_eval", team.period, by=None)
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    for page in (f"/rounds/{row.public_id}", f"/rounds/{row.public_id}/codebook"):
        marked = boss.get(page).soup.select("nav a[aria-current]")
        assert [link.text for link in marked] == ["アンケート"]
