"""Empty workbooks to fill in, with lists to choose from; the imports read them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from companion.applications.columns import CHALLENGE_LIST, OFFICIAL_LIST
from companion.applications.reading import Reference
from companion.applications.terms import PopulationBasis, RankClass
from companion.core.sheets.writer import add_sheet, new_book, put, save_bytes, set_page
from companion.places.prefectures import PREFECTURES, REGIONS

ROWS = 300  # as many rows as carry the lists to choose from
_HEADER_ROW = 4
_MADE_AT = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)  # fixed: the same template, the same bytes
_CHOICES = "選択肢"

# heading, width, what may be chosen (a key of the choices, or empty), hint
TemplateColumn = tuple[str, int, str, str]

_CHALLENGE: tuple[TemplateColumn, ...] = (
    ("No", 6, "", ""),
    ("団体コード", 12, "", "6桁。先頭の0も記入"),
    ("都道府県", 12, "prefectures", ""),
    ("市町村", 16, "", ""),
    ("人口", 10, "", "数字のみ"),
    ("基準", 14, "bases", "国勢調査か住民基本台帳"),
    ("基準日", 16, "", "令和7年1月1日 など"),
    ("担当課", 18, "", ""),
    ("担当者", 14, "", ""),
    ("電話", 16, "", ""),
    ("メール", 28, "", ""),
    ("課題名", 30, "", "200字以内"),
    ("現状・背景", 46, "", ""),
    ("これまでの取組", 40, "", "任意"),
    ("希望する支援", 40, "", ""),
    ("主な政策分野", 18, "fields", "一つ"),
    ("その他の政策分野", 24, "", "任意。「、」で区切って複数可"),
    ("希望する府省庁・専門性", 26, "", "任意"),
    ("公表の可否", 10, "marks", "○か×"),
    ("応募日", 16, "", ""),
)
_OFFICIAL: tuple[TemplateColumn, ...] = (
    ("No", 6, "", ""),
    ("氏名", 16, "", ""),
    ("ふりがな", 18, "", ""),
    ("府省庁", 18, "ministries", ""),
    ("局・課", 22, "", ""),
    ("役職", 16, "", ""),
    ("職位区分", 16, "ranks", ""),
    ("経験年数", 10, "", "年"),
    ("得意な政策分野", 26, "", "得意な順に「、」で区切って複数可"),
    ("地方勤務・出向経験", 34, "", "任意。岩手県宮古市（2019年から2年）"),
    ("出身地", 20, "", "任意。都道府県名から"),
    ("第1希望", 20, "", "都道府県名と市区町村名"),
    ("第2希望", 20, "", "任意"),
    ("第3希望", 20, "", "任意"),
    ("希望地域", 14, "regions", "任意"),
    ("対応困難な地域", 16, "", "任意"),
    ("従事可能割合", 12, "shares", "10%～20%"),
    ("上司の同意", 10, "marks", "○か×"),
    ("利害関係", 20, "", "任意。許認可・補助金を担当する地域"),
    ("引受可能な役割", 18, "roles", "任意"),
    ("出張可能日数／年", 12, "", "任意"),
    ("メール", 28, "", ""),
    ("応募日", 16, "", ""),
)


def challenge_template(reference: Reference) -> bytes:
    """An empty 市町村応募一覧."""
    title = f"地方創生伴走支援制度　{CHALLENGE_LIST}"
    return blank_list(title, "応募一覧", _CHALLENGE, _choices(reference))


def official_template(reference: Reference) -> bytes:
    """An empty 応募者名簿."""
    title = f"地方創生支援官　{OFFICIAL_LIST}"
    return blank_list(title, OFFICIAL_LIST, _OFFICIAL, _choices(reference))


def _choices(reference: Reference) -> dict[str, list[str]]:
    return {
        "prefectures": [row.name for row in PREFECTURES],
        "bases": [basis.label for basis in PopulationBasis],
        "fields": [row.label for row in reference.fields],
        "marks": ["○", "×"],
        "ministries": [row.name for row in reference.ministries],
        "ranks": [rank.label for rank in RankClass],
        "regions": list(REGIONS),
        "shares": ["10%", "15%", "20%"],
        "roles": ["リーダー", "記録", "リーダー、記録"],
    }


def blank_list(
    title: str,
    name: str,
    columns: Sequence[TemplateColumn],
    choices: Mapping[str, Sequence[str]],
) -> bytes:
    """An empty list with these columns; a column may name what is to choose from."""
    book = new_book(title)
    sheet = add_sheet(book, name)
    ranges: dict[str, str] = {}
    put(sheet, 1, 1, title, "title")
    put(
        sheet,
        2,
        1,
        "※見出しの行は変えないでください。日付は和暦・西暦のどちらでも読めます。",
        "subtitle",
    )
    listed = add_sheet(book, _CHOICES)
    listed.sheet_state = "hidden"
    used = [key for key in choices if any(key == column[2] for column in columns)]
    for place, key in enumerate(used, 1):
        for number, choice in enumerate(choices[key], 1):
            put(listed, number, place, choice)
        letter = get_column_letter(place)
        ranges[key] = f"{quote_sheetname(_CHOICES)}!${letter}$1:${letter}${len(choices[key])}"
    first, last = _HEADER_ROW + 1, _HEADER_ROW + ROWS
    for place, (heading, width, key, hint) in enumerate(columns, 1):
        letter = get_column_letter(place)
        put(sheet, _HEADER_ROW - 1, place, hint, "note")
        put(sheet, _HEADER_ROW, place, heading, "heading")
        sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[letter].number_format = "@"
        if key:
            validation = DataValidation(type="list", formula1=ranges[key], allow_blank=True)
            validation.showErrorMessage = True
            validation.errorTitle, validation.error = "選択肢", "一覧から選んでください。"
            validation.add(f"{letter}{first}:{letter}{last}")
            sheet.add_data_validation(validation)
        for row in range(first, last + 1):
            put(sheet, row, place, None, "number" if heading in {"No", "人口"} else "text")
    sheet.row_dimensions[_HEADER_ROW].height = 32
    set_page(sheet, landscape=True, title_rows=f"{_HEADER_ROW}:{_HEADER_ROW}", freeze=f"C{first}")
    return save_bytes(book, at=_MADE_AT)
