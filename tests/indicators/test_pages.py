"""Indicators of a challenge: set by the team or the town, read beside the activities."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask

from companion.core.access import Role
from companion.indicators.models import Indicator, IndicatorValue
from companion.teams.models import Team
from tests.kit.makers import account_of, make_team, make_user
from tests.kit.pages import Browser, Page

TYPED = {
    "name": "宿泊者数",
    "unit": "人",
    "baseline": "1200",
    "baseline_on": "2025-04-01",
    "target": "1500",
    "target_on": "2026-03-31",
    "source": "町の観光統計",
}


@pytest.fixture
def team(app: Flask) -> Team:
    return make_team()


def set_up(app: Flask, team: Team) -> Page:
    browser = Browser(app).sign_in_as(account_of(team.members[0].official))
    page = browser.get(f"/teams/{team.public_id}").follow("指標を追加する")
    return page.submit("保存する", **TYPED)


def test_an_indicator_is_set_and_followed(app: Flask, team: Team) -> None:
    page = set_up(app, team)
    assert page.heading == "宿泊者数"
    assert page.facts["基準"].startswith("1,200人")
    page = page.submit("登録する", measured_on="2025-08-31", value="1290", note="夏まで")
    assert page.table("値 1件（新しい順）")[0]["値"] == "1,290人"
    assert page.facts["基準から目標までの進み"] == "30.0％"
    shown = Browser(app).sign_in_as(make_user(Role.COORDINATOR)).get(f"/teams/{team.public_id}")
    row = shown.table("成果の指標")[0]
    assert row["目標"].startswith("1,500人")
    assert "因果関係を示すものではありません" in shown.text()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"target_on": "2025-04-01"}, "基準の日より後"),
        ({"baseline": "多い"}, "数"),
        ({"name": ""}, "入力してください"),
        ({"target": "1e20"}, "数が大きすぎます"),
    ],
)
def test_what_does_not_fit_is_told_and_kept(
    app: Flask, team: Team, wrong: dict[str, str], said: str
) -> None:
    browser = Browser(app).sign_in_as(account_of(team.members[0].official))
    page = browser.get(f"/logs/{team.public_id}/indicators/new")
    page = page.submit("保存する", **(TYPED | wrong))
    assert page.status == 422
    assert any(said in error for error in page.errors)
    assert page.fields["source"] == "町の観光統計"


@pytest.mark.parametrize("day", ["2025-09-03", "2025-03-31"])
def test_a_day_ahead_or_before_the_baseline_is_refused(app: Flask, team: Team, day: str) -> None:
    page = set_up(app, team).submit("登録する", measured_on=day, value="1")
    assert page.status == 422
    assert any("日付を確かめてください" in error for error in page.errors)


def test_the_same_day_replaces_and_the_same_name_is_refused(app: Flask, team: Team) -> None:
    page = set_up(app, team)
    page = page.submit("登録する", measured_on="2025-08-31", value="1290")
    page = page.browser.get(page.path).submit("登録する", measured_on="2025-08-31", value="1300")
    assert [row["値"] for row in page.table("値 1件（新しい順）")] == ["1,300人"]
    again = set_up(app, team)
    assert any("既にあります" in error for error in again.errors)


def test_two_who_edit_see_both_texts(app: Flask, team: Team) -> None:
    page = set_up(app, team).follow("指標を直す")
    page.submit("保存する", target="1600")
    stale = page.submit("保存する", target="1700")
    assert stale.status == 409
    assert "1600" in stale.text()


@pytest.mark.parametrize(
    ("baseline", "target", "value", "tenths"),
    [
        ("1200", "1500", "1290", 300),
        ("100", "50", "75", 500),  # a figure that should fall
        ("0", "3", "1", 333),
        ("0", "3", "2", 667),
        ("100", "200", "90", -100),
        ("5", "5", "5", None),
    ],
)
def test_progress_is_the_share_of_the_way(
    baseline: str, target: str, value: str, tenths: int | None
) -> None:
    row = Indicator(baseline=Decimal(baseline), target=Decimal(target))
    row.values = [IndicatorValue(value=Decimal(value))]
    assert row.progress_tenths == tenths


def test_others_do_not_find_it(app: Flask, team: Team) -> None:
    path = set_up(app, team).path
    other = make_team()
    for user in (account_of(other.members[0].official), make_user(Role.MINISTRY)):
        assert Browser(app).sign_in_as(user).get(path).status == 404
