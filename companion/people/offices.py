"""Sign-ins of offices (OpenID Connect) that are accepted: `offices.toml` in the instance folder.

One table for each, named by a short key that stands in addresses:

    [mic]
    name = "総務省"
    issuer = "https://login.example.go.jp"
    client_id = "bansou"
    client_secret = "…"            # given by the office
    mfa = ["mfa"]                  # values of acr or amr that say: two factors were asked for
"""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from companion.config import LOCAL, BadSettings
from companion.core.access import Role
from companion.people.rules import STAFF

FILE = "offices.toml"
KEY = re.compile(r"[a-z][a-z0-9-]{0,19}")
WANTED = ("name", "issuer", "client_id", "client_secret")
SECRET_MIN = 16
# Whoever has no office of the government behind them signs in with password and letter.
ROLES = frozenset({Role.OFFICIAL, Role.MINISTRY}) | STAFF


@dataclass(frozen=True)
class Office:
    """Where an office's people sign in, and how this program is known there."""

    key: str
    name: str
    issuer: str
    client_id: str
    client_secret: str
    mfa: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"Office({self.key!r})"  # without the secret, wherever it is written


def may_use(roles: Collection[Role]) -> bool:
    """True for roles that may sign in through an office instead of with a password."""
    return bool(roles) and set(roles) <= ROLES


def asserts_mfa(office: Office, claims: Mapping[str, Any]) -> bool:
    """True when the office says in its answer that it asked for two factors."""
    said = claims.get("amr")
    values = {str(claims.get("acr")), *(map(str, said) if isinstance(said, list) else ())}
    return bool(values & office.mfa)


def read_offices(folder: Path) -> dict[str, Office]:
    """The offices of an installation by key; none when there is no file.

    Raises:
        BadSettings: the file is readable by others, half filled in, or points to an address that
            cannot be trusted; says which table and what to write.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise BadSettings(f"{FILE} には秘密が入っています。`chmod 600 {path}` を実行してください。")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{FILE} を読めません（{error}）。") from None
    found = {key: _office(key, table) for key, table in tables.items()}
    issuers = [office.issuer for office in found.values()]
    if len(set(issuers)) < len(issuers):
        raise BadSettings(f"{FILE} で、同じ issuer が二度使われています。")
    return found


def _office(key: str, table: Any) -> Office:
    if not KEY.fullmatch(key) or not isinstance(table, dict):
        raise BadSettings(
            f"{FILE} の「{key}」は、[mic] のような表にしてください（英小文字、数字、ハイフン）。"
        )
    missing = [name for name in WANTED if not str(table.get(name) or "").strip()]
    unknown = sorted(set(table) - {*WANTED, "mfa"})
    if missing or unknown:
        words = [f"{name} がありません" for name in missing]
        words += [f"{name} は使えません" for name in unknown]
        raise BadSettings(f"{FILE} の [{key}]：{'、'.join(words)}。")
    texts = {name: str(table[name]).strip() for name in WANTED}
    mfa = table.get("mfa", [])
    if not isinstance(mfa, list) or not all(isinstance(one, str) for one in mfa):
        raise BadSettings(f"{FILE} の [{key}]：mfa は文字列の並びにしてください。")
    if len(texts["client_secret"]) < SECRET_MIN:
        raise BadSettings(
            f"{FILE} の [{key}]：client_secret は{SECRET_MIN}文字以上にしてください。"
        )
    if not is_safe_address(texts["issuer"]) or urlsplit(texts["issuer"]).query:
        raise BadSettings(f"{FILE} の [{key}]：issuer は https:// で始まるアドレスにしてください。")
    return Office(key=key, mfa=frozenset(mfa), **texts)


def is_safe_address(address: str) -> bool:
    """True for https addresses, and for http ones on this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_local = parts.scheme == "http" and parts.hostname in LOCAL
    return bool(parts.hostname) and (parts.scheme == "https" or is_local) and not parts.username
