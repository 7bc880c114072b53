"""Comparing passwords and codes with their hashes, also those of before the present secret key."""

from __future__ import annotations

import base64
import hashlib
import hmac

from flask import current_app
from flask_security import verify_password
from passlib.hash import argon2

from companion.core.keys import pepper


def matches(word: str, hashed: str) -> bool:
    """True when the word is the one that was hashed.

    A wrong word costs one hash for each key that is kept, whosever account it is tried on.
    """
    return bool(verify_password(word, hashed)) or is_of_before(word, hashed)


def is_of_before(word: str, hashed: str) -> bool:
    """True when the word was hashed under an earlier secret key: hash it anew."""
    earlier = current_app.config["EARLIER_KEYS"]
    return any(argon2.verify(_mixed(word, key), hashed) for key in earlier)


def _mixed(word: str, key: str) -> bytes:
    # As the library mixes a word with the present key before hashing it.
    digest = hmac.new(pepper(key).encode(), word.encode(), hashlib.sha512).digest()
    return base64.b64encode(digest)
