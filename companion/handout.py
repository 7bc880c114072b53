"""The command that makes a report as a file: `companion export <report> --period … --out …`."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from companion.console import json_option, show, spoken
from companion.core.db import saved
from companion.core.errors import Refused
from companion.reports.terms import Edition, FileType

_TYPES = {".xlsx": FileType.XLSX, ".json": FileType.JSON, ".pptx": FileType.PPTX}


@click.command("export", help="帳票をファイルに出力する。例：companion export satisfaction …")
@click.argument("report")
@click.option("--period", required=True, help="年度。例：令和7年度、R7、2025")
@click.option(
    "--edition", type=click.Choice([e.value for e in Edition]), default="internal", help="版。"
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="保存先。.xlsx、.zip（CSV）、.json、.pptx で形式が決まる。",
)
@click.option("--cp932", is_flag=True, help="CSVの文字コードをShift_JISにする。")
@json_option
@with_appcontext
@spoken
def export_command(
    report: str, period: str, edition: str, out: Path, cp932: bool, as_json: bool
) -> None:
    """Make the file, keep it in the history, write it where it is wanted."""
    from companion.periods.queries import period_named
    from companion.reports.actions import Wanted, make_export

    suffix = out.suffix.lower()
    if suffix not in {*_TYPES, ".zip"}:
        raise Refused("保存先の拡張子は .xlsx、.zip、.json、.pptx のいずれかにしてください。")
    kind = _TYPES.get(suffix) or (FileType.CSV_CP932 if cp932 else FileType.CSV)
    with saved():
        wanted = Wanted(report, Edition(edition), kind)
        made, data = make_export(period_named(period), wanted, by=None, origin="コマンド")
        digest = made.sha256
        result = {"path": str(out), "sha256": digest, "rows": made.rows}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(data)
    show(result, as_json, [f"{out} を出力しました（{digest[:16]}…）。"])
