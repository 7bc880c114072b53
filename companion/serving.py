"""Commands that make an installation ready, serve it, and fill it for a trial."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import inspect

from companion.console import fail, spoken
from companion.core.db import check_schema, db, saved
from companion.core.disks import check_disk
from companion.people.actions import seed_masters as seed_people
from companion.periods.actions import seed_masters as seed_periods


def bring_up_to_date() -> None:
    """Create or upgrade the database and seed its masters."""
    check_disk()
    db.session.rollback()  # the upgrade has a connection of its own, and would wait for this one
    Path(current_app.instance_path).mkdir(parents=True, exist_ok=True)
    upgrade(directory=str(Path(current_app.root_path) / "migrations"))
    with saved():
        seed_people()
        seed_periods()


@click.command("init", help="データベースを作成し、または最新の形にする。")
@with_appcontext
@spoken
def init_command() -> None:
    bring_up_to_date()
    click.echo("データベースの準備ができました。")


@click.command("work", help="待ち行列の処理と手紙の送付を続ける（常駐）。")
@with_appcontext
@spoken
def work_command() -> None:
    from companion.schedule import serve

    check_disk()
    check_schema()
    serve(current_app._get_current_object())  # type: ignore[attr-defined]


def serve(port: int) -> None:
    """Serve the application with gunicorn, the working process beside it, until stopped."""
    db.session.remove()  # what was read here would hold the lock both of them wait for
    db.engine.dispose()
    worker = subprocess.Popen([sys.executable, "-m", "companion", "work"])
    server = subprocess.Popen(  # noqa: S603 our own program
        [
            *(sys.executable, "-m", "gunicorn", "companion.webserver:application()"),
            *("--config", "python:companion.webserver", "--bind", f"127.0.0.1:{port}"),
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
        fail(
            "サーバーが停止しました。上に理由がなければ、"
            f"ポート {port} が使用中でないか確かめてください。"
        )


port_option = click.option("--port", type=click.IntRange(1, 65535), default=8000, help="ポート。")


@click.command("run", help="アプリケーションを起動する。")
@port_option
@with_appcontext
@spoken
def run_command(port: int) -> None:
    check_disk()
    check_schema()
    click.echo(f"http://localhost:{port}/ で起動します（終了は Ctrl+C）。")
    serve(port)


@click.command("demo", help="架空のデータで試す（既にあれば起動だけする）。")
@port_option
@click.option("--no-serve", is_flag=True, help="データを作るだけで起動しない。")
@with_appcontext
@spoken
def demo_command(port: int, no_serve: bool) -> None:
    from companion.demo import PASSWORD, accounts, fill, is_filled

    check_disk()
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
        serve(port)
