"""`companion doctor`: what an installation needs besides the program, checked and said plainly."""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import ssl
import stat
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from companion.audits.jobs import newest_anchor_at
from companion.config import LOCAL
from companion.console import json_option, show, spoken
from companion.core import backup, clock
from companion.core.db import UnknownSchema, check_schema, db
from companion.core.disks import check_disk
from companion.core.errors import Refused
from companion.core.leaks import is_list
from companion.people.clients import FAILURES, client_of
from companion.people.queries import has_demo_accounts
from companion.surveys.library import FOLDER, files

Check = tuple[str, bool, str]


@click.command("doctor", help="設定、データベース、控えなど、運用に必要なことを確かめる。")
@json_option
@with_appcontext
@spoken
def doctor_command(as_json: bool) -> None:
    checks = [
        *(_check_address(), _check_secret(), _check_database(), _check_place(), _check_schema()),
        *(
            _check_programs(),
            _check_backup(),
            _check_anchor(),
            _check_clock(),
            _check_disk(),
            _check_mail(),
        ),
        *(_check_proxy(), _check_certificate(), _check_definitions(), *_check_offices()),
        *(_check_scanner(), _check_leaks(), _check_connection(), _check_demo(), _check_user()),
    ]
    lines = [f"{'○' if met else '×'} {name}：{words}" for name, met, words in checks]
    result = {"checks": [{"name": n, "met": m, "message": w} for n, m, w in checks]}
    show(result, as_json, lines)
    if not all(met for _, met, _ in checks):
        sys.exit(1)


def is_local() -> bool:
    """True for a trial on one machine, where backups and mail are not asked for."""
    base = current_app.config["EXTERNAL_BASE_URL"]
    return "localhost" in base or "127.0.0.1" in base


def _check_address() -> Check:
    base = current_app.config["EXTERNAL_BASE_URL"]
    if base.startswith("https://") or is_local():
        return "設定", True, f"公開アドレス {base}"
    return "設定", False, f"EXTERNAL_BASE_URL（{base}）は https:// で始めてください。"


def _check_secret() -> Check:
    path = Path(current_app.instance_path) / "secret_key"
    kept = len(current_app.config["EARLIER_KEYS"])
    words = f"以前の鍵を{kept}個保管しています。" if kept else ""
    if os.environ.get("COMPANION_SECRET_KEY"):
        return "秘密鍵", True, f"環境変数で与えられています。{words}"
    if not path.exists() or stat.S_IMODE(path.stat().st_mode) & 0o077:
        return "秘密鍵", False, f"`chmod 600 {path}` で、他の人が読めないようにしてください。"
    return "秘密鍵", True, f"本人だけが読めます。{words}"


def _check_database() -> Check:
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return (
            "データベース",
            False,
            f"接続できません（{type(error).__name__}）。DATABASE_URL を確認してください。",
        )
    return "データベース", True, f"{db.engine.dialect.name} に接続しました。"


def _check_place() -> Check:
    name = "置き場"
    try:
        kind = check_disk()
    except Refused as refusal:
        return name, False, str(refusal)
    if kind is None:
        return name, True, "ネットワークドライブの確認は不要です。"
    return name, True, f"データベースはこの機械のディスク（{kind or '不明'}）にあります。"


def _check_schema() -> Check:
    try:
        return "スキーマ", True, f"最新（{check_schema()}）です。"
    except UnknownSchema as refusal:
        return "スキーマ", False, str(refusal)
    except SQLAlchemyError:
        return "スキーマ", False, "データベースに接続できないため、確かめられません。"


def _check_definitions() -> Check:
    name, there = "アンケートの定義", files()
    faulty = [survey_id for survey_id, book in there.items() if book.errors]
    if not there:
        return (
            name,
            False,
            f"{FOLDER} にありません。README のとおり `pip install -e .` で入れてください。",
        )
    if faulty:
        return (
            name,
            False,
            f"誤りがあります（{'、'.join(faulty)}）。`companion survey lint` を実行してください。",
        )
    return name, True, f"{len(there)}件あり、誤りはありません。"


def _folder() -> Path:
    return Path(current_app.config["BACKUP_FOLDER"])


def _check_programs() -> Check:
    name = "控えを作るプログラム"
    try:
        backup.check_programs()
    except Refused as refusal:
        return name, False, str(refusal)
    except SQLAlchemyError:
        return name, False, "データベースに接続できないため、確かめられません。"
    return name, True, "そろっています。"


