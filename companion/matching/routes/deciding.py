"""What was decided and made public, frozen, with the check that it is unchanged."""

from __future__ import annotations

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
        return render_template("matching/no_decision.html")
    return render_template(
        "matching/decision.html",
        decision=row,
        is_unchanged=content_hash(row.content) == row.content_hash,
        names={town.lg_code: town.full_name for town in all_municipalities()},
        status=Status(row.content["status"]),
        kinds={kind.value: kind.label for kind in StepKind},
        parts=SHOWN_PARTS,
    )
