"""Matching: value against its certified bound, seconds and peak memory, on seeded instances.

    .venv/bin/python bench/matching.py                 the sizes of one period
    .venv/bin/python bench/matching.py --large         and the sizes up to the whole country
    .venv/bin/python bench/matching.py --only tight --seed 3 --limit 60

Each instance is made up from its seed (bench/matching_instances.py) and solved in a process of
its own with one thread. `ratio` is value / bound of the same run; `0.15 %` the second at which
value and bound were that near; `CPU` and `at` the same two in seconds of the processor, which do
not depend on what else the machine does; `greedy` what the first answer alone reaches of the bound,
`local` what local search from it reaches in the same seconds. With `--beside N` the compact model
is solved for N seconds each by HiGHS and by CP-SAT (an extra: pip install '.[bench]') on two
threads; its value is shown against the same bound, with the gap it leaves by its own.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


from bench.matching_instances import make_problem
from companion.matching.instance import Instance
from companion.matching.moves import changed, options_for, replaced
from companion.matching.pricing import Pricer
from companion.matching.problem import (
    Challenge,
    Decisions,
    Keep,
    Mode,
    Official,
    Problem,
    Rules,
    Weights,
)
from companion.matching.score import programme_points
from companion.matching.search import Search
from companion.matching.solution import Progress
from companion.matching.solve import solve

NEAR = 0.0015
OUT = Path(__file__).with_name("out")


@dataclass(frozen=True)
class Case:
    """An instance: what it is called, how it is made from a seed, seconds allowed."""

    words: str
    make: Callable[[int], Problem]
    limit: float
    large: bool = False


def given(seed: int, mode: Mode) -> Problem:
    """General assignment: 118 places with 3 of 177 people each, nobody in more than 4."""
    rng = random.Random(seed)  # noqa: S311
    challenges = tuple(Challenge(f"c{k:03d}", "01") for k in range(118))
    officials = tuple(Official(f"o{k:03d}", f"m{k}", capacity=4) for k in range(177))
    return Problem(
        challenges,
        officials,
        Rules(118, 3, distinct_ministries=False, needs_leader=False, mode=mode),
        Weights(prefecture_bonus=0),
        matrix={c.key: {o.key: rng.randrange(10_001) for o in officials} for c in challenges},
    )


def pinned(seed: int) -> Problem:
    """The first answer stands; one official is pinned elsewhere; as little as possible changes."""
    problem = make_problem(184, 250, 60, seed)
    first = solve(problem, time_limit=60, seed=seed)
    to = first.teams[0].challenge_key
    members = {problem.official_by_key[key].ministry for key in first.teams[0].official_keys[1:]}
    instance = Instance(problem)
    mover = next(
        key
        for team in first.teams[1:]
        for key in team.official_keys
        if problem.official_by_key[key].ministry not in members
        and instance.legal[instance.row[to], instance.column[key]]
    )
    return replace(
        problem,
        decisions=Decisions(members=((to, mover),)),
        # Dearer than any gain in points: the fewest changes come first.
        keep=Keep({t.challenge_key: t.official_keys for t in first.teams}, bonus=20_000),
    )


# Challenges, officials, teams, share of consents of the cases the compact model is tried on.
SIZES = {
    "period": (184, 250, 60, 0.97),
    "tight": (200, 180, 60, 1.0),
    "fixed": (60, 180, 60, 1.0),
}
CASES = {
    "period": Case("60 of 184 × 250", lambda s: make_problem(184, 250, 60, s), 60),
    "tight": Case(
        "60 of 200 × 180, everyone needed",
        lambda s: make_problem(200, 180, 60, s, consent=1.0),
        60,
    ),
    "fixed": Case(
        "60 of 60 × 180, everyone needed",
        lambda s: make_problem(60, 180, 60, s, consent=1.0),
        60,
    ),
    "pin": Case("60 of 184 × 250 again, one pin", pinned, 30),
    "given": Case("118 × 177 given scores, total", lambda s: given(s, Mode.TOTAL), 30),
    "given_worst": Case(
        "118 × 177 given scores, worst first", lambda s: given(s, Mode.WORST_FIRST), 30
    ),
    "400": Case(
        "200 of 400 × 600", lambda s: make_problem(400, 600, 200, s, consent=1.0), 60, True
    ),
    "1000": Case(
        "600 of 1,000 × 1,800",
        lambda s: make_problem(1000, 1800, 600, s, consent=1.0, soft_cap=30),
        300,
        True,
    ),
    "country": Case(
        "1,741 of 1,741 × 5,223",
        lambda s: make_problem(1741, 5223, 1741, s, consent=1.0, soft_cap=None),
        900,
        True,
    ),
}


def greedy_value(problem: Problem) -> int | None:
    """What taking the best challenge and its best free team, one after the other, reaches."""
    if problem.matrix is not None:
        return None
    instance = Instance(problem)
    pricer = Pricer(instance)
    free = pricer.instance.minimum * 0.0
    best = {r: pricer.quick(r, free, 1).best for r in range(len(instance.challenges))}
    order = sorted(best, key=lambda r: (-best[r], r))
    chosen = Search(instance, pricer, 0).greedy(free, order)
    teams = [
        (instance.challenges[r].key, [instance.officials[n].key for n in members])
        for r, members, _ in chosen
    ]
    if len(teams) < instance.count:
        return None
    return sum(programme_points(problem, teams).values())


def local_value(problem: Problem, seconds: float, seed: int) -> int | None:
    """Local search alone: exchanges of two members or of a place, while any of them gains."""
    instance = Instance(problem)
    pricer = Pricer(instance)
    free = instance.minimum * 0.0
    best = {r: pricer.quick(r, free, 1).best for r in range(len(instance.challenges))}
    order = sorted(best, key=lambda r: (-best[r], r))
    chosen = Search(instance, pricer, seed).greedy(free, order)
    if len(chosen) < instance.count:
        return None
    standing = {
        instance.challenges[r].key: tuple(instance.officials[n].key for n in members)
        for r, members, _ in chosen
    }
    end = time.monotonic() + seconds
    gains = True
    while gains and time.monotonic() < end:
        gains = False
        for key in list(standing):
            for member in standing[key]:
                if time.monotonic() > end:
                    break
                option = options_for(problem, standing, key, member)[0]
                if option.total > 0 and not option.refusals:
                    change = replaced(standing, key, member, option.official)
                    standing = changed(standing, change)
                    gains = True
    return sum(programme_points(problem, standing.items()).values())


def measure(name: str, seed: int, limit: float | None) -> dict[str, object]:
    """Solve one case in this process."""
    case = CASES[name]
    problem = case.make(seed)
    near: list[float] = []
    near_cpu: list[float] = []

    def watch(progress: Progress) -> None:
        value, bound = progress.objective, progress.bound
        if value and bound and not near and bound - value <= NEAR * bound:
            near.append(progress.seconds)
            near_cpu.append(time.process_time() - used)

    greedy = greedy_value(problem) if not case.large else None
    began, used = time.monotonic(), time.process_time()
    solution = solve(problem, time_limit=limit or case.limit, progress=watch, seed=seed)
    seconds, cpu = time.monotonic() - began, time.process_time() - used
    if solution.gap <= NEAR and not near and solution.teams:
        near.append(seconds)
        near_cpu.append(cpu)
    moved = None
    if problem.keep.teams:
        now = {(t.challenge_key, key) for t in solution.teams for key in t.official_keys}
        before = {(c, key) for c, keys in problem.keep.teams.items() for key in keys}
        moved = len(before - now)
    bound = solution.bound
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    local = None
    if problem.matrix is None and not problem.keep.teams and not case.large:
        local = local_value(problem, max(seconds, 1.0), seed)
    return {
        "status": solution.status.value,
        "value": solution.objective,
        "bound": bound,
        "ratio": solution.objective / bound if solution.objective and bound else None,
        "seconds": seconds,
        "cpu": cpu,
        "near": near[0] if near else None,
        "near_cpu": near_cpu[0] if near_cpu else None,
        "greedy": greedy / bound if greedy and bound else None,
        "worst": solution.worst,
        "moved": moved,
        "local": local / bound if local and bound else None,
        "mb": peak,
    }


def main() -> None:
    """Run the cases asked for and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--large", action="store_true", help="with the large instances")
    parser.add_argument("--only", choices=CASES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, help="seconds allowed, instead of the case's own")
    parser.add_argument("--beside", type=float, help="seconds for each of the compact models")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(asked.only, asked.seed, asked.limit)))
        return
    print(f"seed {asked.seed}")
    print(
        f"{'instance':38} {'status':11} {'ratio':>9} {'s':>7} {'0.15 %':>7}"
        f" {'CPU':>7} {'at':>6} {'greedy':>7} {'local':>7} {'worst':>6} {'moved':>5} {'MB':>5}"
    )
    for name, case in CASES.items():
        if asked.only not in (None, name) or (case.large and not (asked.large or asked.only)):
            continue
        command = [sys.executable, __file__, "--one", "--only", name, "--seed", str(asked.seed)]
        if asked.limit:
            command += ["--limit", str(asked.limit)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        row = json.loads(done.stdout)
        ratio = f"{100 * row['ratio']:.3f} %" if row["ratio"] else "-"
        near = f"{row['near']:.1f}" if row["near"] is not None else "-"
        near_cpu = f"{row['near_cpu']:.1f}" if row["near_cpu"] is not None else "-"
        greedy = f"{100 * row['greedy']:.1f} %" if row["greedy"] else "-"
        local = f"{100 * row['local']:.1f} %" if row["local"] else "-"
        moved = "-" if row["moved"] is None else row["moved"]
        worst = "-" if row["worst"] is None else f"{row['worst'] / 100:.2f}"
        print(
            f"{case.words:38} {row['status']:11} {ratio:>9} {row['seconds']:7.1f} {near:>7}"
            f" {row['cpu']:7.1f} {near_cpu:>6} {greedy:>7}"
            f" {local:>7} {worst:>6} {moved:>5} {row['mb']:5}",
            flush=True,
        )
        _keep(case.words, row)
        if asked.beside and name in SIZES:
            for solver, words in (("highs", "compact, HiGHS"), ("cpsat", "compact, CP-SAT")):
                # A process of its own: the two solvers cannot be loaded into one.
                other = [sys.executable, str(Path(__file__).with_name("matching_compact.py"))]
                other += [*map(str, SIZES[name]), "--seed", str(asked.seed)]
                other += ["--solver", solver, "--seconds", str(asked.beside)]
                _show_beside(words, other, row["bound"])


def _keep(words: str, row: dict[str, object]) -> None:
    """Keep the last figures of each instance, and draw memory and time from the small to all."""
    OUT.mkdir(exist_ok=True)
    file = OUT / "matching.json"
    rows = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    rows[words] = row
    file.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    lines = ["Peak memory (MB) and processor seconds; bars on a logarithmic scale"]
    for name in (case.words for case in CASES.values() if case.words in rows):
        lines.append(name)
        for unit, amount in (("MB", rows[name]["mb"]), ("s", rows[name]["cpu"])):
            bar = "#" * max(1, round(10 * math.log10(max(1.3, amount))))
            lines.append(f"  {bar} {amount:.0f} {unit}")
    (OUT / "matching_growth.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _show_beside(words: str, command: list[str], certified: int) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    row = json.loads(done.stdout)
    ratio = f"{100 * row['value'] / certified:.3f} %" if row["value"] else "-"
    gap = f"{100 * (row['bound'] - row['value']) / row['bound']:.2f} %" if row["value"] else "-"
    print(
        f"  {words:36} {'gap ' + gap:11} {ratio:>9} {row['seconds']:7.1f} {'':>46} {row['mb']:>5}",
        flush=True,
    )


if __name__ == "__main__":
    main()
