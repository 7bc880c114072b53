"""The secret key, and earlier ones: what is new is sealed, signed and hashed under the present key;
what an earlier one sealed, signed or hashed stays good as long as that key is kept."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from flask import current_app

from companion.core.errors import Refused

PRESENT, EARLIER = "secret_key", "secret_key_old"  # files of the instance folder, mode 600


def secret_keys() -> list[str]:
    """The present key, then the earlier ones, the newest first."""
    return [str(current_app.config["SECRET_KEY"]), *current_app.config["EARLIER_KEYS"]]


def key_for(secret: str, use: str) -> bytes:
    """A key of 256 bits of its own for each use, from a secret that is not in the database."""
    return hashlib.blake2b(use.encode(), key=secret.encode()[:64], digest_size=32).digest()


def pepper(secret: str) -> str:
    """What passwords and codes are mixed with before they are hashed."""
    return "companion-password-v1:" + secret


def _write(path: Path, text: str) -> None:
    """Put a file that only its owner reads in the place of what is there, wholly or not at all."""
    beside = path.with_name(path.name + ".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def new_key() -> None:
    """Make another secret key; the present one becomes the newest of the earlier ones.

    Raises:
        Refused: the key comes from the environment, where only the operator can change it.
    """
    if "COMPANION_SECRET_KEY" in os.environ:
        raise Refused(
            "秘密鍵は環境変数で与えられています。今の鍵を COMPANION_SECRET_KEY_OLD に移し、"
            "新しい鍵を COMPANION_SECRET_KEY に設定してから、`companion rekey` を "
            "--new なしで実行してください。"
        )
    folder, known = Path(current_app.instance_path), secret_keys()
    made = secrets.token_urlsafe(48)
    # First the earlier ones: a crash in between leaves the present key in both files, and no loss.
    _write(folder / EARLIER, "\n".join(known) + "\n")
    _write(folder / PRESENT, made)
    current_app.config.update(
        SECRET_KEY=made, EARLIER_KEYS=known, SECURITY_PASSWORD_SALT=pepper(made)
    )
