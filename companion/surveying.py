"""Commands about surveys: checking definitions, opening and closing rounds."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TextIO

import click
from flask.cli import with_appcontext

from companion.console import json_option, period_option, show, spoken
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.queries import period_named, policy_fields
from companion.surveys.actions import close_round, open_round
from companion.surveys.choosing import AUDIENCES, Whom, names_in
from companion.surveys.definition import json_schema
from companion.surveys.library import FOLDER, POPULATIONS
from companion.surveys.lint import lint
from companion.surveys.queries import invited_count, submitted_count

_occasion = click.option("--occasion", default="", help="短いアンケートの回の名前（例：6月分）。")


@click.group("survey", help="アンケートの定義を確かめ、開始・終了する。")
def survey_group() -> None:
    pass


@survey_group.command("open", help="アンケートを開始し、対象者全員を招待する。")
@click.argument("name")
@period_option
@_occasion
@click.option(
    "--to", type=click.Choice(list(AUDIENCES)), help="短いアンケートの対象（既定は定義のとおり）。"
)
@click.option("--field", default="", help="短いアンケートの対象を、この政策分野のチームに絞る。")
@click.option(
    "--list",
    "listed",
    type=click.File(encoding="utf-8-sig"),
    help="短いアンケートの対象を、このファイルの人（一行に一つ）に絞る。",
)
@json_option
@with_appcontext
@spoken
def survey_open(
    name: str,
    period: str,
    occasion: str,
    to: str | None,
    field: str,
    listed: TextIO | None,
    as_json: bool,
) -> None:
    names = names_in(listed.read()) if listed else ()
    if listed and not names:
        raise Refused("一覧のファイルに、だれも書かれていません。")
    if field and field not in {one.code for one in policy_fields()}:
        raise Refused(f"政策分野「{field}」はありません。")
    whom = Whom(to or "", field_code=field, names=names)
    with saved():
        survey_round = open_round(name, period_named(period), by=None, occasion=occasion, whom=whom)
        invited = invited_count(survey_round)
    show(
        {"survey": name, "invited": invited},
        as_json,
        [f"アンケート「{name}」を開始し、{invited}件の招待を作成しました。"],
    )


@survey_group.command("close", help="アンケートを終了する。")
@click.argument("name")
@period_option
@_occasion
@json_option
@with_appcontext
@spoken
def survey_close(name: str, period: str, occasion: str, as_json: bool) -> None:
    with saved():
        survey_round = close_round(name, period_named(period), by=None, occasion=occasion)
        invited, submitted = invited_count(survey_round), submitted_count(survey_round)
    show(
        {"survey": name, "invited": invited, "submitted": submitted},
        as_json,
        [f"アンケート「{name}」を終了しました（回収 {submitted}／{invited}）。"],
    )


@survey_group.command("lint", help="定義の誤りを、ファイルと行番号つきで示す。")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@json_option
@spoken
def survey_lint(files: tuple[Path, ...], as_json: bool) -> None:
    chosen = list(files) or sorted(FOLDER.glob("*.yaml"))
    found = lint(chosen, populations=POPULATIONS)
    errors = sum(fault.severity == "error" for fault in found)
    lines = [f"{fault}（{'誤り' if fault.severity == 'error' else '注意'}）" for fault in found]
    lines.append(f"{len(chosen)}件の定義：誤り {errors}件、注意 {len(found) - errors}件")
    findings = [
        {
            "file": fault.file,
            "line": fault.line,
            "question": fault.question,
            "message": fault.message,
            "severity": fault.severity,
        }
        for fault in found
    ]
    show({"files": len(chosen), "errors": errors, "findings": findings}, as_json, lines)
    if errors:
        sys.exit(1)


@survey_group.command("schema", help="定義のJSON Schemaを出力する。")
def survey_schema() -> None:
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=1))
