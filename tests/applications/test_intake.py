"""Taking lists in: upload, preview, confirm; and the lists of applicants as each role sees them."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from companion.applications.actions import apply_plan, plan_import, refused_workbook, summary
from companion.applications.models import Challenge, Official
from companion.core.access import Role
from companion.core.db import db, saved
from companion.periods.models import Period
from tests.kit.makers import (
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_user,
)
from tests.kit.pages import Browser, Page, count_queries
from tests.kit.workbooks import OFFICIALS, TOWNS, challenge_list, code_list, official_list

KINDS: dict[str, Callable[[], bytes]] = {
    "codes": code_list,
    "challenges": challenge_list,
    "officials": official_list,
}


@pytest.fixture
def period(app: Flask) -> Period:
    return make_period()


def take(kind: str, data: bytes, period: Period) -> dict[str, object]:
    with saved():
        plan = plan_import(kind, data, f"{kind}.xlsx", period=period)
        apply_plan(plan, by=None)
        return summary(plan)


def counts(result: dict[str, object]) -> tuple[object, object, object]:
    return result["created"], result["updated"], result["unchanged"]


def stored(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def changed(data: bytes, old: str, new: str) -> bytes:
    """The same workbook with one cell's text replaced."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    hits = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value == old]
    assert hits, old
    hits[0].value = new
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_the_same_file_twice_changes_nothing(period: Period) -> None:
    expected = {"codes": len(TOWNS), "challenges": len(TOWNS), "officials": OFFICIALS}
    for kind, count in expected.items():
        assert counts(take(kind, KINDS[kind](), period)) == (count, 0, 0)
    versions = db.session.scalars(select(Challenge.version)).all()
    for kind, count in expected.items():
        assert counts(take(kind, KINDS[kind](), period)) == (0, 0, count)
    assert db.session.scalars(select(Challenge.version)).all() == versions


def test_a_changed_row_updates_the_same_record(period: Period) -> None:
    take("codes", code_list(), period)
    take("challenges", challenge_list(), period)
    before = {row.lg_code: row.public_id for row in db.session.scalars(select(Challenge))}
    data = changed(challenge_list(), "②産業振興", "①観光、④まちづくり")
    with saved():
        plan = plan_import("challenges", data, "again.xlsx", period=period)
        (entry,) = plan.updated
        assert [(c.label, c.before, c.after) for c in entry.changes] == [
            ("政策分野", "産業振興", "観光、まちづくり")
        ]
        apply_plan(plan, by=None)
    after = {row.lg_code: row.public_id for row in db.session.scalars(select(Challenge))}
    assert after == before
    row = db.session.scalars(select(Challenge).where(Challenge.lg_code == entry.key)).one()
    assert [field.field_code for field in row.fields] == ["tourism", "townplanning"]


def test_refused_rows_come_back_red_with_the_remedy(period: Period) -> None:
    take("codes", code_list(), period)
    data = challenge_list(wrong=True)
    plan = plan_import("challenges", data, "wrong.xlsx", period=period)
    told = summary(plan)
    assert counts(told) == (len(TOWNS), 0, 0)
    assert told["refused"]
    for fault in told["refused"]:
        assert set(fault) == {"sheet", "row", "column", "value", "message"}
        assert fault["message"].endswith("。")
    book = openpyxl.load_workbook(io.BytesIO(refused_workbook(data, plan)))
    marked = [c for s in book for row in s.iter_rows() for c in row if c.comment is not None]
    assert {c.row for c in marked} == {fault["row"] for fault in told["refused"]}
    assert {c.fill.fill_type for c in marked} == {"solid"}
    assert any(told["refused"][0]["message"] in c.comment.text for c in marked)


def upload(browser: Browser, kind: str, data: bytes, name: str = "list.xlsx") -> Page:
    page = browser.get("/2025/imports")
    return page.submit("内容を確認する", kind=kind, file=(name, data))


@pytest.fixture
def coordinator(app: Flask, period: Period) -> Browser:
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def test_many_contacts_come_back_to_who_took_them_in_only(
    app: Flask, coordinator: Browser, period: Period, monkeypatch: pytest.MonkeyPatch
) -> None:
    take("codes", code_list(), period)
    monkeypatch.setitem(app.config, "CONTACTS_EXPORTED_PER_HOUR", 2)
    page = upload(coordinator, "challenges", challenge_list(wrong=True))
    assert coordinator.raw("GET", f"{page.path}/refused").data[:2] == b"PK"
    other = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    refused = other.raw("GET", f"{page.path}/refused")
    assert refused.status_code == 409
    assert "取り込んだ人だけが受け取れます" in refused.get_data(as_text=True)


def test_nothing_is_written_before_it_was_seen(coordinator: Browser) -> None:
    upload(coordinator, "codes", code_list()).submit("この内容で取り込む")
    page = upload(coordinator, "challenges", challenge_list(wrong=True))
    assert page.heading == "市町村応募一覧の確認"
    assert page.facts["新規"].startswith(str(len(TOWNS)))
    assert stored(Challenge) == 0
    done = page.submit("この内容で取り込む")
    assert stored(Challenge) == len(TOWNS)
    assert "市町村応募一覧を取り込みました。" in done.notices[0]
    page.submit("この内容で取り込む")  # pressed once more
    assert stored(Challenge) == len(TOWNS)
    marked = done.follow("印を付けたExcelをダウンロード")
    assert marked.status == 200


