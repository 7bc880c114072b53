"""The main job, from three Excel lists to the satisfaction workbook, in the browser."""

from __future__ import annotations

import io
from collections.abc import Callable

from openpyxl import load_workbook

from companion.core.access import Role
from companion.people.models import User
from companion.places.models import Municipality
from companion.teams.queries import teams_of
from tests.journeys import steps
from tests.journeys.conftest import Person
from tests.kit import workbooks
from tests.kit.makers import account_of, make_period, make_user, viewer_as

TEAMS = 2


def test_the_spine(person: Callable[..., Person]) -> None:
    period, boss = make_period(), make_user(Role.COORDINATOR)
    coordinator = person()
    coordinator.sign_in_as(boss)
    steps.take_in(coordinator, "団体コード一覧", workbooks.code_list(), says="新規4件")
    steps.take_in(coordinator, "市町村応募一覧", workbooks.challenge_list(), says="新規4件")
    steps.take_in(coordinator, "応募者名簿", workbooks.official_list(), says="新規12件")
    second = person()
    second.sign_in_as(make_user(Role.COORDINATOR))
    steps.match_and_announce(coordinator, second, teams=TEAMS)

    team = teams_of(period, viewer_as(boss))[0]
    member = account_of(team.members[0].official)
    town = team.challenge.municipality
    _records(person(), member, town)
    steps.open_survey(coordinator, "地方創生支援官アンケート", invited=3 * TEAMS)
    steps.open_survey(coordinator, "伴走支援自治体アンケート", invited=TEAMS)
    official, municipality = person(), person()
    official.sign_in_as(member)
    steps.answer_official_survey(official)
    municipality.sign_in_as(make_user(Role.MUNICIPALITY, municipality=town))
    steps.answer_municipality_survey(municipality)
    steps.close_survey(coordinator, "地方創生支援官アンケート")
    steps.close_survey(coordinator, "伴走支援自治体アンケート")
    coordinator.follow("帳票")
    coordinator.follow("満足度集計")
    _check_workbook(steps.download(coordinator, "出力する"))


def _records(official: Person, member: User, town: Municipality) -> None:
    name, full_name = town.name, town.full_name
    official.sign_in_as(member)
    official.follow("チーム")
    official.page.get_by_role("link", name=name).first.click()
    steps.record(official, "オンライン会議", "第1回の顔合わせ", decisions="月に一度話す。")
    official.page.get_by_role("link", name=full_name).first.click()
    steps.record(official, "現地訪問", "町を歩く")
    official.follow("活動記録")
    assert official.page.get_by_role("link", name="町を歩く").count() == 1
    assert official.page.get_by_role("link", name="第1回の顔合わせ").count() == 1


def _check_workbook(data: bytes) -> None:
    book = load_workbook(io.BytesIO(data))
    tables = {name.split(" ")[0] for name in book.sheetnames if name.startswith("表")}
    assert {"表紙", "表1-1", "表1-2", "表2-1", "表2-2"} <= tables
