"""Reads 市町村応募一覧: one row is one municipality's challenge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from companion.applications.columns import CHALLENGE_COLUMNS, CHALLENGE_LIST, LISTS
from companion.applications.reading import Parsed, Reference, RowReader
from companion.applications.terms import PopulationBasis
from companion.core.lgcode import NotALgCode, lg_code, lg_code_candidates
from companion.core.sheets.guard import InvalidWorkbook
from companion.core.sheets.header import find_table
from companion.core.sheets.reader import Sheet
from companion.core.text import name_key
from companion.places.names import NotAPlace, Place

_BASES = {
    name_key(word): basis
    for basis, words in {
        PopulationBasis.CENSUS: ("国勢調査", "国調", "国勢調査人口"),
        PopulationBasis.REGISTER: ("住民基本台帳", "住基", "住基台帳", "住民基本台帳人口"),
    }.items()
    for word in words
}


@dataclass(frozen=True)
class ChallengeRow:
    """One challenge of the list; `fields` begins with the main policy field."""

    sheet: str
    row: int
    lg_code: str
    population: int
    population_basis: PopulationBasis
    population_on: dt.date
    division: str
    contact_name: str
    contact_phone: str
    contact_email: str
    title: str
    present_state: str
    efforts: str
    wished_support: str
    fields: tuple[str, ...]
    wished_officials: str
    may_publish: bool | None
    applied_on: dt.date | None
    cells: Mapping[str, str] = field(default_factory=dict, compare=False)


def read_challenges(sheets: Sequence[Sheet], *, reference: Reference) -> Parsed[ChallengeRow]:
    """The challenges of a workbook.

    Raises:
        InvalidWorkbook: the list is not in it, stands in it twice, or is empty.
    """
    table = find_table(sheets, CHALLENGE_COLUMNS, title=CHALLENGE_LIST, others=LISTS)
    parsed: Parsed[ChallengeRow] = Parsed()
    seen: dict[str, int] = {}
    for record in table.records():
        reader = RowReader(table.sheet.name, record)
        row = _read(reader, reference)
        code = row.lg_code
        if code and code in seen:
            reader.refuse(
                "lg_code",
                f"同じ団体が{seen[code]}行目にもあります。どちらか一方の行を除いてください。",
            )
        elif code:
            seen[code] = record.row
        parsed.refused += reader.refused
        if not reader.refused:
            parsed.warnings += reader.warnings
            parsed.rows.append(row)
    if not (parsed.rows or parsed.refused):
        raise InvalidWorkbook(
            f"{CHALLENGE_LIST}に記入された行がありません。記入してから選び直してください。"
        )
    return parsed


def _read(reader: RowReader, reference: Reference) -> ChallengeRow:
    place = place_of(reader, reference)
    population = reader.number("population", "人口", most=20_000_000)
    if population is not None and population >= reference.population_limit:
        reader.warn(
            "population",
            f"人口{population:,}人は対象の目安（{reference.population_limit:,}人未満）を超えています。"
            "対象とするか確かめてください。",
        )
    names = reference.field_names
    main = reader.fields("main_field", "主な政策分野", names, required=True)
    others = reader.fields("other_fields", "その他の政策分野", names, required=False)
    population_on = reader.date("population_on", "人口の基準日")
    return ChallengeRow(
        sheet=reader.sheet,
        row=reader.record.row,
        lg_code=place.lg_code if place else "",
        population=population or 0,
        population_basis=_basis(reader),
        population_on=population_on or dt.date.min,
        division=reader.line("division", "担当課"),
        contact_name=reader.line("contact_name", "担当者"),
        contact_phone=reader.line("contact_phone", "電話", most=40),
        contact_email=reader.email("contact_email", "メール", reference.mail_domains),
        title=reader.line("title", "課題名", most=200),
        present_state=reader.text("present_state", "現状・背景"),
        efforts=reader.text("efforts", "これまでの取組", required=False),
        wished_support=reader.text("wished_support", "希望する支援"),
        fields=tuple(dict.fromkeys(main + others)),
        wished_officials=reader.text("wished_officials", "希望する府省庁・専門性", required=False),
        may_publish=reader.mark("may_publish", "公表の可否"),
        applied_on=reader.date("applied_on", "応募日", required=False),
        cells=reader.cells,
    )


def _basis(reader: RowReader) -> PopulationBasis:
    text = reader.line("basis", "人口の基準")
    basis = _BASES.get(name_key(text))
    if text and basis is None:
        reader.refuse(
            "basis", "人口の基準は「国勢調査」か「住民基本台帳」のどちらかにしてください。"
        )
    return basis or PopulationBasis.CENSUS


def place_of(reader: RowReader, reference: Reference) -> Place | None:
    """The municipality: by its code, checked against the name; by name only without a code."""
    gazetteer = reference.gazetteer
    name = reader.line("name", "市町村")
    written = reader.line("prefecture", "都道府県", required=False)
    prefecture = gazetteer.prefecture(written) if written else None
    if written and prefecture is None:
        reader.refuse("prefecture", f"「{written}」は都道府県名ではありません。直してください。")
        return None
    if not reader.is_readable("lg_code"):
        return _place_by_name(reader, reference, name, prefecture)
    raw = reader.record.raw("lg_code")
    try:
        code = lg_code(raw, known=gazetteer.by_code)
        candidates = [one for one in lg_code_candidates(raw) if one in gazetteer.by_code]
    except NotALgCode as fault:
        reader.refuse("lg_code", str(fault))
        return None
    if not name:
        return gazetteer.by_code[code]
    named = {place.lg_code for place in gazetteer.named(name, prefecture)}
    for code in candidates:  # five digits can be read in two ways: the name decides
        if code in named:
            return gazetteer.by_code[code]
    place = gazetteer.by_code[candidates[0]]
    said = (prefecture or "") + name
    reader.refuse(
        "lg_code",
        f"団体コード{place.lg_code}は{place.full_name}ですが、名称は「{said}」です。"
        "コードか名称のどちらかを直してください。",
    )
    return None


def _place_by_name(
    reader: RowReader, reference: Reference, name: str, prefecture: str | None
) -> Place | None:
    if "lg_code" in reader.record.cells and reader.record.text("lg_code"):
        return None  # refused already
    if not name:
        reader.refuse("lg_code", "団体コードが空欄です。6桁の団体コードを記入してください。")
        return None
    try:
        place = reference.gazetteer.find(name, prefecture)
    except NotAPlace as fault:
        reader.refuse("name", str(fault))
        return None
    reader.warn(
        "lg_code",
        f"団体コードが空欄のため、名称から{place.lg_code}と読みました。確かめてください。",
    )
    return place
