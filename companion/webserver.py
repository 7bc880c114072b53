"""gunicorn as it serves the application: its settings (`gunicorn.conf.py`), its refusals, its log.

What gunicorn refuses by itself, before a request is whole (headers too large, an address too long,
bytes that are no request), is a Japanese sentence with an id that is in the log, as everywhere
else; its own pages and lines are English and quote what was sent.
"""

from __future__ import annotations

import logging
import secrets
from socket import socket
from typing import Any

from flask import Flask
from gunicorn import glogging, util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker
from werkzeug.exceptions import BadRequest

from companion import serving_app
from companion.config import BadSettings
from companion.console import fail, spoken
from companion.core.errors import JsonLines
from companion.core.headers import POLICY

# Read by gunicorn, which takes the names it knows. Options of the command line come after them.
worker_class = "companion.webserver.Worker"
logger_class = "companion.webserver.Log"
workers, threads = 2, 4
preload_app = True  # loaded once: a reason not to start is said once, and ends it
control_socket_disable = True  # nobody steers it from outside; two would meet at one address

OPEN_AGAIN = "案内されたアドレスから開き直してください。"
UNREAD = (400, "Bad Request", f"送られた内容を読み取れませんでした。{OPEN_AGAIN}")
FAILED = (
    500,
    "Internal Server Error",
    "申し訳ありません。処理の途中で問題が起きました。少し待ってからもう一度お試しください。",
)
REFUSALS: dict[type[Exception], tuple[int, str, str]] = {
    errors.LimitRequestLine: (414, "URI Too Long", f"アドレスが長すぎます。{OPEN_AGAIN}"),
    errors.LimitRequestHeaders: (
        431,
        "Request Header Fields Too Large",
        "ブラウザが送る情報が大きすぎます。このサイトのCookieを消してから、開き直してください。",
    ),
    errors.InvalidResponseHeader: FAILED,
    errors.InvalidResponseHeaderName: FAILED,
    errors.ParseException: UNREAD,
}

log = logging.getLogger("companion")


def application() -> Flask:
    """The application; where it may not start, the reason is said and the server ends."""
    try:
        app = spoken(serving_app)()
    except BadSettings as refusal:
        fail(str(refusal))
    # A body is read while the application runs: what is no body is not its failure.
    app.register_error_handler(
        errors.ParseException, lambda _: app.handle_http_exception(BadRequest())
    )
    return app


class Log(glogging.Logger):
    """gunicorn's own lines as JSON beside those of the application."""

    def setup(self, cfg: Any) -> None:
        """Write the lines as the application writes its own."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())


class Worker(ThreadWorker):
    """A worker that refuses in Japanese, and whose log does not quote what was sent."""

    def handle_error(self, req: Any, client: socket, addr: Any, exc: Exception) -> None:
        """Answer what could not be read, or what failed outside the application."""
        found = next((r for kind, r in REFUSALS.items() if isinstance(exc, kind)), FAILED)
        status, reason, words = found
        number = secrets.token_hex(6)
        log.log(
            logging.ERROR if found is FAILED else logging.INFO,
            "refused unread %s %d",
            type(exc).__name__,
            status,
            extra={"request_id": number},
            exc_info=exc if found is FAILED else None,
        )
        body = f"{words}（番号 {number}）".encode()
        head = (
            f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nContent-Security-Policy: {POLICY}\r\n"
            "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"
            f"X-Request-Id: {number}\r\n\r\n"
        )
        try:
            util.write_nonblock(client, head.encode() + body)
        except OSError:
            log.info("refused unread: nobody waits any more", extra={"request_id": number})
