"""The solver, the checker and the compact model are three witnesses that share no code."""

from __future__ import annotations

import ast

import pytest

from bench.matching_compact import EXACT, Compact
from companion.matching import team_solver
from companion.matching.check import violations
from companion.matching.solution import Status
from companion.matching.solve import solve
from tests.matching.small import small_problem
from tests.shape.sources import PACKAGE, imports, sources

# What the checker may know: what is asked, what is answered, what points are.
SHARED = {"problem", "score", "solution"}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param({"challenges": 6, "officials": 12, "teams": 3, "ministries": 7}, id="choice"),
        pytest.param({"challenges": 4, "officials": 13, "teams": 4, "ministries": 7}, id="tight"),
        pytest.param(
            {"rules": {"needs_leader": False, "distinct_ministries": False}}, id="no team rules"
        ),
    ],
)
def test_the_optimum_equals_the_compact_model(shape: dict, seed: int) -> None:
    problem = small_problem(seed, weights=EXACT, **shape)
    solution = solve(problem, time_limit=30)
    reference = Compact(problem).solve_highs(30)
    if reference.value is None:
        assert solution.status is Status.INFEASIBLE
        return
    assert reference.proven
    assert solution.status is Status.OPTIMAL
    assert solution.objective == reference.value
    assert violations(problem, solution) == []


@pytest.mark.parametrize("seed", range(8))
def test_the_way_of_large_instances_ends_at_the_same_optimum(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First prices, mild penalties and inner solutions change how it is found, not what."""
    problem = small_problem(seed, challenges=9, officials=24, teams=5, ministries=9)
    expected = solve(problem, time_limit=30)
    monkeypatch.setattr(team_solver, "LARGE", 0)
    solution = solve(problem, time_limit=30)
    assert (solution.status, solution.objective, solution.bound) == (
        expected.status,
        expected.objective,
        expected.bound,
    )


def test_the_checker_shares_no_code_with_the_solver() -> None:
    """Followed to the end: nothing the checker imports belongs to the search."""
    known = {source.name: source for source in sources()}
    seen: set[str] = set()
    waiting = ["companion.matching.check"]
    while waiting:
        module = waiting.pop()
        if module in seen or not module.startswith("companion."):
            continue
        seen.add(module)
        if module in known:
            waiting += [name for name, _ in imports(known[module])]
    assert {name.rpartition(".")[2] for name in seen} == {"check", *SHARED}


def test_the_engine_knows_neither_pages_nor_tables_nor_files() -> None:
    engine = [
        path
        for path in (PACKAGE / "matching").glob("*.py")
        if path.stem not in {"__init__", "models", "queries", "forms", "jobs"}
    ]
    assert len(engine) > 15
    for path in engine:
        named = {
            (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        tops = {name.split(".")[0] for name in named}
        assert not tops & {"flask", "sqlalchemy", "wtforms", "pathlib", "os", "io"}, path.name
