"""What goes wrong is said in Japanese, with an id that is also in the log, and never as a trace."""

from __future__ import annotations

import json
import logging
import secrets
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import (
    Flask,
    abort,
    flash,
    g,
    has_request_context,
    make_response,
    redirect,
    render_template,
    request,
)
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from companion.core import clock
from companion.core.db import db, saved
from companion.core.forms import AlreadyDone, Conflict, SentOtherwise, sent_fields

log = logging.getLogger("companion")


class Refused(Exception):
    """A rule of the programme says no; the message is for the person and says what to do."""


@contextmanager
def saved_telling() -> Iterator[Callable[[str], None]]:
    """`saved`; the next page shows what was told inside or, where a rule refused, the refusal."""
    words: list[str] = []
    try:
        with saved():
            yield words.append
    except Refused as refusal:
        flash(str(refusal), "error")
        return
    for told in words:
        flash(told, "success")


class JsonLines(logging.Formatter):
    """One JSON object a line, UTC, without bodies, tokens or personal data."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": clock.now().isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        number = getattr(record, "request_id", None)
        if has_request_context() and "request_id" in g:
            number = g.request_id
        if number:
            line["id"] = number
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _told(failure: BaseException) -> list[str]:
    """What failed and where, the first cause first; never the message, which quotes what was typed
    (`invalid literal`, `Key (email)=(…) already exists`)."""
    found: list[str] = []
    error: BaseException | None = failure
    while error is not None and len(found) < 10:
        kind = type(error)
        words = [f"{kind.__module__}.{kind.__qualname__}"]
        diagnosis = getattr(error, "diag", None)  # of PostgreSQL: the rule that was broken
        words += [str(diagnosis.constraint_name)] if diagnosis and diagnosis.constraint_name else []
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        places = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]
        found.insert(0, " ".join(words) + " at " + " > ".join(places))
        error = error.__cause__ or error.__context__
    return found


def _id() -> str:
    """The id of this request: on the page of a refusal, in its header, and in the log."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return str(g.request_id)


def _page(code: int, **values: Any) -> Response:
    # The page must not tell by its frame which address it stands for: what is out of reach looks
    # like what does not exist.
    g.is_failure = True
    try:
        return make_response(render_template(f"errors/{code}.html", error_id=_id(), **values), code)
    except SQLAlchemyError as error:  # the frame of every page asks the database
        _note_failure(error)
        return _words("データベースに接続できません。少し待ってから開き直してください。", 503)


def _words(words: str, code: int) -> Response:
    """A refusal without a page."""
    return make_response(f"{words}（番号 {_id()}）", code, {"Content-Type": "text/plain"})


def _note_failure(error: BaseException) -> None:
    log.error("failed %s %s", request.method, request.endpoint, exc_info=error)


def _typed() -> list[str]:
    """The texts a person wrote into a form that was not taken: to be copied, for nothing is kept.

    What is ASCII alone (choices, dates, keys, addresses) is typed again soon.
    """
    try:
        sent = list(sent_fields())
    except HTTPException:  # too large or broken: there is nothing to show
        return []
    return [
        value
        for name, values in sent
        for value in values
        if not value.isascii() and "password" not in name and name not in {"again", "current"}
    ]


KNOWN = {400, 403, 404, 409, 413, 429, 500}
# Refusals that share the page of 400: its heading, and what to do, in place of its own.
ADVICE = {
    405: (
        "このアドレスは直接開けません",
        "画面のボタンで送るためのアドレスです。ホームから画面を開き直してください。",
    ),
    410: ("このページは、もうありません", "ホームから画面を開き直してください。"),
    414: ("アドレスが長すぎます", "ホームから画面を開き直してください。"),
    415: (
        "この操作は受け付けられませんでした",
        "この形式では受け付けられません。画面のフォームから送り直してください。",
    ),
    416: (
        "ファイルの一部だけは取り出せません",
        "ファイルを、はじめからダウンロードし直してください。",
    ),
}
TOLD = {"Allow", "Content-Range", "Retry-After"}  # what a refusal has to name beside its page
TRIES = 3
# Of PostgreSQL: two transactions waited for each other, and this one was chosen to give way.
DEADLOCK = "40P01"


