"""The command that puts another secret key in place of the present one, without losing anything."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from companion.console import json_option, show, spoken
from companion.core import audit, keys
from companion.core.db import saved
from companion.people.factors import seal_seeds_anew
from companion.surveys.anonymity import seal_anew


@click.command("rekey", help="秘密鍵を替え、封をしたものを新しい鍵で封じ直す。")
@click.option("--new", "is_new", is_flag=True, help="新しい鍵を作る（今の鍵は以前の鍵になる）。")
@json_option
@with_appcontext
@spoken
def rekey_command(is_new: bool, as_json: bool) -> None:
    """May be run again at any time: what is sealed under the present key stays as it is."""
    if is_new:
        keys.new_key()
    with saved():
        answers = seal_anew()
        seeds, lost = seal_seeds_anew()
        audit.record(
            "key.renew", "secret", by=None, is_new=is_new, seeds=seeds, lost=lost, answers=answers
        )
    kept = len(current_app.config["EARLIER_KEYS"])
    lines = [
        *(["新しい秘密鍵を作りました。"] if is_new else []),
        f"認証アプリの鍵{seeds}件と、終了前のアンケートの回答{answers}件を封じ直しました。",
        *([f"認証アプリの鍵{lost}件は開けません。設定し直しが必要です。"] if lost else []),
        "画面と常駐処理を起動し直してください。全員がサインインし直します。",
        f"以前の鍵を{kept}個保管しています。パスワードは、次のサインインのときに"
        "新しい鍵のものになります。全員が一度サインインしたら、以前の鍵を消せます。",
    ]
    result = {"new": is_new, "seeds": seeds, "lost": lost, "answers": answers, "earlier": kept}
    show(result, as_json, lines)
