"""Commands that keep an installation safe: the audit trail, backups."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from companion.audits.jobs import anchor_file, write_anchor
from companion.audits.sheets import whole_trail
from companion.console import fail, json_option, show, spoken
from companion.core import audit
from companion.core.chain import read_anchors, verify
from companion.core.db import saved

a_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("audit", help="監査記録を検証・出力する。")
def audit_group() -> None:
    pass


def _exported(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield json.loads(line)
            except ValueError:
                fail(f"{file} の{number}行目を読めません。JSONの出力を指定してください。")


@audit_group.command("verify", help="監査記録が書き換えられていないことを確かめる。")
@click.option("--export", "exported", type=a_file, help="出力したファイル（なければ今の記録）。")
@click.option("--anchor", type=a_file, help="保管した控え（なければ控えの置き場のもの）。")
@json_option
@with_appcontext
@spoken
def verify_command(exported: Path | None, anchor: Path | None, as_json: bool) -> None:
    kept = anchor or anchor_file(Path(current_app.config["BACKUP_FOLDER"]))
    anchors = read_anchors(kept.read_text()) if kept.exists() else []
    try:
        if exported:
            verdict = verify(_exported(exported), anchors)
        else:
            with saved():
                verdict = verify(audit.all_lines(), anchors)
    except (KeyError, TypeError):
        fail("監査記録の形ではありません。JSONで出力したファイルを指定してください。")
    result = {
        "holds": verdict.holds,
        "lines": verdict.lines,
        "anchors": verdict.anchors,
        "head": verdict.head,
        "fault": verdict.fault,
    }
    show(
        result,
        as_json,
        [
            f"{verdict.lines:,}件の記録と{verdict.anchors:,}件の控えが一致しました。"
            if verdict.holds
            else f"書き換えを見つけました：{verdict.fault}"
        ],
    )
    if not verdict.holds:
        sys.exit(1)


@audit_group.command("export", help="監査記録の全件をJSON（一行一件）で出力する。")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
@spoken
def export_command(out: Path) -> None:
    with saved():
        out.write_bytes(whole_trail())
        audit.record("audit.export", "json", by=None)
    click.echo(f"{out} に出力しました。")


@audit_group.command("anchor", help="監査記録の末尾の控えを、いま一つ残す。")
@with_appcontext
@spoken
def anchor_command() -> None:
    head = write_anchor(Path(current_app.config["BACKUP_FOLDER"]))
    click.echo(f"{head.id}番の控えを残しました。" if head else "記録がまだありません。")
