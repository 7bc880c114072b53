"""Templates of the office: what is told beforehand, and that filling loses nothing."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from flask import Flask
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from PIL import Image as Picture

from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.core.jobs import Job, run_next
from companion.core.sheets.filling import look_into
from companion.periods.models import Period
from companion.reports.actions import Wanted, build_report
from companion.reports.models import ReportExport, ReportTemplate
from companion.reports.tables import Column, DataSheet
from companion.reports.templating import MOST_RECORDS, add_template, fill_template
from tests.kit.makers import (
    make_activity,
    make_challenge,
    make_municipality,
    make_period,
    make_team,
    make_user,
)
from tests.kit.pages import Browser, Page

SHEET = "名 簿"
HOSTILE = '=HYPERLINK("http://x.example","y") 𠮷'


def office_form() -> bytes:
    """A form as offices make them: everything that must outlive the filling."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet["A1"] = "《期》　支援チーム（《チーム一覧.n》チーム）"
    sheet["A1"].font = Font(name="ＭＳ 明朝", bold=True, size=18, color="FF0000")
    sheet.merge_cells("A1:F1")
    for letter, words in zip(
        "ABCDEF", ("順", "都道府県", "市町村", "人口", "テーマ", ""), strict=True
    ):
        sheet[f"{letter}3"] = words
    marks = ("連番", "都道府県", "市町村", "人口", "支援テーマ")
    for letter, words in zip("ABCDE", marks, strict=True):
        sheet[f"{letter}4"] = f"《チーム一覧.{words}》"
        sheet[f"{letter}4"].border = Border(bottom=Side(style="double"))
    sheet["D4"].number_format = '#,##0"人"'
    sheet["G4"] = "=D4/D$5"
    sheet.merge_cells("E4:F4")
    sheet["C5"], sheet["D5"] = "計", "=SUM(D4:D4)"
    sheet["B7"] = "担当：見本課　《知らない印》"
    sheet["B7"].comment = Comment("消さない", "見本")
    sheet.conditional_formatting.add(
        "D4:D4", CellIsRule("greaterThan", ["8000"], fill=PatternFill("solid", bgColor="FFFF00"))
    )
    rule = DataValidation("list", formula1='"済,未"')
    rule.add("G4")
    sheet.add_data_validation(rule)
    sheet.print_area, sheet.print_title_rows = "A1:G7", "3:3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 8
    sheet.column_dimensions["E"].width, sheet.row_dimensions[4].height = 41.5, 33
    sheet.row_breaks.append(Break(id=7))
    sheet.freeze_panes = "A4"
    sheet.oddFooter.center.text = "&P / &N"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=4, max_row=4))
    sheet.add_chart(chart, "A10")
    raw = io.BytesIO()
    Picture.new("RGB", (8, 8), "red").save(raw, "PNG")
    sheet.add_image(Image(raw), "H10")
    book.create_sheet("別")["A1"] = f"='{SHEET}'!D5"
    names = {
        "分野別の外": f"'{SHEET}'!$C$5",
        "取扱区分": f"'{SHEET}'!$H$2",
        "年度": "別!$B$2",
        "チーム一覧_市町": "別!$B$9",
    }
    for name, target in names.items():
        book.defined_names[name] = DefinedName(name, attr_text=target)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def filled(period: Period, data: bytes, pack: str = "teams") -> tuple[bytes, Any]:
    """The form filled with a report's figures: as bytes, and read back."""
    with saved():
        template = add_template(period, pack, "様式", data, "様式.xlsx", by=None)
    report = build_report(period, Wanted(pack))
    made = fill_template(report, template.versions[0]).data
    assert fill_template(report, template.versions[0]).data == made, "the same bytes again"
    return made, openpyxl.load_workbook(io.BytesIO(made))


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def three_teams() -> Period:
    for name in ("あさひ町", "ひがし町", "みなみ町"):
        make_team(make_challenge(make_municipality(name), population=9000))
    return make_period()