def _lost_a_race(error: Exception) -> bool:
    """True when somebody else's transaction came first, so that a new try sees what it left."""
    if isinstance(error, OperationalError):
        return getattr(error.orig, "sqlstate", None) == DEADLOCK
    return isinstance(error, StaleDataError | IntegrityError)


def _once_more(app: Flask) -> Any:
    """Do the request again from its beginning; its transaction has been undone.

    The page reads what the other one saved, and shows a conflict with both texts, or the first
    result of a form that was sent twice.
    """
    g.tries = g.get("tries", 1) + 1
    db.session.rollback()
    for _, files in request.files.lists():
        for file in files:
            file.stream.seek(0)
    try:
        return app.dispatch_request()
    except Exception as error:
        return app.handle_user_exception(error)


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
        _id()
        if "\x00" in request.path:
            abort(404)  # PostgreSQL refuses it inside a text; there is no such page anyway

    @app.after_request
    def _note(response: Response) -> Response:
        # The page of an address that leads nowhere must not differ from another by a single
        # byte, so the id stands in a header as well.
        if response.status_code >= 400:
            response.headers["X-Request-Id"] = _id()
            log.info("refused %s %s %d", request.method, request.endpoint, response.status_code)
        return response

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.response is not None:  # a redirect raised as an exception
            return error.response
        if isinstance(error, SecurityError):
            # A foreign Host header: no address of ours may be built for it, so no page either.
            words = "この宛先では受け付けていません。案内されたアドレスから開き直してください。"
            return _words(words, 400)
        code = error.code or 500
        if code < 400:
            return error
        typed = _typed() if code == 403 else []
        page = code if code in KNOWN else (400 if code < 500 else 500)
        answer = _page(page, typed=typed, advice=ADVICE.get(code))
        if answer.status_code == page:  # else the page itself could not be made
            answer.status_code = code
        answer.headers.extend(pair for pair in error.get_headers() if pair[0] in TOLD)
        return answer

    @app.errorhandler(CSRFError)
    def _csrf(error: CSRFError) -> Response:
        return _page(400, expired=True, typed=_typed())

    @app.errorhandler(AlreadyDone)
    def _again(error: AlreadyDone) -> Response:
        return redirect(error.location, 303)

    @app.errorhandler(SentOtherwise)
    def _otherwise(error: SentOtherwise) -> tuple[str, int]:
        page = render_template(
            "kit/sent_otherwise.html",
            sent=error,
            address=request.full_path.rstrip("?"),
            new_key=secrets.token_urlsafe(24),
            error_id=_id(),
        )
        return page, 409

    @app.errorhandler(Conflict)
    def _conflict(error: Conflict) -> tuple[str, int]:
        page = render_template("kit/conflict.html", conflict=error, error_id=_id())
        return page, 409

    @app.errorhandler(StaleDataError)
    @app.errorhandler(IntegrityError)
    @app.errorhandler(OperationalError)
    def _raced(error: Exception) -> Any:
        is_undone = not g.get("has_saved")  # nothing of this request stands in the tables
        if is_undone and _lost_a_race(error) and g.get("tries", 1) < TRIES:
            return _once_more(app)
        if isinstance(error, StaleDataError):
            return _page(409)
        return _anything(error)

    @app.errorhandler(Refused)
    def _refused(error: Refused) -> Response:
        return _page(409, message=str(error))

    @app.errorhandler(Exception)
    def _anything(error: Exception) -> Response:
        _note_failure(error)
        if app.config.get("PROPAGATE_FAILURES"):
            raise error
        return _page(500)

    # Flask's own line quotes the address, in which a token can stand.
    app.log_exception = lambda failure: _note_failure(failure[1])  # type: ignore
