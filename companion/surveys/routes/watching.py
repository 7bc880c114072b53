"""Pages of coordinators: opening, watching, closing and reading a survey."""

from __future__ import annotations

from flask import (
    abort,
    flash,
    redirect,
    render_template,
    url_for,
)
from werkzeug.wrappers import Response

from companion.core.access import (
    Permission,
    need_viewer,
    needs,
    needs_fresh_to_send,
)
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.routes import current_period, show_period
from companion.surveys.actions import (
    close_round,
)
from companion.surveys.carrying import carried
from companion.surveys.drafting import drafts
from companion.surveys.forms import CloseForm
from companion.surveys.models import SurveyRound
from companion.surveys.queries import (
    counts_by_round,
    find_round,
    invitations_of,
    rounds_of,
)
from companion.surveys.queries.disclosed import disclosed_until, may_be_disclosed
from companion.surveys.reading import condition_in_words
from companion.surveys.routes.page import bp
from companion.surveys.shares import (
    response_rate,
)
from companion.surveys.shelf import books, load_definitions
from companion.surveys.terms import Identity, InvitationState, RoundState


@bp.get("/<int:year>/surveys")
@needs(Permission.SURVEY_STATUS)
def rounds() -> str:
    """Every survey: whether it is open, and how many have answered."""
    period = current_period()
    rounds = rounds_of(period)
    opened = {row.survey_id: row for row in rounds if not row.occasion}
    short: dict[str, list[SurveyRound]] = {}
    for row in rounds:
        if row.occasion:
            short.setdefault(row.survey_id, []).append(row)
    known = books()
    return render_template(
        "surveys/rounds.html",
        definitions={name: book.defn for name, book in known.items() if book.defn},
        faults=[fault for book in known.values() for fault in book.errors],
        opened=opened,
        short=short,
        counts=counts_by_round(period),
        rate=response_rate,
        Identity=Identity,
        drafts=drafts(),
        carried=[] if opened else carried(period),
    )


def find_own_round(public_id: str) -> SurveyRound:
    row = find_round(public_id, need_viewer()) or abort(404)
    show_period(row.period)
    return row


@bp.get("/rounds/<public_id>")
@needs(Permission.SURVEY_STATUS)
def round(public_id: str) -> str:
    """Who has answered; never what."""
    row = find_own_round(public_id)
    people = invitations_of(row)
    return render_template(
        "surveys/round.html",
        row=row,
        invitations=people,
        declined=sum(one.state is InvitationState.DECLINED for one in people),
        submitted=sum(one.has_answered for one in people),
        rate=response_rate,
        form=CloseForm(),
        may_be_disclosed=may_be_disclosed(row),
        disclosed_until=disclosed_until(row, need_viewer()),
        RoundState=RoundState,
    )


@bp.route("/rounds/<public_id>/close", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
@needs_fresh_to_send
def close_survey(public_id: str) -> str | Response:
    """Closing is for good: asked once more, then done."""
    row, form = find_own_round(public_id), CloseForm()
    if form.validate_on_submit():
        try:
            with saved():
                form.once().location = url_for("surveys.results", public_id=public_id)
                close_round(row.survey_id, row.period, by=need_viewer(), occasion=row.occasion)
            flash("アンケートを終了しました。結果を見られます。", "success")
            return redirect(url_for("surveys.results", public_id=public_id), 303)
        except Refused as refusal:
            flash(str(refusal), "error")
            return redirect(url_for("surveys.round", public_id=public_id), 303)
    if row.state is RoundState.CLOSED:
        return redirect(url_for("surveys.round", public_id=public_id), 303)
    counts = counts_by_round(row.period).get(row.id, (0, 0))
    return render_template("surveys/close.html", row=row, form=form, counts=counts)


@bp.get("/<int:year>/surveys/<survey_id>/preview")
@needs(Permission.SURVEY_STATUS)
def preview(survey_id: str) -> str:
    """The whole questionnaire as it will be read; nothing can be sent."""
    definitions = load_definitions()
    defn = definitions.get(survey_id) or abort(404)
    return render_template(
        "surveys/preview.html",
        defn=defn,
        choices=lambda q: q.choice_list(defn),
        asked_when=lambda q: condition_in_words(defn, q),
        Identity=Identity,
    )