def test_a_change_is_shown_with_both_values(coordinator: Browser) -> None:
    upload(coordinator, "codes", code_list()).submit("この内容で取り込む")
    upload(coordinator, "challenges", challenge_list()).submit("この内容で取り込む")
    page = upload(coordinator, "challenges", changed(challenge_list(), "8,000", "7,500"))
    assert [change["このファイル"] for change in page.table("変更 1件")] == ["7,500"]
    assert page.texts("del") == ["8,000"]
    page.submit("取りやめる")
    populations = db.session.scalars(select(Challenge.population)).all()
    assert 7500 not in populations


def test_records_that_changed_meanwhile_are_shown_again(coordinator: Browser) -> None:
    upload(coordinator, "codes", code_list()).submit("この内容で取り込む")
    upload(coordinator, "challenges", challenge_list()).submit("この内容で取り込む")
    page = upload(coordinator, "challenges", changed(challenge_list(), "8,000", "7,500"))
    with saved():
        row = db.session.scalars(select(Challenge).where(Challenge.population == 8000)).one()
        row.population = 7999
    again = page.submit("この内容で取り込む")
    assert "登録内容が変わりました。もう一度確認してください。" in again.notices[0]
    assert again.texts("del") == ["7,999"]
    again.submit("この内容で取り込む")
    assert 7500 in db.session.scalars(select(Challenge.population)).all()


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("challenges", b"no workbook at all", "Excelブック（.xlsx）ではありません。"),
        ("challenges", challenge_list(), "先に団体コード一覧を取り込んでください。"),
        ("codes", challenge_list(), "団体コード一覧"),
        ("officials", b"", "ファイルが空です。"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_in_a_sentence(
    coordinator: Browser, kind: str, data: bytes, words: str
) -> None:
    page = upload(coordinator, kind, data)
    assert page.status == 422
    assert len(page.errors) == 1
    assert words in page.errors[0]
    assert stored(Challenge) == stored(Official) == 0


def test_empty_lists_can_be_taken_away(coordinator: Browser) -> None:
    page = coordinator.get("/2025/imports")
    for name in ("市町村応募一覧の様式（Excel）", "応募者名簿の様式（Excel）"):
        data = coordinator.raw("GET", page.links[name]).data
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        assert sheet.data_validations.dataValidation


def test_lists_filter_sort_and_say_how_many(app: Flask, coordinator: Browser) -> None:
    for name, prefecture, field, population in (
        ("あさひ見本町", "20", "tourism", 3_000),
        ("いわい見本町", "40", "industry", 120_000),
        ("うみの見本町", "20", "industry", 9_000),
    ):
        make_challenge(
            make_municipality(name, prefecture_code=prefecture),
            fields=(field,),
            population=population,
        )
    page = coordinator.get("/2025/challenges?field=industry&sort=-population")
    rows = page.table("3件中2件")
    assert [row["市町村"] for row in rows] == ["福岡県いわい見本町", "長野県うみの見本町"]
    assert "上限以上" in page.text("table")
    assert coordinator.get("/2025/challenges?prefecture=01").text("tbody") == (
        "条件に合う課題はありません。"
    )
    assert coordinator.get("/2025/challenges?sort=;drop&field=%27").status == 200


def test_each_role_reads_its_own_applicants(app: Flask, period: Period) -> None:
    near = make_challenge(make_municipality("あさひ見本町", prefecture_code="20"))
    far = make_challenge(make_municipality("いわい見本町", prefecture_code="40"))
    one = make_official("青山 一", ministry_code="mlit")
    make_official("石橋 二", ministry_code="maff")

    def towns(role: Role, **scope: object) -> tuple[Browser, list[str]]:
        browser = Browser(app).sign_in_as(make_user(role, **scope))
        tables = browser.get("/2025/challenges").tables
        return browser, [row["市町村"] for rows in tables.values() for row in rows]

    prefecture, seen = towns(Role.PREFECTURE, prefecture_code="20")
    assert seen == ["長野県あさひ見本町"]
    assert prefecture.get(f"/challenges/{far.public_id}").status == 404
    town, seen = towns(Role.MUNICIPALITY, municipality=far.municipality)
    assert seen == ["福岡県いわい見本町"]
    assert town.get(f"/challenges/{near.public_id}").status == 404
    assert far.contact_phone in town.get(f"/challenges/{far.public_id}").text()
    auditor, seen = towns(Role.AUDITOR)
    assert len(seen) == 2
    assert near.contact_phone not in auditor.get(f"/challenges/{near.public_id}").text()
    assert one.email not in auditor.get(f"/officials/{one.public_id}").text()
    ministry = Browser(app).sign_in_as(make_user(Role.MINISTRY, ministry_code="mlit"))
    assert [row["氏名"] for row in ministry.get("/2025/officials").table()] == ["青山 一"]


def test_lists_ask_the_database_a_fixed_number_of_times(app: Flask, coordinator: Browser) -> None:
    for path, most in (("/2025/challenges", 8), ("/2025/officials", 10)):
        make_challenge()
        make_official()
        with count_queries() as few:
            coordinator.get(path)
        for _ in range(5):
            make_challenge()
            make_official()
        with count_queries() as more:
            coordinator.get(path)
        assert len(few) == len(more) <= most, path
