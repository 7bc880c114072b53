"""Templates of the office: what stands in one, what each mark means, and the filled workbook."""

from __future__ import annotations

import hashlib
from collections.abc import Sized
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.sheets import InvalidWorkbook
from companion.core.sheets.filling import Look, Mark, NamedCell, fill_in, look_into
from companion.periods.models import Period
from companion.reports.items import Listed, Single, Vocabulary, figure, vocabulary
from companion.reports.models import ReportTemplate, TemplateVersion
from companion.reports.tables import Report
from companion.reports.workbook import Book, hash_of

MOST_RECORDS = 10_000
# Why a mark cannot be filled where it stands.
FAULTS = {
    "formula": "数式の中の印は差し替えません。印だけのセルを作り、数式から参照してください。",
    "heading": "Excelのテーブルの見出しの印は差し替えません（テーブルが壊れるため）。"
    "見出しの外に移してください。",
    "shape": "図形・テキストボックスの中の印は差し替えません。セルに移してください。",
}
# What becomes of things that are no plain cells: (name, what happens to it).
KEPT = {
    "shapes": ("図形・テキストボックス", "そのまま残ります。中の印は差し替えません。"),
    "pictures": ("画像", "そのまま残ります。行が増えた分だけ下に移ります。"),
    "charts": ("グラフ", "残ります。くり返す行を参照していれば、増えた行まで広げます。"),
    "pivots": (
        "ピボットテーブル",
        "残りますが、差し替えでは更新しません。Excelで開くと更新されます。",
    ),
    "slicers": (
        "スライサー・タイムライン",
        "残りますが、位置は動かしません。開いて確かめてください。",
    ),
    "controls": (
        "フォームのボタンなど",
        "残りますが、位置は動かしません。開いて確かめてください。",
    ),
    "comments": ("コメント", "そのまま残ります。中の印は差し替えません。"),
    "tables": ("Excelのテーブル", "残ります。行がくり返されると範囲も広がります。"),
    "conditionalFormatting": ("条件付き書式", "残ります。くり返す行に広げます。"),
    "dataValidation": ("入力規則", "残ります。くり返す行に広げます。"),
    "sheetProtection": ("シートの保護", "保護したまま差し替えます。"),
    "sparkline": ("スパークライン", "残ります。"),
}


@dataclass(frozen=True)
class Reading:
    """One mark or name of a template as it will be filled: what it means, or why it stays."""

    sheet: str
    cell: str
    words: str
    kind: str  # 印 | 名前
    item: str = ""
    sample: str = ""
    trouble: str = ""


@dataclass(frozen=True)
class Plan:
    """A template read against its report; `others` are names that mean nothing to us."""

    readings: list[Reading]
    unknown: list[Reading]
    others: list[NamedCell]
    contents: list[tuple[str, str, int, str]]  # sheet, what, how many, what happens


def look_of(version: TemplateVersion) -> Look:
    """What stands in a version, as it was found when it came in."""
    found = version.look
    return Look(
        found["sheets"],
        [Mark(**one) for one in found["marks"]],
        [NamedCell(**one) for one in found["names"]],
        [(sheet, kind, count) for sheet, kind, count in found["contents"]],
    )


