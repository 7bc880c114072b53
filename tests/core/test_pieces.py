"""The pieces of pages, rendered without the application, and held to the rules of the house."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FileField,
    Form,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

import companion
from companion.core import html
from companion.core.headers import POLICY
from tests.kit import house

HOUSE = Path(companion.__file__).parent
FRAME = """<html lang="ja"><title>部品</title><main><h1>部品</h1>%s</main></html>"""


@pytest.fixture(scope="module")
def bare() -> Flask:
    """Jinja with our filters and the kit's templates, nothing else of the application."""
    app = Flask("bare", template_folder=str(HOUSE / "templates"))
    app.config["SECRET_KEY"] = "only for this test"
    html.register(app)
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    return app


def shown(app: Flask, source: str, **values: Any) -> BeautifulSoup:
    """A piece of template as it reaches the browser, held to the rules of the house."""
    with app.test_request_context():
        page = FRAME % render_template_string(source, **values)
    made = BeautifulSoup(page, "html.parser")
    house.check(made, {"Content-Security-Policy": POLICY}, where="the piece")
    return made


def only(soup: Tag, selector: str) -> Tag:
    (found,) = soup.select(selector)
    return found


# Forms


class Sample(Form):
    title = StringField("一行で", [InputRequired("内容を書いてください。")], description="短く")
    body = TextAreaField("要旨")
    start = TimeField("開始")
    score = RadioField(
        "満足度",
        [InputRequired("満足度を選んでください。")],
        choices=[SelectChoice("5", "高い"), SelectChoice("1", "低い")],
    )
    reasons = SelectMultipleField(
        "理由",
        choices=[SelectChoice("a", "事例"), SelectChoice("b", "その他")],
        option_widget=CheckboxInput(),
    )
    fields = SelectMultipleField("分野", choices=[SelectChoice("x", "観光")])
    file = FileField("ファイル")
    agreed = BooleanField("公表してよい")


FIELDS = """{% from "kit/forms.html" import field, error_summary %}
{{ error_summary(form) }}{% for control in form %}{{ field(control) }}{% endfor %}"""


def test_every_kind_of_field_has_a_label(bare: Flask) -> None:
    page = shown(bare, FIELDS, form=Sample())
    single = ["一行で必須", "要旨", "開始", "分野", "ファイル"]
    assert [label.get_text() for label in page.select(".field > label")] == single
    groups = {str(g["id"]): only(g, "legend").get_text() for g in page.select("fieldset")}
    assert groups == {"score": "満足度必須", "reasons": "理由"}
    choices = ["高い", "低い", "事例", "その他", "公表してよい"]
    assert [label.get_text() for label in page.select(".choice label")] == choices
    assert only(page, "#title")["aria-describedby"] == "title-hint"
    assert page.select(".error-summary") == []


def test_a_refused_form_says_what_to_do_and_where(bare: Flask) -> None:
    form = Sample(MultiDict({"body": "<b>太字</b>"}))
    assert not form.validate()
    page = shown(bare, FIELDS, form=form)
    assert [(a["href"], a.get_text()) for a in page.select(".error-summary a")] == [
        ("#title", "一行で：内容を書いてください。"),
        ("#score", "満足度：満足度を選んでください。"),
    ]
    title = only(page, "#title")
    assert (title["aria-invalid"], title["aria-describedby"]) == ("true", "title-hint title-error")
    assert only(page, "#title-error").get_text() == "内容を書いてください。"
    assert only(page, "#body").get_text().strip() == "<b>太字</b>"


def test_a_field_may_wait_for_another(bare: Flask) -> None:
    page = shown(
        bare,
        '{% from "kit/forms.html" import field %}'
        '{{ field(form.body, label="理由", hint="なぜ", show_when="score=1|2") }}',
        form=Sample(),
    )
    assert only(page, "[data-show-when]")["data-show-when"] == "score=1|2"
    assert only(page, "label").get_text() == "理由"
    assert only(page, "#body-hint").get_text() == "なぜ"


# Tables


@pytest.mark.parametrize(
    ("current", "sorts", "leads"),
    [
        ("name", "ascending", "/teams?state=x&sort=-name"),
        ("-name", "descending", "/teams?state=x&sort=name"),
        ("number", None, "/teams?state=x&sort=name"),
    ],
)
def test_a_heading_sorts_and_says_how(
    bare: Flask, current: str, sorts: str | None, leads: str
) -> None:
    page = shown(
        bare,
        '{% from "kit/tables.html" import sort_link %}'
        '{{ sort_link("市町村", "name", current, "/teams?state=x") }}',
        current=current,
    )
    assert only(page, "th").get("aria-sort") == sorts
    assert only(page, "a")["href"] == leads


def test_a_table_is_reached_and_named(bare: Flask) -> None:
    page = shown(
        bare,
        '{% from "kit/tables.html" import table %}'
        '{% call table("一覧", stack=true) %}<tbody><tr><td>一</td></tr></tbody>{% endcall %}',
    )
    around = only(page, "div")
    assert (around["role"], around["aria-label"], around["tabindex"]) == ("region", "一覧", "0")
    assert only(page, "caption").get_text() == "一覧"


