"""Passkeys (WebAuthn): a key that stays on a device and answers for this address only."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlsplit

import webauthn
from flask import current_app
from sqlalchemy import select
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.people.models import Passkey, User

MOST = 10
WRONG = "パスキーを確かめられませんでした。もう一度お試しください。"


def _origin() -> str:
    return str(current_app.config["EXTERNAL_BASE_URL"])


def _place() -> str:
    """The host that keys belong to; on another one they do not answer, which stops phishing."""
    return urlsplit(_origin()).hostname or ""


def keys_of(user: User) -> list[Passkey]:
    """The passkeys of an account, the oldest first."""
    return list(
        db.session.scalars(select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.id))
    )


def _known(user: User) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key.credential_id) for key in keys_of(user)]


def creation_options(user: User) -> tuple[str, str]:
    """What the browser needs to make a key (JSON), and the challenge to keep until then."""
    options = webauthn.generate_registration_options(
        rp_id=_place(),
        rp_name="伴走 運営システム",
        user_id=user.public_id.encode(),
        user_name=user.email,
        user_display_name=user.name,
        exclude_credentials=_known(user),
    )
    return webauthn.options_to_json(options), base64.b64encode(options.challenge).decode()


def request_options(user: User) -> tuple[str, str]:
    """What the browser needs to let a key answer (JSON), and the challenge."""
    options = webauthn.generate_authentication_options(
        rp_id=_place(), allow_credentials=_known(user)
    )
    return webauthn.options_to_json(options), base64.b64encode(options.challenge).decode()


def add_key(user: User, answer: str, *, challenge: str, name: str, by: Viewer) -> Passkey:
    """Take a new key into use.

    Raises:
        Refused: the browser's answer is not right, or there are ten keys already.
    """
    if len(keys_of(user)) >= MOST:
        raise Refused(f"パスキーは{MOST}個までです。使わないものを消してください。")
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64.b64decode(challenge),
            expected_rp_id=_place(),
            expected_origin=_origin(),
        )
    except (WebAuthnException, ValueError):
        raise Refused(WRONG) from None
    key = Passkey(
        user_id=user.id,
        name=name.strip() or "パスキー",
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
    )
    db.session.add(key)
    db.session.flush()
    audit.record("user.passkey_add", user.public_id, by=by)
    return key


def is_answer(user: User, answer: str, *, challenge: str) -> bool:
    """True when one of the account's keys has answered this challenge."""
    try:
        wanted = webauthn.base64url_to_bytes(str(json.loads(answer)["id"]))
        key = next(key for key in keys_of(user) if key.credential_id == wanted)
        proved = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64.b64decode(challenge),
            expected_rp_id=_place(),
            expected_origin=_origin(),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, StopIteration):
        return False
    key.sign_count, key.used_at = proved.new_sign_count, clock.now()
    return True


def drop_key(key: Passkey, *, by: Viewer) -> None:
    """Let a key answer no more."""
    db.session.delete(key)
    audit.record("user.passkey_drop", key.public_id, by=by)
