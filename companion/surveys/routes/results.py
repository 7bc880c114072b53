"""The page of a closed round's tables, beside those of the period before."""

from __future__ import annotations

from flask import render_template

from companion.core.access import Permission, State, need_viewer, needs, needs_fresh
from companion.surveys.comparing import compared, tables_of
from companion.surveys.queries import (
    answer_sets,
    definition_of,
    invited_count,
    is_too_small,
    named_answers,
)
from companion.surveys.routes.page import bp
from companion.surveys.routes.watching import find_own_round
from companion.surveys.shares import (
    about_wari,
    format_count,
    format_mean,
    format_percent,
    format_share,
    majority_word,
    response_rate,
    share_range,
)
from companion.surveys.tables import numbered_notes
from companion.surveys.terms import RoundState


@bp.get("/rounds/<public_id>/results")
@needs(Permission.SURVEY_RESULTS)
@needs_fresh
def results(public_id: str) -> str:
    """The tables with bars and stated bases, once the survey is closed."""
    row = find_own_round(public_id)
    state = State.CLOSED if row.state is RoundState.CLOSED else State.OPEN
    if not need_viewer().may(Permission.SURVEY_RESULTS, state):
        return render_template("surveys/not_yet.html", row=row)
    sets, invited, tables = answer_sets(row), invited_count(row), tables_of(row)
    return render_template(
        "surveys/results.html",
        row=row,
        defn=definition_of(row),
        answered=len(sets),
        invited=invited,
        rate=response_rate(len(sets), invited),
        tables=tables,
        earlier=compared(row, tables),
        sets=sets,
        is_too_small=is_too_small(row),
        named=named_answers(row),
        shown={
            "mean": format_mean,
            "share": format_share,
            "percent": format_percent,
            "count": format_count,
            "about": about_wari,
            "majority": majority_word,
            "range": share_range,
        },
        notes=numbered_notes,
    )
