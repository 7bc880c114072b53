"""Settings: from the environment, checked at start; each refusal says the reason."""

from __future__ import annotations

import base64
import datetime as dt
import os
import re
import secrets
import stat
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.exc import ArgumentError

from companion.core.db import database_url
from companion.core.keys import EARLIER, PRESENT, key_for, pepper
from companion.core.leaks import is_list

LOCAL = ("localhost", "127.0.0.1")
# What examples and other programs put where a secret belongs.
PLACEHOLDERS = ("changeme", "change-me", "change_me", "secret", "default", "example", "password")
HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
ADDRESS = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+")
MAIL_SERVER = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")


class BadSettings(RuntimeError):
    """The application may not start like this; the message is in Japanese and says why."""


def instance_folder() -> Path:
    """The folder that an installation owns: `COMPANION_INSTANCE`, or instance/ beside the code."""
    named = os.environ.get("COMPANION_INSTANCE")
    return Path(named) if named else Path(__file__).resolve().parent.parent / "instance"


def _secret(folder: Path) -> str:
    """The secret key: from the environment, or made once and kept in the folder with mode 600."""
    given = os.environ.get("COMPANION_SECRET_KEY")
    if given is not None:
        return given
    path = folder / PRESENT
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return _kept(path).strip()


def _kept(path: Path) -> str:
    """A file of secrets that nobody else can read."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise BadSettings(
            f"秘密鍵のファイルをほかの利用者が読めます。`chmod 600 {path}` を実行してください。"
        )
    return path.read_text()


def _earlier(folder: Path, secret: str) -> list[str]:
    """Keys from before the present one, the newest first: from the environment or a file."""
    given, path = os.environ.get("COMPANION_SECRET_KEY_OLD"), folder / EARLIER
    if given is None:
        given = _kept(path) if path.exists() else ""
    found = [key for key in given.split() if key != secret]
    for key in found:
        _check_secret(key)
    return found


def _check_secret(secret: str) -> None:
    if len(secret) < 32:
        raise BadSettings("秘密鍵が短すぎます。32文字以上にしてください（COMPANION_SECRET_KEY）。")
    if len(set(secret)) < 10 or any(word in secret.lower() for word in PLACEHOLDERS):
        raise BadSettings(
            "秘密鍵が見本のままか、推測できます。COMPANION_SECRET_KEY を外すと、"
            "安全な鍵が自動で作られます。"
        )


def _base_address() -> str:
    """The address people use: every link and cookie follows it, never a request's Host header."""
    base = os.environ.get("EXTERNAL_BASE_URL", "http://localhost:8000").rstrip("/")
    try:
        parts = urlsplit(base)
        is_whole = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        raise BadSettings(_bad_base(base)) from None
    if not is_whole or parts.path or parts.query or parts.fragment or parts.username:
        raise BadSettings(_bad_base(base))
    if not HOST_NAME.fullmatch(parts.hostname or ""):
        raise BadSettings(_bad_base(base))
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        raise BadSettings(
            f"EXTERNAL_BASE_URL（{base}）は https:// で始めてください。"
            "http で使えるのは、この機械の中（localhost）だけです。"
        )
    return base


def may_serve_demo(base: str) -> bool:
    """True where the demo's accounts, whose password is printed, harm nobody."""
    return urlsplit(base).hostname in LOCAL or os.environ.get("COMPANION_DEMO") == "1"


def _bad_base(base: str) -> str:
    return (
        f"EXTERNAL_BASE_URL（{base}）の形が正しくありません。"
        "例：https://bansou.example.go.jp（後ろに何も付けません）。"
    )


def _database(folder: Path) -> str:
    given = os.environ.get("DATABASE_URL")
    try:
        url = database_url(given or f"sqlite:///{folder.resolve() / 'companion.sqlite3'}")
    except ArgumentError:
        url = ""
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSettings(
            "DATABASE_URL の形が正しくありません。例：postgresql://user:password@host/name"
        )
    return url


def _sender() -> str:
    sender = os.environ.get("COMPANION_MAIL_FROM", "companion@localhost.invalid")
    if not ADDRESS.fullmatch(sender):
        raise BadSettings("COMPANION_MAIL_FROM は、差出人のメールアドレス一つにしてください。")
    return sender


def _mail_server() -> str | None:
    server = os.environ.get("COMPANION_SMTP") or None
    if server is not None and not MAIL_SERVER.fullmatch(server):
        raise BadSettings(
            f"COMPANION_SMTP（{server}）は、ホスト:ポート の形にしてください。例：mail:25"
        )
    return server


