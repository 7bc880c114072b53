"""Every pack read back: opens whatever stands in the data, types are right, nothing computes."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from openpyxl.workbook import Workbook
from pptx import Presentation

from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.jobs import Job, run_next
from companion.periods.models import Period
from companion.reports.actions import Wanted, build_report, kept, make_export
from companion.reports.files import make_file
from companion.reports.models import ReportExport
from companion.reports.packs import PACKS
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


@pytest.mark.parametrize("make", [empty, one_team, two_of_one_name, hostile, unanswered])
def test_every_pack_opens_and_says_what_is_missing(app: Flask, make: object) -> None:
    period: Period = make()  # type: ignore[operator]
    for pack, edition in ALL:
        book = book_of(period, pack, edition)
        where = f"{pack} {edition}"
        assert book.sheetnames[:2] == ["表紙", "目次"], where
        assert book.sheetnames[-1] == "検算", where
        for sheet in book:
            assert len(sheet.title) <= 31
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f" or sheet.title == "検算", f"{where} {cell}"
        if make is empty and pack != "applications":
            said = [cell.value for row in book["表紙"].iter_rows() for cell in row]
            assert "不足しているもの" in said, where


def test_types_print_set_up_and_data_sheets(app: Flask) -> None:
    period = full()
    for pack, edition in ALL:
        book = book_of(period, pack, edition)
        for sheet in book:
            if sheet.title.startswith("データ_") or sheet.title == "符号表":
                headings = [cell.value for cell in sheet[1]]
                assert len(set(headings)) == len(headings)
                assert None not in headings
                assert not sheet.merged_cells.ranges
                for column in sheet.iter_cols(min_row=2):
                    kinds = {cell.data_type for cell in column if cell.value is not None}
                    assert len(kinds) <= 1, (
                        f"{pack} {sheet.title} {column[0].column_letter} {kinds}"
                    )
            else:
                assert sheet.page_setup.paperSize == 9
                assert sheet.page_setup.fitToWidth == 1
                assert sheet.oddFooter.center.text == "&P／&N"
                assert sheet.oddHeader.right.text == edition.classification
            for chart in sheet._charts:
                reference = chart.series[0].val.numRef.f
                assert sheet.title in reference


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
