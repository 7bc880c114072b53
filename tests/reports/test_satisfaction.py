"""The satisfaction workbook, read back cell by cell."""

from __future__ import annotations

import io
import random

import openpyxl
import pytest
from flask import Flask
from openpyxl.workbook import Workbook

from companion.core.access import Role
from companion.core.db import db, saved
from companion.demo.answers import municipality_answers, official_answers
from companion.periods.models import Period
from companion.reports.packs import satisfaction
from companion.reports.terms import Edition
from companion.reports.workbook import make_book
from companion.surveys.actions import close_round, open_round, record_answer_sets
from tests.kit.makers import make_official, make_period, make_team, make_user
from tests.kit.pages import Browser


def satisfaction_workbook(period: Period, edition: Edition = Edition.INTERNAL) -> bytes:
    return make_book(satisfaction.build(period, edition)).data


MINISTRIES = ("mic", "maff", "meti")


def make_programme(teams: int) -> Period:
    """So many announced teams of three."""
    period = make_period()
    for _ in range(teams):
        make_team(officials=[make_official(ministry_code=code) for code in MINISTRIES])
    return period


def answered(period: Period) -> None:
    """Both surveys answered as published, and closed."""
    chance = random.Random(1)
    given = {
        "municipality_eval": municipality_answers(chance),
        "official_eval": official_answers(chance),
    }
    for survey_id, answers in given.items():
        with saved():
            record_answer_sets(open_round(survey_id, period, by=None), answers)
            close_round(survey_id, period, by=None)


