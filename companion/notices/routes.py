"""The outbox page: what goes to whom next, stopping and postponing, what needs a person."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

import companion.notices.actions  # noqa: F401 listens to the news
from companion.core import audit, clock
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.forms import Form
from companion.core.mail import resolve
from companion.notices.queries import find_troubled, find_waiting, outbox
from companion.notices.rules import business_moment

bp = Blueprint("notices", __name__)


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(bp)


@bp.get("/outbox")
@needs(Permission.OUTBOX_VIEW)
def letters() -> str:
    """The post: what waits, what needs a person, what went; and whether the sender lives."""
    return render_template("notices/letters.html", box=outbox(need_viewer()), form=Form())


@bp.post("/letters/<public_id>/decide")
@needs(Permission.OUTBOX_RESOLVE)
def decide(public_id: str) -> Response:
    """Send an unresolved letter once more or let it rest; stop or postpone one that waits."""
    if not Form().validate_on_submit():
        abort(400)
    act = request.form.get("act", "")
    if act in {"again", "drop"}:
        letter = find_troubled(public_id) or abort(404)
    elif act in {"stop", "postpone"}:
        letter = find_waiting(public_id) or abort(404)
    else:
        abort(400)
    with saved():
        if act in {"again", "drop"}:
            resolve(letter, send_again=act == "again")
        elif act == "stop":
            letter.state = "dropped"
        else:
            letter.due_at = business_moment(clock.now() + dt.timedelta(days=1))
        audit.record(f"letter.{act}", public_id, by=need_viewer())
    words = {
        "again": "もう一度送ります。",
        "drop": "送らないことにしました。",
        "stop": "送るのをやめました。",
        "postpone": "翌営業日まで延ばしました。",
    }
    flash(words[act], "success")
    return redirect(url_for("notices.letters"), 303)
