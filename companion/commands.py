"""The console script `companion`: what an operator does from a terminal.

Every command has `--help`; a failure is a Japanese sentence on standard error and a non-zero exit;
`--json` prints one JSON object on one line of standard output.
"""

from __future__ import annotations

import sys

import click
from flask.cli import FlaskGroup

from companion import create_app
from companion.accounts import user_group
from companion.config import BadSettings
from companion.console import fail
from companion.doctor import doctor_command
from companion.handout import export_command
from companion.intake import import_group
from companion.pairing import match_command
from companion.rekeying import rekey_command
from companion.serving import demo_command, init_command, run_command, work_command
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


for command in (
    *(init_command, import_group, match_command, survey_group, export_command, user_group),
    *(audit_group, backup_command, restore_command, doctor_command, rekey_command),
    *(work_command, run_command, demo_command),
):
    cli.add_command(command)