def read(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.fixture
def period(app: Flask) -> Period:
    """The first period: 60 teams, 57 and 125 answers."""
    made = make_programme(60)
    answered(made)
    return made


def test_the_published_tables_come_out(period: Period) -> None:
    data = satisfaction_workbook(period)
    assert satisfaction_workbook(period) == data, "the same data give the same bytes"
    book = read(data)
    printed = [name for name in book.sheetnames if not name.startswith("データ_")]
    assert printed == [
        "表紙",
        "目次",
        "調査概要",
        "回収状況_伴走支援自治体",
        "回収状況_地方創生支援官",
        "総括表",
        "表1-1 市町村評価",
        "表1-2 継続の必要性",
        "クロス_政策分野",
        "クロス_人口規模",
        "クロス_地域",
        "表2-1 支援官評価",
        "表2-2 評価の理由",
        "表2-3 後方支援等の評価",
        "表2-4 後方支援の項目別の有用度",
        "表2-5 平均活動時間（1か月）",
        "分野別",
        "自由記述",
        "活動実績",
        "利用上の注意",
        "符号表",
        "検算",
    ]
    sheet = book["表2-2 評価の理由"]
    assert sheet["A1"].value == "表２－２　地方創生支援官の全体評価の理由（複数回答）"
    assert sheet["A1"].font.size == 14
    assert sheet["A2"].value == (
        "対象：地方創生支援官　n=125／配布数180（回収率69.4％）　単位：人、％"
    )
    assert [sheet.cell(4, column).value for column in range(1, 5)] == [
        "No.",
        "全体評価の理由（複数回答）",
        "回答数",
        "割合",
    ]
    rows = [[sheet.cell(row, column).value for column in range(1, 5)] for row in range(5, 17)]
    assert [row[0] for row in rows] == list(range(1, 13))
    assert [row[2] for row in rows] == [116, 77, 57, 36, 28, 16, 12, 8, 6, 4, 2, 2]
    assert [row[3] for row in rows] == [row[2] / 125 for row in rows]
    assert sheet["D8"].number_format.startswith("0.0%")
    assert [sheet.cell(17, column).value for column in (2, 3, 4)] == [
        "回答数計（M.T.）",
        364,
        2.912,
    ]
    notes = [sheet.cell(row, 1).value for row in range(18, 24) if sheet.cell(row, 1).value]
    assert notes == [
        "（注１）割合は回答者数（n=125）を100％として算出。複数回答のため合計は100％を超える。",
        "（注２）割合は小数第２位を四捨五入。",
        "（注３）「市町村に評価される活動だから。」は公表資料では29.0％と記載。36÷125＝28.8％。",
    ]
    summary = {
        book["総括表"].cell(row, 1).value: book["総括表"].cell(row, 2).value for row in range(5, 20)
    }
    assert summary["伴走支援自治体　回収率"] == 57 / 60
    assert f"{summary['伴走支援自治体　全体評価']:.1f}" == "4.6"
    assert f"{summary['地方創生支援官　全体評価']:.1f}" == "4.3"
    assert summary["地方創生支援官　わからない、活用したことがない"] == 0.304


def test_numbers_are_numbers_and_only_the_check_sheet_computes(period: Period) -> None:
    book = read(satisfaction_workbook(period))
    live = {
        sheet.title
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert live == {"検算"}
    for sheet in book:
        if sheet.title.startswith(("データ_", "符号表")):
            continue
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.oddFooter.center.text == "&P／&N"
        assert sheet.oddHeader.right.text == "取扱注意"
    for name in (
        "表1-1 市町村評価",
        "表1-2 継続の必要性",
        "表2-1 支援官評価",
        "表2-2 評価の理由",
        "分野別",
    ):
        assert len(book[name]._charts) == 1, name
        assert isinstance(book[name]["C5"].value, int)
    doubts = [
        [cell.value for cell in row]
        for row in book["検算"].iter_rows(min_row=5)
        if row[3].value == "要確認"
    ]
    assert len(doubts) == 1
    assert "29.0 は n=125 では生じない（刻み0.8pt、近い値 28.8／29.6）。" in doubts[0][4]


def test_fields_are_shares_of_teams(period: Period) -> None:
    sheet = read(satisfaction_workbook(period))["分野別"]
    counted = {sheet.cell(row, 2).value: sheet.cell(row, 3).value for row in range(5, 20)}
    shares = {sheet.cell(row, 2).value: sheet.cell(row, 4).value for row in range(5, 20)}
    assert sheet["A2"].value == "対象：活動チーム　n=60　単位：チーム、％"
    assert all(shares[field] == counted[field] / 60 for field in counted)


@pytest.mark.parametrize("teams", [0, 1])
def test_a_period_without_answers_says_what_is_missing(app: Flask, teams: int) -> None:
    period = make_programme(teams)
    book = read(satisfaction_workbook(period))
    assert {"表紙", "総括表", "分野別", "検算"} <= set(book.sheetnames)
    cover = [cell.value for row in book["表紙"].iter_rows() for cell in row]
    assert "地方創生支援官アンケートは終了していません。" in cover
    told = [book["総括表"].cell(row, 7).value for row in (5, 6)]
    assert told == ["アンケートが終了していないため、結果はありません。"] * 2


def test_few_anonymous_answers_stay_hidden(app: Flask) -> None:
    period = make_programme(3)
    with saved():
        record_answer_sets(
            open_round("official_eval", period, by=None), official_answers(random.Random(1))[:9]
        )
        close_round("official_eval", period, by=None)
    sheet = read(satisfaction_workbook(period))["表2-2 評価の理由"]
    assert "n=10未満" in sheet["A2"].value
    assert {sheet.cell(row, 3).value for row in range(5, 17)} == {"x"}


def test_the_page_shows_the_tables_and_hands_the_workbook_out(app: Flask, period: Period) -> None:
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = browser.get("/2025/reports/satisfaction")
    assert page.heading == "満足度集計"
    rows = page.table("地方創生支援官の全体評価の理由（複数回答）")
    assert [row["割合"] for row in rows][:4] == ["92.8％", "61.6％", "45.6％", "28.8％"]
    assert (rows[-1]["割合"], rows[-1]["回答数"]) == ("291.2％", "364")
    form = page.form("出力する")
    answer = browser.raw("POST", "/2025/reports/satisfaction", data=form.fields)
    assert answer.status_code == 200
    assert answer.data == satisfaction_workbook(db.session.get_one(Period, period.id))


def test_an_auditor_looks_but_does_not_take_away(app: Flask, period: Period) -> None:
    browser = Browser(app).sign_in_as(make_user(Role.AUDITOR))
    page = browser.get("/2025/reports/fields")
    assert page.buttons == []
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    assert browser.post("/2025/reports/fields", {"csrf_token": token}).status == 404
