"""The outbox page: what goes to whom next, stopping and postponing, what needs a person."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core import audit, clock
from companion.core.access import Permission, Viewer, need_viewer, needs, public
from companion.core.businessdays import next_opening
from companion.core.db import db, saved
from companion.core.forms import Form
from companion.core.mail import MAY_STOP, LetterKind, choose, read_token, resolve, stopped_kinds
from companion.notices import (  # noqa: F401 listen to news
    actions,
    casework,
    consulting,
    inquiring,
    memoing,
    teamwork,
)
from companion.notices.alerts import Rule
from companion.notices.forms import ChoicesForm, settings_form
from companion.notices.models import AlertSettings
from companion.notices.queries import (
    find_troubled,
    find_waiting,
    limits_of,
    outbox,
    page_of_alerts,
    repeat_days_of,
    team_alerts,
)
from companion.notices.watching import change_limits
from companion.periods.routes import current_period
from companion.teams.narrowing import Narrowing, options_of
from companion.teams.queries import find_team

bp = Blueprint("notices", __name__)
PER_PAGE = 100


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    # A mail program stops letters with one click and has no session: the signed link is its right.
    # What people send from the page is checked there.
    app.extensions["csrf"].exempt(choices)


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
            letter.due_at = next_opening(max(letter.due_at, clock.now()))
        audit.record(f"letter.{act}", public_id, by=need_viewer())
    words = {
        "again": "もう一度送ります。",
        "drop": "送らないことにしました。",
        "stop": "送るのをやめました。",
        "postpone": "翌営業日まで延ばしました。",
    }
    flash(words[act], "success")
    return redirect(url_for("notices.letters"), 303)


@bp.route("/letters/choices/<signed>", methods=["GET", "POST"])
@public
def choices(signed: str) -> str | Response:
    """What the reader of a mail wants letters about, by signed link; reading changes nothing."""
    address, kinds = read_token(signed) or abort(404)
    if request.method == "POST" and request.form.get("List-Unsubscribe") == "One-Click":
        with saved():
            choose(address, stopped_kinds(address) | set(kinds), by=None)
        return Response("止めました。", content_type="text/plain; charset=utf-8")
    return _choices(address, url_for("notices.choices", signed=signed), by=None)


@bp.route("/letters/choices", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_OWN)
def own_choices() -> str | Response:
    """What the person signed in wants letters about."""
    viewer = need_viewer()
    return _choices(viewer.email, url_for("notices.own_choices"), by=viewer)


def _choices(address: str, here: str, *, by: Viewer | None) -> str | Response:
    stopped = stopped_kinds(address)
    form = ChoicesForm(wanted=[kind.value for kind in MAY_STOP if kind not in stopped])
    if request.method == "POST":
        if not form.validate():
            abort(400)
        with saved():
            wanted = set(form.wanted.data or [])
            choose(address, {kind for kind in MAY_STOP if kind.value not in wanted}, by=by)
        flash("お知らせの設定を保存しました。", "success")
        return redirect(here, 303)
    return render_template(
        "notices/choices.html",
        form=form,
        here=here,
        address=address,
        needed=[kind for kind in LetterKind if not kind.manner.may_stop],
    )


@bp.get("/<int:year>/alerts")
@needs(Permission.ALERT_VIEW)
def alerts() -> str:
    """The teams that need a look, each with the reason and the next step."""
    period, only = current_period(), request.args.get("team", "")
    team = find_team(only, need_viewer()) if only else None
    wanted, rule = Narrowing.read(request.args), request.args.get("rule", "")
    page = max(request.args.get("page", 1, type=int), 1)
    if team:
        rows = team_alerts(period, [team.id])
        count = len(rows)
    else:
        rows, count = page_of_alerts(
            period,
            wanted,
            rule=next((one for one in Rule if one.value == rule), None),
            page=page,
            size=PER_PAGE,
        )
    pages = -(-count // PER_PAGE) or 1
    return render_template(
        "notices/alerts.html",
        rows=rows,
        count=count,
        team=team,
        page=min(page, pages),
        pages=pages,
        wanted=wanted,
        rule=rule if rule in set(Rule) else "",
        rules=[(one.value, one.label) for one in Rule],
        options=options_of(period, need_viewer()),
    )


@bp.route("/<int:year>/alerts/settings", methods=["GET", "POST"])
@needs(Permission.ALERT_SET)
def alert_settings() -> str | Response | tuple[str, int]:
    """After how many days each rule speaks."""
    period = current_period()
    limits = {rule.value: days for rule, days in limits_of(period).items()}
    row = db.session.get(AlertSettings, period.id)
    version = row.version if row else 0
    stored = limits | {"repeat_days": repeat_days_of(period)}
    form = settings_form(version=version, **stored)
    if form.validate_on_submit():
        new = {name: form[name].data for name in limits}
        if form.version.data != version:
            raise form.conflict(
                stored, title="注意を出す条件", back=url_for("notices.alert_settings")
            )
        with saved():
            change_limits(period, new, form.repeat_days.data, by=need_viewer())
        flash("注意を出す条件を保存しました。", "success")
        return redirect(url_for("notices.alerts"), 303)
    page = render_template("notices/alert_settings.html", form=form, rules=list(Rule))
    return (page, 422) if form.errors else page
