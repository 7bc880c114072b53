"""The command that makes an account."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from companion.console import json_option, show, spoken
from companion.core.access import Role
from companion.core.db import saved
from companion.people.actions import add_user
from companion.people.codes import invite


@click.group("user", help="アカウントを扱う。")
def user_group() -> None:
    pass


@user_group.command("add", help="アカウントを作成する。")
@click.option("--email", required=True, help="メールアドレス。")
@click.option("--name", default="", help="氏名または担当名。")
@click.option(
    "--role", "roles", required=True, multiple=True, type=click.Choice([r.value for r in Role])
)
@click.option("--lg-code", help="自治体担当者の団体コード。")
@click.option("--prefecture", help="連携窓口の都道府県番号（2桁）。")
@click.option("--ministry", help="担当窓口の府省庁コード。")
@click.option("--password", help="パスワード（15文字以上）。省略時は入力を求める。")
@click.option("--invite", "is_invited", is_flag=True, help="パスワードの代わりに招待を送る。")
@json_option
@with_appcontext
@spoken
def user_add(
    email: str,
    name: str,
    roles: tuple[str, ...],
    lg_code: str | None,
    prefecture: str | None,
    ministry: str | None,
    password: str | None,
    is_invited: bool,
    as_json: bool,
) -> None:
    from companion.core import clock
    from companion.people.rules import default_term_end

    if password is None and not is_invited:
        password = click.prompt("パスワード（15文字以上）", hide_input=True)

    with saved():
        user = add_user(
            email=email,
            name=name,
            password=password,
            roles=[Role(role) for role in roles],
            lg_code=lg_code,
            prefecture_code=prefecture,
            ministry_code=ministry,
            term_ends_on=default_term_end([Role(role) for role in roles], clock.today()),
            by=None,
        )
        if is_invited:
            invite(user, by=None)
        address = user.email
    show({"email": address}, as_json, [f"{address} のアカウントを作成しました。"])
