"""Commands about surveys: checking definitions, opening and closing rounds."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from companion.console import json_option, period_option, show, spoken
from companion.core.db import saved
from companion.periods.queries import period_named
from companion.surveys.actions import close_round, open_round
from companion.surveys.definition import json_schema
from companion.surveys.library import FOLDER, POPULATIONS
from companion.surveys.lint import lint
from companion.surveys.queries import invited_count, submitted_count


@click.group("survey", help="アンケートの定義を確かめ、開始・終了する。")
def survey_group() -> None:
    pass


@survey_group.command("open", help="アンケートを開始し、対象者全員を招待する。")
@click.argument("name")
@period_option
@json_option
@with_appcontext
@spoken
def survey_open(name: str, period: str, as_json: bool) -> None:
    with saved():
        survey_round = open_round(name, period_named(period), by=None)
        invited = invited_count(survey_round)
    show(
        {"survey": name, "invited": invited},
        as_json,
        [f"アンケート「{name}」を開始し、{invited}件の招待を作成しました。"],
    )


@survey_group.command("close", help="アンケートを終了する。")
@click.argument("name")
@period_option
@json_option
@with_appcontext
@spoken
def survey_close(name: str, period: str, as_json: bool) -> None:
    with saved():
        survey_round = close_round(name, period_named(period), by=None)
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