def _mail_domains() -> tuple[str, ...]:
    given = os.environ.get("COMPANION_MAIL_DOMAINS", "go.jp lg.jp").lower()
    words = tuple(given.replace(",", " ").split())
    if words == ("*",):
        return ()
    if not words or not all(HOST_NAME.fullmatch(word) for word in words):
        raise BadSettings(
            f"COMPANION_MAIL_DOMAINS（{given}）は、go.jp lg.jp のように空白で区切ってください。"
            "どのアドレスでもよいときは * とします。"
        )
    return words


def _leaked_passwords() -> str | None:
    file = os.environ.get("COMPANION_LEAKED_PASSWORDS") or None
    if file is not None and not is_list(file):
        raise BadSettings(
            f"COMPANION_LEAKED_PASSWORDS（{file}）を読めないか、漏えいしたパスワードの一覧の形では"
            "ありません。SHA-1 の順に並んだ一覧（一行に一つ）のファイルを指定してください。"
        )
    return file


def _number(name: str, default: int, *, most: int) -> int:
    given = os.environ.get(name) or str(default)
    if not (given.isascii() and given.isdigit() and int(given) <= most):
        raise BadSettings(f"{name}（{given}）は、0から{most}までの整数にしてください。")
    return int(given)


def settings(folder: Path) -> dict[str, Any]:
    """Every setting of the application for an instance folder.

    Raises:
        BadSettings: a setting is dangerous or has no meaning; says which, and what to write.
    """
    secret = _secret(folder)
    _check_secret(secret)
    earlier = _earlier(folder, secret)
    if os.environ.get("FLASK_DEBUG", "0") not in {"", "0"}:
        raise BadSettings("デバッグモードでは起動しません。FLASK_DEBUG を外してください。")
    base = _base_address()
    is_https = base.startswith("https://")
    host = urlsplit(base).hostname or ""
    local = [] if is_https else [*LOCAL]
    return {
        "SECRET_KEY": secret,
        "EARLIER_KEYS": earlier,
        "SQLALCHEMY_DATABASE_URI": _database(folder),
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},  # logs hold no personal data
        "EXTERNAL_BASE_URL": base,
        "MAIL_FROM": _sender(),
        "SMTP_ADDRESS": _mail_server(),
        "MAIL_DOMAINS": _mail_domains(),
        "BACKUP_FOLDER": str(
            Path(os.environ.get("COMPANION_BACKUPS") or folder / "backups").resolve()
        ),
        "BACKUP_MINUTES": _number("COMPANION_BACKUP_MINUTES", 10, most=1440),
        "SCANNER": os.environ.get("COMPANION_SCANNER"),
        "LEAKED_PASSWORDS": _leaked_passwords(),
        "TRUSTED_HOSTS": [host, *local],
        "PROXY_HOPS": _number("COMPANION_PROXY_HOPS", 0, most=5),
        "MAX_CONTENT_LENGTH": 3 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 200_000,
        "MAX_FORM_PARTS": 500,
        "SESSION_COOKIE_NAME": "__Host-companion" if is_https else "companion",
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # Direct contacts of persons in an hour: others than coordinators on screen and in files;
        # anybody in files without a second person.
        "CONTACTS_SHOWN_PER_HOUR": 30,
        "CONTACTS_EXPORTED_PER_HOUR": 100,
        "PERMANENT_SESSION_LIFETIME": dt.timedelta(hours=12),
        "WTF_I18N_ENABLED": False,  # together with Meta.locales: WTForms' own Japanese messages
        "WTF_CSRF_TIME_LIMIT": 8 * 3600,
        "PREFERRED_URL_SCHEME": "https" if is_https else "http",
        **_sign_in([secret, *earlier]),
    }


def _sign_in(secrets_known: list[str]) -> dict[str, Any]:
    """What Flask-Security needs; `SECOND_STEP` is off in tests of other things only."""
    return {
        "SECOND_STEP": True,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SALT": pepper(secrets_known[0]),
        "SECURITY_FRESHNESS": dt.timedelta(seconds=-1),
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_STATIC_FOLDER": None,
        # The library asks for it; seeds are sealed by `people.seeds`, under keys of their own.
        "SECURITY_TOTP_SECRETS": {"1": key_for(secrets_known[0], "totp").hex()},
        "SECURITY_TOTP_ISSUER": "伴走（運営システム）",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [
            base64.urlsafe_b64encode(key_for(secret, "recovery codes")) for secret in secrets_known
        ],
    }
