"""Seeds of authenticator apps: sealed with AES-256-GCM under a key that is not in the database."""

from __future__ import annotations

import base64
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from passlib.totp import AppWallet

from companion.core.keys import key_for, secret_keys

NONCE = 12
SEALED = 2  # the library's own way (AES-CTR, which does not notice a change) has the number 1


class UnreadableSeed(Exception):
    """It was changed, or sealed under a secret key that is not kept any more."""


class SeedWallet(AppWallet):
    """Seals new seeds, opens ours and those that the library encrypted before."""

    def encrypt_key(self, key: bytes) -> dict[str, Any]:
        """The seed under the present secret key, as JSON can hold it."""
        nonce = os.urandom(NONCE)
        sealed = nonce + AESGCM(_keys()[0]).encrypt(nonce, key, None)
        return {"v": SEALED, "k": base64.b64encode(sealed).decode()}

    def decrypt_key(self, enckey: dict[str, Any]) -> tuple[bytes, bool]:
        """The seed, and whether it is to be sealed anew. Raises UnreadableSeed."""
        if enckey.get("v") != SEALED:
            return _of_before(enckey), True
        sealed = base64.b64decode(enckey["k"])
        for number, key in enumerate(_keys()):
            try:
                return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], None), number > 0
            except InvalidTag:
                continue
        raise UnreadableSeed


def _keys() -> list[bytes]:
    return [key_for(secret, "seeds") for secret in secret_keys()]


def _of_before(enckey: dict[str, Any]) -> bytes:
    # Nothing tells under which key it was encrypted: the oldest that is kept.
    oldest = AppWallet(secrets={"1": key_for(secret_keys()[-1], "totp").hex()})
    key: bytes = oldest.decrypt_key(enckey)[0]
    return key
