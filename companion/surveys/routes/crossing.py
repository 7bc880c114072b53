"""The page of the cross tables of a closed round, and of the checks of all its tables."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, State, need_viewer, needs
from companion.surveys.checks import checks
from companion.surveys.crosstab import CrossTab, crosstabs
from companion.surveys.groups import BANNERS, grouped_answers, groups_of
from companion.surveys.queries import definition_of, invited_count
from companion.surveys.routes.page import bp
from companion.surveys.routes.watching import find_own_round
from companion.surveys.shares import format_mean, format_share
from companion.surveys.tables import numbered_notes
from companion.surveys.tabulate import tabulate_all
from companion.surveys.terms import Identity, RoundState


@bp.get("/rounds/<public_id>/cross")
@needs(Permission.SURVEY_RESULTS)
def cross(public_id: str) -> str | Response:
    """横％表: the declared banners against their questions, hidden as everywhere; then 検算."""
    row = find_own_round(public_id)
    state = State.CLOSED if row.state is RoundState.CLOSED else State.OPEN
    if not need_viewer().may(Permission.SURVEY_RESULTS, state):
        return redirect(url_for("surveys.results", public_id=public_id), 303)
    defn, sets = definition_of(row), grouped_answers(row)
    known = {banner for one in sets for banner in one.banners}
    wanted: dict[str, list[str]] = {}
    for declared in defn.crosstabs:
        if declared.banner in known & set(BANNERS):
            for name in declared.of:
                wanted.setdefault(name, []).append(declared.banner)
    # Named answers are the coordinators' own; of others nothing below the survey's threshold.
    least = 0 if row.identity is Identity.IDENTIFIED else None
    made: list[CrossTab] = []
    for name, banners in wanted.items():
        groups = {banner: groups_of(banner, sets) for banner in banners}
        made += crosstabs(defn, name, sets, groups, min_base=least).values()
    invited = invited_count(row)
    tables = tabulate_all(defn, sets, invited=invited, min_base=least)
    return render_template(
        "surveys/cross.html",
        row=row,
        made=made,
        banners=BANNERS,
        numbers=defn.numbers,
        has_banners=bool(defn.crosstabs),
        is_known=bool(known),
        found=checks(defn, tables, valid=len(sets), invited=invited, crosstabs=made),
        shown={"mean": format_mean, "share": format_share},
        notes=numbered_notes,
    )
