"""Commands that take lists in from Excel."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from companion.applications.actions import apply_plan, plan_import, refused_workbook, summary
from companion.console import json_option, show, spoken
from companion.core.db import db, saved
from companion.periods.actions import open_period


@click.group("import", help="Excelの一覧を取り込む。")
def import_group() -> None:
    pass


def _import(
    kind: str, file: Path, period: str | None, dry_run: bool, refused: Path | None, as_json: bool
) -> None:
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
