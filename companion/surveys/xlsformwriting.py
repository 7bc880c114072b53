"""A definition as an XLSForm workbook: sheets survey, choices and settings."""

from __future__ import annotations

from companion.core.errors import Refused
from companion.core.sheets.writer import add_sheet, new_book, put, save_bytes
from companion.surveys.schema import (
    SurveyDefinition,
)
from companion.surveys.xlsform import (
    CHOICE_COLUMNS,
    EN,
    JA,
    SETTING_COLUMNS,
    SURVEY_COLUMNS,
    TRANSLATED,
)
from companion.surveys.xlsformrows import FormRows, Row

_LONGEST = 9_000  # a cell of what comes back may hold 10,000 characters


def xlsform_book(defn: SurveyDefinition) -> bytes:
    """The workbook of a definition; the same definition gives the same bytes.

    Raises:
        Refused: a text holds `${`, which XLSForm takes for a question, or is too long for a cell.
    """
    made = FormRows(defn)
    book = new_book(defn.title)
    for name, columns, rows in (
        ("survey", SURVEY_COLUMNS, made.survey),
        ("choices", CHOICE_COLUMNS, made.choices),
        ("settings", SETTING_COLUMNS, made.settings),
    ):
        sheet = add_sheet(book, name)
        headings = _headings(columns, has_english=made.has_english)
        for column, heading in enumerate(headings, start=1):
            put(sheet, 1, column, heading, "heading")
            sheet.column_dimensions[sheet.cell(1, column).column_letter].width = 18
            for at, row in enumerate(rows, start=2):
                put(sheet, at, column, _cell(row, heading))
    return save_bytes(book, at=defn.window.closes_at)


def _headings(columns: tuple[str, ...], *, has_english: bool) -> list[str]:
    if not has_english:
        return list(columns)
    return [
        heading
        for column in columns
        for heading in (
            (f"{column}::{JA}", f"{column}::{EN}") if column in TRANSLATED else (column,)
        )
    ]


def _cell(row: Row, heading: str) -> str:
    column, _, language = heading.partition("::")
    text = row.get(column + ("_en" if language == EN else ""), "")
    if column in {"label", "hint", "guidance_hint"} and "${" in text:
        raise Refused(f"「{text[:40]}」に「${{」があるので、XLSFormにできません。")
    if len(text) > _LONGEST:
        raise Refused(f"「{row.get('name', '')}」の内容が長すぎて、XLSFormにできません。")
    return text
