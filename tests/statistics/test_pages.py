"""The 統計指標: taken in by coordinators after a preview, read by everybody, never judged."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from companion.core.access import Role
from companion.core.db import db
from companion.core.jobs import run_next
from companion.places.models import Municipality
from companion.statistics.models import StatisticMedian, StatisticValue
from tests.kit.makers import make_challenge, make_municipality, make_period, make_team, make_user
from tests.kit.pages import Browser, Page, count_queries
from tests.kit.workbooks import figure_list

HERE = "/2025/statistics/import"


@pytest.fixture
def towns(app: Flask) -> list[Municipality]:
    make_period()
    return [make_municipality(prefecture_code=code) for code in ("20", "20", "20", "21")]


@pytest.fixture
def boss(app: Flask, towns: list[Municipality]) -> Browser:
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def listed(towns: list[Municipality], *rows: list[Any]) -> bytes:
    return figure_list({town.lg_code: row for town, row in zip(towns, rows, strict=False)})


ROWS = ([100, 30.5], [200, 20], [400, "x"], [1_000, 40.25])


def sent(boss: Browser, data: bytes) -> Page:
    job = boss.get(HERE).submit("内容を確認する", file=("統計.xlsx", data))
    assert run_next()
    return boss.get(job.path)


def taken(boss: Browser, data: bytes) -> Page:
    job = sent(boss, data).submit("この内容で取り込む")
    assert run_next()
    return boss.get(job.path)


def last(page: Page) -> list[str]:
    """The last column of the table, whose heading says how it is sorted."""
    return [list(row.values())[-1] for row in page.table()]


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(StatisticValue)) or 0


def test_a_list_is_previewed_and_taken_in_and_the_same_again_changes_nothing(
    boss: Browser, towns: list[Municipality]
) -> None:
    preview = sent(boss, listed(towns, *ROWS))
    assert preview.facts["新しい値"] == "7"
    assert count() == 0, "nothing is stored before it was confirmed"
    (people, share) = preview.table("指標ごとの件数")
    assert (people["指標"], people["年"], people["新しい値"]) == (
        "人口（人） 新しい指標",
        "2020",
        "4",
    )
    assert share["新しい値"] == "3"
    job = preview.submit("この内容で取り込む")
    assert run_next()
    assert "取込済み" in boss.get(job.path).text()
    assert count() == 7
    again = sent(boss, listed(towns, *ROWS))
    assert "取り込む変更はありません" in again.text()
    assert again.buttons == ["取りやめる"]
    changed = taken(boss, listed(towns, [150, None]))
    assert changed.facts["変わる値"] == "1"
    assert changed.facts["変更なし"] == "0"
    assert count() == 7, "a blank cell leaves what is stored"
    of_prefecture = select(StatisticMedian.n, StatisticMedian.median).where(
        StatisticMedian.year == 2020, StatisticMedian.prefecture_code == "20"
    )
    assert sorted(db.session.execute(of_prefecture).all()) == [(2, 25.25), (3, 200.0)]


def test_what_was_previewed_is_what_is_taken(boss: Browser, towns: list[Municipality]) -> None:
    first = sent(boss, listed(towns, *ROWS))
    taken(boss, listed(towns, [999, 1]))
    job = first.submit("この内容で取り込む")
    assert run_next()
    again = boss.get(job.path)
    assert "登録済みの内容が変わりました" in again.text()
    assert (again.facts["新しい値"], again.facts["変わる値"]) == ("5", "2")
    assert count() == 2


def test_what_was_called_off_before_its_turn_is_not_taken_in(
    boss: Browser, towns: list[Municipality]
) -> None:
    preview = sent(boss, listed(towns, *ROWS))
    job = preview.submit("この内容で取り込む")
    again = preview.submit("この内容で取り込む")
    assert again.path == job.path, "ten clicks make one piece of work"
    waiting = boss.get(preview.path)
    assert "処理しています" in waiting.text()
    waiting.submit("取りやめる")
    assert run_next()
    assert not run_next()
    assert count() == 0
    assert "取りやめました" in boss.get(preview.path).text()


def test_faults_are_shown_with_sheet_row_and_column_and_nothing_is_lost(
    boss: Browser, towns: list[Municipality]
) -> None:
    data = figure_list({towns[0].lg_code: ["多い", 3], "999999": [1, 1]})
    page = sent(boss, data)
    faults = page.table("取り込めない箇所")
    assert "C列「人口」" in faults[0]["場所"]
    assert "数として読めません" in faults[0]["理由と直し方"]
    assert "A列「団体コード」" in faults[1]["場所"]
    assert page.facts["新しい値"] == "1"
    assert "取りやめました" in page.submit("取りやめる").notices[0]
    assert count() == 0
    no_list = sent(boss, figure_list({}, heads=[("人口", "人", "いつか")]))
    assert "年のある指標の列がありません" in no_list.text()
    assert no_list.buttons == []
    refused = boss.get(HERE).submit("内容を確認する", file=("統計.xlsx", b"nothing"))
    assert any("Excelブック" in error for error in refused.errors)


def test_a_place_stands_beside_the_medians_with_how_many_they_are_of(
    app: Flask, boss: Browser, towns: list[Municipality]
) -> None:
    team = make_team(make_challenge(towns[0]))
    reader = Browser(app).sign_in_as(make_user(Role.MUNICIPALITY, municipality=towns[0]))
    empty = reader.get(f"/teams/{team.public_id}").follow(f"{towns[0].full_name}の統計指標")
    assert "まだありません" in empty.text()
    assert "まだ取り込まれていません" in reader.get("/statistics").text()
    taken(boss, listed(towns, *ROWS))
    page = reader.get("/statistics").follow(f"{towns[0].full_name}の統計指標")
    (people, _) = page.table()
    assert people[towns[0].name] == "100"
    assert people["長野県の中央値"] == "200n=3"
    assert people["全国の中央値"] == "300n=4"
    assert "良し悪しを示すものではありません" in page.text()
    assert "href" in str(page.main.select_one("a[href$='/workbook']"))
    answer = reader.raw("GET", f"/places/{towns[0].lg_code}/workbook")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).worksheets[0]
    assert [cell.value for cell in sheet[5]][:6] == ["S001", "人口", "人", "2020", 100, 200]
    assert reader.get("/places/999999").status == 404


def test_a_statistic_is_sorted_filtered_and_taken_along(
    app: Flask, boss: Browser, towns: list[Municipality]
) -> None:
    taken(boss, listed(towns, *ROWS))
    for role in Role:
        values = {"municipality": towns[0]} if role is Role.MUNICIPALITY else {}
        page = Browser(app).sign_in_as(make_user(role, **values)).get("/statistics").follow("人口")
        assert page.heading == "人口（人）"
    shown = page.follow("人口（人）")
    assert last(shown) == ["100", "200", "400", "1,000"]
    down = shown.follow("人口（人）▲")
    assert last(down)[0] == "1,000"
    near = boss.get(page.path + "?prefecture=20&sort=-value")
    assert last(near) == ["400", "200", "100"]
    assert near.facts["長野県の中央値"] == "200n=3"
    assert "県の2020年の値はありません" in boss.get(page.path + "?prefecture=30").text()
    assert boss.get(page.path + "?year=1900&prefecture=zz&sort=zz&page=99").status == 200
    csv = boss.raw("GET", page.path + "/csv?prefecture=21").get_data().decode("utf-8-sig")
    assert csv.splitlines()[0] == "団体コード,都道府県,市町村,年,人口（人）"
    assert csv.splitlines()[1].endswith(",2020,1000")
    book = boss.raw("GET", page.path + "/workbook").get_data()
    assert openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]["E8"].value == 1000


def test_a_municipality_is_found_by_a_part_of_its_name(
    boss: Browser, towns: list[Municipality]
) -> None:
    found = boss.get("/statistics", {"q": towns[1].name[:4]})
    assert towns[1].full_name in found.links
    assert "見つかりません" in boss.get("/statistics", {"q": "どこにもない"}).text()


def test_fifty_stand_on_a_page_and_lists_ask_as_often_for_many(
    boss: Browser, towns: list[Municipality]
) -> None:
    paths = ["/statistics", f"/places/{towns[0].lg_code}"]
    counts: list[int] = []
    for number in (1, 60):
        towns += [make_municipality(prefecture_code="20") for _ in range(number)]
        heads = [(f"指標{n}", "人", 2020) for n in range(number)]
        values = {town.lg_code: [7] * number for town in towns}
        job = boss.get(HERE).submit(
            "内容を確認する", file=("統計.xlsx", figure_list(values, heads))
        )
        assert run_next()
        boss.get(job.path).submit("この内容で取り込む")
        assert run_next()
        one = boss.get("/statistics").follow("指標0")
        for path in (*paths, one.path):
            boss.get(path)
            with count_queries() as queries:
                boss.get(path)
            counts.append(len(queries))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 10, counts
    assert len(one.table()) == 50
    assert len(one.follow("次へ").table()) == 15
    assert one.follow("次へ").path.startswith("/statistics/")


def test_the_template_is_read_back(boss: Browser, towns: list[Municipality]) -> None:
    data = boss.raw("GET", "/2025/statistics/template").get_data()
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    sheet["D7"] = 123
    out = io.BytesIO()
    book.save(out)
    page = sent(boss, out.getvalue())
    assert page.facts["新しい値"] == "1"
    assert page.facts["取り込めない箇所"] == "0"
