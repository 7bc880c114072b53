"""Page of one section of a draft."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.forms import Conflict
from companion.surveys import draftdata
from companion.surveys.conditionrows import HOW, Line
from companion.surveys.digests import digest
from companion.surveys.drafting import change_draft
from companion.surveys.editforms import SectionForm
from companion.surveys.editrows import BLANK_LINES, builder, typed_lines, write_condition
from companion.surveys.placing import placed
from companion.surveys.routes.drafts import draft_to_change, to_editor
from companion.surveys.routes.page import bp


@bp.route("/<int:year>/surveys/<survey_id>/edit/sections/<int:number>", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def edit_section(survey_id: str, number: int) -> str | Response | tuple[str, int]:
    """One section: its heading, what is said first, and when it is asked."""
    draft, form = draft_to_change(survey_id), SectionForm()
    if draft is None:
        return to_editor(survey_id)
    data = draft.data
    if not 1 <= number <= len(data["pages"]):
        abort(404)
    page = data["pages"][number - 1]
    said = [page.get(key) for key in ("title", "intro", "relevant")]
    typed: tuple[str, list[Line]] | None = None
    if form.is_submitted():
        typed = (request.form.get("joiner", "and"), typed_lines(request.form))
        is_valid = form.validate()
        if form.seen.data != digest(said):
            here = url_for("surveys.edit_section", survey_id=survey_id, number=number)
            rows = [
                ("見出し", draftdata.text_of(said[0]), form.title.data or ""),
                ("はじめの説明", draftdata.text_of(said[1]), form.intro.data or ""),
            ]
            raise Conflict(title=f"{number}ページ目", back=here, rows=rows)
        kinds = draftdata.kinds_by_name(data)
        form.form_errors += write_condition(page, request.form, typed[1], kinds)
        if is_valid and not form.errors:
            form.write(page)
            with saved():
                change_draft(draft, data, f"{number}ページ目を直す", by=need_viewer())
            if request.form.get("act") == "line":
                here = url_for("surveys.edit_section", survey_id=survey_id, number=number)
                return redirect(here, 303)
            return to_editor(survey_id, f"page-{number}")
    else:
        form.show(page)
    form.seen.data = digest(said)
    before = sum(len(one.get("questions") or []) for one in data["pages"][: number - 1])
    shown = render_template(
        "surveys/edit_section.html",
        draft=draft,
        form=form,
        number=number,
        builder=builder(data, before, page, typed),
        blank=BLANK_LINES,
        how=HOW,
        faults=placed(draft.source, draft.book.faults).pages.get(number - 1, []),
    )
    return shown, 422 if form.errors else 200
