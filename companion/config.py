"""Settings: from the environment, checked at start; each refusal says the reason."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
import secrets
from pathlib import Path
from typing import Any

from companion.core.db import database_url


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
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def settings(folder: Path) -> dict[str, Any]:
    """Every setting of the application for an instance folder.

    Raises:
        BadSettings: the secret is short, or debug is on.
    """
    secret = _secret(folder)
    if len(secret) < 32:
        raise BadSettings("秘密鍵が短すぎます。32文字以上にしてください（COMPANION_SECRET_KEY）。")
    if os.environ.get("FLASK_DEBUG", "0") not in {"", "0"}:
        raise BadSettings("デバッグモードでは起動しません。FLASK_DEBUG を外してください。")
    base = os.environ.get("EXTERNAL_BASE_URL", "http://localhost:8000").rstrip("/")
    is_https = base.startswith("https://")
    host = base.partition("://")[2].partition("/")[0]
    return {
        "SECRET_KEY": secret,
        "SQLALCHEMY_DATABASE_URI": database_url(
            os.environ.get("DATABASE_URL") or f"sqlite:///{folder.resolve() / 'companion.sqlite3'}"
        ),
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},  # logs hold no personal data
        "EXTERNAL_BASE_URL": base,
        "MAIL_FROM": os.environ.get("COMPANION_MAIL_FROM", "companion@localhost.invalid"),
        "SMTP_ADDRESS": os.environ.get("COMPANION_SMTP"),
        "BACKUP_FOLDER": str(
            Path(os.environ.get("COMPANION_BACKUPS") or folder / "backups").resolve()
        ),
        "BACKUP_MINUTES": int(os.environ.get("COMPANION_BACKUP_MINUTES") or 10),
        "SCANNER": os.environ.get("COMPANION_SCANNER"),
        "TRUSTED_HOSTS": ["localhost", "127.0.0.1", host.partition(":")[0]],
        "MAX_CONTENT_LENGTH": 3 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 200_000,
        "MAX_FORM_PARTS": 500,
        "SESSION_COOKIE_NAME": "__Host-companion" if is_https else "companion",
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": dt.timedelta(hours=12),
        "WTF_I18N_ENABLED": False,  # together with Meta.locales: WTForms' own Japanese messages
        "WTF_CSRF_TIME_LIMIT": 8 * 3600,
        "PREFERRED_URL_SCHEME": "https" if is_https else "http",
        **_sign_in(secret),
    }


def _key(secret: str, use: str) -> bytes:
    """A key of its own for each use, from the one secret that is not in the database."""
    return hashlib.blake2b(use.encode(), key=secret.encode()[:64], digest_size=32).digest()


def _sign_in(secret: str) -> dict[str, Any]:
    """What Flask-Security needs; `SECOND_STEP` is off in tests of other things only."""
    return {
        "SECOND_STEP": True,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SALT": "companion-password-v1:" + secret,
        "SECURITY_FRESHNESS": dt.timedelta(seconds=-1),
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_STATIC_FOLDER": None,
        # Seeds of authenticator apps and recovery codes are encrypted with keys of their own.
        "SECURITY_TOTP_SECRETS": {"1": _key(secret, "totp").hex()},
        "SECURITY_TOTP_ISSUER": "伴走（運営システム）",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [
            base64.urlsafe_b64encode(_key(secret, "recovery codes"))
        ],
    }
