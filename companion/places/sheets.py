"""Reads 団体コード一覧, the official list of municipality codes (総務省)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from companion.core.lgcode import NotALgCode, lg_code
from companion.core.sheets.guard import InvalidWorkbook
from companion.core.sheets.header import find_table
from companion.core.sheets.reader import Sheet
from companion.core.sheets.records import Wanted
from companion.core.text import clean, squash, to_katakana

CODE_LIST = "団体コード一覧"
CODE_COLUMNS = (
    Wanted("lg_code", ("団体コード", "市区町村コード", "市町村コード", "コード")),
    Wanted("prefecture", ("都道府県名（漢字）", "都道府県名", "都道府県")),
    Wanted("name", ("市区町村名（漢字）", "市区町村名", "市町村名", "市区町村", "市町村")),
    # Required because it tells the list of codes from every other list of municipalities.
    Wanted("kana", ("市区町村名（カナ）", "市区町村名カナ", "市町村名カナ", "カナ", "かな")),
)


class CodeRow(NamedTuple):
    """A municipality of the list; kana in full-width katakana."""

    lg_code: str
    prefecture: str
    name: str
    kana: str


def read_codes(sheets: Sequence[Sheet]) -> list[CodeRow]:
    """The municipalities of the list, without the rows of the prefectures themselves.

    Raises:
        InvalidWorkbook: another list, a wrong code, or the same code twice; says which row.
    """
    # The published file has a second sheet of the designated cities' wards with the same header:
    # the list of all bodies is the longer one.
    table = find_table(_longest_of_many(sheets), CODE_COLUMNS, title=CODE_LIST)
    found: dict[str, CodeRow] = {}
    for record in table.records():
        where = f"シート「{table.sheet.name}」の{record.row}行目："
        for cell in record.cells.values():
            if cell.fault:
                raise InvalidWorkbook(f"{where}{cell.place}に{cell.fault}")
        name = squash(record.text("name"))
        if not name:
            continue  # the prefecture itself
        try:
            code = lg_code(record.raw("lg_code"))
        except NotALgCode as fault:
            raise InvalidWorkbook(f"{where}{fault}") from fault
        if code in found:
            raise InvalidWorkbook(
                f"{where}団体コード{code}が二度あります。重複する行を除いてください。"
            )
        prefecture = squash(record.text("prefecture"))
        found[code] = CodeRow(code, prefecture, name, to_katakana(clean(record.text("kana"))))
    if not found:
        raise InvalidWorkbook(
            f"{CODE_LIST}に市区町村の行がありません。最新の一覧を選んでください。"
        )
    return list(found.values())


def _longest_of_many(sheets: Sequence[Sheet]) -> list[Sheet]:
    wards = [sheet for sheet in sheets if "政令指定都市" in sheet.name]
    return [sheet for sheet in sheets if sheet not in wards] or list(sheets)
