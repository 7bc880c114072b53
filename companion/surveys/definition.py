"""Survey definitions: read from YAML with every fault at once, and kept as canonical JSON."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from companion.surveys import schema
from companion.surveys.crossreferences import crossreference_faults
from companion.surveys.faults import DefinitionFaults, Fault, nearest
from companion.surveys.schema import (
    Choice,
    Common,
    FreeText,
    Matrix,
    Multi,
    Note,
    Number,
    Page,
    Question,
    Scale5,
    Single,
    SurveyDefinition,
)
from companion.surveys.source import Path, Source, read

__all__ = [
    "Choice",
    "Common",
    "DefinitionFaults",
    "Fault",
    "FreeText",
    "Matrix",
    "Multi",
    "Note",
    "Number",
    "Page",
    "Question",
    "Scale5",
    "Single",
    "SurveyDefinition",
    "canonical_json",
    "from_canonical",
    "json_schema",
    "load",
    "parse",
    "sha256",
]

_PARTS: dict[str, type[schema.Part]] = {
    "scale5": schema.Scale5,
    "single": schema.Single,
    "multi": schema.Multi,
    "text": schema.FreeText,
    "number": schema.Number,
    "matrix": schema.Matrix,
    "note": schema.Note,
}

_SENTENCES = {
    "string_type": "文字列で書いてください。"
    '数字やtrueのように読める語は引用符で囲みます（例: "5"）。',
    "int_type": "整数で書いてください。",
    "bool_type": "true か false で書いてください。",
    "list_type": "「- 」で始まる並びで書いてください。",
    "dict_type": "「項目: 値」の形で書いてください。",
    "model_type": "「項目: 値」の形で書いてください。",
    "model_attributes_type": "「項目: 値」の形で書いてください。",
    "union_tag_not_found": "質問の種類（type）がありません。",
    "too_short": "1つ以上書いてください。",
    "string_too_short": "空にできません。",
}


def load(path: FilePath | str) -> SurveyDefinition:
    """Read a definition file. Raises DefinitionFaults (every fault), OSError."""
    path = FilePath(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        fault = Fault(str(path), 1, "", "文字コードがUTF-8ではありません。")
        raise DefinitionFaults([fault]) from None
    return parse(text, str(path))


def parse(text: str, name: str) -> SurveyDefinition:
    """Read a definition from text; `name` stands for the file in findings.

    Raises DefinitionFaults with every fault that was found.
    """
    return understood(read(text, name))


def understood(source: Source) -> SurveyDefinition:
    """The definition a YAML source holds. Raises DefinitionFaults."""
    try:
        defn = SurveyDefinition.model_validate(source.data)
    except ValidationError as error:
        raise DefinitionFaults(_told(source, error.errors(include_url=False))) from error
    faults = [
        Fault(source.file, source.line(at), question, message)
        for at, question, message in crossreference_faults(defn)
    ]
    if faults:
        raise DefinitionFaults(faults)
    return defn


def canonical_json(defn: SurveyDefinition) -> str:
    """The one text of a definition: all fields, sorted keys, no spaces; equal means equal."""
    data = defn.model_dump(mode="json", by_alias=True)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(defn: SurveyDefinition) -> str:
    """SHA-256 of the canonical text, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(defn).encode()).hexdigest()


def json_schema() -> dict[str, Any]:
    """The JSON Schema of `companion.survey/1`, as `companion survey schema` prints it."""
    made = SurveyDefinition.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def from_canonical(text: str) -> SurveyDefinition:
    """A definition from its canonical text, as a published version is stored.

    Raises pydantic's ValidationError when the stored text is not of this schema.
    """
    return SurveyDefinition.model_validate(json.loads(text))


def _told(source: Source, errors: list[ErrorDetails]) -> list[Fault]:
    faults: list[Fault] = []
    for error in errors:
        path = _written(source, error["loc"])
        message = _sentence(source, path, error)
        faults.append(Fault(source.file, source.line(path), _question(source, path), message))
    return faults


def _written(source: Source, loc: tuple[int | str, ...]) -> Path:
    """The path of an error in the file: steps that only name a union's side are left out."""
    path: Path = ()
    for index, step in enumerate(loc):
        inside = source.at(path)
        last = index == len(loc) - 1
        key = isinstance(inside, dict) and (step in inside or (last and _is_field(step)))
        if key or (isinstance(inside, list) and isinstance(step, int)):
            path = (*path, step)
    return path


def _is_field(step: int | str) -> bool:
    return isinstance(step, str) and step not in _PARTS and step.isidentifier()


def _question(source: Source, path: Path) -> str:
    for length in range(len(path), 1, -1):
        if path[length - 2] == "questions" and isinstance(path[length - 1], int):
            found = source.at((*path[:length], "name"))
            return found if isinstance(found, str) else f"{path[length - 1] + 1}番目"  # type: ignore[operator]
    return ""


def _sentence(source: Source, path: Path, error: ErrorDetails) -> str:
    key = str(path[-1]) if path else ""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return f"項目「{key}」がありません。"
    if kind == "extra_forbidden":
        return f"項目「{key}」は使えません。" + nearest(key, _valid_keys(source, path[:-1]))
    if kind in {"literal_error", "union_tag_invalid"}:
        text = str(context.get("expected") or context.get("expected_tags"))
        valid = [word.strip(" '") for word in text.replace(" or ", ",").split(",")]
        written = source.at((*path, "type")) if kind == "union_tag_invalid" else source.at(path)
        return (
            f"「{written}」は使えません（使えるのは {'、'.join(valid)}）。"
            f"{nearest(str(written), valid)}"
        )
    if kind == "string_pattern_mismatch":
        return f"「{key}」の「{source.at(path)}」は使えません（形は {context['pattern']}）。"
    if kind in {"greater_than_equal", "less_than_equal"}:
        limit = context.get("ge", context.get("le"))
        return f"「{key}」は{limit}{'以上' if 'ge' in context else '以下'}にしてください。"
    if kind == "string_too_long":
        return f"「{key}」は{context['max_length']}文字以内にしてください。"
    if kind == "value_error":
        return str(context["error"])
    return f"「{key}」は" + _SENTENCES.get(kind, "正しい形で書いてください。")


def _valid_keys(source: Source, path: Path) -> list[str]:
    """The keys that may be written at a place, for the nearest-name remark."""
    keys: list[str] = []
    written = source.at(path)
    names: list[type[schema.Part]]
    if isinstance(written, dict) and written.get("type") in _PARTS:
        names = [_PARTS[written["type"]]]
    else:
        names = [SurveyDefinition] if not path else [_part_at(path)]
    for part in names:
        keys += [field.alias or name for name, field in part.model_fields.items()]
    return [key for key in keys if not key.endswith("_en")]


def _part_at(path: Path) -> type[schema.Part]:
    words = [step for step in path if isinstance(step, str)]
    places: dict[str, type[schema.Part]] = {
        "window": schema.Window,
        "reminders": schema.Reminder,
        "reminder_limits": schema.ReminderLimits,
        "pages": schema.Page,
        "questions": schema.Common,
        "analysis": schema.Analysis,
        "published": schema.Published,
        "coding": schema.Coding,
        "crosstabs": schema.CrossTab,
        "export": schema.Export,
        "tables": schema.ExportTable,
        "decimals": schema.Decimals,
        "compat": schema.Compat,
        "rows": schema.MatrixRow,
    }
    return (
        schema.Choice
        if "choices" in words or words[-1:] == ["columns"]
        else places.get(words[-1], SurveyDefinition)
    )
