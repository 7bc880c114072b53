"""YAML text to plain data with the line of every value, refusing what makes a definition unclear.

Duplicate keys, aliases, tags and a second document are refused. Numbers with a point become
`Decimal`, because a definition is data that must come back exactly as it was written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from companion.surveys.faults import DefinitionFaults, Fault

Path = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_MAX_CHARACTERS = 500_000
_MAX_DEPTH = 20
_MAX_BRACKETS = 200  # open at once; the scanner grows slow with more


@dataclass
class Source:
    """A definition file as data, with the line of each value and the scalars written bare."""

    file: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    bare: dict[Path, str] = field(default_factory=dict)  # scalars without quotation marks, raw

    def line(self, path: Path) -> int:
        """The line of a value, or of the nearest thing around it that is written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def at(self, path: Path) -> Any:
        """The value at a path, or None where nothing is written."""
        value = self.data
        for step in path:
            inside = isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)
            if not inside and not (isinstance(value, dict) and step in value):
                return None
            value = value[step]
        return value


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self.seen: set[int] = set()

    def fault(self, node: Node, message: str) -> None:
        line = node.start_mark.line + 1
        self.faults.append(Fault(self.source.file, line, "", message))

    def value(self, node: Node, path: Path) -> Any:
        self.source.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self.seen:
            self.fault(node, "アンカー（&）と別名（*）は使えません。内容をそのまま書いてください。")
            return None
        self.seen.add(id(node))
        if len(path) > _MAX_DEPTH:
            self.fault(node, "入れ子が深すぎます。")
            return None
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)  # noqa: S101 - the composer knows three kinds
        return self.scalar(node, path)

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.fault(key_node, "項目名は文字列で書いてください。")
                continue
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in data:
                self.fault(key_node, f"項目「{key}」が{first[key]}行目にもあります。")
                continue
            first[key] = line
            self.source.lines[(*path, key)] = line
            data[key] = self.value(value_node, (*path, key))
        return data

    def scalar(self, node: ScalarNode, path: Path) -> Any:
        tag, text = str(node.tag), str(node.value)
        if node.style is None:
            self.source.bare[path] = text
        kind = tag.removeprefix(_TAG)
        if kind in {"str", "timestamp"}:
            return text
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        try:
            if kind == "int":
                return int(text.replace("_", ""), 0 if text[:2] in {"0x", "0o"} else 10)
            if kind == "float":
                return Decimal(text.replace("_", ""))
        except (ValueError, InvalidOperation):
            self.fault(node, f"「{text}」は数として読めません。")
            return None
        self.fault(node, f"型の指定「{tag.removeprefix(_TAG)}」は使えません。")
        return None


def _brackets(text: str) -> int:
    """How many [ and { are open at once at most, those inside quotation marks among them."""
    most = depth = 0
    for character in text:
        if character in "[{":
            depth += 1
            most = max(most, depth)
        elif character in "]}":
            depth = max(depth - 1, 0)
    return most


def read(text: str, file: str) -> Source:
    """Read one definition. Raises DefinitionFaults for anything YAML itself refuses."""
    source = Source(file)
    if len(text) > _MAX_CHARACTERS:
        raise DefinitionFaults([Fault(file, 1, "", "定義が大きすぎます（50万文字まで）。")])
    if _brackets(text) > _MAX_BRACKETS:
        raise DefinitionFaults([Fault(file, 1, "", "YAMLのかっこの入れ子が深すぎます。")])
    try:
        node = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        message = f"YAMLの書き方に誤りがあります（{error.problem or error.context}）。"
        raise DefinitionFaults([Fault(file, line, "", message)]) from error
    except (YAMLError, RecursionError, ValueError) as error:
        message = "YAMLとして読めません。使えない文字か、深すぎる入れ子があります。"
        raise DefinitionFaults([Fault(file, 1, "", message)]) from error
    if node is None:
        raise DefinitionFaults([Fault(file, 1, "", "定義が空です。")])
    reader = _Reader(source)
    source.data = reader.value(node, ())
    if reader.faults:
        raise DefinitionFaults(reader.faults)
    if not isinstance(source.data, dict):
        raise DefinitionFaults([Fault(file, 1, "", "定義は「項目: 値」の形で書いてください。")])
    return source
