"""The house rules find what they are there to find."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests.kit import house

STRICT = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}
PAGE = """<!doctype html><html lang="{lang}"><head><title>{title}</title>{head}</head>
<body><main><h1>チーム</h1>{main}</main></body></html>"""


def faults(
    main: str = "", *, title: str = "チーム - 伴走", head: str = "", lang: str = "ja"
) -> list[str]:
    """The faults of a page with this main part."""
    page = PAGE.format(main=main, title=title, head=head, lang=lang)
    return house.faults(BeautifulSoup(page, "html5lib"), STRICT)


GOOD = [
    '<label for="a">名</label><input id="a">',
    "<label>名 <input></label>",
    '<input type="hidden" name="x">',
    '<input aria-label="検索">',
    '<a href="/x">開く</a><button aria-label="閉じる"></button>',
    '<table><caption>一覧</caption><tr><td>1</td></tr></table><a href="#b">下へ</a><p id="b"></p>',
    '<script src="/static/app.js"></script>',
]
BAD = [
    ("<h1>二つ目</h1>", "2 main headings"),
    ('<input id="a">', "no label"),
    ('<label for="a"></label><input id="a">', "no label"),
    ('<p id="a"></p><p id="a"></p>', "stands 2 times"),
    ('<p style="color:red">x</p>', "inline style"),
    ("<style>p{}</style>", "inline style"),
    ("<script>alert(1)</script>", "inline script"),
    ('<p onclick="x()">x</p>', "onclick"),
    ('<a href="javascript:x()">x</a>', "script address"),
    ('<p aria-describedby="nowhere">x</p>', "not there"),
    ('<a href="#nowhere">x</a>', "not there"),
    ('<a href="/x"></a>', "says nothing"),
    ("<button></button>", "says nothing"),
    ('<img src="/x">', "alternative text"),
    ("<table><tr><td>1</td></tr></table>", "without caption"),
]


@pytest.mark.parametrize("main", GOOD)
def test_a_good_page_has_no_fault(main: str) -> None:
    assert faults(main) == []


@pytest.mark.parametrize(("main", "said"), BAD)
def test_a_fault_is_named(main: str, said: str) -> None:
    found = faults(main)
    assert len(found) == 1
    assert said in found[0]


def test_the_title_begins_with_the_heading() -> None:
    assert "does not begin" in faults(title="伴走 - チーム")[0]


def test_the_language_is_said() -> None:
    assert "Japanese" in faults(lang="en")[0]


def test_a_loose_policy_is_named() -> None:
    page = BeautifulSoup(PAGE.format(main="", title="チーム", head="", lang="ja"), "html5lib")
    loose = {"Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'"}
    assert "content policy" in house.faults(page, loose)[0]
    assert "content policy" in house.faults(page, {})[0]
