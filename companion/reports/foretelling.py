"""What will become of a template, told before anything is filled."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import asdict, dataclass

from companion.core.sheets.filling import Look, NamedCell
from companion.reports.items import Listed, Single, Vocabulary, figure

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