def test_a_row_is_repeated_and_everything_else_follows(app: Flask) -> None:
    form = office_form()
    data, book = filled(three_teams(), form)
    sheet = book[SHEET]
    assert sheet["A1"].value == "令和7年度　支援チーム（3チーム）"
    assert (sheet["A1"].font.name, sheet["A1"].font.color.rgb) == ("ＭＳ 明朝", "00FF0000")
    rows = [[sheet.cell(row, column).value for column in (1, 3, 4, 7)] for row in (4, 5, 6)]
    assert rows == [
        [1, "あさひ町", 9000, "=D4/D$7"],
        [2, "ひがし町", 9000, "=D5/D$7"],
        [3, "みなみ町", 9000, "=D6/D$7"],
    ]
    for row in (4, 5, 6):
        assert sheet[f"C{row}"].border.bottom.style == "double"
        assert sheet[f"D{row}"].number_format == '#,##0"人"'
        assert sheet.row_dimensions[row].height == 33
    assert sheet["D7"].value == "=SUM(D4:D6)"
    assert {str(one) for one in sheet.merged_cells.ranges} == {"A1:F1", "E4:F4", "E5:F5", "E6:F6"}
    assert [str(one.sqref) for one in sheet.conditional_formatting] == ["D4:D6"]
    assert str(sheet.data_validations.dataValidation[0].sqref) == "G4:G6"
    assert (sheet.print_area, sheet.print_title_rows) == (f"'{SHEET}'!$A$1:$G$9", "$3:$3")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 8)
    assert sheet.column_dimensions["E"].width == 41.5
    assert (sheet.freeze_panes, sheet.oddFooter.center.text) == ("A4", "&P / &N")
    assert [one.id for one in sheet.row_breaks.brk] == [9]
    assert sheet["B9"].comment.text == "消さない"
    assert sheet["B9"].value == "担当：見本課　《知らない印》"
    assert book.defined_names["分野別の外"].attr_text == f"'{SHEET}'!$C$7"
    assert book["別"]["A1"].value == f"='{SHEET}'!D7"
    # Named cells, one of which did not stand in the file.
    assert (sheet["H2"].value, book["別"]["B2"].value) == ("取扱注意", 2025)
    chart = sheet._charts[0]
    assert chart.series[0].val.numRef.f == f"'{SHEET}'!$D$4:$D$6"
    assert (chart.anchor._from.row, sheet._images[0].anchor._from.row) == (11, 11)
    before, after = parts(form), parts(data)
    assert before["xl/media/image1.png"] == after["xl/media/image1.png"]
    assert set(before) == set(after)


@pytest.mark.parametrize("teams", [0, 1])
def test_few_records_leave_the_form_as_it_is(app: Flask, teams: int) -> None:
    period = make_period()
    for _ in range(teams):
        make_team()
    _, book = filled(period, office_form())
    sheet = book[SHEET]
    assert sheet["C5"].value == "計"
    told = [cell.value for cell in sheet[4]]
    assert (told[0] == 1) == bool(teams)
    if not teams:
        assert told[:5] == ["該当するデータはありません。", None, None, None, None]
        assert "（0チーム）" in sheet["A1"].value


