"""A report as .xlsx: 表紙, 目次, print sheets, 利用上の注意, データ sheets, 検算.

Sheets hold values; only 検算 holds live formulas, so that a reader can compute the figures again.
The same data give the same bytes: who made a file and when stands in the history of exports, where
the file's hash leads to it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from openpyxl.worksheet.hyperlink import Hyperlink

from companion.core import clock
from companion.core.sheets.stream import add_data_sheet
from companion.core.sheets.writer import (
    Value,
    add_sheet,
    new_book,
    put,
    put_formula,
    row_height,
    save_bytes,
    set_page,
)
from companion.core.wareki import wareki
from companion.reports.printing import Made, flat, print_sheet
from companion.reports.tables import DataSheet, Report

COMMON_NOTES = (
    "n は割合と平均の基数（対象となった数）。割合は n を100％として算出する。",
    "割合と平均は小数第２位を四捨五入して小数第１位まで示す。内訳の計が100％にならないことがある。",
    "「－」は該当がないこと、「0.0」は該当があり0.05％未満、「x」は秘匿、"
    "「…」は得られない又は調べていないことを示す。",
    "「データ_」で始まるシートは機械判読用で、１行目が項目名、１セル１データ。"
    "記号は「記号」の列に分けてある。",
    "数式があるのは「検算」のシートだけで、表の数値から計算し直すためのもの。",
)
Tell = Callable[[int, str], None]


@dataclass(frozen=True)
class Book:
    """A finished workbook and how many rows of data it holds."""

    data: bytes
    rows: int
    data_hash: str


def make_book(report: Report, *, tell: Tell | None = None) -> Book:
    """Write a report; `tell` is given per cent and words, and may raise to stop."""
    made = Made(new_book(f"{report.period} {report.title}"), report)
    for name in ("表紙", "目次"):
        add_sheet(made.book, name)
    for sheet in report.sheets:
        print_sheet(made, sheet)
    _notes(made)
    digest, rows = hashlib.sha256(_identity(report)), 0
    for data in report.data_sheets():
        lines = _watched(data, digest, tell)
        rows += add_data_sheet(
            made.book,
            data.name,
            data.headings,
            lines,
            classification=report.edition.classification,
        )
    _checks(made)
    data_hash = digest.hexdigest()
    _contents(made)
    _cover(made, data_hash)
    at = report.as_of or clock.at_jst(dt.date(report.fiscal_year, 4, 1), dt.time())
    texts = {f"xl/drawings/drawing{n}.xml": [words] for n, words in enumerate(made.pictures, 1)}
    return Book(save_bytes(made.book, at=at, descriptions=texts), rows, data_hash)


def _identity(report: Report) -> bytes:
    return f"{report.pack}|{report.fiscal_year}|{report.edition.value}".encode()


def hash_of(report: Report) -> str:
    """SHA-256 over the figures of a report, the same that stands on the workbook's cover."""
    digest = hashlib.sha256(_identity(report))
    for sheet in report.data_sheets():
        for _ in _watched(sheet, digest, None):
            pass
    return digest.hexdigest()


def _watched(sheet: DataSheet, digest: hashlib._Hash, tell: Tell | None) -> Iterator[list[Value]]:
    for number, line in enumerate(sheet.lines(), 1):
        digest.update(repr(line).encode("utf-8", "replace"))
        if tell and number % 2000 == 0:
            tell(50, f"{sheet.name}：{number:,}行")
        yield line


def _cover(made: Made, data_hash: str) -> None:
    report = made.report
    ws = made.book["表紙"]
    for letter, width in zip("ABC", (4, 24, 66), strict=True):
        ws.column_dimensions[letter].width = width
    put(ws, 4, 2, f"地方創生伴走支援制度　{report.title}", "title")
    put(
        ws, 5, 2, f"{report.period}（{report.fiscal_year}年度）　{report.edition.label}", "subtitle"
    )
    facts = [("作成", report.secretariat), ("取扱区分", report.edition.classification)]
    if report.as_of:
        local = clock.to_jst(report.as_of)
        words = f"{wareki(local.date())}{local.hour}時{local.minute:02}分"
        facts.append(("集計の基準日時", words))
    facts += report.facts
    facts += [("不足しているもの", words) for words in report.missing]
    facts.append(("データの識別", data_hash[:8]))
    if report.is_demo:
        facts.append(("注意", "デモ、架空のデータ"))
    for row, (label, words) in enumerate(facts, 8):
        put(ws, row, 2, label, "heading")
        put(ws, row, 3, words, "text")
        ws.row_dimensions[row].height = row_height([words], [66], least=24)
    last = 9 + len(facts)
    flat(put(ws, last, 2, "同じデータからは、いつも同じファイルができます。", "note"))
    words = "作成した人と日時は、出力履歴でこのファイルのハッシュ値（SHA-256）から確かめられます。"
    flat(put(ws, last + 1, 2, words, "note"))
    set_page(ws, classification=report.edition.classification)


