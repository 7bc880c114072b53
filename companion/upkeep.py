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

from companion.audits.jobs import anchor_file, close_anchors, write_anchor
from companion.audits.sheets import whole_trail
from companion.console import fail, json_option, show, spoken
from companion.core import audit, backup
from companion.core.chain import read_anchors, verify
from companion.core.db import UnknownSchema, check_schema, saved

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


def backup_folder() -> Path:
    """Where backups and heads of the audit trail are kept."""
    return Path(current_app.config["BACKUP_FOLDER"])


@click.command("backup", help="データベースとファイルの控えを作る（動作中でもよい）。")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="置き場。")
@json_option
@with_appcontext
@spoken
def backup_command(folder: Path | None, as_json: bool) -> None:
    path = backup.take(current_app._get_current_object(), folder or backup_folder())  # type: ignore[attr-defined]
    result = {"path": str(path), "bytes": path.stat().st_size}
    show(result, as_json, [f"控えを作りました：{path}（{path.stat().st_size:,}バイト）"])


@click.command("restore", help="控えから戻す。今の内容は控えの内容に置き換わる。")
@click.argument("archive", type=a_file)
@click.option("--yes", is_flag=True, help="確認の質問をしない。")
@json_option
@with_appcontext
@spoken
def restore_command(archive: Path, yes: bool, as_json: bool) -> None:
    if not yes:
        click.confirm("今の内容は失われます。画面と常駐処理を止めましたか？", abort=True)
    rows = backup.restore(current_app._get_current_object(), archive)  # type: ignore[attr-defined]
    words = f"{rows:,}行を戻し、すべての表が控えと一致することを確かめました。"
    try:
        check_schema()
        close_anchors(Path(current_app.config["BACKUP_FOLDER"]))
        with saved():
            audit.record("backup.restore", archive.name, by=None, rows=rows)
    except UnknownSchema as refusal:
        words += str(refusal)
    show({"rows": rows}, as_json, [words])
