"""Sealed answers: what an anonymous respondent wrote, unreadable to whoever holds the database.

While a round is open the database also says who has answered, and its own bookkeeping (numbers of
transactions, places in the file) says when. So until closing the answers themselves are sealed: a
draft with the secret that the respondent alone holds, what was handed in with a key made from
the installation's secret key, which is in no table and in no backup. Every sealed text of a
round has the same length, so that its size tells nothing either.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from companion.surveys.schema import FreeText, Matrix, Multi, SurveyDefinition

_NONCE = 12
_BLOCK = 1024
_BYTES = 4  # of one character at most: UTF-8, or a sign that JSON escapes with another
_WORDS_BESIDE = 300  # words for 「その他」 (200), consent, names of the fields
_NUMBER = 60


class Unreadable(Exception):
    """The key does not open it: it was sealed with another, or changed since."""


def key_of(secret: str, purpose: str) -> bytes:
    """A key of 256 bits for one purpose (`survey-answers/<round>`), from a secret."""
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode())
    return made.derive(secret.encode())


def room_for(defn: SurveyDefinition) -> int:
    """Bytes that any answers to this definition fit into: the length of each sealed text."""
    room = 2
    for question in defn.questions:
        choices = question.choice_list(defn)
        longest = max((len(choice.name) for choice in choices), default=0)
        every = sum(len(choice.name) + 4 for choice in choices)
        if isinstance(question, FreeText):
            value = question.max_length * _BYTES
        elif isinstance(question, Matrix):
            cell = every if question.cell == "multi" else longest
            value = sum(len(row.name) + cell + 12 for row in question.rows)
        else:
            value = every if isinstance(question, Multi) else longest + _NUMBER
        room += value + (len(question.name) + _WORDS_BESIDE) * _BYTES
    return -(-room // _BLOCK) * _BLOCK


def seal(key: bytes, answers: dict[str, Any], room: int) -> bytes:
    """The answers in as many bytes as all others have; longer ones in a multiple of it."""
    plain = json.dumps(answers, ensure_ascii=False).encode()
    nonce = os.urandom(_NONCE)
    padded = plain.ljust(-(-len(plain) // room) * room)
    return nonce + AESGCM(key).encrypt(nonce, padded, None)


def _open(keys: Sequence[bytes], sealed: bytes) -> bytes:
    for key in keys:
        with suppress(InvalidTag):
            return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
    raise Unreadable


def unseal(keys: Sequence[bytes], sealed: bytes) -> dict[str, Any]:
    """What was sealed with one of the keys. Raises Unreadable for another or changed bytes."""
    answers: dict[str, Any] = json.loads(_open(keys, sealed))
    return answers


def reseal(keys: Sequence[bytes], sealed: bytes) -> bytes:
    """The same under the first of the keys, as long as before. Raises Unreadable."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(keys[0]).encrypt(nonce, _open(keys, sealed), None)
