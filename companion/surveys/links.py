"""The link that opens one respondent's questionnaire: made from the secret key, so that a later
letter can carry it again; only its hash is stored. A new one ends the one before."""

from __future__ import annotations

import base64
import hashlib
import hmac

from flask import current_app
from sqlalchemy import select

from companion.core.db import db
from companion.surveys.models import Invitation
from companion.surveys.queries import hash_of

ID_LENGTH = 16


def _token(public_id: str, number: int) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.new(key, f"survey-link/{public_id}/{number}".encode(), hashlib.sha256).digest()
    return public_id + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def new_link(invitation: Invitation) -> None:
    """Make a link; the one before does not open anything any more."""
    invitation.link_number = (invitation.link_number or 0) + 1
    invitation.token_hash = hash_of(_token(invitation.public_id, invitation.link_number))


def link_of(invitation: Invitation) -> str:
    """The live link; made anew where it cannot be told any more (another secret key)."""
    token = _token(invitation.public_id, invitation.link_number)
    if hash_of(token) != invitation.token_hash:
        new_link(invitation)
        token = _token(invitation.public_id, invitation.link_number)
    return f"{current_app.config['EXTERNAL_BASE_URL']}/s/{token}"


def was_link(token: str) -> Invitation | None:
    """The respondent whose earlier link this was, before a new one was made; None for others."""
    public_id = token[:ID_LENGTH]
    found = db.session.scalar(select(Invitation).where(Invitation.public_id == public_id))
    if found is None:
        return None
    earlier = {_token(public_id, number) for number in range(1, found.link_number)}
    return found if token in earlier else None
