"""The page that checks a published table, pasted."""

from __future__ import annotations

from flask import render_template

from companion.core.access import Permission, needs
from companion.periods.routes import current_period
from companion.surveys.forms import PastedForm
from companion.surveys.pasted import check_pasted
from companion.surveys.routes.page import bp


@bp.route("/<int:year>/surveys/published-check", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def check_published() -> str | tuple[str, int]:
    """Whether the figures of a published table can come out of n answers; nothing is kept."""
    current_period()
    form, lines = PastedForm(), None
    if form.validate_on_submit():
        lines = check_pasted(form.pasted.data or "", form.n.data or 0)
    page = render_template("surveys/pasted.html", form=form, lines=lines)
    return (page, 422) if form.errors else page
