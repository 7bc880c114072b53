"""An XLSForm workbook read as a definition's data; what has no place here is told with its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from companion.core.sheets import Sheet
from companion.surveys.draftdata import (
    Data,
)
from companion.surveys.faults import nearest
from companion.surveys.grammar import ExpressionFault, parse_expression
from companion.surveys.parts import CODE, NAME
from companion.surveys.xlsform import (
    FACT,
    OWN,
    ROW,
    filter_from_xlsform,
    from_xlsform,
    limits_in,
)
from companion.surveys.xlsformcells import Line, XlsFormFaults, lines_of_sheet, loaded, matches, yes

_PLAIN = {"text": "text", "integer": "number", "int": "number", "decimal": "number",
          "range": "number", "note": "note"}  # fmt: skip
# What other tools note about the device or the moment: not answers, left out without a word.
_METADATA = {
    "start", "end", "today", "deviceid", "username", "phonenumber", "email", "audit",
    "simserial", "subscriberid", "start-geopoint", "background-audio",
}  # fmt: skip
_IGNORED = {"appearance", "name", "type", "label", "hint", "parameters", OWN}
_UNKNOWN_COLUMNS = ("calculation", "trigger", "repeat_count", "intent")
_MEDIA = ("media::", "image", "audio", "video", "big-image")


@dataclass
class _Group:
    """A group that is open: a section, or a matrix whose rows are being read."""

    line: Line
    own: Data
    target: Data
    is_matrix: bool
    listed: str = ""


@dataclass
class _Reading:
    choices: dict[str, list[Data]]
    faults: list[str] = field(default_factory=list)
    pages: list[Data] = field(default_factory=list)
    groups: list[_Group] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    own_lists: set[str] = field(default_factory=set)

    def fault(self, line: Line, column: str, message: str) -> None:
        self.faults.append(f"{line.place(column)}：{message}")

    def page(self) -> Data:
        """The section that questions go to; one is made when none is open."""
        if not self.pages or self.pages[-1].get("_closed"):
            self.pages.append({"title": "設問", "questions": []})
        return self.pages[-1]

    def line(self, line: Line) -> None:
        kind = line.text("type").replace("begin ", "begin_").replace("end ", "end_")
        word, _, rest = kind.partition(" ")
        if word == "begin_group":
            self.begin(line)
        elif word == "end_group":
            self.end(line)
        elif word in _METADATA or (word == "hidden" and line.text("name").startswith(FACT)):
            return
        elif word in {"select_one", "select_multiple"}:
            self.select(line, word, rest.strip())
        elif word in _PLAIN:
            self.plain(line, word)
        else:
            known = ["select_one", "select_multiple", *_PLAIN, "begin_group", "end_group"]
            hint = nearest(word, known) or (
                "使えるのは、選択（select_one、select_multiple）、text、integer、decimal、range、"
                "note と、グループです。"
            )
            self.fault(line, "type", f"種類「{kind}」は読み込めません。{hint}")

    def begin(self, line: Line) -> None:
        own = loaded(line, self.faults)
        is_matrix = own.get("type") == "matrix" or (bool(self.groups) and "page" not in own)
        if len(self.groups) > 1 or (self.groups and self.groups[0].is_matrix):
            self.fault(line, "type", "グループの中のグループは、表（table-list）だけ読み込めます。")
        if is_matrix:
            target = self.question(line, "matrix", own)
            target["rows"] = []
        else:
            target = {"title": line.raw_label("label") or "設問", "questions": []}
            if own.get("title_en"):
                target["title"] = {"ja": target["title"], "en": own["title_en"]}
            self.rule(line, "relevant", target)
            self.pages.append(target)
        self.groups.append(_Group(line, own, target, is_matrix))

    def end(self, line: Line) -> None:
        if not self.groups:
            self.fault(line, "type", "対応する begin_group がありません。")
            return
        group = self.groups.pop()
        if not group.is_matrix:
            group.target["_closed"] = True
            return
        rows = group.target["rows"]
        if not rows:
            self.fault(group.line, "type", "表に行がありません。")
        if "all_rows_required" not in group.own and rows and all(r.pop("_required") for r in rows):
            group.target["all_rows_required"] = True
        for row in rows:
            row.pop("_required", None)

    def question(self, line: Line, kind: str, own: Data) -> Data:
        """A question with what every kind has, put into its section."""
        made: Data = {"name": line.text("name"), "type": kind}
        if not matches(NAME, made["name"]) or "__" in made["name"]:
            self.fault(
                line,
                "name",
                f"名前「{made['name']}」は使えません。"
                "英小文字で始め、英小文字・数字・_ にしてください。",
            )
        for key in ("label", "hint"):
            text = line.words(key)
            if text:
                made[key] = text
        made.setdefault("label", made["name"])
        for key in ("guidance_hint", "required_message", "constraint_message", "default"):
            if line.raw(key):
                made[key] = line.raw(key)
        if line.raw("read_only") and yes(line.text("read_only")):
            made["read_only"] = True
        self.required(line, made)
        self.rule(line, "relevant", made)
        self.unknown_columns(line)
        skipped = {"constraint_written", "filter_written", "own_list", "type"}
        skipped |= {"rows"} if kind == "matrix" else set()
        made |= {key: value for key, value in own.items() if key not in skipped}
        made["type"] = own.get("type", kind)
        if isinstance(made.get("constraint"), str):
            made["constraint"] = from_xlsform(made["constraint"])
        self.page()["questions"].append(made)
        return made

    def required(self, line: Line, made: Data) -> None:
        text = line.text("required")
        if not text:
            return
        answer = yes(text)
        if answer is None:
            self.rule(line, "required", made)
        elif answer:
            made["required"] = True

    def rule(self, line: Line, column: str, made: Data) -> None:
        """A condition, refused with its cell when it is none of ours."""
        text = line.text(column)
        if not text:
            return
        text = filter_from_xlsform(text) if column == "choice_filter" else from_xlsform(text)
        try:
            parse_expression(text)
        except ExpressionFault as fault:
            self.fault(line, column, str(fault))
        else:
            made[column] = text

    def unknown_columns(self, line: Line) -> None:
        for column in line.columns:
            if line.raw(column) and (column in _UNKNOWN_COLUMNS or column.startswith(_MEDIA)):
                self.fault(
                    line, column, f"列「{column}」の働きはここにはありません。空欄にしてください。"
                )

    def constraint(self, line: Line, made: Data, own: Data) -> None:
        text = line.text("constraint")
        if not text or text == own.get("constraint_written"):
            return
        for key in ("constraint", "min", "max", "max_length", "min_selected", "max_selected"):
            made.pop(key, None)  # the rule was changed in the workbook: it alone holds
        limits = limits_in(text)
        fitting = {
            "number": {"min", "max"},
            "text": {"max_length", "pattern"},
            "multi": {"min_selected", "max_selected"},
        }.get(made["type"], set())
        if limits is not None and set(limits) <= fitting:
            made |= limits
        else:
            self.rule(line, "constraint", made)

    def plain(self, line: Line, word: str) -> None:
        own = loaded(line, self.faults)
        if own.get("intro"):
            self.page()["intro"] = line.raw_label("label")
            return
        if own.get("part"):
            return
        made = self.question(line, _PLAIN[word], own)
        if word in {"integer", "int"}:
            made["integer"] = True
        if word == "range":
            self.range(line, made)
        self.constraint(line, made, own)

    def range(self, line: Line, made: Data) -> None:
        for part in line.text("parameters").replace(";", " ").split():
            key, _, value = part.partition("=")
            name = {"start": "min", "end": "max", "step": "step"}.get(key)
            if name and matches(r"-?[0-9]+(\.[0-9]+)?", value):
                made[name] = value
            elif name:
                self.fault(line, "parameters", f"「{part}」を数として読めません。")

    def select(self, line: Line, word: str, listed: str) -> None:
        if " or_other" in f" {listed} ":
            message = (
                "or_other は使えません。選択肢に「その他」を加え、"
                "other の列に yes と書いてください。"
            )
            self.fault(line, "type", message)
            listed = listed.replace("or_other", "").strip()
        if listed not in self.choices:
            message = f"選択肢の一覧「{listed}」が choices シートにありません。"
            self.fault(line, "type", message + nearest(listed, self.choices))
            return
        own = loaded(line, self.faults)
        if own.get("part"):
            return
        if self.groups and self.groups[-1].is_matrix:
            self.row(line, word, listed)
            return
        made = self.question(line, "single" if word == "select_one" else "multi", own)
        made["choices"] = self.listed(listed, own)
        self.filter(line, made, own)
        self.constraint(line, made, own)
        if (
            isinstance(made.get("default"), str)
            and made["type"] == "multi"
            and " " in made["default"]
        ):
            made["default"] = made["default"].split()

    def filter(self, line: Line, made: Data, own: Data) -> None:
        if line.text("choice_filter") == own.get("filter_written", ""):
            return
        made.pop("choice_filter", None)
        self.rule(line, "choice_filter", made)

    def listed(self, name: str, own: Data) -> Any:
        if own.get("own_list"):
            self.own_lists.add(name)
            return [dict(choice) for choice in self.choices[name]]
        self.used.add(name)
        return name

    def row(self, line: Line, word: str, listed: str) -> None:
        group = self.groups[-1]
        target, own = group.target, group.own
        if not target["rows"]:
            group.listed = listed
            target["columns"] = self.listed(listed, own)
            if word == "select_multiple":
                target["cell"] = "multi"
        elif listed != group.listed:
            self.fault(line, "type", "表の行は、同じ選択肢の一覧にそろえてください。")
        name = line.text("name").removeprefix(f"{target['name']}{ROW}")
        if not matches(NAME, name):
            self.fault(
                line, "name", f"行の名前「{name}」は使えません。英小文字・数字・_ にしてください。"
            )
        known = own.get("rows", {}).get(name, {}) if isinstance(own.get("rows"), dict) else {}
        row: Data = {"name": name, "label": line.words("label") or name, **known}
        row.pop("label_en", None)
        target["rows"].append(row | {"_required": yes(line.text("required")) is True})


def read_choices(sheet: Sheet | None, faults: list[str]) -> dict[str, list[Data]]:
    """The lists of the sheet choices."""
    lists: dict[str, list[Data]] = {}
    for line in lines_of_sheet(sheet, faults) if sheet else []:
        name = line.text("list_name") or line.text("list name")
        choice: Data = {"name": line.text("name"), "label": line.words("label")}
        if not matches(CODE, choice["name"]):
            faults.append(
                f"{line.place('name')}：符号「{choice['name']}」は使えません。"
                "英小文字・数字・_ にしてください。"
            )
        choice["label"] = choice["label"] or choice["name"]
        for key in ("short_label", "short_label_en", "group", "missing"):
            if line.raw(key):
                choice[key] = line.raw(key)
        for key in ("exclusive", "other", "retired"):
            if yes(line.text(key)):
                choice[key] = True
        score = line.text("score")
        if score and matches(r"-?[0-9]+", score):
            choice["score"] = int(score)
        elif score:
            faults.append(f"{line.place('score')}：点数「{score}」を整数で書いてください。")
        lists.setdefault(name, []).append(choice)
    return lists


def survey_data(sheets: Sequence[Sheet], *, otherwise: Data) -> Data:
    """The data of a definition; `otherwise` is what the workbook does not say of the survey.

    Raises:
        XlsFormFaults: everything that cannot be taken, each with its sheet, row and column.
    """
    by_name = {sheet.name.strip().casefold(): sheet for sheet in sheets}
    faults: list[str] = []
    if "survey" not in by_name:
        raise XlsFormFaults(
            ["「survey」という名前のシートがありません。XLSFormのブックを選んでください。"]
        )
    reading = _Reading(read_choices(by_name.get("choices"), faults), faults)
    for line in lines_of_sheet(by_name["survey"], faults):
        reading.line(line)
    for group in reading.groups:
        reading.fault(group.line, "type", "このグループに end_group がありません。")
    settings = lines_of_sheet(by_name.get("settings"), faults)
    data = {**otherwise, **_whole(settings[0], faults)} if settings else dict(otherwise)
    pages = [{k: v for k, v in page.items() if k != "_closed"} for page in reading.pages]
    if not any(page["questions"] for page in pages):
        faults.append("survey シート：設問がありません。")
    if faults:
        raise XlsFormFaults(faults)
    shared = {
        name: choices
        for name, choices in reading.choices.items()
        if name not in reading.own_lists and (name in reading.used or name != "companion_consent")
    }
    data.pop("choices", None)
    return data | ({"choices": shared} if shared else {}) | {"pages": pages}


def _whole(line: Line, faults: list[str]) -> Data:
    data = loaded(line, faults)
    title_en = data.pop("title_en", None)
    title = line.raw("form_title")
    if title:
        data["title"] = {"ja": title, "en": title_en} if title_en else title
    name = line.text("form_id")
    if name:
        data["id"] = name
        if not matches(NAME, name):
            faults.append(
                f"{line.place('form_id')}：「{name}」は使えません。"
                "英小文字で始め、英小文字・数字・_ にしてください。"
            )
    version = line.text("version")
    if version and matches(r"[0-9]+(\.[0-9]+)*", version):
        data["version"] = version
    return data


__all__ = ["XlsFormFaults", "survey_data"]
