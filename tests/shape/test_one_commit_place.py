"""One place commits: `core.db.saved`, used only where an act begins."""

from __future__ import annotations

import ast
import re

from tests.shape.sources import sources

# `saved()` opens a transaction: only those who begin an act may.
BEGINS_ACTS = re.compile(
    r"companion\.(accounts|handout|intake|pairing|rekeying|serving|surveying|upkeep|schedule|demo(\..*)?|core\.(audit|contacts|db|errors|jobs|mail\.sending)|\w+\.(routes|jobs)(\..*)?)$"
)


def test_only_saved_commits() -> None:
    found = [
        source.at(node)
        for source in sources()
        if source.name != "companion.core.db"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]
    assert found == []


def test_saved_is_used_only_where_an_act_begins() -> None:
    found = [
        source.at(node)
        for source in sources()
        if not BEGINS_ACTS.match(source.name)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in {"saved", "saved_telling"}
    ]
    assert found == []
