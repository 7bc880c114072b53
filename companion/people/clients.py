"""The client of each configured office: Authlib, with what it believes narrowed."""

from __future__ import annotations

from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, current_app
from joserfc.errors import JoseError

from companion.people.offices import Office, is_safe_address

SECONDS_TO_WAIT = 10
# Signatures that only the office can make; never "none" or a shared secret.
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")


class Untrusted(Exception):
    """The office's answers do not fit what is configured."""


# What can go wrong between here and the office: no answer, no sense, or a wrong answer.
FAILURES = (OAuthError, JoseError, Untrusted, requests.RequestException, ValueError, RuntimeError)


class _Session(OAuth2Session):
    """What is asked of an office is answered there: nobody is sent on to another address."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.max_redirects = 0


class _Client(FlaskOAuth2App):
    client_cls = _Session


class _Clients(OAuth):
    oauth2_client_cls = _Client


def register(app: Flask) -> None:
    """Make a client for each office; nothing is asked of the office before somebody comes."""
    clients = _Clients(app)
    for office in app.config["OFFICES"].values():
        clients.register(
            office.key,
            client_id=office.client_id,
            client_secret=office.client_secret,
            server_metadata_url=f"{office.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid",
                "code_challenge_method": "S256",
                "default_timeout": SECONDS_TO_WAIT,
            },
        )


def client_of(office: Office) -> Any:
    """The client, once the office has said the same about itself as the settings.

    Raises:
        Untrusted: another issuer answers, or it wants people or secrets sent over http.
    """
    client = current_app.extensions["authlib.integrations.flask_client"].create_client(office.key)
    said = client.load_server_metadata()
    if said.get("issuer") != office.issuer:
        raise Untrusted("issuer")
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(is_safe_address(str(said.get(name))) for name in wanted):
        raise Untrusted("endpoints")
    offered = said.get("id_token_signing_alg_values_supported") or ["RS256"]
    said["id_token_signing_alg_values_supported"] = [one for one in offered if one in SIGNATURES]
    return client
