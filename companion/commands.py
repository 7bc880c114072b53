"""The console script `companion`: what an operator does from a terminal.

Every command has `--help`; a failure is a Japanese sentence on standard error and a non-zero exit;
`--json` prints one JSON object on one line of standard output.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import FlaskGroup, with_appcontext
from flask_migrate import upgrade
from sqlalchemy import inspect

from companion import create_app
from companion.config import BadSettings
from companion.console import fail, json_option, show, spoken
from companion.core.access import Role
from companion.core.db import check_schema, db, saved
from companion.core.html import points
from companion.doctor import doctor_command
from companion.handout import export_command
from companion.surveying import survey_group
from companion.upkeep import audit_group, backup_command, restore_command


@click.group(
    cls=FlaskGroup,
    create_app=create_app,
    add_default_commands=False,
    add_version_option=False,
    set_debug_flag=False,
    help="地方創生伴走支援制度の運営システム。",
)
def cli() -> None:
    pass


def main() -> None:
    """Entry point; wrong words and settings that forbid starting are said in one sentence."""
    try:
        cli.main(standalone_mode=False)
    except BadSettings as refusal:
        fail(str(refusal))
    except click.exceptions.Abort:
        fail("中止しました。")
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "companion"
        wrong = getattr(error, "param", None)
        named = wrong.human_readable_name if wrong is not None else error.format_message()
        click.echo(
            f"エラー：コマンドの指定が正しくありません（{named}）。"
            f"`{command} --help` で使い方を確かめてください。",
            err=True,
        )
        sys.exit(2)


period_option = click.option("--period", required=True, help="年度。例：令和7年度、R7、2025")


def bring_up_to_date() -> None:
    """Create or upgrade the database and seed its masters."""
    from companion.people.actions import seed_masters as seed_people
    from companion.periods.actions import seed_masters as seed_periods

    Path(current_app.instance_path).mkdir(parents=True, exist_ok=True)
    upgrade(directory=str(Path(current_app.root_path) / "migrations"))
    with saved():
        seed_people()
        seed_periods()


@cli.command("init", help="データベースを作成し、または最新の形にする。")
@with_appcontext
@spoken
def init_command() -> None:
    bring_up_to_date()
    click.echo("データベースの準備ができました。")


@cli.group("import", help="Excelの一覧を取り込む。")
def import_group() -> None:
    pass


def _import(
    kind: str, file: Path, period: str | None, dry_run: bool, refused: Path | None, as_json: bool
) -> None:
    from companion.applications.actions import (
        apply_plan,
        plan_import,
        refused_workbook,
        summary,
    )
    from companion.periods.actions import open_period

    data = file.read_bytes()
    with saved():
        row = open_period(period, by=None) if period else None
        plan = plan_import(kind, data, file.name, period=row)
        result = summary(plan)
        if refused is not None and plan.refused:
            refused.write_bytes(refused_workbook(data, plan))
        if dry_run:
            db.session.rollback()
        else:
            apply_plan(plan, by=None)
    verb = "取り込む予定" if dry_run else "取り込み"
    lines = [
        f"{verb}：新規 {result['created']}件、更新 {result['updated']}件、"
        f"変更なし {result['unchanged']}件、受付不可 {len(result['refused'])}件、"
        f"注意 {len(result['warnings'])}件"
    ]
    for title, faults in (("受付不可", result["refused"]), ("注意", result["warnings"])):
        lines += [
            f"  {title} {f['sheet']} {f['row']}行 {f['column']}：{f['message']}" for f in faults
        ]
    show(result, as_json, lines)


def _import_command(kind: str, name: str, *, needs_period: bool) -> None:
    @import_group.command(kind, help=f"{name}を取り込む。")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--period", required=needs_period, help="年度。例：令和7年度")
    @click.option("--dry-run", is_flag=True, help="確かめるだけで保存しない。")
    @click.option(
        "--refused",
        type=click.Path(dir_okay=False, path_type=Path),
        help="受付できない行に印を付けたExcelの保存先。",
    )
    @json_option
    @with_appcontext
    @spoken
    def command(
        file: Path, period: str | None, dry_run: bool, refused: Path | None, as_json: bool
    ) -> None:
        _import(kind, file, period, dry_run, refused, as_json)


_import_command("codes", "団体コード一覧", needs_period=False)
_import_command("challenges", "市町村応募一覧", needs_period=True)
_import_command("officials", "応募者名簿", needs_period=True)
_import_command("activities", "活動記録一覧", needs_period=True)


@cli.command("match", help="市町村を選定し、チームを編成する。")
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
    from companion.matching.queries import freeze
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


cli.add_command(survey_group)


cli.add_command(export_command)


@cli.group("user", help="アカウントを扱う。")
def user_group() -> None:
    pass


@user_group.command("add", help="アカウントを作成する。")
@click.option("--email", required=True, help="メールアドレス。")
@click.option("--name", default="", help="氏名または担当名。")
@click.option(
    "--role", "roles", required=True, multiple=True, type=click.Choice([r.value for r in Role])
)
@click.option("--lg-code", help="自治体担当者の団体コード。")
@click.option("--prefecture", help="連携窓口の都道府県番号（2桁）。")
@click.option("--ministry", help="担当窓口の府省庁コード。")
@click.option("--password", help="パスワード（15文字以上）。省略時は入力を求める。")
@click.option("--invite", "is_invited", is_flag=True, help="パスワードの代わりに招待を送る。")
@json_option
@with_appcontext
@spoken
def user_add(
    email: str,
    name: str,
    roles: tuple[str, ...],
    lg_code: str | None,
    prefecture: str | None,
    ministry: str | None,
    password: str | None,
    is_invited: bool,
    as_json: bool,
) -> None:
    from companion.core import clock
    from companion.people.actions import add_user
    from companion.people.codes import invite
    from companion.people.rules import default_term_end

    if password is None and not is_invited:
        password = click.prompt("パスワード（15文字以上）", hide_input=True)

    with saved():
        user = add_user(
            email=email,
            name=name,
            password=password,
            roles=[Role(role) for role in roles],
            lg_code=lg_code,
            prefecture_code=prefecture,
            ministry_code=ministry,
            term_ends_on=default_term_end([Role(role) for role in roles], clock.today()),
            by=None,
        )
        if is_invited:
            invite(user, by=None)
        address = user.email
    show({"email": address}, as_json, [f"{address} のアカウントを作成しました。"])


for command in (audit_group, backup_command, restore_command, doctor_command):
    cli.add_command(command)


@cli.command("work", help="待ち行列の処理と手紙の送付を続ける（常駐）。")
@with_appcontext
@spoken
def work_command() -> None:
    from companion.schedule import serve

    check_schema()
    serve(current_app._get_current_object())  # type: ignore[attr-defined]


def serve(port: int) -> None:
    """Serve the application with gunicorn, the working process beside it, until stopped."""
    worker = subprocess.Popen([sys.executable, "-m", "companion", "work"])
    server = subprocess.Popen(  # noqa: S603 our own program
        [
            *(sys.executable, "-m", "gunicorn", "companion:serving_app()"),
            *("--bind", f"127.0.0.1:{port}"),
            *("--workers", "2", "--worker-class", "gthread", "--threads", "4"),
            *("--log-level", "warning"),
        ]
    )

    def stop(_signal: int, _frame: object) -> None:
        server.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    code = server.wait()
    worker.terminate()
    worker.wait(timeout=15)
    if code not in {0, -signal.SIGTERM}:
        fail(f"サーバーが停止しました。ポート {port} が使用中でないか確かめてください。")


port_option = click.option("--port", type=click.IntRange(1, 65535), default=8000, help="ポート。")


@cli.command("run", help="アプリケーションを起動する。")
@port_option
@with_appcontext
@spoken
def run_command(port: int) -> None:
    check_schema()
    db.engine.dispose()
    click.echo(f"http://localhost:{port}/ で起動します（終了は Ctrl+C）。")
    serve(port)


@cli.command("demo", help="架空のデータで試す（既にあれば起動だけする）。")
@port_option
@click.option("--no-serve", is_flag=True, help="データを作るだけで起動しない。")
@with_appcontext
@spoken
def demo_command(port: int, no_serve: bool) -> None:
    from companion.demo import PASSWORD, accounts, fill, is_filled

    began = time.monotonic()
    if not (inspect(db.engine).has_table("periods") and is_filled()):
        bring_up_to_date()
        click.echo("デモのデータ（すべて架空）を作成しています。")
        book = fill(tell=lambda line: click.echo(f"  {line}"))
        click.echo(f"満足度集計：{book}")
    click.echo(f"準備できました（{time.monotonic() - began:.1f}秒）。")
    click.echo(f"\n  http://localhost:{port}/\n\n  パスワードはすべて {PASSWORD}")
    for email, label in accounts():
        click.echo(f"  {label}：{email}")
    if not no_serve:
        db.engine.dispose()
        serve(port)
