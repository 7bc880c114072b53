"""The application's own source files, read as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "companion"


@dataclass(frozen=True)
class Source:
    """One module: dotted name, place, tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """File and line, as an editor opens them."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the application, migrations aside."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        parts = list(path.relative_to(ROOT).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        text = path.read_text()
        found.append(Source(".".join(parts), path, text, ast.parse(text)))
    return tuple(found)


@cache
def templates() -> tuple[Path, ...]:
    """Every template."""
    return tuple(sorted((PACKAGE / "templates").rglob("*.html")))


def imports(source: Source) -> Iterator[tuple[str, ast.AST]]:
    """Modules of the application that a module imports, wherever in it the import stands.

    What only annotations need (`if TYPE_CHECKING`) counts between features, not inside one.
    """
    names = {other.name for other in sources()}
    home = source.name.split(".")[:2]
    typing = {
        inner
        for node in ast.walk(source.tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "companion":
                    yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.at(node)}: relative import"
            module = (node.module or "").split(".")
            if module[0] != "companion" or (node in typing and module[:2] == home):
                continue
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield (inner if inner in names else str(node.module)), node
