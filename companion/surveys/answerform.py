"""The Excel 回答票 of one respondent: made from the definition, signed, without macros.

Each answer cell stands in the column 「ご回答」, in a row whose hidden first cell names it:
`q:overall`, `q:reasons/field` (a choice to tick), `q:items/tools` (a row of a matrix),
`q:reason__other`, `q:change__consent`. Rows may be moved; the code moves with them. Each answer
cell has a name too (`ans_reasons.field`), by which it is found where its code is gone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from companion.core.sheets.writer import (
    add_sheet,
    new_book,
    put,
    put_formula,
    row_height,
    save_bytes,
    set_page,
)
from companion.surveys.answers import CONSENT, OTHER
from companion.surveys.formseal import SEAL, SIGNATURE, Seal
from companion.surveys.reading import condition_in_words
from companion.surveys.schema import Choice, FreeText, Matrix, Multi, Question, SurveyDefinition

SHEET, GUIDE, LISTS = "回答票", "記入要領", "_list"
NAMED = "ans_"
ANSWER_HEADING = "ご回答"
TICK = "○"
CONSENTS = {"yes": "掲載してよい", "no": "掲載しないでほしい"}
CODE, NUMBER, TEXT, ANSWER = 1, 2, 3, 4
_WIDTHS = {"B": 6.0, "C": 58.0, "D": 34.0}
_YELLOW = PatternFill("solid", fgColor="FFF9DB")


def answer_form(
    defn: SurveyDefinition,
    seal: Seal,
    key: str,
    *,
    addressee: str,
    due_at: dt.datetime,
    due_words: str,
    promise: str,
    answers: Mapping[str, Any],
) -> bytes:
    """The form as .xlsx, what was answered so far filled in; `due_at` also dates the file."""
    book = new_book(f"{defn.title} 回答票")
    made = _Form(book, defn, answers)
    put(made.sheet, 1, CODE, SEAL + seal.text())
    put(made.sheet, 2, CODE, SIGNATURE + seal.signature(key))
    made.head(addressee, due_words, promise)
    for page in defn.pages:
        made.line("", page.title, "", bold=True)
        for question in page.questions:
            made.question(question)
    made.finish()
    guide = _guide(book, defn)
    put(guide, 1, 2, SEAL + seal.text())  # again, for forms whose first column was deleted
    put(guide, 2, 2, SIGNATURE + seal.signature(key))
    guide.column_dimensions["B"].hidden = True
    return save_bytes(book, at=due_at)


class _Form:
    def __init__(self, book: Workbook, defn: SurveyDefinition, answers: Mapping[str, Any]) -> None:
        self.book = book
        self.sheet: Worksheet = add_sheet(book, SHEET)
        self.lists: Worksheet = add_sheet(book, LISTS)
        self.defn, self.answers = defn, answers
        self.row = 0
        self.columns: dict[tuple[str, ...], DataValidation] = {}
        self.required: list[str] = []
        for letter, width in _WIDTHS.items():
            self.sheet.column_dimensions[letter].width = width
        self.sheet.column_dimensions["A"].hidden = True
        self.sheet.column_dimensions["A"].width = 4

    def head(self, addressee: str, due_words: str, promise: str) -> None:
        put(self.sheet, 1, NUMBER, f"{self.defn.title}　回答票", "title")
        self.sheet.row_dimensions[1].height = 24
        for row, text in enumerate(
            (f"回答される方：{addressee}", f"締切：{due_words}", promise), start=2
        ):
            # Runs over the columns to its right; wrapped it would stand in the narrow first one.
            put(self.sheet, row, NUMBER, text, "plain").alignment = Alignment(wrap_text=False)
        put(self.sheet, 6, NUMBER, "問", "heading")
        put(self.sheet, 6, TEXT, "設問・選択肢", "heading")
        put(self.sheet, 6, ANSWER, ANSWER_HEADING, "heading")
        self.row = 6

    def line(self, number: str, text: str, code: str, *, bold: bool = False) -> int:
        self.row += 1
        put(self.sheet, self.row, NUMBER, number, "text")
        cell = put(self.sheet, self.row, TEXT, text, "text")
        if bold:
            cell.font = Font(name=cell.font.name, size=10, bold=True)
        if code:
            put(self.sheet, self.row, CODE, f"q:{code}")
            name, at = name_of(code), f"'{SHEET}'!$D${self.row}"
            self.book.defined_names[name] = DefinedName(name, attr_text=at)
        self.sheet.row_dimensions[self.row].height = row_height([text], [_WIDTHS["C"]])
        return self.row

    def cell(self, value: str | None, choices: tuple[str, ...] = ()) -> None:
        cell = put(self.sheet, self.row, ANSWER, value or "", "text")
        cell.fill, cell.protection = _YELLOW, Protection(locked=False)
        cell.number_format = "@"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if choices:
            self.choice_rule(choices).add(cell)

    def choice_rule(self, choices: tuple[str, ...]) -> DataValidation:
        if choices not in self.columns:
            column = len(self.columns) + 1
            for row, text in enumerate(choices, start=1):
                put(self.lists, row, column, text)
            letter = self.lists.cell(1, column).column_letter
            area = f"'{LISTS}'!${letter}$1:${letter}${len(choices)}"
            # Not strict: what is typed another way is understood, or told, when it comes back.
            rule = DataValidation(
                type="list", formula1=area, allow_blank=True, errorStyle="warning"
            )
            rule.promptTitle, rule.prompt = "回答", "一覧から選んでください。"
            self.columns[choices] = rule
            self.sheet.add_data_validation(rule)
        return self.columns[choices]

    def question(self, question: Question) -> None:
        number = self.defn.numbers.get(question.name, "")
        text = question.label
        if question.required is True:
            text += "【必須】"
        when = condition_in_words(self.defn, question)
        if when:
            text += f"\n（{when}）"
        if question.hint or question.guidance_hint:
            text += "\n" + (question.hint or "") + (question.guidance_hint or "")
        choices = [c for c in question.choice_list(self.defn) if not c.retired]
        value = self.answers.get(question.name)
        if question.type == "note":
            self.line("", question.label, "")
        elif isinstance(question, Multi):
            self.line(number, f"{text}\nあてはまるものすべてに{TICK}を付けてください。", "")
            self.ticks(question.name, choices, value or [])
        elif isinstance(question, Matrix):
            self.line(number, text, "")
            for row in question.rows:
                given = (value or {}).get(row.name)
                if question.cell == "multi":
                    self.line("", row.label, "")
                    self.ticks(f"{question.name}/{row.name}", choices, given or [])
                else:
                    self.line("", f"　{row.label}", f"{question.name}/{row.name}")
                    self.cell(_label(choices, given), tuple(c.label for c in choices))
        else:
            self.line(number, text, question.name)
            shown = _label(choices, value) if choices else value
            self.cell(shown, tuple(choice.label for choice in choices))
            if question.required is True and not question.relevant:
                self.required.append(f"$D${self.row}")
            if isinstance(question, FreeText):
                least = 15.0 * question.rows + 6
                self.sheet.row_dimensions[self.row].height = max(
                    least, self.sheet.row_dimensions[self.row].height
                )
        self.beside(question, choices)

    def ticks(self, code: str, choices: list[Choice], given: list[str]) -> None:
        for choice in choices:
            self.line("", f"　{choice.label}", f"{code}/{choice.name}")
            self.cell(TICK if choice.name in given else None, (TICK,))

    def beside(self, question: Question, choices: list[Choice]) -> None:
        for choice in choices:
            if choice.other and not isinstance(question, Matrix):
                self.line("", f"　「{choice.label}」の内容", question.name + OTHER)
                self.cell(self.answers.get(question.name + OTHER))
        if isinstance(question, FreeText) and question.publish == "ask_consent":
            self.line("", "　公表資料への掲載可否", question.name + CONSENT)
            consent = self.answers.get(question.name + CONSENT, "")
            self.cell(CONSENTS.get(consent), tuple(CONSENTS.values()))

    def finish(self) -> None:
        if self.required:
            blanks = "+".join(f"COUNTBLANK({cell})" for cell in self.required)
            count = f'="必須の設問のうち未回答："&({blanks})&"問"'
            cell = put_formula(self.sheet, 5, NUMBER, count, "plain")
            cell.alignment = Alignment(wrap_text=False)
        self.lists.sheet_state = "hidden"
        self.sheet.protection.sheet = True
        self.sheet.protection.formatRows = False
        set_page(self.sheet, title_rows="6:6", freeze="B7", print_area=f"B1:D{max(self.row, 7)}")


def name_of(code: str) -> str:
    """The name of the cell of a code: `ans_reasons.field` for `reasons/field`."""
    return NAMED + code.replace("/", ".")


def _label(choices: list[Choice], code: Any) -> str | None:
    return next((choice.label for choice in choices if choice.name == code), None)


def _guide(book: Workbook, defn: SurveyDefinition) -> Worksheet:
    sheet = add_sheet(book, GUIDE)
    sheet.column_dimensions["A"].width = 90
    lines = (
        "黄色の欄だけに記入してください。ほかの欄は保護されています。",
        "選択肢は一覧から選べます。複数選べる設問は、あてはまる行に○を付けてください（✓やレ、1でも構いません）。",
        "条件の付いた設問は、あてはまるときだけ記入してください。",
        "保存の形式は「Excelブック（.xlsx）」のままにしてください。ZIPにする必要はありません。",
        "回答用のページで「Excelで提出」を選ぶか、担当にお送りください。ほかの方の回答票は使えません。",
    )
    put(sheet, 1, 1, f"{defn.title}　{GUIDE}", "title")
    for row, text in enumerate(lines, start=3):
        put(sheet, row, 1, f"{row - 2}．{text}", "plain").alignment = Alignment(wrap_text=True)
        sheet.row_dimensions[row].height = row_height([text], [88])
    set_page(sheet)
    return sheet
