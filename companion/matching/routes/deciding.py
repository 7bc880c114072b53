"""What was decided and made public, frozen, with the check that it is unchanged."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from flask import render_template

from companion.core.access import Permission, needs
from companion.matching.actions import content_hash
from companion.matching.queries import decision_of
from companion.matching.routes.page import bp
from companion.matching.routes.running import SHOWN_PARTS
from companion.matching.solution import Status
from companion.matching.terms import StepKind
from companion.periods.routes import current_period
from companion.places.queries import all_municipalities


@bp.get("/<int:year>/matching/decision")
@needs(Permission.MATCH_VIEW)
def decision() -> str:
    """The decision of the period as it was frozen at the announcement."""
    row = decision_of(current_period())
    if row is None:
        return render_template("matching/no_decision.html", title="", step=4)
    return render_template(
        "matching/decision.html",
        deciders=_deciders(row.content),
        decision=row,
        is_unchanged=content_hash(row.content) == row.content_hash,
        names={town.lg_code: town.full_name for town in all_municipalities()},
        status=Status(row.content["status"]),
        kinds={kind.value: kind.label for kind in StepKind},
        parts=SHOWN_PARTS,
    )


def _deciders(content: dict[str, Any]) -> list[tuple[str, str, dt.datetime]]:
    """Who asked and who approved, and when."""
    found = content.get("decided_by")
    if not found:
        return []
    return [
        ("依頼した人", found["asked"], dt.datetime.fromisoformat(found["asked_at"])),
        ("承認した人", found["approved"], dt.datetime.fromisoformat(found["approved_at"])),
    ]


@bp.get("/<int:year>/matching/publication")
@needs(Permission.MATCH_VIEW)
def publication() -> str:
    """The list of the chosen municipalities for the public, from the decision as it was frozen."""
    period = current_period()
    row = decision_of(period)
    if row is None:
        return render_template(
            "matching/no_decision.html", title=f"{period.name}の公表一覧", step=5
        )
    teams = [(team["number"], team["published"]) for team in row.content["teams"]]
    return render_template(
        "matching/publication.html",
        decision=row,
        teams=teams,
        spread=Counter(published["prefecture"] for _, published in teams),
        ministries=Counter(name for _, published in teams for name in published["ministries"]),
    )
