"""Where a prefecture writes about its municipalities' challenges, a ministry about its officials.

The screening shows it to coordinators; what is written here is not shown to who applied.
"""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.applications.models import Challenge, Official
from companion.core.access import Permission, State, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.routes import current_period, show_period
from companion.places.prefectures import PREFECTURE_NAMES
from companion.screening.actions.opinions import give_opinion
from companion.screening.forms import OpinionForm, opinion_form
from companion.screening.models import Opinion
from companion.screening.queries.opinions import (
    challenge_asked,
    challenges_asked,
    official_asked,
    officials_asked,
    opinions_on,
    state_of,
)
from companion.screening.routes.page import bp
from companion.screening.terms import OF_MINISTRY, OF_PREFECTURE, Stance


@bp.get("/<int:year>/challenges/opinions")
@needs(Permission.CHALLENGE_OPINION)
def challenge_opinions() -> str:
    """The challenges of the own prefecture, and which of them wait for its word."""
    rows = challenges_asked(current_period(), need_viewer())
    return render_template("screening/challenge_opinions.html", rows=rows)


@bp.get("/<int:year>/officials/opinions")
@needs(Permission.OFFICIAL_OPINION)
def official_opinions() -> str:
    """The applications of the own ministry, and which of them wait for its word."""
    rows = officials_asked(current_period(), need_viewer())
    return render_template("screening/official_opinions.html", rows=rows)


@bp.route("/challenges/<public_id>/opinion", methods=["GET", "POST"])
@needs(Permission.CHALLENGE_OPINION)
def challenge_opinion(public_id: str) -> str | Response | tuple[str, int]:
    """What the prefecture says of one challenge."""
    row = challenge_asked(public_id, need_viewer()) or abort(404)
    form = opinion_form(OF_PREFECTURE)
    if answer := _taken(row, form, url_for("screening.challenge_opinion", public_id=public_id)):
        return answer
    return _page("screening/challenge_opinion.html", row, form)


@bp.route("/officials/<public_id>/opinion", methods=["GET", "POST"])
@needs(Permission.OFFICIAL_OPINION)
def official_opinion(public_id: str) -> str | Response | tuple[str, int]:
    """What the ministry says of one application of its own."""
    row = official_asked(public_id, need_viewer()) or abort(404)
    form = opinion_form(OF_MINISTRY)
    if answer := _taken(row, form, url_for("screening.official_opinion", public_id=public_id)):
        return answer
    return _page("screening/official_opinion.html", row, form, prefecture_names=PREFECTURE_NAMES)


def _taken(row: Challenge | Official, form: OpinionForm, here: str) -> Response | None:
    """Where to go once the form was saved; None while it is to be shown."""
    if not form.is_submitted():
        _fill(form, next(iter(opinions_on(row)), None))
        return None
    if not form.validate():
        return None
    said = next(iter(opinions_on(row)), None)
    seen = said.version if said else 0
    if form.version.data != seen:
        raise form.conflict(_data(said), title="意見", back=here)
    stance, note = Stance(form.stance.data), form.note.data or ""
    try:
        with saved():
            give_opinion(row, stance, note, seen=seen, by=need_viewer())
        flash("意見を保存しました。審査で事務局が読みます。", "success")
        return redirect(here, 303)
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return None


def _fill(form: OpinionForm, said: Opinion | None) -> None:
    for name, value in _data(said).items():
        form[name].data = value
    form.version.data = said.version if said else 0


def _data(said: Opinion | None) -> dict[str, Any]:
    return {"stance": said.stance.value, "note": said.note} if said else {"note": ""}


def _page(
    template: str, row: Challenge | Official, form: OpinionForm, **values: Any
) -> str | tuple[str, int]:
    show_period(row.period)
    page = render_template(
        template,
        row=row,
        form=form,
        opinions=opinions_on(row),
        is_open=state_of(row) is State.OPEN,
        **values,
    )
    return (page, 422) if form.errors else page
