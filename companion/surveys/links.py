"""The link that opens one respondent's questionnaire: made from the secret key, so that a later
letter can carry it again; only its hash is stored. A new one ends the one before."""

from __future__ import annotations

import base64
import hashlib
import hmac

from flask import current_app
from sqlalchemy import select

from companion.core.db import db
from companion.core.keys import secret_keys
from companion.surveys.models import Invitation
from companion.surveys.queries import hash_of

ID_LENGTH = 16


def _tokens(public_id: str, number: int) -> list[str]:
    """The token under the present secret key, then those under earlier ones."""
    found, what = [], f"survey-link/{public_id}/{number}".encode()
    for key in secret_keys():
        digest = hmac.new(key.encode(), what, hashlib.sha256).digest()
        found.append(public_id + base64.urlsafe_b64encode(digest).decode().rstrip("="))
    return found


def new_link(invitation: Invitation) -> None:
    """Make a link; the one before does not open anything any more."""
    invitation.link_number = (invitation.link_number or 0) + 1
    invitation.token_hash = hash_of(_tokens(invitation.public_id, invitation.link_number)[0])


def link_of(invitation: Invitation) -> str:
    """The live link; made anew where it cannot be told any more (its secret key is gone)."""
    there = _tokens(invitation.public_id, invitation.link_number)
    token = next((one for one in there if hash_of(one) == invitation.token_hash), None)
    if token is None:
        new_link(invitation)
        token = _tokens(invitation.public_id, invitation.link_number)[0]
    return f"{current_app.config['EXTERNAL_BASE_URL']}/s/{token}"


def was_link(token: str) -> Invitation | None:
    """The respondent whose earlier link this was, before a new one was made; None for others."""
    public_id = token[:ID_LENGTH]
    found = db.session.scalar(select(Invitation).where(Invitation.public_id == public_id))
    if found is None:
        return None
    earlier = (_tokens(public_id, number) for number in range(1, found.link_number))
    return found if any(token in those for those in earlier) else None