def _check_backup() -> Check:
    there = backup.backups(_folder())
    limit = 3 * current_app.config["BACKUP_MINUTES"]
    if not there:
        return "控え", is_local(), "まだありません。`companion backup` を実行してください。"
    minutes = int((clock.now() - there[0][0]).total_seconds() // 60)
    words = f"最新は{minutes}分前（{len(there)}個）。"
    if minutes > limit:
        return "控え", is_local(), words + "常駐処理（companion work）を確かめてください。"
    return "控え", True, words


def _check_anchor() -> Check:
    last = newest_anchor_at(_folder())
    if last is None:
        return "監査記録", is_local(), "末尾の控えがまだありません。`companion work` が残します。"
    hours = int((clock.now() - last).total_seconds() // 3600)
    return "監査記録", hours < 3 or is_local(), f"末尾の控えは{hours}時間前のものです。"


def _check_clock() -> Check:
    now = clock.now()
    return "時計", now.year >= 2025, f"{clock.to_jst(now):%Y-%m-%d %H:%M}（日本時間）"


def _check_disk() -> Check:
    folder = Path(current_app.instance_path)
    free = shutil.disk_usage(folder if folder.exists() else folder.parent).free // 2**20
    return "空き容量", free >= 500, f"{free:,} MB（500 MB以上必要）"


def _check_proxy() -> Check:
    hops = current_app.config["PROXY_HOPS"]
    if hops or is_local():
        return "プロキシ", True, f"{hops}段のプロキシからの接続元を使います。"
    words = "https を受けるプロキシの段数を COMPANION_PROXY_HOPS に設定してください（多くは1）。"
    return "プロキシ", False, words


def certificate(host: str, port: int, context: ssl.SSLContext) -> tuple[bool, str]:
    """Whether a host answers by TLS 1.2 or newer with a certificate that is valid for a while."""
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        with (
            socket.create_connection((host, port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname=host) as link,
        ):
            until, version = link.getpeercert() or {}, link.version()
    except ssl.SSLError as error:
        return False, f"{host} の証明書か暗号の方式が正しくありません（{error.reason}）。"
    except OSError as error:
        return False, f"{host}:{port} に接続できません（{type(error).__name__}）。"
    seconds = ssl.cert_time_to_seconds(str(until["notAfter"])) - clock.now().timestamp()
    days = int(seconds // 86400)
    words = f"{version} で応答しました。証明書はあと{days}日有効です。"
    return days >= 14, words if days >= 14 else words + "更新してください。"


def _check_certificate() -> Check:
    name, parts = "証明書", urlsplit(current_app.config["EXTERNAL_BASE_URL"])
    if is_local():
        return name, True, "この機械の中だけで使うため、不要です。"
    return name, *certificate(parts.hostname or "", parts.port or 443, ssl.create_default_context())


def _check_offices() -> list[Check]:
    """Each office of offices.toml: whether its sign-in answers, and as what it is configured."""
    found = []
    for office in current_app.config["OFFICES"].values():
        name = f"府省庁のサインイン（{office.name}）"
        try:
            client_of(office)
            found.append((name, True, f"{office.issuer} が応答しました。"))
        except FAILURES as error:
            words = f"{office.issuer} を確かめられません（{type(error).__name__}）。"
            found.append((name, False, words + "issuer と通信の許可を確かめてください。"))
    return found


def _check_mail() -> Check:
    address = current_app.config["SMTP_ADDRESS"]
    if not address:
        words = "手紙はファイルになります。送るには COMPANION_SMTP を設定してください。"
        return "メール", is_local(), words
    host, _, port = address.partition(":")
    try:
        with smtplib.SMTP(host, int(port or 25), timeout=5):
            return "メール", True, f"{address} に接続しました。"
    except (OSError, ValueError, smtplib.SMTPException) as error:
        return "メール", False, f"{address} に接続できません（{type(error).__name__}）。"


def _check_scanner() -> Check:
    name, command = "添付の検査", (current_app.config["SCANNER"] or "").split()
    if not command:
        words = "ウイルス検査のコマンドを COMPANION_SCANNER に設定してください。"
        return name, is_local(), words
    if shutil.which(command[0]) is None:
        return name, False, f"COMPANION_SCANNER の {command[0]} が見つかりません。"
    return name, True, f"{command[0]} が添付ファイルを検査します。"


def _check_leaks() -> Check:
    name, file = "漏えいしたパスワードの一覧", current_app.config["LEAKED_PASSWORDS"]
    if file is None:
        return name, True, "ありません（COMPANION_LEAKED_PASSWORDS に置くと照合します）。"
    if not is_list(file):
        return name, False, f"{file} を読めません。COMPANION_LEAKED_PASSWORDS を確かめてください。"
    return name, True, f"{file} にあるパスワードを受け付けません。"


def _check_connection() -> Check:
    name, url = "データベースとの通信", db.engine.url
    if url.host in {None, "", *LOCAL} or str(url.host).startswith("/"):
        return name, True, "この機械の中だけです。"
    if url.query.get("sslmode") in {"require", "verify-ca", "verify-full"}:
        return name, True, "暗号化しています。"
    return name, False, "DATABASE_URL の後ろに ?sslmode=verify-full を付けてください。"


def _check_demo() -> Check:
    try:
        has_demo = has_demo_accounts()
    except SQLAlchemyError:
        return "デモ用アカウント", False, "確かめられません。`companion init` を実行してください。"
    if has_demo and not is_local():
        words = "あります。別の COMPANION_INSTANCE で本番用のデータを作ってください。"
        return "デモ用アカウント", False, words
    return "デモ用アカウント", True, "あります（試用）。" if has_demo else "ありません。"


def _check_user() -> Check:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words = "管理者（root）で動いています。専用の利用者で起動してください。"
        return "実行する利用者", is_local(), words
    return "実行する利用者", True, "管理者ではありません。"
