"""The rows of the sheet survey read one after the other: sections, questions, matrices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from companion.surveys.draftdata import Data
from companion.surveys.faults import nearest
from companion.surveys.parts import NAME
from companion.surveys.xlsform import FACT, ROW, from_xlsform
from companion.surveys.xlsformcells import Line, loaded, matches, yes
from companion.surveys.xlsformrules import Rules

_PLAIN = {"text": "text", "integer": "number", "int": "number", "decimal": "number",
          "range": "number", "note": "note"}  # fmt: skip


# What other tools note about the device or the moment: not answers, left out without a word.
_METADATA = {
    "start", "end", "today", "deviceid", "username", "phonenumber", "email", "audit",
    "simserial", "subscriberid", "start-geopoint", "background-audio",
}  # fmt: skip


@dataclass
class _Group:
    """A group that is open: a section, or a matrix whose rows are being read."""

    line: Line
    own: Data
    target: Data
    is_matrix: bool
    listed: str = ""


@dataclass
class Reading(Rules):
    """What has been read so far; `choices` are the lists of the sheet choices."""

    choices: dict[str, list[Data]]
    pages: list[Data] = field(default_factory=list)
    groups: list[_Group] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    own_lists: set[str] = field(default_factory=set)

    def page(self) -> Data:
        """The section that questions go to; one is made when none is open."""
        if not self.pages or self.pages[-1].get("_closed"):
            self.pages.append({"title": "設問", "questions": []})
        return self.pages[-1]

    def line(self, line: Line) -> None:
        """Read one row."""
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
        """Open a section or a matrix."""
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
        """Close the innermost group."""
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

    def plain(self, line: Line, word: str) -> None:
        """A question without choices, or a note."""
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

    def select(self, line: Line, word: str, listed: str) -> None:
        """A question with choices, or a row of the open matrix."""
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

    def listed(self, name: str, own: Data) -> Any:
        """What a question says of its list: its name, or the choices themselves."""
        if own.get("own_list"):
            self.own_lists.add(name)
            return [dict(choice) for choice in self.choices[name]]
        self.used.add(name)
        return name

    def row(self, line: Line, word: str, listed: str) -> None:
        """One row of the open matrix."""
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
