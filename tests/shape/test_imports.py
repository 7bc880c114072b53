"""Imports go down one published order only: between features, and inside each feature."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter

import pytest

from tests.shape.sources import PACKAGE, Source, imports, sources

# From the top down. Names on one line do not know each other.
ORDER: tuple[tuple[str, ...], ...] = (
    ("companion.__main__",),
    ("companion.commands",),
    (
        "companion.accounts",
        "companion.doctor",
        "companion.handout",
        "companion.intake",
        "companion.pairing",
        "companion.serving",
        "companion.surveying",
        "companion.rekeying",
        "companion.upkeep",
        "companion.webserver",
    ),
    ("companion.console", "companion.demo", "companion.schedule"),
    ("companion",),
    ("companion.navigation",),
    ("companion.boards",),
    ("companion.notices", "companion.reports"),
    ("companion.freetexts", "companion.sharing", "companion.teamreports"),
    (
        "companion.briefings",
        "companion.cases",
        "companion.consultations",
        "companion.indicators",
        "companion.inquiries",
        "companion.memos",
        "companion.statistics",
        "companion.surveys",
        "companion.transfers",
    ),
    ("companion.activities",),
    ("companion.matching",),
    ("companion.teams",),
    ("companion.proposals", "companion.rechecks", "companion.screening"),
    ("companion.applications",),
    ("companion.audits", "companion.periods"),
    ("companion.people",),
    ("companion.places",),
    ("companion.approvals",),
    ("companion.config",),
    ("companion.core",),
)
LEVEL = {name: len(ORDER) - depth for depth, line in enumerate(ORDER) for name in line}

# Inside a feature, from the top down. `sheets` has no fixed place: where it only reads rows it
# stands beside the rules, where it writes what queries find it stands above them.
LADDER: tuple[tuple[str, ...], ...] = (
    ("routes",),
    ("forms", "jobs"),
    ("actions",),
    ("queries",),
    ("models",),
    ("rules",),
    ("terms",),
)
STEP = {name: len(LADDER) - depth for depth, line in enumerate(LADDER) for name in line}
# The ground has no ladder, and the demo is a story told with the actions of every feature.
NO_LADDER = {"companion", "companion.core", "companion.demo"}
IMPURE = {"flask", "flask_security", "flask_sqlalchemy", "flask_wtf", "sqlalchemy", "wtforms"}


def feature_of(module: str) -> str:
    """The part of the house a module belongs to: `companion.teams` for `companion.teams.rules`."""
    return ".".join(module.split(".")[:2])


@cache
def step_of(module: str) -> int:
    """The height of a module inside its feature.

    A module with a name of its own stands as high as the highest thing it imports there: a pure
    one beside the rules, one that reads tables beside the queries.
    """
    parts = module.split(".")
    if len(parts) < 3:
        return 0
    if parts[2] in STEP:
        return STEP[parts[2]]
    source = next(s for s in sources() if s.name == module)
    inside = [m for m, _ in imports(source) if feature_of(m) == feature_of(module) and m != module]
    return max([STEP["rules"], *(step_of(m) for m in inside)])


def features() -> list[str]:
    """Every feature, from the folders that are there."""
    return sorted(
        f"companion.{path.name}"
        for path in PACKAGE.iterdir()
        if path.is_dir() and (path / "__init__.py").exists()
    )


@pytest.mark.parametrize("feature", features())
def test_each_feature_has_its_place_in_the_order(feature: str) -> None:
    assert feature in LEVEL


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_imports_go_down_only(source: Source) -> None:
    here = feature_of(source.name)
    up = []
    for module, node in imports(source):
        there = feature_of(module)
        if here == there:
            continue
        if LEVEL[there] >= LEVEL[here]:
            up.append(f"{source.at(node)} imports {module}")
    assert up == []


@pytest.mark.parametrize(
    "source",
    [s for s in sources() if feature_of(s.name) not in NO_LADDER],
    ids=lambda source: source.name,
)
def test_inside_a_feature_imports_go_down_the_ladder(source: Source) -> None:
    up = [
        f"{source.at(node)} imports {module}"
        for module, node in imports(source)
        if feature_of(module) == feature_of(source.name)
        and len(module.split(".")) > 2
        and module.split(".")[2] != source.name.split(".")[-1]
        and step_of(module) > step_of(source.name)
    ]
    assert up == []


def test_nothing_imports_in_a_circle() -> None:
    graph = {source.name: {module for module, _ in imports(source)} for source in sources()}
    # A package's own name stands in its modules' imports only through `create_app`.
    for name, modules in graph.items():
        modules.discard(name)
    assert list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("feature", [f for f in features() if f not in NO_LADDER])
def test_a_feature_says_in_a_docstring_what_part_of_the_work_it_is(feature: str) -> None:
    source = next(s for s in sources() if s.name == feature)
    assert len(source.tree.body) == 1
    assert ast.get_docstring(source.tree)


PURE = [
    s for s in sources() if s.name.count(".") == 2 and s.name.split(".")[2] in {"rules", "terms"}
]


@pytest.mark.parametrize("source", PURE, ids=lambda source: source.name)
def test_rules_and_terms_know_neither_web_nor_database(source: Source) -> None:
    found = []
    for node in ast.walk(source.tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        found += [f"{source.at(node)}: {n}" for n in names if n.split(".")[0] in IMPURE]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [s for s in sources() if s.name.endswith(".actions")],
    ids=lambda source: source.name,
)
def test_actions_never_read_the_request(source: Source) -> None:
    found = [
        f"{source.at(node)}: {alias.name}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.module in {"flask", "flask_login"}
        for alias in node.names
        if alias.name not in {"current_app", "render_template", "url_for"}
    ]
    assert found == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    silent = {"util", "utils", "helper", "helpers", "common", "misc"}
    assert [s.name for s in sources() if silent & set(s.name.split("."))] == []