def test_text_of_people_stays_text(app: Flask) -> None:
    make_team(make_challenge(make_municipality("葛󠄀城市"), title=HOSTILE))
    data, book = filled(make_period(), office_form())
    cell = book[SHEET]["E4"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (HOSTILE, "s", True)
    assert book[SHEET]["C4"].value == "葛󠄀城市"
    formulas = parts(data)["xl/worksheets/sheet1.xml"].count(b"<f>")
    assert formulas == parts(office_form())["xl/worksheets/sheet1.xml"].count(b"<f>")


def test_a_record_may_take_two_rows_and_shared_formulas_become_their_own(app: Flask) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B1"] = "《チーム一覧.市町村》", "=ROW()"
    sheet["A2"] = "《チーム一覧.人口》"
    sheet.merge_cells("B1:B2")
    sheet["A4"] = "終"
    out = io.BytesIO()
    book.save(out)
    raw = parts(out.getvalue())
    # openpyxl writes no shared formulas: put one where Excel would.
    xml = raw["xl/worksheets/sheet1.xml"].decode()
    xml = xml.replace(
        '<c r="A4"',
        '<c r="A3"><f t="shared" ref="A3:A3" si="0">A2*2</f><v>1</v></c></row><row r="4"><c r="A4"',
    ).replace('<row r="4"><c r="A3"', '<row r="3"><c r="A3"')
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, part in raw.items():
            archive.writestr(name, xml if name.endswith("sheet1.xml") else part)
    _, read = filled(three_teams(), made.getvalue())
    sheet = read.worksheets[0]
    assert [sheet.cell(row, 1).value for row in range(1, 9)] == [
        *("あさひ町", 9000, "ひがし町", 9000, "みなみ町", 9000, "=A2*2", "終"),
    ]
    assert {str(one) for one in sheet.merged_cells.ranges} == {"B1:B2", "B3:B4", "B5:B6"}


def staff(app: Flask) -> Browser:
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def send(browser: Browser, data: bytes, name: str = "様式.xlsx", pack: str = "teams") -> Page:
    page = browser.get("/2025/report-templates")
    values = {"name": "町長報告", "pack": pack, "file": (name, data)}
    return page.submit("登録して確かめる", values)


def test_the_page_tells_beforehand_what_will_be_filled_and_what_not(app: Flask) -> None:
    three_teams()
    browser = staff(app)
    page = send(browser, office_form())
    assert page.heading == "町長報告"
    known = {row["印・名前"]: row for row in page.table("差し替えるもの 9件")}
    assert known["《期》"]["いまの値"] == "令和7年度"
    assert known["《チーム一覧.市町村》"]["いまの値"] == "一覧（3行）"
    assert known["取扱区分"]["場所"] == "H2"
    unknown = {row["印・名前"]: row["理由"] for row in page.table("差し替えられないもの 2件")}
    assert "そのまま残ります" in unknown["《知らない印》"]
    assert "「チーム一覧.市町村」のことでしょうか" in unknown["チーム一覧_市町"]
    things = {
        row["もの"]: row["どうなるか"] for row in page.table("セルの値のほかに様式にあるもの")
    }
    assert {"画像", "グラフ", "コメント", "条件付き書式", "入力規則"} <= set(things)
    assert "分野別の外" in page.text()
    answer = browser.raw(
        "POST",
        page.soup.select_one("#fill form")["action"],
        data=page.form("差し替えて出力する").fields,
    )
    assert openpyxl.load_workbook(io.BytesIO(answer.data))[SHEET]["A6"].value == 3
    export = db.session.scalars(db.select(ReportExport)).one()
    assert (export.rows, export.template_version.number) == (3, 1)
    assert "様式「町長報告」第1版" in browser.get(f"/exports/{export.public_id}").facts["形式"]
    assert browser.raw("GET", f"/exports/{export.public_id}/file").data == answer.data


def with_part(data: bytes, name: str, part: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, part)
    return out.getvalue()


REFUSED = [
    (b"", "様式.xlsx", "ファイルが空です"),
    (b"PK\x03\x04", "様式.xlsm", "マクロを除き"),
    (b"not a workbook", "様式.xlsx", "Excelブック（.xlsx）ではありません"),
    ("xl/vbaProject.bin", "様式.xlsx", "マクロを除き"),
    ("xl/externalLinks/externalLink1.xml", "様式.xlsx", "リンクを解除し"),
    ("xl/embeddings/oleObject1.bin", "様式.xlsx", "埋め込みを除き"),
]


@pytest.mark.parametrize(("made", "name", "words"), REFUSED)
def test_what_cannot_be_taken_is_refused_with_a_remedy(
    app: Flask, made: bytes | str, name: str, words: str
) -> None:
    make_period()
    data = with_part(office_form(), made, b"x") if isinstance(made, str) else made
    page = send(staff(app), data, name)
    assert page.status == 422
    assert any(words in error for error in page.errors), page.errors
    assert db.session.scalars(db.select(ReportTemplate)).all() == []


def test_marks_in_shapes_formulas_and_headings_are_named_not_lost(app: Flask) -> None:
    data = office_form()
    raw = parts(data)
    drawing = raw["xl/drawings/drawing1.xml"].decode()
    anchor = drawing[drawing.index("<oneCellAnchor") : drawing.index("</oneCellAnchor>") + 16]
    box = (
        '<sp xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" macro="">'
        '<nvSpPr><cNvPr id="9" name="箱"/><cNvSpPr txBox="1"/></nvSpPr><spPr/>'
        "<txBody><a:bodyPr/><a:p><a:r><a:t>《年</a:t></a:r><a:r><a:t>度》</a:t></a:r></a:p></txBody>"
        "</sp><clientData/>"
    )
    start = (
        anchor[: anchor.index("<from>")]
        + anchor[anchor.index("<from>") : anchor.index("</from>") + 7]
    )
    new = start + '<ext cx="1" cy="1"/>' + box + "</oneCellAnchor>"
    raw["xl/drawings/drawing1.xml"] = drawing.replace(anchor, new + anchor, 1).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in raw.items():
            archive.writestr(name, part)
    look = look_into(out.getvalue(), "様式.xlsx")
    assert ("年度", "shape") in {(mark.words, mark.fault) for mark in look.marks}
    assert (SHEET, "shapes", 1) in look.contents
    made, _ = filled(three_teams(), out.getvalue())
    assert "《年" in parts(made)["xl/drawings/drawing1.xml"].decode()


def test_versions_are_kept_and_a_removed_template_comes_back(app: Flask) -> None:
    three_teams()
    browser = staff(app)
    page = send(browser, office_form())
    address = page.path
    second = ("二.xlsx", office_form())
    again = page.submit("新しい版にする", file=second)
    assert again.facts["使う版"] == "第2版（二.xlsx）"
    twice = page.submit("新しい版にする", file=second)
    assert twice.facts["使う版"] == "第2版（二.xlsx）", "sent twice, made once"
    first = browser.raw("GET", f"{address}/versions/1")
    assert first.data.startswith(b"PK")
    assert browser.raw("GET", f"{address}/versions/9").status_code == 404
    gone = again.submit("この様式を取り除く")
    assert "この様式は取り除かれています" in gone.text()
    listed = browser.get("/2025/report-templates")
    assert "この期の様式はまだありません" in listed.text()
    assert listed.table("取り除いた様式（元に戻せます）")[0]["様式"] == "町長報告"
    refused = again.submit("差し替えて出力する")
    assert refused.status == 409
    back = gone.submit("元に戻す")
    assert back.table("これまでの版")[0]["ファイル"] == "二.xlsx"


def test_a_template_belongs_to_its_period(app: Flask) -> None:
    three_teams()
    make_period(2026)
    browser = staff(app)
    page = send(browser, office_form())
    assert "町長報告" in browser.get("/2025/report-templates").text()
    assert "町長報告" not in browser.get("/2026/report-templates").text()
    assert browser.get(page.path).facts["期"] == "令和7年度"


def test_a_long_report_fills_a_template_in_the_background(app: Flask) -> None:
    make_activity(make_team())
    browser = staff(app)
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "《活動.実施日》"
    book.active["B1"] = "《活動_月別.計.オンライン会議》"
    out = io.BytesIO()
    book.save(out)
    page = send(browser, out.getvalue(), pack="activities")
    answer = browser.raw("POST", f"{page.path}/fill", data=page.form("差し替えて出力する").fields)
    assert answer.status_code == 303
    assert run_next()
    job = db.session.scalars(db.select(Job)).one()
    assert job.state.value == "done", job.message
    export = db.session.scalars(db.select(ReportExport)).one()
    read = openpyxl.load_workbook(
        io.BytesIO(browser.raw("GET", f"/exports/{export.public_id}/file").data)
    )
    assert read.worksheets[0]["A1"].is_date
    assert read.worksheets[0]["B1"].value == 1


def test_a_list_that_is_too_long_is_refused(app: Flask) -> None:
    period = three_teams()
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "《長い.語》"
    out = io.BytesIO()
    book.save(out)
    with saved():
        template = add_template(period, "teams", "様式", out.getvalue(), "様式.xlsx", by=None)
    sheet = DataSheet("データ_長い", (Column("word", "語"),), [("い",)] * (MOST_RECORDS + 1))
    report = replace(build_report(period, Wanted("teams")), data=(sheet,))
    with pytest.raises(Refused, match="10,000行を超える"):
        fill_template(report, template.versions[0])


def test_every_item_is_listed_for_every_report(app: Flask) -> None:
    three_teams()
    browser = staff(app)
    page = browser.get("/2025/reports/fields/items")
    assert "《分野別.計.チーム数》" in page.text()
    assert "《分野別.政策分野》" in page.text()
    auditor = Browser(app).sign_in_as(make_user(Role.AUDITOR))
    assert auditor.get("/2025/reports/fields/items").status == 404
    assert auditor.get("/2025/report-templates").status == 404
