"""Every pack read back: opens whatever stands in the data, types are right, nothing computes."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from openpyxl.cell.cell import Cell
from openpyxl.utils import quote_sheetname, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from pptx import Presentation

from companion.core import clock
from companion.core.access import Role
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.core.jobs import Job, run_next
from companion.core.text import forbidden_in
from companion.periods.models import Period
from companion.reports.actions import Wanted, build_report, kept, make_export
from companion.reports.files import make_file
from companion.reports.items import figure, vocabulary
from companion.reports.models import ReportExport
from companion.reports.packs import PACKS
from companion.reports.tables import Column, DataSheet, Report
from companion.reports.terms import Edition, FileType
from companion.reports.workbook import make_book
from tests.kit.makers import (
    make_activity,
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_team,
    make_user,
)
from tests.kit.pages import Browser
from tests.reports.test_satisfaction import answered, make_programme

HOSTILE = '=HYPERLINK("http://x.example","y")\x0b +1 𠮷野家 髙橋 葛\U000e0100城'
ALL = [(pack.id, edition) for pack in PACKS.values() for edition in pack.editions]


def empty() -> Period:
    return make_period()


def one_team() -> Period:
    make_activity(make_team())
    return make_period()


def two_of_one_name() -> Period:
    for prefecture in ("20", "30"):
        make_team(make_challenge(make_municipality("美郷町", prefecture_code=prefecture)))
    return make_period()


def hostile() -> Period:
    for start in ("=1+1 ", "+", "-", "@", ""):
        challenge = make_challenge(
            title=start + HOSTILE, present_state=HOSTILE, division="=cmd|' /C calc'!A0"
        )
        members = [make_official(start + "髙橋 𠮷男", post="=A1") for _ in range(3)]
        make_activity(make_team(challenge, members), title=start + HOSTILE)
    period = make_period()
    with saved():
        period.name = "令和7年度[案]:*?/\\"[:20]
    return period


def unanswered() -> Period:
    period = make_programme(2)
    answered_by_nobody(period)
    return period


def answered_by_nobody(period: Period) -> None:
    from companion.surveys.actions import close_round, open_round

    for survey_id in ("municipality_eval", "official_eval"):
        with saved():
            open_round(survey_id, period, by=None)
            close_round(survey_id, period, by=None)


def full() -> Period:
    period = make_programme(60)
    answered(period)
    return period


def book_of(period: Period, pack: str, edition: Edition) -> Workbook:
    report = build_report(period, Wanted(pack, edition))
    data = make_book(report).data
    assert make_book(build_report(period, Wanted(pack, edition))).data == data
    return openpyxl.load_workbook(io.BytesIO(data))


# state → what the cover of each report must say is missing there (reports not named: nothing asked)
NO_TEAMS = "公表したチームがまだありません。"
MISSING: dict[Callable[[], Period], dict[str, str]] = {
    empty: {
        "applications": "市町村の応募がまだありません。",
        "teams": NO_TEAMS,
        "fields": NO_TEAMS,
        "ministries": NO_TEAMS,
        "activities": NO_TEAMS,
        "satisfaction": "伴走支援自治体アンケートは終了していません。",
        "matching": "マッチングがまだ実行されていません。",
        "contacts": NO_TEAMS,
        "sessions": NO_TEAMS,
        "comparison": "比べる期がまだありません（登録済みは1期だけです）。",
        "onepage": NO_TEAMS,
        "consultations": "相談カルテはまだ届いていません。",
    },
    one_team: {"satisfaction": "地方創生支援官アンケートは終了していません。"},
    two_of_one_name: {"activities": "実施した会議・訪問の記録がまだありません。"},
    hostile: {},
    unanswered: {"satisfaction": "地方創生支援官アンケートの回答がありません。"},
}


@pytest.mark.parametrize("make", MISSING, ids=lambda make: make.__name__)
def test_every_pack_opens_and_says_what_is_missing(app: Flask, make: Callable[[], Period]) -> None:
    period = make()
    for pack, edition in ALL:
        book = book_of(period, pack, edition)
        where = f"{pack} {edition}"
        assert book.sheetnames[:2] == ["表紙", "目次"], where
        assert book.sheetnames[-1] == "検算", where
        for sheet in book:
            assert len(sheet.title) <= 31
            for cell in cells_of(sheet):
                assert cell.data_type != "f" or sheet.title == "検算", f"{where} {cell}"
                assert not (isinstance(cell.value, str) and forbidden_in(cell.value)), where
        said = [cell.value for cell in cells_of(book["表紙"])]
        if pack in MISSING[make]:
            assert MISSING[make][pack] in said, where
        # A template can ask for every item of a report, whatever stands in the data.
        words = vocabulary(build_report(period, Wanted(pack, edition)))
        assert all(figure(one.value, one.style) for one in words.singles), where


def cells_of(sheet: Worksheet) -> Iterator[Cell]:
    return (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)


def test_rare_characters_and_two_towns_of_one_name_stay_apart(app: Flask) -> None:
    book = book_of(hostile(), "contacts", Edition.INTERNAL)
    names = [str(cell.value) for cell in cells_of(book["支援官の連絡先"])]
    assert any(name.startswith("=1+1") and "髙橋 𠮷男" in name for name in names)
    book = book_of(hostile(), "teams", Edition.INTERNAL)
    themes = " ".join(str(cell.value) for cell in cells_of(book["チーム一覧"]))
    assert "葛\U000e0100城" in themes
    assert "\x0b" not in themes


def test_two_towns_of_one_name_are_told_by_prefecture(app: Flask) -> None:
    report = build_report(two_of_one_name(), Wanted("teams"))
    assert [row[2:4] for row in report.tables[0].rows] == [
        ("長野県", "美郷町"),
        ("和歌山県", "美郷町"),
    ]
    words = vocabulary(build_report(make_period(), Wanted("activities")))
    assert words.find("活動_チーム別.美郷町.現地訪問") is None, "nobody could tell which"


def test_odd_titles_of_sheets_are_cut_and_told_apart(app: Flask) -> None:
    report = build_report(make_period(), Wanted("fields"))
    title = "年度[案]の:分野*別?集/計\\" + "あ" * 40
    sheets = tuple(replace(report.sheets[0], name=title + end) for end in ("一", "二", "三"))
    data = tuple(
        DataSheet(f"データ_{title}{end}", (Column("a", "語"),), [("い",)]) for end in "一二"
    )
    book = openpyxl.load_workbook(
        io.BytesIO(make_book(replace(report, sheets=sheets, data=data)).data)
    )
    odd = [name for name in book.sheetnames if "年度" in name]
    assert len(odd) == len(set(odd)) == 5
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in odd)
    links = [cell.hyperlink.location for cell in cells_of(book["目次"]) if cell.hyperlink]
    assert [link.rpartition("!")[0].strip("'") for link in links] == odd[:3]


PLAIN_NUMBER = re.compile(r"[-+－＋]?[\d０-９][\d,]*(?:\.\d+)?[%％]?")
# Digits that are names: codes, telephone numbers, versions; in データ_回答 every answer is a code.
NAMES_IN_DIGITS = re.compile("コード|番号|電話|版|年月|符号|記号")


def test_every_pack_read_back(app: Flask) -> None:
    period = full()
    drawn = 0
    for pack, edition in ALL:
        report = build_report(period, Wanted(pack, edition))
        book = openpyxl.load_workbook(io.BytesIO(make_book(report).data))
        check_types_and_print_set_up(book, report)
        check_sums_and_bases(book, report)
        drawn += check_charts(book, report)
    assert drawn > 20


def check_types_and_print_set_up(book: Workbook, report: Report) -> None:
    edition, pack = report.edition, report.pack
    for sheet in book:
        where = f"{pack} {edition} {sheet.title}"
        is_data = sheet.title.startswith("データ_") or sheet.title == "符号表"
        if is_data:
            headings = [cell.value for cell in sheet[1]]
            assert len(set(headings)) == len(headings), where
            assert None not in headings
            assert not sheet.merged_cells.ranges
            for column in sheet.iter_cols(min_row=2):
                kinds = {cell.data_type for cell in column if cell.value is not None}
                assert len(kinds) <= 1, f"{where} {column[0].column_letter} {kinds}"
        assert sheet.oddHeader.right.text == edition.classification, where
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.oddFooter.center.text == "&P／&N"
        if not sheet.title.startswith("データ_回答"):
            for cell, heading in under_headings(sheet, is_data=is_data):
                assert not is_number_as_text(cell, heading), f"{where} {cell} {cell.value}"


def under_headings(sheet: Worksheet, *, is_data: bool) -> Iterator[tuple[Cell, str]]:
    """Every cell of a table with the words of its heading."""
    headings: dict[int, str] = {}
    for row in sheet.iter_rows():
        for cell in row:
            is_heading = cell.row == 1 if is_data else cell.style == "c_heading"
            if is_heading:
                headings[cell.column] = str(cell.value)
            elif cell.value is not None:
                yield cell, headings.get(cell.column, "")


def is_number_as_text(cell: Cell, heading: str) -> bool:
    is_digits = cell.data_type == "s" and PLAIN_NUMBER.fullmatch(str(cell.value))
    # The choices of a scale are called 「4」: labels, not figures.
    is_label = cell.style == "c_text" or heading in {"選択肢", "項目コード", "区分"}
    return bool(is_digits) and not is_label and not NAMES_IN_DIGITS.search(heading)


def check_charts(book: Workbook, report: Report) -> int:
    """Every chart draws the rows of its table; returns how many series there are."""
    drawn = 0
    wanted = sum(1 for t in report.tables if t.chart and t.rows)
    assert sum(len(sheet._charts) for sheet in book) == wanted, report.pack
    for sheet in book:
        for chart in sheet._charts:
            for series in chart.series:
                drawn += 1
                labels, values = series.cat.numRef or series.cat.strRef, series.val.numRef
                rows = [reference.f.rpartition("!")[2] for reference in (labels, values)]
                assert {reference.f.rpartition("!")[0] for reference in (labels, values)} == {
                    quote_sheetname(sheet.title)
                }
                (_, first, _, last), (_, top, _, bottom) = map(range_boundaries, rows)
                assert (first, last) == (top, bottom)
                column = range_boundaries(rows[1])[0]
                held = [sheet.cell(row, column).value for row in range(top, bottom + 1)]
                assert all(isinstance(value, int | float | str) for value in held)
                assert sheet.cell(top - 1, column).style == "c_heading"
    return drawn


def check_sums_and_bases(book: Workbook, report: Report) -> None:
    """目次 names every table with its base; every sum of 検算 comes out from the cells."""
    contents = list(book["目次"].iter_rows(min_row=4, values_only=True))
    assert [(row[1], row[3]) for row in contents] == [
        (table.title, "－" if table.n is None else table.n) for table in report.tables
    ], report.pack
    assert {row[2] for row in contents} <= set(book.sheetnames)
    for name, expected, formula, *_ in book["検算"].iter_rows(min_row=5, values_only=True):
        if isinstance(formula, str) and formula.startswith("=SUM("):
            place, _, span = formula[5:-1].rpartition("!")
            left, first, _, last = range_boundaries(span)
            sheet = book[place.strip("'").replace("''", "'")]
            values = [sheet.cell(row, left).value for row in range(first, last + 1)]
            numbers = [value for value in values if isinstance(value, int | float)]
            assert abs(sum(numbers) - expected) < 1e-6, f"{report.pack} {name}"


def test_sums_and_shares_of_the_packs_hold(app: Flask) -> None:
    period = full()
    for pack in PACKS.values():
        report = build_report(period, Wanted(pack.id, pack.editions[0]))
        for table in report.tables:
            if table.total is None:
                continue
            for index, column in table.printed:
                total = table.total[index]
                if column.style in {"count", "hours"} and isinstance(total, int):
                    whole = sum(row[index] for row in table.rows if not isinstance(row[index], str))
                    assert whole == total, f"{pack.id} {table.key} {column.label}"


def test_csv_json_and_what_cp932_cannot_hold(app: Flask) -> None:
    period = hostile()
    report = build_report(period, Wanted("teams"))
    for file_type in (FileType.CSV, FileType.CSV_CP932):
        data = make_file(report, file_type).data
        assert make_file(report, file_type).data == data
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            raw = archive.read("データ_チーム一覧.csv")
            if file_type is FileType.CSV:
                assert raw.startswith(b"\xef\xbb\xbf")
                assert "'=1+1" in raw.decode("utf-8-sig")
            else:
                assert "〓" in raw.decode("cp932")
                lost = archive.read("変換できない文字.txt").decode("utf-8-sig")
                assert "𠮷（U+20BB7）" in lost
    made = json.loads(make_file(report, FileType.JSON).data)
    assert made["sheets"][0]["columns"][-1] == "記号"


def test_slides_carry_native_charts(app: Flask) -> None:
    period = full()
    report = build_report(period, Wanted("satisfaction", file_type=FileType.PPTX))
    data = make_file(report, FileType.PPTX).data
    assert make_file(report, FileType.PPTX).data == data
    deck = Presentation(io.BytesIO(data))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 4
    reasons = charts[-1].plots[0]
    assert [round(value * 125) for value in reasons.series[0].values][:4] == [116, 77, 57, 36]


def test_an_export_is_kept_with_its_hash_and_who(app: Flask) -> None:
    make_team()
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = browser.get("/2025/reports/teams")
    answer = browser.raw("POST", "/2025/reports/teams", data=page.form("出力する").fields)
    export = db.session.scalars(db.select(ReportExport)).one()
    assert kept(export) == answer.data
    rows = browser.get("/2025/reports/history").table("出力したファイル（新しい順）")
    assert rows[0]["SHA-256"] == export.sha256[:16]
    again = browser.raw("GET", f"/exports/{export.public_id}/file")
    assert again.data == answer.data


def test_a_long_report_is_made_in_the_background(app: Flask) -> None:
    make_activity(make_team())
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = browser.get("/2025/reports/activities")
    answer = browser.raw("POST", "/2025/reports/activities", data=page.form("出力する").fields)
    assert answer.status_code == 303
    assert run_next()
    job = db.session.scalars(db.select(Job)).one()
    assert job.state.value == "done", job.message
    assert browser.get(str(job.done_url)).heading == "活動実績のファイル"


def test_more_than_a_hundred_contacts_need_a_second_person(app: Flask) -> None:
    make_programme(26)
    first, second = make_user(Role.COORDINATOR), make_user(Role.COORDINATOR)
    browser = Browser(app).sign_in_as(first)
    form = browser.get("/2025/reports/contacts").form("出力する")
    refused = browser.raw("POST", "/2025/reports/contacts", data=form.fields)
    assert refused.status_code == 422
    asked = browser.raw(
        "POST", "/2025/reports/contacts", data=form.fill({"reason": "緊急連絡網のため"})[0]
    )
    assert asked.status_code == 303
    assert db.session.scalars(db.select(ReportExport)).all() == []
    other = Browser(app).sign_in_as(second)
    page = other.get(asked.headers["Location"])
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    done = other.raw(
        "POST", asked.headers["Location"], data={"csrf_token": token, "act": "approve"}
    )
    assert done.headers["Location"].startswith("/exports/")
    lines = db.session.scalars(
        db.select(AuditLine).where(AuditLine.action == "report.export")
    ).all()
    assert [(line.detail["people"], len(line.detail["sha256"])) for line in lines] == [(104, 64)]
    assert "多くの連絡先の出力" in " ".join(browser.get("/").notices)
    taken = done.headers["Location"] + "/file"
    assert browser.raw("GET", taken).data[:2] == b"PK"
    assert other.raw("GET", taken).data[:2] == b"PK"
    third = Browser(app).sign_in_as(make_user(Role.COORDINATOR)).raw("GET", taken)
    assert third.status_code == 409
    assert "依頼した人と承認した人だけ" in third.get_data(as_text=True)


def test_many_contacts_in_one_hour_need_a_second_person_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_programme(2)
    monkeypatch.setitem(app.config, "CONTACTS_EXPORTED_PER_HOUR", 12)
    user = make_user(Role.COORDINATOR)
    browser = Browser(app).sign_in_as(user)

    def taken() -> int:
        form = browser.get("/2025/reports/contacts").form("出力する")
        return browser.raw("POST", "/2025/reports/contacts", data=form.fields).status_code

    assert [taken(), taken()] == [200, 422], "8 persons, then 16"
    made = db.session.scalars(db.select(ReportExport)).one()
    again = browser.raw("GET", f"/exports/{made.public_id}/file")
    assert again.status_code == 200, "the same file counts once"
    with clock.held(clock.now() + dt.timedelta(minutes=61)):
        browser = Browser(app).sign_in_as(user)
        assert taken() == 200


def test_a_figure_leads_to_its_rows(app: Flask) -> None:
    team = make_team()
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = browser.get("/2025/reports/fields/rows?table=分野別&row=0")
    assert page.table("1件")[0]["団体"] == team.challenge.municipality.full_name
    svg = browser.raw("GET", "/2025/reports/fields/chart.svg?table=分野別")
    assert svg.mimetype == "image/svg+xml"
    assert b"<title>" in svg.data


@pytest.mark.sqlite_only
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
def test_libreoffice_turns_every_pack_into_a_pdf(app: Flask, tmp_path: Path) -> None:
    period = full()
    for pack in PACKS:
        _, data = make_export(period, Wanted(pack), by=None, origin="例")
        (tmp_path / f"{pack}.xlsx").write_bytes(data)
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"),
            *("--convert-to", "pdf", "--outdir", str(tmp_path)),
            *(str(path) for path in sorted(tmp_path.glob("*.xlsx"))),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    assert {path.stem for path in tmp_path.glob("*.pdf")} == set(PACKS)
