"""The grammar of conditions: text to a tree, never given to `eval`.

Grammar (a part of XLSForm's, so that a definition round-trips):
    expr := or ; or := and ('or' and)* ; and := not ('and' not)* ;
    not  := 'not' '(' expr ')' | cmp ; cmp := term (('='|'!='|'<'|'<='|'>'|'>=') term)? ;
    term := number | 'text' | ${name} | '.' | selected(${name}, 'code') |
            count-selected(${name}) | attr('team.kind') | '(' expr ')'
`.` is the answer the rule stands at, and may also be the first argument of the two functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|'(?P<text>[^']*)'|\$\{(?P<name>[a-z][a-z0-9_]*)\}"
    r"|(?P<op><=|>=|!=|=|<|>)|(?P<mark>[().,])|(?P<word>[a-z][a-z-]*))"
)
FACT_TOKEN = re.compile(r"attr\(\s*'([^']*)'\s*\)")
_MAX_CHARACTERS = 1000
_MAX_DEPTH = 40


class ExpressionFault(ValueError):
    """The text is not an expression of the grammar; the message is one Japanese sentence."""


@dataclass(frozen=True)
class Literal:
    """A number or a text written in the expression."""

    value: Decimal | str


@dataclass(frozen=True)
class Ref:
    """`${name}`, or `.` (name None): an answer."""

    name: str | None


@dataclass(frozen=True)
class Attr:
    """attr('team.kind'): a fact about the respondent that the application knows."""

    key: str


@dataclass(frozen=True)
class Selected:
    """selected(${name}, 'code'): whether a choice is among those ticked."""

    of: Ref
    code: str


@dataclass(frozen=True)
class CountSelected:
    """count-selected(${name}): how many choices are ticked."""

    of: Ref


@dataclass(frozen=True)
class Compare:
    """One comparison."""

    left: Node
    op: str
    right: Node


@dataclass(frozen=True)
class Not:
    """not(...)."""

    of: Node


@dataclass(frozen=True)
class AllOf:
    """... and ..."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class AnyOf:
    """... or ..."""

    parts: tuple[Node, ...]


Node = Literal | Ref | Attr | Selected | CountSelected | Compare | Not | AllOf | AnyOf


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.position = 0
        self.depth = 0
        at = 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            if found is None:
                raise ExpressionFault(f"式の「{text[at:].strip()[:20]}」のところが読めません。")
            kind = str(found.lastgroup)
            self.tokens.append((kind, found.group(kind)))
            at = found.end()

    def peek(self) -> tuple[str, str]:
        end = self.position >= len(self.tokens)
        return ("end", "式の終わり") if end else self.tokens[self.position]

    def take(self, kind: str, value: str | None = None) -> str | None:
        found = self.peek()
        if found[0] == kind and (value is None or found[1] == value):
            self.position += 1
            return found[1]
        return None

    def need(self, kind: str, value: str | None, meaning: str) -> str:
        taken = self.take(kind, value)
        if taken is None:
            raise ExpressionFault(f"式に{meaning}が必要ですが、「{self.peek()[1]}」があります。")
        return taken

    def either(self) -> Node:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise ExpressionFault("式の入れ子が深すぎます。")
        parts = [self.both()]
        while self.take("word", "or"):
            parts.append(self.both())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def both(self) -> Node:
        parts = [self.negation()]
        while self.take("word", "and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def negation(self) -> Node:
        if self.take("word", "not"):
            self.need("mark", "(", "「(」")
            inner = self.either()
            self.need("mark", ")", "「)」")
            return Not(inner)
        left = self.term()
        op = self.take("op")
        return left if op is None else Compare(left, op, self.term())

    def term(self) -> Node:
        kind, value = self.peek()
        self.position += 1
        if kind == "number":
            return Literal(Decimal(value))
        if kind == "text":
            return Literal(value)
        if kind == "name":
            return Ref(value)
        if (kind, value) == ("mark", "."):
            return Ref(None)
        if (kind, value) == ("mark", "("):
            inner = self.either()
            self.need("mark", ")", "「)」")
            return inner
        if kind == "word" and value in {"selected", "count-selected", "attr"}:
            return self.function(value)
        self.position -= 1
        if kind == "word":
            raise ExpressionFault(
                f"式の「{value}」は使えません。"
                "使えるのは and, or, not, selected, count-selected, attr です。"
            )
        raise ExpressionFault(f"式に値が必要ですが、「{value}」があります。")

    def function(self, word: str) -> Node:
        self.need("mark", "(", "「(」")
        node: Node
        if word == "attr":
            node = Attr(self.need("text", None, "引用符で囲んだ項目名"))
        elif word == "selected":
            of = self.reference()
            self.need("mark", ",", "「,」")
            node = Selected(of, self.need("text", None, "引用符で囲んだ選択肢のコード"))
        else:
            node = CountSelected(self.reference())
        self.need("mark", ")", "「)」")
        return node

    def reference(self) -> Ref:
        if self.take("mark", "."):
            return Ref(None)
        return Ref(self.need("name", None, "質問（${name}）"))


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> Node:
    """The tree of an expression. Raises ExpressionFault."""
    if not text.strip():
        raise ExpressionFault("式が空です。")
    if len(text) > _MAX_CHARACTERS:
        raise ExpressionFault(f"式が長すぎます（{_MAX_CHARACTERS}文字まで）。")
    parser = _Parser(text)
    tree = parser.either()
    if parser.peek()[0] != "end":
        raise ExpressionFault(f"式の「{parser.peek()[1]}」から後が読めません。")
    return tree


def walk(tree: Node) -> Iterator[Node]:
    """Every node of a tree, the tree itself first."""
    yield tree
    parts: tuple[Node, ...] = ()
    if isinstance(tree, AllOf | AnyOf):
        parts = tree.parts
    elif isinstance(tree, Compare):
        parts = (tree.left, tree.right)
    elif isinstance(tree, Not | Selected | CountSelected):
        parts = (tree.of,)
    for part in parts:
        yield from walk(part)


def references(tree: Node) -> list[str]:
    """The names of the questions an expression looks at, each once, in order of appearance."""
    names = (node.name for node in walk(tree) if isinstance(node, Ref) and node.name)
    return list(dict.fromkeys(names))


def compared_codes(tree: Node) -> list[tuple[str | None, str]]:
    """Pairs (question, or None for `.`, and text) compared with = or !=; empty texts left out."""
    pairs: list[tuple[str | None, str]] = []
    for node in walk(tree):
        if isinstance(node, Compare) and node.op in {"=", "!="}:
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(one, Ref) and isinstance(other, Literal) and other.value != "":
                    pairs.append((one.name, str(other.value)))
    return pairs
