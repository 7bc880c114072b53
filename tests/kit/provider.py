"""An office's own sign-in for tests: a small OpenID Connect provider, spoken to over real HTTP.

Who is signed in there is said by the test (`subject`, `claims`); what it does wrong likewise
(`faults`). Each code counts once and only with the verifier of the browser that asked.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from companion.core import clock
from companion.people.offices import Office

CLIENT, SECRET = "bansou", "an-office-tells-nobody-2025"


class Provider:
    """The provider, and what the test wants it to say."""

    def __init__(self) -> None:
        self.issuer = ""
        self.subject = "shokuin-0001"
        self.claims: dict[str, Any] = {}
        self.faults: set[str] = set()
        self.asked: list[dict[str, str]] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.other = RSAKey.generate_key(2048, {"kid": "one"})
        self.app = Flask("provider")
        self.app.add_url_rule("/.well-known/openid-configuration", view_func=self.about)
        self.app.add_url_rule("/keys", view_func=self.keys)
        self.app.add_url_rule("/authorize", view_func=self.authorize)
        self.app.add_url_rule("/token", view_func=self.token, methods=["POST"])

    @property
    def office(self) -> Office:
        """How the application knows it."""
        return Office("example", "例省", self.issuer, CLIENT, SECRET, frozenset({"mfa"}))

    def about(self) -> Any:
        """Discovery."""
        if "moved" in self.faults:
            self.faults.remove("moved")
            return redirect(f"{self.issuer}/.well-known/openid-configuration")
        return jsonify(
            issuer="https://elsewhere.example" if "issuer" in self.faults else self.issuer,
            authorization_endpoint=f"{self.issuer}/authorize",
            token_endpoint=f"{self.issuer}/token",
            jwks_uri=f"{self.issuer}/keys",
            end_session_endpoint=f"{self.issuer}/logout",
            id_token_signing_alg_values_supported=["RS256", "HS256", "none"],
        )

    def keys(self) -> Any:
        """The public key."""
        return jsonify(keys=[self.key.as_dict(private=False)])

    def authorize(self) -> Any:
        """The person is signed in here already: back at once, with a code."""
        asked = request.args.to_dict()
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"]}
        if "iss" in self.faults:
            answer["iss"] = "https://elsewhere.example"
        return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}")

    def token(self) -> Any:
        """A token for a code, once, for who holds the verifier and the secret."""
        asked = self.codes.pop(request.form["code"], None)
        digest = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        given = request.authorization
        if asked is None or asked["code_challenge"] != challenge or given is None:
            return jsonify(error="invalid_grant"), 400
        if (given.username, given.password) != (CLIENT, SECRET):
            return jsonify(error="invalid_client"), 401
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": "somebody-else" if "aud" in self.faults else CLIENT,
            "nonce": "another" if "nonce" in self.faults else asked["nonce"],
            "iat": now,
            "exp": now - 3600 if "exp" in self.faults else now + 300,
            "auth_time": int(clock.now().timestamp()),
            **self.claims,
        }
        key = self.other if "signature" in self.faults else self.key
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)
        if "unsigned" in self.faults:
            head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            signed = f"{head}.{signed.split('.')[1]}."
        return jsonify(access_token=secrets.token_urlsafe(8), token_type="Bearer", id_token=signed)

    def answer(self, address: str) -> str:
        """Open an address there as the person's browser does; where it leads back, as a path."""
        found = requests.get(address, allow_redirects=False, timeout=5)
        assert found.status_code == 302, found.text
        parts = urlsplit(found.headers["Location"])
        assert parse_qs(parts.query)["code"]
        return f"{parts.path}?{parts.query}"


@contextmanager
def serve() -> Iterator[Provider]:
    """The provider on a port of its own."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider.app, threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
