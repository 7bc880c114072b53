"""The command that selects the municipalities and forms the teams."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from companion.console import fail, json_option, period_option, show, spoken
from companion.core.db import saved
from companion.core.html import points


@click.command("match", help="市町村を選定し、チームを編成する。")
@period_option
@click.option("--teams", type=click.IntRange(0, 2000), help="チーム数（省略時は年度の設定）。")
@click.option("--time-limit", type=click.FloatRange(1, 3600), default=60.0, help="秒数の上限。")
@click.option("--seed", type=int, default=0, help="乱数の種。")
@click.option("--announce", is_flag=True, help="編成したチームをすぐに公表する。")
@click.option(
    "--approved-by",
    multiple=True,
    metavar="EMAIL",
    help="公表を決めたコーディネーター（二人分、2回指定する）。",
)
@json_option
@with_appcontext
@spoken
def match_command(
    period: str,
    teams: int | None,
    time_limit: float,
    seed: int,
    announce: bool,
    approved_by: tuple[str, ...],
    as_json: bool,
) -> None:
    from companion.matching.actions import adopt_run, record_run
    from companion.matching.actions import as_json as run_as_json
    from companion.matching.queries.freezing import freeze
    from companion.matching.solution import Status
    from companion.matching.solve import solve
    from companion.people.queries import two_coordinators
    from companion.periods.queries import period_named
    from companion.teams.actions import announce_by_two, announce_teams

    with saved():
        row = period_named(period)
        two = two_coordinators(approved_by) if announce else None
        frozen = freeze(row, team_count=row.team_count if teams is None else teams)
    solution = solve(frozen.problem, time_limit=time_limit, seed=seed)
    with saved():
        row = period_named(period)
        run = record_run(row, frozen, solution, by=None)
        if run.teams:
            adopt_run(run, by=None)
            if announce and two:
                announce_by_two(row, "コマンドによる公表", asked=two[0], approved=two[1])
            elif announce:
                announce_teams(row, by=None)
        result = run_as_json(run)
    if not result["teams"]:
        if as_json:
            show(result, as_json, [])
        fail("".join(result["reasons"]) or "チームを編成できませんでした。")
    lines = [
        f"{len(result['teams'])}チームを編成しました（{result['seconds']}秒）。",
        f"得点 {points(result['objective'])}、上界 {points(result['bound'])}、"
        f"{Status(result['status']).label}",
    ]
    show(result, as_json, lines)
