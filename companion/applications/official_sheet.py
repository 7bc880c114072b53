"""Reads 応募者名簿: one row is one official's application."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from companion.applications.columns import LISTS, OFFICIAL_COLUMNS, OFFICIAL_LIST, WISHES
from companion.applications.reading import Parsed, Reference, RowReader
from companion.applications.terms import RankClass
from companion.core.sheets.guard import InvalidWorkbook
from companion.core.sheets.header import find_table
from companion.core.sheets.reader import Sheet
from companion.core.text import name_key
from companion.places.names import NotAPlace, PlaceWords, read_place

_RANKS = {
    name_key(word): rank
    for rank, words in {
        RankClass.STAFF: ("係員", "係員級", "主任"),
        RankClass.CHIEF: ("係長", "係長級", "主査"),
        RankClass.DEPUTY: ("課長補佐", "課長補佐級", "補佐", "専門官"),
        RankClass.OFFICE_HEAD: (
            "室長・企画官",
            "室長",
            "企画官",
            "室長級",
            "企画官級",
            "室長・企画官級",
        ),
        RankClass.DIRECTOR: ("課長", "課長級", "参事官"),
        RankClass.COUNSELLOR: ("審議官級", "審議官", "局長級", "部長級"),
    }.items()
    for word in words
}
_ANYWHERE = frozenset(
    name_key(word) for word in ("全国", "どこでも", "どこでも可", "問わない", "不問")
)
_NOTHING = frozenset(name_key(word) for word in ("なし", "無し", "無", "特になし", "-", "ー"))
_SEPARATORS = re.compile(r"[、，,､;；/／\n\r]+")


@dataclass(frozen=True)
class OfficialRow:
    """One application of the roster; `fields` and `wishes` are in the order of preference."""

    sheet: str
    row: int
    email: str
    name: str
    kana: str
    ministry_code: str
    division: str
    post: str
    rank_class: RankClass
    experience_years: int | None
    fields: tuple[str, ...]
    secondments: tuple[PlaceWords, ...]
    birthplace: PlaceWords | None
    wishes: tuple[PlaceWords, ...]
    is_anywhere: bool
    excluded: tuple[PlaceWords, ...]
    share_percent: int
    has_consent: bool
    conflicts: tuple[PlaceWords, ...]
    conflict_note: str
    can_lead: bool
    can_record: bool
    travel_days: int | None
    applied_on: dt.date | None
    cells: Mapping[str, str] = field(default_factory=dict, compare=False)


def read_officials(sheets: Sequence[Sheet], *, reference: Reference) -> Parsed[OfficialRow]:
    """The applications of a workbook.

    Raises:
        InvalidWorkbook: the roster is not in it, stands in it twice, or is empty.
    """
    table = find_table(sheets, OFFICIAL_COLUMNS, title=OFFICIAL_LIST, others=LISTS)
    parsed: Parsed[OfficialRow] = Parsed()
    seen: dict[str, int] = {}
    for record in table.records():
        reader = RowReader(table.sheet.name, record)
        row = _read(reader, reference)
        if row.email and row.email in seen:
            reader.refuse(
                "email",
                f"同じメールアドレスが{seen[row.email]}行目にもあります。"
                "どちらか一方の行を除いてください。",
            )
        elif row.email:
            seen[row.email] = record.row
        parsed.refused += reader.refused
        if not reader.refused:
            parsed.warnings += reader.warnings
            parsed.rows.append(row)
    if not (parsed.rows or parsed.refused):
        raise InvalidWorkbook(
            f"{OFFICIAL_LIST}に記入された行がありません。記入してから選び直してください。"
        )
    return parsed


def _read(reader: RowReader, reference: Reference) -> OfficialRow:
    wishes = [
        place
        for number in range(1, WISHES + 1)
        if not _says_anywhere(reader, f"wish_{number}")
        for place in _places(reader, f"wish_{number}", reference, must_be_known=True)
    ]
    regions = _regions(reader, reference)
    is_anywhere = _says_anywhere(reader, "regions") or _says_anywhere(reader, "wish_1")
    birthplaces = _places(reader, "birthplace", reference)
    roles = name_key(reader.line("roles", "引受可能な役割", required=False))
    conflict_note = reader.text("conflict", "利害関係", most=2_000, required=False)
    return OfficialRow(
        sheet=reader.sheet,
        row=reader.record.row,
        email=reader.email("email", "メール", reference.mail_domains),
        name=reader.line("name", "氏名"),
        kana=reader.line("kana", "ふりがな", required=False),
        ministry_code=_ministry(reader, reference),
        division=reader.line("division", "局・課"),
        post=reader.line("post", "役職"),
        rank_class=_rank(reader),
        experience_years=reader.number("experience", "経験年数", most=60, required=False),
        fields=tuple(
            reader.fields("fields", "得意な政策分野", reference.field_names, required=True)
        ),
        secondments=tuple(_secondments(reader, reference)),
        birthplace=birthplaces[0] if birthplaces else None,
        wishes=tuple(dict.fromkeys(wishes + regions)),
        is_anywhere=is_anywhere,
        excluded=tuple(_places(reader, "excluded", reference)),
        share_percent=reader.percent("share", "従事可能割合", least=10, most=20),
        has_consent=_consent(reader),
        conflicts=tuple(_places(reader, "conflict", reference)),
        conflict_note="" if name_key(conflict_note) in _NOTHING else conflict_note,
        can_lead="りーだー" in roles,
        can_record="記録" in roles,
        travel_days=reader.number("travel_days", "出張可能日数", most=366, required=False),
        applied_on=reader.date("applied_on", "応募日", required=False),
        cells=reader.cells,
    )


def _ministry(reader: RowReader, reference: Reference) -> str:
    text = reader.line("ministry", "府省庁")
    if not text:
        return ""
    code = reference.ministry_names.find(text)
    if code is None:
        reader.refuse(
            "ministry",
            f"「{text}」は府省庁の一覧にありません。正式名称か一般的な略称で記入してください。",
        )
    return code or ""


def _rank(reader: RowReader) -> RankClass:
    text = reader.line("rank", "職位区分")
    rank = _RANKS.get(name_key(text))
    if text and rank is None:
        labels = "、".join(one.label for one in RankClass)
        reader.refuse("rank", f"「{text}」は職位区分にありません。次から選んでください：{labels}。")
    return rank or RankClass.STAFF


def _consent(reader: RowReader) -> bool:
    answer = reader.mark("consent", "上司の同意")
    if not answer and reader.is_readable("consent"):
        reader.warn("consent", "上司の同意がありません。同意を得てから配置の対象にしてください。")
    elif not answer and not reader.record.text("consent"):
        reader.warn("consent", "上司の同意が空欄です。同意の有無を確かめてください。")
    return bool(answer)


def _places(
    reader: RowReader, key: str, reference: Reference, *, must_be_known: bool = False
) -> list[PlaceWords]:
    if not reader.is_readable(key):
        return []
    text = reader.record.text(key)
    whole = _known_place(text, reference)  # 「中国・四国」 must not be cut at its dot
    pieces = [text] if whole else _SEPARATORS.split(text)
    found = []
    for piece in pieces:
        if not piece.strip() or name_key(piece) in _NOTHING:
            continue
        try:
            place = read_place(piece, reference.gazetteer)
            if must_be_known and place.words:
                place = PlaceWords(lg_code=reference.gazetteer.find(piece).lg_code)
        except NotAPlace as fault:
            reader.refuse(key, str(fault))
            continue
        found.append(place)
    return found


def _known_place(text: str, reference: Reference) -> PlaceWords | None:
    """The place a whole text names, when it names one of ours without doubt."""
    try:
        place = read_place(text, reference.gazetteer)
    except NotAPlace:
        return None
    return None if place.words else place


def _says_anywhere(reader: RowReader, key: str) -> bool:
    return reader.is_readable(key) and name_key(reader.record.text(key)) in _ANYWHERE


def _regions(reader: RowReader, reference: Reference) -> list[PlaceWords]:
    if not reader.is_readable("regions") or _says_anywhere(reader, "regions"):
        return []
    places = _places(reader, "regions", reference)
    unknown = [place.words for place in places if place.words]
    if unknown:
        reader.refuse(
            "regions",
            f"「{'」「'.join(unknown)}」は地域として読めません。都道府県名か、北海道、東北、関東、中部、"
            "近畿、中国・四国、九州から記入してください。",
        )
    return [place for place in places if not place.words]


def _secondments(reader: RowReader, reference: Reference) -> list[PlaceWords]:
    """Where somebody was seconded: 「岩手県宮古市（2019年から2年）」; the words keep the years."""
    if not reader.is_readable("secondments"):
        return []
    found = []
    for piece in re.split(r"[、，,､;；\n\r]+(?![^（(]*[）)])", reader.record.text("secondments")):
        words = piece.strip()
        if not words or name_key(words) in _NOTHING:
            continue
        place = _known_place(re.split("[（(]", words)[0], reference)
        found.append(
            PlaceWords(
                lg_code=place.lg_code if place else None,
                prefecture_code=place.prefecture_code if place else None,
                region=place.region if place else None,
                words=words[:200],
            )
        )
    return found
