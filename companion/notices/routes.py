"""The outbox page: what goes to whom next, stopping and postponing, what needs a person."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core import audit, clock
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import db, saved
from companion.core.forms import Form
from companion.core.mail import resolve
from companion.notices.actions import change_limits
from companion.notices.alerts import DEFAULTS, Rule
from companion.notices.forms import settings_form
from companion.notices.models import AlertSettings
from companion.notices.queries import (
    find_troubled,
    find_waiting,
    limits_of,
    outbox,
    team_alerts,
)
from companion.notices.rules import business_moment
from companion.periods.routes import current_period

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
    troubled, waiting = find_troubled(public_id), find_waiting(public_id)
    letter = troubled or waiting or abort(404)
    act = request.form.get("act", "")
    possible = {"again", "drop"} if troubled else {"stop", "postpone"}
    if not Form().validate_on_submit() or act not in possible:
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


@bp.get("/<int:year>/alerts")
@needs(Permission.ALERT_VIEW)
def alerts() -> str:
    """The teams that need a look, each with the reason and the next step."""
    period = current_period()
    return render_template(
        "notices/alerts.html",
        rows=team_alerts(period),
        limits=limits_of(period),
        defaults=DEFAULTS,
    )


@bp.route("/<int:year>/alerts/settings", methods=["GET", "POST"])
@needs(Permission.ALERT_SET)
def alert_settings() -> str | Response | tuple[str, int]:
    """After how many days each rule speaks."""
    period = current_period()
    limits = {rule.value: days for rule, days in limits_of(period).items()}
    row = db.session.get(AlertSettings, period.id)
    version = row.version if row else 0
    form = settings_form(version=version, **limits)
    if form.validate_on_submit():
        new = {name: form[name].data for name in limits}
        if form.version.data != version:
            raise form.conflict(
                limits, title="注意を出す条件", back=url_for("notices.alert_settings")
            )
        with saved():
            change_limits(period, new, by=need_viewer())
        flash("注意を出す条件を保存しました。", "success")
        return redirect(url_for("notices.alerts"), 303)
    page = render_template("notices/alert_settings.html", form=form, rules=list(Rule))
    return (page, 422) if form.errors else page
