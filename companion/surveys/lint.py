"""The linter: what makes a usable definition a poor one, beside everything that makes it unusable.

Run by `companion survey lint`, at start-up and in the tests of the shipped definitions. Faults
of severity "error" refuse the definition; "warning" asks a person to look.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path as FilePath

from companion.surveys.conditions import always
from companion.surveys.definition import understood
from companion.surveys.facts import fact_faults
from companion.surveys.faults import DefinitionFaults, Fault
from companion.surveys.lintwhole import (
    Finding,
    each_question,
    known_names,
    not_counted,
    sheet_names,
    window_days,
)
from companion.surveys.schema import FreeText, Question, Scale5, SurveyDefinition
from companion.surveys.source import Path, Source, read

CHART_LABEL = 255  # Excel shows no longer category label
_TRAP_WORDS = {"yes", "no", "on", "off"}
_LEADING_ZERO = re.compile(r"0[0-9]+")
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?")


def lint(
    paths: Iterable[FilePath | str],
    *,
    populations: Collection[str] | None = None,
    banners: Collection[str] | None = None,
) -> list[Fault]:
    """Every finding in some definition files, sorted by file and line.

    `populations` and `banners` are the names the application knows; None leaves them unchecked.
    """
    found: list[Fault] = []
    first: dict[str, str] = {}
    for path in map(FilePath, paths):
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            message = "ファイルが読めません。UTF-8で保存されているか確かめてください。"
            found.append(Fault(str(path), 1, "", message))
            continue
        faults, defn = _looked_at(text, str(path), populations, banners)
        found += faults
        if defn is None:
            continue
        if defn.id != path.stem:
            message = f"id「{defn.id}」がファイル名「{path.stem}」と違います。"
            found.append(Fault(str(path), 1, "", message, "warning"))
        if defn.id in first:
            message = f"id「{defn.id}」は{first[defn.id]}でも使われています。"
            found.append(Fault(str(path), 1, "", message))
        first.setdefault(defn.id, str(path))
    return sorted(set(found))


def lint_text(
    text: str,
    name: str,
    *,
    populations: Collection[str] | None = None,
    banners: Collection[str] | None = None,
) -> list[Fault]:
    """Every finding in one definition that is being edited; `name` stands for its file."""
    return sorted(set(_looked_at(text, name, populations, banners)[0]))


def _looked_at(
    text: str,
    name: str,
    populations: Collection[str] | None,
    banners: Collection[str] | None,
) -> tuple[list[Fault], SurveyDefinition | None]:
    try:
        source = read(text, name)
    except DefinitionFaults as error:
        return error.faults, None
    findings: list[Finding] = list(_traps(source))
    defn: SurveyDefinition | None = None
    faults: list[Fault] = []
    try:
        defn = understood(source)
    except DefinitionFaults as error:
        faults = error.faults
    else:
        for rule in (_numbers, _questions, _choices, sheet_names, window_days, not_counted):
            findings += rule(defn)
        findings += [*known_names(defn, populations, banners), *fact_faults(defn)]
    faults += [
        Fault(source.file, source.line(at), question, message, severity)
        for at, question, message, severity in findings
    ]
    return faults, defn


def _traps(source: Source) -> Iterator[Finding]:
    """Bare scalars that another YAML reader takes for something else."""
    for path, text in source.bare.items():
        trap = text.lower() in _TRAP_WORDS or _CLOCK.fullmatch(text)
        if trap or _LEADING_ZERO.fullmatch(text):
            message = f"「{text}」は真偽や数と読まれることがあります。引用符で囲んでください。"
            yield path, "", message, "warning"


def _numbers(defn: SurveyDefinition) -> Iterator[Finding]:
    """Question numbers are unique and rise: 1, 1-1, 1-2, 2."""
    before: tuple[int, ...] | None = None
    seen: dict[str, str] = {}
    for at, question in each_question(defn):
        number = question.number
        if number is None:
            continue
        here = (*at, "number")
        if number in seen:
            message = f"番号「{number}」は質問「{seen[number]}」と同じです。"
            yield here, question.name, message, "error"
        seen.setdefault(number, question.name)
        if not re.fullmatch(r"[0-9]+(-[0-9]+)*", number):
            continue
        parts = tuple(int(part) for part in number.split("-"))
        if before is not None and parts < before:
            yield here, question.name, f"番号「{number}」の順序が前後しています。", "error"
        before = parts


def _questions(defn: SurveyDefinition) -> Iterator[Finding]:
    for p, page in enumerate(defn.pages):
        if page.relevant is not None:
            yield from _always(defn, ("pages", p, "relevant"), "", page.relevant, None)
    for at, question in each_question(defn):
        name = question.name
        for key in ("relevant", "constraint", "required"):
            text = getattr(question, key)
            if isinstance(text, str) and text != "soft":
                yield from _always(defn, (*at, key), name, text, question)
        if question.type != "note" and len(question.short) > CHART_LABEL:
            message = f"質問文が{CHART_LABEL}文字を超えます。short_label を付けてください。"
            yield (*at, "label"), name, message, "warning"
        if question.constraint is not None and question.constraint_message is None:
            message = "constraint には、回答者に示す constraint_message を付けてください。"
            yield (*at, "constraint"), name, message, "warning"
        open_text = isinstance(question, FreeText) and not question.pii_hint
        if open_text and defn.identity == "anonymous":
            message = (
                "匿名の調査の自由記述には、個人名等を書かない注意（pii_hint: true）が必要です。"
            )
            yield at, name, message, "error"
        if question.type == "note" and question.required is not False:
            yield (*at, "required"), name, "説明文（note）は必須にできません。", "error"


def _always(
    defn: SurveyDefinition, at: Path, name: str, text: str, question: Question | None
) -> Iterator[Finding]:
    settled = always(defn, text, question)
    if settled is not None:
        word = "成り立ちます" if settled else "成り立ちません"
        yield at, name, f"式「{text}」は、どの回答でも常に{word}。", "error"


def _choices(defn: SurveyDefinition) -> Iterator[Finding]:
    used: set[str] = set()
    for at, question in each_question(defn):
        key = "columns" if question.type == "matrix" else "choices"
        listed = getattr(question, key, None)
        if isinstance(listed, str):
            used.add(listed)
        scores = [c.score for c in question.choice_list(defn) if c.score is not None]
        if len(scores) != len(set(scores)) and not isinstance(question, Scale5):
            yield (*at, key), question.name, "同じ点数（score）の選択肢が2つあります。", "error"
        for choice in question.choice_list(defn):
            if len(choice.short) > CHART_LABEL:
                message = f"選択肢「{choice.name}」が{CHART_LABEL}文字を超えます。"
                yield (*at, key), question.name, message, "warning"
        choices = question.choice_list(defn)
        if choices and all(choice.retired for choice in choices):
            yield (*at, key), question.name, "選べる選択肢がありません（すべて retired）。", "error"
    for name in sorted(set(defn.choices) - used):
        yield ("choices", name), "", f"選択肢の一覧「{name}」は使われていません。", "warning"
