"""The page on which accounts are confirmed every three months."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, Viewer, need_viewer, needs, roles_held
from companion.core.db import saved
from companion.core.errors import Refused
from companion.people.queries import bounds_of
from companion.rechecks.actions import confirm, tell_left
from companion.rechecks.forms import CheckForm
from companion.rechecks.queries import accounts_waiting, count_waiting, lock_accounts
from companion.rechecks.rules import RECHECK_MONTHS

bp = Blueprint("rechecks", __name__)


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(bp)


@bp.route("/account-check", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_CONFIRM)
def check() -> str | Response | tuple[str, int]:
    """The accounts of the viewer's reach that wait for a word, and what is said of them."""
    viewer, form = need_viewer(), CheckForm()
    if form.validate_on_submit():
        try:
            with saved():
                form.once().location = url_for("rechecks.check")
                _keep(form, by=viewer)
            flash(_told(len(form.confirmed), len(form.gone)), "success")
            return redirect(url_for("rechecks.check"), 303)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    rows = accounts_waiting(viewer)
    page = render_template(
        "rechecks/check.html",
        form=form,
        rows=rows,
        waiting=count_waiting(viewer),
        bounds=bounds_of(rows),
        roles_of=roles_held,
        months=RECHECK_MONTHS,
    )
    return page, 422 if form.errors else 200


def _keep(form: CheckForm, *, by: Viewer) -> None:
    present, gone = form.confirmed, form.gone
    if not present | gone:
        raise Refused("答える方の「在職している」か「異動・退職した」にチェックを付けてください。")
    if present & gone:
        raise Refused("同じ方の両方にチェックが付いています。どちらか一つにしてください。")
    users = lock_accounts(present | gone, by)
    if users is None:
        abort(404)
    confirm([user for user in users if user.public_id in present], by=by)
    tell_left([user for user in users if user.public_id in gone], by=by)


def _told(present: int, gone: int) -> str:
    said = [f"{present}人の在職を確認しました。"] if present else []
    if gone:
        said.append(f"{gone}人の異動・退職をコーディネーターに知らせました。")
    return "".join(said)