def _contents(made: Made) -> None:
    ws = made.book["目次"]
    for letter, width in zip("ABCDE", (8, 56, 34, 12, 12), strict=True):
        ws.column_dimensions[letter].width = width
    put(ws, 1, 1, "目次", "title")
    for place, words in enumerate(("No.", "表", "シート", "n", "検算"), 1):
        put(ws, 3, place, words, "heading")
    doubts = [check.name for check in made.report.checks if not check.is_ok]
    for number, (table, name, row) in enumerate(made.contents, 1):
        at = 3 + number
        put(ws, at, 1, number, "code", number_format="0")
        put(ws, at, 2, table.title, "text")
        cell = put(ws, at, 3, name, "text")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{_doubled(name)}'!A{row}")
        put(ws, at, 4, "－" if table.n is None else table.n, "code" if table.n is None else "count")
        put(ws, at, 5, "要確認" if any(table.title in doubt for doubt in doubts) else "OK", "code")
        ws.row_dimensions[at].height = row_height([table.title], [56])
    set_page(ws, classification=made.report.edition.classification, title_rows="3:3", freeze="A4")


def _doubled(name: str) -> str:
    return name.replace("'", "''")


def _notes(made: Made) -> None:
    sheet = add_sheet(made.book, "利用上の注意")
    sheet.column_dimensions["A"].width = 6
    sheet.column_dimensions["B"].width = 84
    put(sheet, 1, 1, "利用上の注意", "title")
    notes: Iterable[str] = (*COMMON_NOTES, *made.report.notes)
    for row, words in enumerate(notes, 3):
        put(sheet, row, 1, row - 2, "code", number_format="0")
        put(sheet, row, 2, words, "text")
        sheet.row_dimensions[row].height = row_height([words], [84], least=24)
    set_page(sheet, classification=made.report.edition.classification)


def _checks(made: Made) -> None:
    sheet = add_sheet(made.book, "検算")
    widths = (62, 14, 14, 10, 58)
    for letter, width in zip("ABCDE", widths, strict=True):
        sheet.column_dimensions[letter].width = width
    put(sheet, 1, 1, "検算", "title")
    words = "このシートだけに数式があります。表の数値から計算し直し、集計値と比べます。"
    put(sheet, 2, 1, words, "base")
    for place, heading in enumerate(("項目", "集計値", "再計算", "判定", "備考"), 1):
        put(sheet, 4, place, heading, "heading")
    row = 5
    for proof in made.proofs:
        put(sheet, row, 1, proof.name, "text")
        put(sheet, row, 2, proof.expected, "number", number_format=proof.number_format)
        cell = put_formula(sheet, row, 3, f"={proof.formula}", "number")
        cell.number_format = proof.number_format
        put_formula(sheet, row, 4, f'=IF(ABS(B{row}-C{row})<0.0000001,"OK","NG")', "code")
        put(sheet, row, 5, None, "text")
        sheet.row_dimensions[row].height = row_height([proof.name], [62])
        row += 1
    for check in made.report.checks:
        values: list[Value] = [
            check.name,
            check.expected,
            check.found,
            "OK" if check.is_ok else "要確認",
            check.note,
        ]
        for place, value in enumerate(values, 1):
            is_number = isinstance(value, int | Fraction)
            style = "number" if is_number else "code" if place in (2, 3, 4) else "text"
            form = "#,##0.####" if isinstance(value, Fraction) and value.denominator > 1 else None
            put(sheet, row, place, value, style, number_format=form)
        sheet.row_dimensions[row].height = row_height(values, widths)
        row += 1
    if row == 5:
        put(sheet, row, 1, "検算する数値はありません。", "text")
    set_page(
        sheet,
        landscape=True,
        classification=made.report.edition.classification,
        title_rows="4:4",
        freeze="A5",
    )
