"""XLSForm out and in: what is written converts with pyxform and reads back the same."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from pyxform.xls2xform import convert

from companion.core.access import Role
from companion.core.sheets import read_workbook
from companion.core.sheets.child import parse as parse_sheets
from companion.core.sheets.reader import _sheet
from companion.surveys.composing import yaml_text
from companion.surveys.definition import SurveyDefinition, canonical_json, parse
from companion.surveys.drafting import draft_of_survey
from companion.surveys.xlsformreading import XlsFormFaults, survey_data
from companion.surveys.xlsformwriting import xlsform_book
from tests.kit.makers import make_period, make_user
from tests.kit.pages import Browser
from tests.surveys.makers import municipality_eval, official_eval
from tests.surveys.randomly import assert_usable, random_definition


def read_back(data: bytes) -> SurveyDefinition:
    """The definition in a workbook; its sheets read without the process of its own, for speed."""
    sheets = [_sheet(found) for found in parse_sheets(data)]
    return parse(yaml_text(survey_data(sheets, otherwise={"schema": "companion.survey/1"})), "x")


def converted(data: bytes) -> str:
    return str(convert(io.BytesIO(data), file_type=".xlsx").xform)


@pytest.mark.parametrize("start", range(0, 200, 25))
def test_random_definitions_convert_and_come_back(start: int) -> None:
    for seed in range(start, start + 25):
        defn = random_definition(seed)
        assert_usable(defn)
        book = xlsform_book(defn)
        assert converted(book).startswith("<?xml"), seed
        assert canonical_json(read_back(book)) == canonical_json(defn), seed


@pytest.mark.parametrize("defn", [official_eval(), municipality_eval()], ids=lambda d: d.id)
def test_the_shipped_surveys_convert_and_come_back(defn: SurveyDefinition) -> None:
    book = xlsform_book(defn)
    assert xlsform_book(defn) == book, "the same definition gives the same bytes"
    form = converted(book)
    assert all(question.label[:20] in form for question in defn.questions)
    assert canonical_json(read_back(book)) == canonical_json(defn)


def foreign(
    survey: list[dict[str, Any]],
    choices: list[dict[str, Any]] | None = None,
    settings: dict[str, Any] | None = None,
) -> bytes:
    """A workbook as another tool writes it."""
    book = Workbook()
    book.remove(book.worksheets[0])
    yes_no = [{"list_name": "yn", "name": c, "label": c} for c in ("yes", "no")]
    for name, rows in (
        ("survey", survey),
        ("choices", choices or yes_no),
        ("settings", [settings or {"form_title": "聞き取り", "form_id": "hearing"}]),
    ):
        sheet = book.create_sheet(name)
        columns = list(dict.fromkeys(key for row in rows for key in row))
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_foreign(*parts: Any) -> dict[str, Any]:
    return survey_data(read_workbook(foreign(*parts), "a.xlsx"), otherwise={})


def test_a_form_of_another_tool_is_understood() -> None:
    found = read_foreign(
        [
            {"type": "start", "name": "start"},
            {"type": "select_one yn", "name": "ok", "label::English (en)": "OK?", "label": "可否"},
            {
                "type": "begin group",
                "name": "more",
                "label": "くわしく",
                "relevant": "${ok} = 'yes'",
            },
            {"type": "integer", "name": "n", "label": "数", "constraint": ". >= 1 and . <= 9"},
            {"type": "text", "name": "why", "constraint": "string-length(.) <= 80"},
            {"type": "range", "name": "r", "label": "幅", "parameters": "start=1 end=5 step=0.5"},
            {"type": "begin_group", "name": "grid", "label": "表", "appearance": "table-list"},
            {"type": "select_one yn", "name": "a", "label": "一", "required": True},
            {"type": "select_one yn", "name": "b", "label": "二", "required": "yes"},
            {"type": "end_group"},
            {"type": "end group"},
        ]
    )
    assert found["title"] == "聞き取り"
    assert [page["title"] for page in found["pages"]] == ["設問", "くわしく"]
    first = found["pages"][0]["questions"][0]
    assert (first["label"], first["choices"]) == ({"ja": "可否", "en": "OK?"}, "yn")
    assert found["pages"][1]["relevant"] == "${ok} = 'yes'"
    n, why, r, grid = found["pages"][1]["questions"]
    assert (n["min"], n["max"], n["integer"]) == (1, 9, True)
    assert (why["label"], why["max_length"]) == ("why", 80)
    assert (r["min"], r["max"], r["step"]) == ("1", "5", "0.5")
    assert grid["all_rows_required"]
    assert [row["name"] for row in grid["rows"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"type": "geopoint", "name": "g"}, "survey シート 2行目「type」：種類「geopoint」は"),
        ({"type": "select_on yn", "name": "g"}, "もしかして「select_one」ではありませんか。"),
        ({"type": "select_one ynn", "name": "g"}, "もしかして「yn」ではありませんか。"),
        ({"type": "select_one yn or_other", "name": "g"}, "or_other は使えません。"),
        ({"type": "text", "name": "Q1"}, "survey シート 2行目「name」：名前「Q1」は使えません。"),
        (
            {"type": "text", "name": "q", "relevant": "today() > 1"},
            "survey シート 2行目「relevant」：式の「today」は使えません。",
        ),
        ({"type": "text", "name": "q", "calculation": "1+1"}, "列「calculation」の働きは"),
        ({"type": "text", "name": "q", "label": "=A1"}, "2行目「label」：数式ではなく値を"),
        ({"type": "begin_repeat", "name": "q"}, "種類「begin_repeat」は読み込めません。"),
        ({"type": "begin_group", "name": "q"}, "このグループに end_group がありません。"),
        ({"type": "end_group"}, "対応する begin_group がありません。"),
        ({"type": "text", "name": "q", "companion": "{"}, "2行目「companion」：この列は書き換えず"),
    ],
)
def test_what_has_no_place_here_is_told_with_its_cell(row: dict[str, Any], message: str) -> None:
    with pytest.raises(XlsFormFaults) as told:
        read_foreign([row])
    assert message in "".join(told.value.faults)


def test_a_changed_cell_wins_over_what_travelled_along() -> None:
    book = load_workbook(io.BytesIO(xlsform_book(official_eval())))
    sheet = book["survey"]
    headings = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        cells = dict(zip(headings, row, strict=True))
        if cells["name"].value == "hours":
            cells["constraint"].value = ". <= 200"
            cells["label"].value = "活動時間"
    out = io.BytesIO()
    book.save(out)
    hours = read_back(out.getvalue()).question("hours")
    assert (hours.label, hours.constraint) == ("活動時間", None)
    assert (hours.min, hours.max, hours.step) == (None, 200, Decimal("0.5"))


def test_a_coordinator_sends_a_survey_out_and_takes_it_in(app: Flask) -> None:
    make_period()
    coordinator = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    file = coordinator.raw("GET", "/2025/surveys/municipality_eval/xlsform").get_data()
    page = coordinator.get("/2025/surveys").follow("XLSFormを取り込む")
    page = page.submit("取り込む", file=("a.xlsx", foreign([{"type": "image", "name": "i"}])))
    assert page.status == 422
    assert "survey シート 2行目「type」：種類「image」は読み込めません。" in page.text()
    page = page.submit("取り込む", file=("a.csv", b"type,name"))
    assert page.errors
    page = page.submit("取り込む", file=("往復.xlsx", file))
    assert page.heading == "伴走支援自治体アンケートの編集"
    assert page.facts["版"] == "2025.2（まだ公開していません）"
    draft = draft_of_survey("municipality_eval")
    assert draft is not None
    assert draft.defn is not None
    same = draft.defn.model_copy(update={"version": "2025.1"})
    assert canonical_json(same) == canonical_json(municipality_eval())
    page = coordinator.get("/2025/surveys/import").submit("取り込む", file=("往復.xlsx", file))
    assert "編集中の下書きがあります。" in page.errors[0]
    book = foreign(
        [{"type": "text", "name": "q", "relevant": "${nothing} = 'x'"}],
        None,
        {"form_id": "other", "form_title": "他"},
    )
    page = coordinator.get("/2025/surveys/import").submit("取り込む", file=("他.xlsx", book))
    assert "設問「q」：式の質問「nothing」がありません。" in page.text()