def plan_of_filling(look: Look, words: Vocabulary) -> Plan:
    """What will be filled and what will not; looked at before anything is made."""
    readings, unknown, others = [], [], []
    list_in_row: dict[tuple[str, str], str] = {}
    for mark in look.marks:
        read = _read(mark.sheet, mark.cell, f"《{mark.words}》", "印", mark.words, words)
        row = (mark.sheet, mark.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        trouble = FAULTS.get(mark.fault, "")
        item = words.find(mark.words)
        if isinstance(item, Listed) and not trouble:
            first = list_in_row.setdefault(row, item.block)
            if first != item.block:
                trouble = f"同じ行に「{first}」の印があります。一つの行に置ける一覧は一つです。"
        if mark.is_rich and not trouble and item:
            trouble = "一部だけの文字飾りは、セル全体の書式に揃います。"
            readings.append(_with(read, trouble))
        elif trouble or item is None:
            unknown.append(_with(read, trouble or read.trouble))
        else:
            readings.append(read)
    for name in look.names:
        item = words.find(name.name)
        if item is None:
            near = words.nearest(name.name)
            if not near or not _is_close(near, name.name):
                others.append(name)
            else:
                trouble = f"項目ではありません。「{near}」のことでしょうか。"
                read = _read(name.sheet, name.cell, name.name, "名前", name.name, words)
                unknown.append(_with(read, trouble))
        else:
            read = _read(name.sheet, name.cell, name.name, "名前", name.name, words)
            if name.cell:
                readings.append(read)
            else:
                trouble = "一つのシートのセルを指していないため、差し替えません。"
                unknown.append(_with(read, trouble))
    contents = [
        (sheet, *KEPT[kind][:1], count, KEPT[kind][1])
        for sheet, kind, count in look.contents
        if kind in KEPT
    ]
    return Plan(readings, unknown, others, contents)


def _is_close(near: str, name: str) -> bool:
    return near.split(".")[0] == name.split(".")[0] or abs(len(near) - len(name)) <= 2


def _with(read: Reading, trouble: str) -> Reading:
    return Reading(**(asdict(read) | {"trouble": trouble}))


def _read(sheet: str, cell: str, shown_as: str, kind: str, name: str, words: Vocabulary) -> Reading:
    item = words.find(name)
    if item is None:
        near = words.nearest(name)
        trouble = "この帳票にない項目です。そのまま残ります。"
        if near:
            trouble += f"「{near}」のことでしょうか。"
        return Reading(sheet, cell, shown_as, kind, trouble=trouble)
    sample = _sample(item, words)
    return Reading(sheet, cell, shown_as, kind, item.name, sample)


def _sample(item: Single | Listed, words: Vocabulary) -> str:
    if isinstance(item, Single):
        return str(figure(item.value, item.style)[2])[:60] or "（空欄）"
    rows = words.blocks[item.block].rows
    if isinstance(rows, Sized):
        return f"一覧（{len(rows):,}行）"
    return "一覧"


def fill_template(report: Report, version: TemplateVersion) -> Book:
    """The version's workbook with the figures of the report.

    Raises:
        Refused: a list is too long for a template, or the file cannot be filled.
    """
    words, look = vocabulary(report), look_of(version)
    wanted_marks = {mark.words: item for mark in look.marks if (item := words.find(mark.words))}
    wanted_names = {name.name: item for name in look.names if (item := words.find(name.name))}
    columns: dict[str, list[Listed]] = {}
    for item in [*wanted_marks.values(), *wanted_names.values()]:
        if isinstance(item, Listed) and item not in columns.setdefault(item.block, []):
            columns[item.block].append(item)
    lists = {block: _records(words, block, items) for block, items in columns.items()}

    def told(item: Single | Listed) -> dict[str, Any]:
        if isinstance(item, Single):
            return {"cell": figure(item.value, item.style)}
        return {"list": item.block, "column": columns[item.block].index(item)}

    try:
        data = fill_in(
            version.file,
            marks={name: told(item) for name, item in wanted_marks.items()},
            names={name: told(item) for name, item in wanted_names.items()},
            lists=lists,
        )
    except InvalidWorkbook as error:
        raise Refused(f"この様式は差し替えられませんでした。{error}") from error
    return Book(data, sum(len(rows) for rows in lists.values()), hash_of(report))


def _records(words: Vocabulary, block: str, items: list[Listed]) -> list[list[Any]]:
    rows = list(islice(words.blocks[block].rows, MOST_RECORDS + 1))
    if len(rows) > MOST_RECORDS:
        raise Refused(
            f"「{block}」は{MOST_RECORDS:,}行を超えるため、様式に入れられません。"
            "Excelの帳票かCSVで出力してください。"
        )
    return [
        [
            ["n", number, str(number), "0"]
            if item.place is None
            else figure(row[item.place], item.style)
            for item in items
        ]
        for number, row in enumerate(rows, 1)
    ]


def add_template(
    period: Period, pack: str, name: str, data: bytes, filename: str, *, by: Viewer | None
) -> ReportTemplate:
    """Keep a new template of a report, as its first version.

    Raises:
        Refused: the file cannot be taken; says why and what to do.
    """
    template = ReportTemplate(period_id=period.id, pack=pack, name=name.strip(), latest=0)
    db.session.add(template)
    db.session.flush()
    _keep(template, data, filename, by)
    audit.record("report.template.add", template.public_id, by=by, pack=pack, period=period.name)
    return template


def add_version(
    template: ReportTemplate, data: bytes, filename: str, *, by: Viewer | None
) -> TemplateVersion:
    """Keep a new version; the earlier ones stay.

    Raises:
        Refused: the file cannot be taken.
    """
    version = _keep(template, data, filename, by)
    audit.record("report.template.version", template.public_id, by=by, number=version.number)
    return version


def _keep(
    template: ReportTemplate, data: bytes, filename: str, by: Viewer | None
) -> TemplateVersion:
    try:
        look = look_into(data, filename)
    except InvalidWorkbook as error:
        raise Refused(str(error)) from error
    template.latest += 1
    version = TemplateVersion(
        template_id=template.id,
        number=template.latest,
        filename=filename[-200:],
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        file=data,
        look={
            "sheets": look.sheets,
            "marks": [asdict(one) for one in look.marks],
            "names": [asdict(one) for one in look.names],
            "contents": [list(one) for one in look.contents],
        },
        uploaded_by_id=by.user_id if by else None,
        uploaded_by_name=by.name if by else "（自動）",
    )
    db.session.add(version)
    db.session.flush()
    return version


def remove_template(template: ReportTemplate, *, by: Viewer | None) -> None:
    """Take a template out of use; its versions stay and it can be brought back."""
    if template.removed_at is None:
        template.removed_at = clock.now()
        audit.record("report.template.remove", template.public_id, by=by)


def restore_template(template: ReportTemplate, *, by: Viewer | None) -> None:
    """Bring a removed template back."""
    if template.removed_at is not None:
        template.removed_at = None
        audit.record("report.template.restore", template.public_id, by=by)
