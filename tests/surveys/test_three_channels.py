"""The same answers give the same data from the web, from Excel and from paper."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.workbook.defined_name import DefinedName

from companion.core.sheets import read_workbook
from companion.surveys.answerform import ANSWER, CODE, SHEET, answer_form
from companion.surveys.answers import check_all, check_page
from companion.surveys.definition import SurveyDefinition
from companion.surveys.formseal import Seal
from companion.surveys.returnedform import ReturnedForm, read_form, seal_in
from tests.surveys.makers import municipality_eval, official_eval, small

KEY = "a secret of the tests"
SEAL = Seal("round", "version", "somebody", "2025-09-02")
TICKS = ["○", "◯", "〇", "✓", "レ", "１", 1]


def issued(defn: SurveyDefinition, answers: dict[str, Any] | None = None) -> bytes:
    return answer_form(
        defn,
        SEAL,
        KEY,
        addressee="長野県見本町",
        due_at=dt.datetime(2025, 9, 19, 9, 0, tzinfo=dt.UTC),
        due_words="9月19日",
        promise="約束",
        answers=answers or {},
    )


def filled(data: bytes, values: dict[str, Any], *, moved: int = 0) -> bytes:
    """The form with values in the cells of these codes, its rows moved down by so many."""
    book = load_workbook(io.BytesIO(data))
    sheet = book[SHEET]
    for row in range(1, sheet.max_row + 1):
        code = str(sheet.cell(row, CODE).value or "").removeprefix("q:")
        if code in values:
            sheet.cell(row, ANSWER).value = values[code]
    if moved:
        sheet.insert_rows(7, moved)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(defn: SurveyDefinition, data: bytes) -> ReturnedForm:
    sheets = read_workbook(data, "回答票.xlsx")
    assert seal_in(sheets, [KEY]) == SEAL
    return read_form(defn, sheets)


KINDS = ("single", "multi", "number", "text", "matrix")


@st.composite
def questionnaires(draw: st.DrawFn) -> tuple[SurveyDefinition, dict[str, Any], dict[str, Any]]:
    """A small definition, the fields of its web form, and the same answers as cells."""
    lines: list[str] = []
    form: dict[str, Any] = {}
    cells: dict[str, Any] = {}
    for index, kind in enumerate(draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))):
        name = f"q{index}"
        codes = [f"c{i}" for i in range(draw(st.integers(2, 4)))]
        listed = ", ".join(f"{{name: {c}, label: 選択肢{c}（説明）}}" for c in codes)
        lines += [f"- name: {name}", f"  type: {kind}", f"  label: 設問{index}"]
        if draw(st.booleans()):
            lines.append("  required: true")
        if index and draw(st.booleans()) and "type: single" in lines[1]:
            lines.append("  relevant: ${q0} = 'c0'")
        if kind in {"single", "multi"}:
            lines.append(f"  choices: [{listed}]")
        if kind == "matrix":
            lines += ["  rows: [{name: r1, label: 一}, {name: r2, label: 二}]"]
            lines += [f"  columns: [{listed}]"]
            for row in ("r1", "r2"):
                chosen = draw(st.sampled_from(["", *codes]))
                form.setdefault(name, {})[row] = chosen
                cells[f"{name}/{row}"] = f" 選択肢{chosen}(説明)" if chosen else None
        elif kind == "multi":
            ticked = draw(st.lists(st.sampled_from(codes), unique=True))
            form[name] = ticked
            cells |= {f"{name}/{c}": draw(st.sampled_from(TICKS)) for c in ticked}
        elif kind == "single":
            chosen = draw(st.sampled_from(["", *codes]))
            form[name] = chosen
            cells[name] = f"選択肢{chosen}（説明）" if chosen else None
        elif kind == "number":
            value = draw(st.integers(-99, 9999))
            form[name] = str(value)
            cells[name] = draw(st.sampled_from([value, str(value), f" {value} "]))
        else:
            text = draw(st.text("あいう 1+改", max_size=12)).strip()
            form[name] = text
            cells[name] = text or None
    return small("\n".join(lines)), form, cells


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=questionnaires(), moved=st.integers(0, 3), has_codes=st.booleans())
def test_web_excel_and_paper_are_one(
    made: tuple[SurveyDefinition, dict[str, Any], dict[str, Any]], moved: int, has_codes: bool
) -> None:
    defn, form, cells = made
    web, _ = check_page(defn, 0, form)
    web_result = check_all(defn, web)
    paper_result = check_all(defn, form)
    book = filled(issued(defn), {k: v for k, v in cells.items() if v is not None}, moved=moved)
    if not has_codes and not moved:  # openpyxl does not move names along with rows, Excel does
        book = renamed(book, without_codes)
    returned = read(defn, book)
    assert returned.faults == []
    assert check_all(defn, returned.answers) == web_result == paper_result


@pytest.mark.parametrize("defn", [official_eval(), municipality_eval()], ids=lambda d: d.id)
def test_the_form_is_small_and_without_macros(defn: SurveyDefinition) -> None:
    data = issued(defn)
    assert len(data) <= 200 * 1024
    assert issued(defn) == data, "the same form gives the same bytes"
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not [name for name in parts.namelist() if "vba" in name.lower()]


def test_what_was_answered_stands_in_the_form() -> None:
    defn = municipality_eval()
    answers = {"overall": "4", "cont": "need", "cont_years": "y2", "change__consent": "yes"}
    assert read(defn, issued(defn, answers)).answers == answers


@pytest.mark.parametrize(
    ("code", "value", "kept", "message"),
    [
        ("overall", "５", "5", ""),
        ("overall", 5, "5", ""),
        ("overall", 5.0, "5", ""),
        ("overall", " 5（良い） ", "5", ""),
        ("overall", "良い", None, "問1の「良い」という選択肢はありません。"),
        ("overall", "=1+4", None, "問1は、数式ではなく値を入力してください。"),
        ("cont", "継続が必要。", "need", ""),
        ("change__consent", "可", "yes", ""),
    ],
)
def test_what_people_type_is_understood(
    code: str, value: Any, kept: str | None, message: str
) -> None:
    defn = municipality_eval()
    returned = read(defn, filled(issued(defn), {code: value}))
    assert returned.answers.get(code) == kept
    assert [fault.message[: len(message)] for fault in returned.faults] == (
        [message] * bool(message)
    )


def test_a_changed_or_foreign_seal_is_none() -> None:
    sheets = read_workbook(issued(municipality_eval()), "回答票.xlsx")
    assert seal_in(sheets, ["another key"]) is None
    assert seal_in(sheets, [KEY]) == SEAL
    sheets[0].rows[0][0] = str(sheets[0].rows[0][0]).replace("somebody", "another")
    assert seal_in(sheets, [KEY]) is None


def renamed(data: bytes, change: Callable[[Workbook], None]) -> bytes:
    """The form after somebody worked on it."""
    book = load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def without_codes(book: Workbook) -> None:
    """The hidden first column deleted: cells and their names move to the left."""
    book[SHEET].delete_cols(CODE)
    for name in book.defined_names.values():
        name.attr_text = name.attr_text.replace("$D$", "$C$")


def at_names(book: Workbook, values: dict[str, Any], *, down: int) -> None:
    """Cells and their names moved together, as Excel moves them, codes left behind."""
    sheet = book[SHEET]
    for code, value in values.items():
        name = book.defined_names[f"ans_{code.replace('/', '.')}"]
        row = int(name.attr_text.rpartition("$")[2])
        sheet[f"D{row + down}"] = value
        name.attr_text = f"'{SHEET}'!$D${row + down}"


MOVED = {"overall": "5", "cont": "継続が必要", "cont_years": "2年程度", "change": "変わった"}
UNDERSTOOD = {"overall": "5", "cont": "need", "cont_years": "y2", "change": "変わった"}


def test_a_cell_dragged_away_from_its_row_is_found_by_name() -> None:
    defn = municipality_eval()
    data = renamed(issued(defn), lambda book: at_names(book, MOVED, down=100))
    returned = read(defn, data)
    assert (returned.answers, returned.faults) == (UNDERSTOOD, [])
    assert returned.cells["overall"][1] > 100, "a fault would be marked where the cell is now"


def test_a_name_in_the_row_of_another_question_is_not_believed() -> None:
    def change(book: Workbook) -> None:  # sorted rows: codes and values moved, names did not
        name, other = (book.defined_names[f"ans_{code}"] for code in ("overall", "cont"))
        name.attr_text, other.attr_text = other.attr_text, name.attr_text

    defn = municipality_eval()
    returned = read(defn, renamed(filled(issued(defn), {"overall": "4"}), change))
    assert (returned.answers, returned.faults) == ({"overall": "4"}, [])


def test_another_name_or_area_is_left_alone() -> None:
    def change(book: Workbook) -> None:
        for name, area in (("ans_nothing", f"'{SHEET}'!$D$9"), ("自由", f"'{SHEET}'!$A$1:$B$2")):
            book.defined_names[name] = DefinedName(name, attr_text=area)

    defn = municipality_eval()
    assert read(defn, renamed(issued(defn), change)).answers == {}