@pytest.mark.parametrize(
    ("page", "pages", "links"),
    [
        (1, 1, []),
        (1, 3, [("次へ", "/t?page=2")]),
        (2, 3, [("前へ", "/t?page=1"), ("次へ", "/t?page=3")]),
        (3, 3, [("前へ", "/t?page=2")]),
    ],
)
def test_pages_lead_to_their_neighbours(
    bare: Flask, page: int, pages: int, links: list[tuple[str, str]]
) -> None:
    made = shown(
        bare,
        '{% from "kit/tables.html" import pagination %}{{ pagination(page, pages, "/t") }}',
        page=page,
        pages=pages,
    )
    assert [(a.get_text(), a["href"]) for a in made.select("a")] == links


# Parts


def test_parts_escape_what_people_wrote(bare: Flask) -> None:
    page = shown(
        bare,
        """{% from "kit/parts.html" import breadcrumb, card, chip, details_list, empty %}
        {% from "kit/parts.html" import notice, stats, tabs %}
        {{ breadcrumb([(x, "/")]) }}{{ chip(x, "good") }}{{ details_list([(x, x), ("備考", "")]) }}
        {{ notice("error", x, x) }}{{ stats([(x, x, x)]) }}{{ tabs(x, [(x, "/")], 0) }}
        {% call empty(x) %}{% endcall %}{% call card(x) %}{{ x }}{% endcall %}""",
        x="<i>町</i>",
    )
    assert page.select("i") == []
    assert page.get_text().count("<i>町</i>") == 13
    assert only(page, ".details > div:last-child dd").get_text() == "－"
    assert only(page, ".notice")["role"] == "alert"
    assert only(page, ".tabs a")["aria-current"] == "page"


def test_the_present_step_is_marked(bare: Flask) -> None:
    page = shown(
        bare,
        '{% from "kit/parts.html" import steps %}{{ steps(["入力", "確認", "完了"], 1) }}',
    )
    assert [(li.get_text(), li.get("aria-current")) for li in page.select("li")] == [
        ("入力", None),
        ("確認", "step"),
        ("完了", None),
    ]


# Charts

CHARTS = '{% from "kit/charts.html" import bar_chart, column_chart, stacked_chart %}'


def widths(page: BeautifulSoup, selector: str, name: str = "width") -> list[str]:
    return [str(bar[name]) for bar in page.select(selector)]


def test_bars_are_as_long_as_their_share(bare: Flask) -> None:
    rows = [("事例", 928, "92.8％"), ("なし", 0, "0.0％")]
    page = shown(bare, CHARTS + '{{ bar_chart("理由", rows, "r", max=1000) }}', rows=rows)
    assert widths(page, ".chart__bar") == ["92.8%", "0.0%"]
    assert only(page, "#r-title").get_text() == "理由"
    assert only(page, "#r-text").get_text() == (
        "横棒グラフ。事例 92.8％、なし 0.0％。同じ値を表に示す。"
    )


def test_columns_leave_room_for_their_words(bare: Flask) -> None:
    rows = [("5", 40, "40"), ("4", 20, "20"), ("3", 0, "0")]
    page = shown(bare, CHARTS + '{{ column_chart("評価", rows, "c") }}', rows=rows)
    assert widths(page, ".chart__bar", "height") == ["85.0%", "42.5%", "0.0%"]


def test_stacked_bars_follow_each_other_and_have_a_legend(bare: Flask) -> None:
    rows = [("紹介", [("5", 600), ("4", 350), ("", 50)])]
    source = CHARTS + '{{ stacked_chart("項目", rows, "s", legend=names) }}'
    page = shown(bare, source, rows=rows, names=None)
    parts = ".chart__line .chart__part"
    assert widths(page, parts, "x") == ["0.0%", "60.0%", "95.0%"]
    assert widths(page, parts) == ["60.0%", "35.0%", "5.0%"]
    legend = ".chart__legend > span"
    assert [name.get_text() for name in page.select(legend)] == ["5", "4", "その他"]
    named = shown(bare, source, rows=rows, names=["満足", "やや満足", "わからない"])
    assert [name.get_text() for name in named.select(legend)] == ["満足", "やや満足", "わからない"]
    assert (
        "紹介は満足 60.0％、やや満足 35.0％、わからない 5.0％" in only(named, "#s-text").get_text()
    )


@pytest.mark.parametrize("chart", ["bar_chart", "column_chart", "stacked_chart"])
def test_a_chart_of_nothing_is_drawn(bare: Flask, chart: str) -> None:
    page = shown(bare, CHARTS + "{{ " + chart + '("空", [], "e") }}')
    assert only(page, "figure")["role"] == "img"


# The sheet and the scripts


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2, 1.4.3)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    line = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * line[0] + 0.7152 * line[1] + 0.0722 * line[2]


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *[(name, "ground") for name in ("text", "soft", "main", "visited", "error", "good")],
        *[(name, "shade") for name in ("text", "soft", "main", "visited", "error")],
        ("error", "error-pale"),
        ("text", "warn-pale"),
        ("main-dark", "main-pale"),
    ],
)
def test_words_stand_out_from_their_ground(text: str, ground: str) -> None:
    sheet = (HOUSE / "static" / "app.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", sheet)) | {"ground": "#ffffff"}
    light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_sheet_and_scripts_load_nothing_foreign() -> None:
    for path in [*(HOUSE / "static").glob("*.css"), *(HOUSE / "static").glob("*.js")]:
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|//cdn|@import|\beval\(|innerHTML", source), path.name
