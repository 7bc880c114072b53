"""One place asks the clock, one marks text as HTML; what is banned everywhere else."""

from __future__ import annotations

import ast
import re

from tests.shape.sources import ROOT, sources, templates

CLOCKS = {
    "now": {"datetime", "dt.datetime", "datetime.datetime"},
    "utcnow": {"datetime", "dt.datetime", "datetime.datetime"},
    "today": {"date", "dt.date", "datetime.date", "datetime", "dt.datetime"},
    "time": {"time"},
}
HTML_MAKERS = {"Markup", "render_template_string"}


def _said(node: ast.expr) -> str:
    return ast.unparse(node)


def test_only_the_clock_asks_what_time_it_is() -> None:
    found = [
        f"{source.at(node)}: {_said(node)}"
        for source in sources()
        if source.name != "companion.core.clock"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and _said(node.func.value) in CLOCKS.get(node.func.attr, set())
    ]
    assert found == []


def test_only_core_html_makes_markup() -> None:
    found = [
        f"{source.at(node)}: {name}"
        for source in sources()
        if source.name != "companion.core.html"
        for node in ast.walk(source.tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom)
            else [node.attr]
            if isinstance(node, ast.Attribute)
            else []
        )
        if name in HTML_MAKERS
    ]
    assert found == []


def test_templates_leave_escaping_on() -> None:
    switch = re.compile(r"\|\s*safe\b|autoescape\s+false")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in templates()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if switch.search(line)
    ]
    assert found == []


def test_nobody_rounds_with_floats() -> None:
    """Halves are rounded up in official tables; `round()` takes them to the even neighbour."""
    found = [
        f"{source.at(node)}: {_said(node)}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "round"
    ]
    assert found == []


def test_nobody_uses_the_old_query_interface() -> None:
    found = [
        f"{source.at(node)}: {_said(node)}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "query"
        and (_said(node).startswith("db.session.") or _said(node.value)[:1].isupper())
    ]
    assert found == []
