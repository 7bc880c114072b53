"""Headers on every response: nothing foreign is loaded, framed, cached or sniffed."""

from __future__ import annotations

from flask import Flask, request, session
from werkzeug.wrappers import Response

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

# Browsers drop a cookie of more than 4,093 bytes, and a character can take six of them.
UNREAD_CHARACTERS = 400


def _shorten_unread() -> None:
    """Let go of the oldest messages nobody has read yet, before the cookie grows too large."""
    unread = list(session.get("_flashes", ()))
    while len(unread) > 1 and sum(len(words) for _, words in unread) > UNREAD_CHARACTERS:
        del unread[0]
        session["_flashes"] = unread


def init_app(app: Flask) -> None:
    """Add the headers to answers of every kind, errors and files among them."""

    @app.after_request
    def _add(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = POLICY
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if request.is_secure:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.endpoint != "static":
            _shorten_unread()
            headers["Cache-Control"] = "no-store"
            headers.add("Vary", "Cookie")
        return response
