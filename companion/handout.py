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
@click.option("--reason", default="", help="100人を超える連絡先を出力する理由。")
@click.option(
    "--approved-by",
    multiple=True,
    help="100人を超える連絡先の出力を決めた二人のコーディネーター（二回使う）。",
)
@click.option("--cp932", is_flag=True, help="CSVの文字コードをShift_JISにする。")
@json_option
@with_appcontext
@spoken
def export_command(
    report: str,
    period: str,
    edition: str,
    out: Path,
    reason: str,
    approved_by: tuple[str, ...],
    cp932: bool,
    as_json: bool,
) -> None:
    """Make the file, keep it in the history, write it where it is wanted."""
    from companion.core.contacts import most_exported
    from companion.people.queries import two_coordinators
    from companion.periods.queries import period_named
    from companion.reports.actions import (
        Wanted,
        build_report,
        export_by_two,
        make_export,
    )

    suffix = out.suffix.lower()
    if suffix not in {*_TYPES, ".zip"}:
        raise Refused("保存先の拡張子は .xlsx、.zip、.json、.pptx のいずれかにしてください。")
    kind = _TYPES.get(suffix) or (FileType.CSV_CP932 if cp932 else FileType.CSV)
    with saved():
        wanted = Wanted(report, Edition(edition), kind)
        year, two = period_named(period), None
        if build_report(year, wanted).people > most_exported():
            two = two_coordinators(approved_by)  # none where there are no two yet
        if two is None:
            made, data = make_export(year, wanted, by=None, origin="コマンド")
        else:
            made, data = export_by_two(year, wanted, reason, asked=two[0], approved=two[1])
        digest = made.sha256
        result = {"path": str(out), "sha256": digest, "rows": made.rows}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(data)
    show(result, as_json, [f"{out} を出力しました（{digest[:16]}…）。"])
