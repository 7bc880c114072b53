"""How commands speak: results for a person or a program, failures as one Japanese sentence."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from companion.core.db import UnknownSchema
from companion.core.errors import Refused
from companion.core.sheets import InvalidWorkbook

F = Callable[..., Any]


def fail(message: str) -> NoReturn:
    """Say what is wrong and leave with 1."""
    click.echo(f"エラー：{message}", err=True)
    sys.exit(1)


def spoken(function: F) -> F:
    """Turn every expected failure of a command into one Japanese sentence."""

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except (Refused, InvalidWorkbook, UnknownSchema) as refusal:
            fail(str(refusal))
        except SQLAlchemyError as error:
            fail(
                "データベースを使えません。`companion init` を実行し、`companion doctor` で"
                f"確かめてください（{type(error).__name__}）。"
            )
        except OSError as error:
            fail(f"ファイルを扱えません：{error.filename or ''} {error.strerror or error}")

    return run


def show(result: dict[str, Any], as_json: bool, lines: list[str]) -> None:
    """Print a result for a program (one line of JSON) or for a person."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        click.echo("\n".join(lines))


json_option = click.option("--json", "as_json", is_flag=True, help="結果をJSON一行で出力する。")
period_option = click.option("--period", required=True, help="年度。例：令和7年度、R7、2025")
