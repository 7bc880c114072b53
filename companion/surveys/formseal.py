"""The seal of an Excel 回答票: for whom it was issued, signed, so that no other form is taken."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

SEAL, SIGNATURE = "seal:", "signed:"  # in the hidden first column: hidden sheets are not read


@dataclass(frozen=True)
class Seal:
    """What a form was issued for; the signature covers all of it.

    `respondent` is the invitation's public id, empty where answers are anonymous.
    """

    round: str
    version: str
    respondent: str
    issued: str

    def text(self) -> str:
        """The one text that is signed."""
        return json.dumps(asdict(self), sort_keys=True)

    def signature(self, key: str) -> str:
        """HMAC-SHA-256 under a key of this purpose alone."""
        own = hashlib.sha256(b"companion answer form " + key.encode()).digest()
        return hmac.new(own, self.text().encode(), hashlib.sha256).hexdigest()


def seal_of(text: object, signature: object, keys: Sequence[str]) -> Seal | None:
    """The seal a form carries, or None when it was not issued here or was changed."""
    try:
        seal = Seal(**json.loads(str(text)))
    except (TypeError, ValueError):
        return None
    told = str(signature)
    is_ours = any(hmac.compare_digest(seal.signature(key), told) for key in keys)
    return seal if is_ours else None
