"""A definition as the rows of an XLSForm workbook."""

from __future__ import annotations

from typing import Any

from companion.surveys.answers import CONSENT, OTHER
from companion.surveys.facts import FACTS, facts_used
from companion.surveys.schema import (
    Choice,
    FreeText,
    Matrix,
    Multi,
    Page,
    Question,
    SurveyDefinition,
)
from companion.surveys.xlsform import (
    CONSENTS,
    IN_COLUMNS,
    JA,
    OWN,
    ROW,
    fact_name,
    filter_for_xlsform,
    for_xlsform,
    joined,
)
from companion.surveys.xlsformlimits import as_json, kind_of, limits_of, required_of

Row = dict[str, str]


class FormRows:
    """The rows of the three sheets of an XLSForm workbook."""

    def __init__(self, defn: SurveyDefinition) -> None:
        self.defn = defn
        self.survey: list[Row] = []
        self.choices: list[Row] = []
        self.lists: set[str] = set()
        self.has_english = '_en":' in defn.model_dump_json(exclude_none=True)
        self.taken = set(defn.by_name) | set(defn.choices)
        for name, choices in defn.choices.items():
            self.list_of(name, choices)
        for key in facts_used(defn):
            self.row("hidden", fact_name(key), label=FACTS[key].label)
        for number, page in enumerate(defn.pages, start=1):
            self.page(number, page)
        self.settings = [self.whole()]

    def fresh(self, stem: str) -> str:
        name, number = stem, 1
        while name in self.taken:
            number += 1
            name = f"{stem}_{number}"
        self.taken.add(name)
        return name

    def row(self, kind: str, name: str = "", **cells: Any) -> Row:
        made = {"type": kind, "name": name}
        made |= {key: str(value) for key, value in cells.items() if value not in (None, "", False)}
        self.survey.append(made)
        return made

    def whole(self) -> Row:
        own = self.defn.model_dump(
            mode="json",
            by_alias=True,
            exclude_defaults=True,
            exclude={"pages", "choices", "title", "title_en", "id", "version"},
        )
        if self.defn.title_en:
            own["title_en"] = self.defn.title_en
        return {
            "form_title": self.defn.title,
            "form_id": self.defn.id,
            "version": self.defn.version,
            "default_language": JA if self.has_english else "",
            "style": "pages",
            OWN: as_json(own),
        }

    def page(self, number: int, page: Page) -> None:
        own = {"page": True} | ({"title_en": page.title_en} if page.title_en else {})
        self.row(
            "begin_group",
            self.fresh(f"page_{number}"),
            label=page.title,
            label_en=page.title_en,
            relevant=for_xlsform(page.relevant or ""),
            appearance="field-list",
            companion=as_json(own),
        )
        if page.intro:
            name = self.fresh(f"page_{number}_intro")
            self.row("note", name, label=page.intro, companion=as_json({"intro": True}))
        for question in page.questions:
            self.question(question)
        self.row("end_group")

    def list_of(self, name: str, choices: list[Choice]) -> str:
        self.lists.add(name)
        for choice in choices:
            row = {"list_name": name}
            for key, value in choice.model_dump(mode="json", exclude_defaults=True).items():
                row[key] = "yes" if value is True else str(value)
            self.choices.append(row)
        return name

    def list_for(self, question: Question, key: str) -> str:
        """The name of a question's list; its own one is written out under a name of its own."""
        source = getattr(question, key)
        if isinstance(source, str):
            return source
        return self.list_of(self.fresh(f"{question.name}_list"), list(source))

    def question(self, question: Question) -> None:
        own = question.model_dump(mode="json", exclude_defaults=True)
        choices = question.choice_list(self.defn)
        key = "columns" if isinstance(question, Matrix) else "choices"
        kind, listed = kind_of(question), ""
        if choices:
            listed = self.list_for(question, key)
            if not isinstance(getattr(question, key), str):
                own["own_list"] = True
        own = {name: value for name, value in own.items() if name not in IN_COLUMNS}
        if question.type in {"single", "multi", "text", "number", "note"}:
            own.pop("type", None)
        cells: dict[str, Any] = {
            "label": question.label,
            "label_en": question.label_en,
            "hint": question.hint,
            "hint_en": question.hint_en if question.hint else None,
            "guidance_hint": question.guidance_hint,
            "required_message": question.required_message,
            "relevant": for_xlsform(question.relevant or ""),
            "constraint_message": question.constraint_message,
            "read_only": "yes" if question.read_only else "",
            "required": required_of(question),
            "constraint": self.constraint(question, own),
            "choice_filter": self.choice_filter(question, choices, own),
        }
        if question.required != "soft":
            own.pop("required", None)
        if question.hint_en and not question.hint:
            own["hint_en"] = question.hint_en
        if isinstance(question.default, str):
            cells["default"] = own.pop("default")
        if isinstance(question, Matrix):
            self.matrix(question, listed, cells, own)
            return
        cells[OWN] = as_json(own)
        self.row(f"{kind} {listed}".strip(), question.name, **cells)
        self.beside(question, choices)

    def constraint(self, question: Question, own: dict[str, Any]) -> str:
        """The limits and the rule as one constraint, remembered to be told from a changed one."""
        limits = limits_of(question, self.defn)
        rule = for_xlsform(question.constraint or "")
        if not limits:
            own.pop("constraint", None)
            return rule
        written = joined([*limits, f"({rule})"] if rule else limits)
        own["constraint_written"] = written
        return written

    def choice_filter(self, question: Question, choices: list[Choice], own: dict[str, Any]) -> str:
        rule = filter_for_xlsform(getattr(question, "choice_filter", None) or "")
        if not any(choice.retired for choice in choices):
            return rule
        written = joined([f"({rule})", "retired != 'yes'"] if rule else ["retired != 'yes'"])
        own["filter_written"] = written
        if rule:
            own["choice_filter"] = getattr(question, "choice_filter", None)
        return written

    def matrix(
        self, question: Matrix, listed: str, cells: dict[str, Any], own: dict[str, Any]
    ) -> None:
        own["rows"] = {
            row.name: row.model_dump(exclude_defaults=True, exclude={"name", "label"})
            for row in question.rows
        }
        for key in ("hint", "hint_en", "guidance_hint", "required_message", "constraint",
                    "constraint_message", "read_only", "default"):  # fmt: skip
            if cells.get(key):
                own[key] = True if key == "read_only" else cells[key]
        own["required"] = question.required
        kept = ("label", "label_en", "relevant")
        group = {key: cells[key] for key in kept} | {OWN: as_json(own)}
        rule = cells["choice_filter"]
        appearance = "" if rule else "table-list"
        self.row("begin_group", question.name, appearance=appearance, **group)
        kind = "select_multiple" if question.cell == "multi" else "select_one"
        for row in question.rows:
            self.row(
                f"{kind} {listed}",
                question.name + ROW + row.name,
                label=row.label,
                label_en=row.label_en,
                required="yes" if question.all_rows_required else "",
                choice_filter=rule,
            )
        self.row("end_group")

    def beside(self, question: Question, choices: list[Choice]) -> None:
        """The words for 「その他」 and the consent, which are part of the question here."""
        others = [choice for choice in choices if choice.other]
        part = as_json({"part": True})
        if others:
            of = f"${{{question.name}}}"
            asked = " or ".join(
                f"selected({of}, '{c.name}')"
                if isinstance(question, Multi)
                else f"{of} = '{c.name}'"
                for c in others
            )
            label = f"「{others[0].label}」の内容"
            self.row("text", question.name + OTHER, label=label, relevant=asked, companion=part)
        if isinstance(question, FreeText) and question.publish == "ask_consent":
            if CONSENTS not in self.lists:
                yes = [Choice(name="yes", label="掲載してよい")]
                self.list_of(CONSENTS, [*yes, Choice(name="no", label="掲載しないでほしい")])
            self.row(
                f"select_one {CONSENTS}",
                question.name + CONSENT,
                label="公表資料への掲載可否",
                companion=part,
            )
