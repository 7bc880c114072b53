"""What goes wrong is said in Japanese, with an id that is also in the log, and never as a trace."""

from __future__ import annotations

import json
import logging
import secrets
import sys
from typing import Any

from flask import Flask, abort, g, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response

from companion.core import clock
from companion.core.forms import AlreadyDone, Conflict

log = logging.getLogger("companion")


class Refused(Exception):
    """A rule of the programme says no; the message is for the person and says what to do."""


class JsonLines(logging.Formatter):
    """One JSON object a line, UTC, without bodies, tokens or personal data."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": clock.now().isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _page(code: int, **values: Any) -> tuple[str, int]:
    # The page must not tell by its frame which address it stands for: what is out of reach looks
    # like what does not exist.
    g.is_failure = True
    return render_template(f"errors/{code}.html", error_id=g.get("request_id", ""), **values), code


KNOWN = {400, 403, 404, 409, 413, 429, 500}


def init_app(app: Flask) -> None:
    """Give every request an id and every failure a page."""
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False

    @app.before_request
    def _name_request() -> None:
        g.request_id = secrets.token_hex(6)
        if "\x00" in request.path:
            abort(404)  # PostgreSQL refuses it inside a text; there is no such page anyway

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.response is not None:  # a redirect raised as an exception
            return error.response
        if isinstance(error, SecurityError):
            # A foreign Host header: no address of ours may be built for it, so no page either.
            return "この宛先では受け付けていません。", 400, {"Content-Type": "text/plain"}
        code = error.code or 500
        if code < 400:
            return error
        return _page(code if code in KNOWN else 400)[0], code

    @app.errorhandler(CSRFError)
    def _csrf(error: CSRFError) -> tuple[str, int]:
        return _page(400, expired=True)

    @app.errorhandler(AlreadyDone)
    def _again(error: AlreadyDone) -> Response:
        return redirect(error.location, 303)

    @app.errorhandler(Conflict)
    def _conflict(error: Conflict) -> tuple[str, int]:
        return render_template("kit/conflict.html", conflict=error), 409

    @app.errorhandler(StaleDataError)
    def _stale(error: StaleDataError) -> tuple[str, int]:
        return _page(409)

    @app.errorhandler(Refused)
    def _refused(error: Refused) -> tuple[str, int]:
        return _page(409, message=str(error))

    @app.errorhandler(Exception)
    def _anything(error: Exception) -> tuple[str, int]:
        log.error(
            "failed %s %s id=%s",
            request.method,
            request.endpoint,
            g.get("request_id"),
            exc_info=error,
        )
        if app.config.get("PROPAGATE_FAILURES"):
            raise error
        return _page(InternalServerError.code)
