"""Pages of a draft's reminders, and of its cross tables and the tables of the workbook."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.forms import Conflict
from companion.surveys import edits, outputrows
from companion.surveys.digests import digest
from companion.surveys.draftdata import Data, questions_in, spoken_names, text_of
from companion.surveys.draftforms import DraftForm, LadderForm
from companion.surveys.drafting import change_draft
from companion.surveys.groups import BANNERS
from companion.surveys.ladderrows import (
    MOST,
    TO,
    WHENS,
    days_of,
    ladder_words,
    rung_faults,
    rungs_of,
    typed_rungs,
    write_rungs,
)
from companion.surveys.placing import placed
from companion.surveys.routes.drafts import draft_to_change, to_editor
from companion.surveys.routes.page import bp


@bp.route("/<int:year>/surveys/<survey_id>/edit/reminders", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def edit_reminders(survey_id: str) -> str | Response | tuple[str, int]:
    """The ladder: when whoever has not answered is reminded, and how often at most."""
    draft, form = draft_to_change(survey_id), LadderForm()
    if draft is None:
        return to_editor(survey_id)
    data = draft.data
    before = digest(data.get("reminders"), data.get("reminder_limits"))
    rungs = typed_rungs(request.form) if form.is_submitted() else rungs_of(data.get("reminders"))
    if form.is_submitted():
        is_valid = form.validate()
        if form.seen.data != before:
            stands = ladder_words(rungs_of(data.get("reminders")))
            rows = [("催促", stands, ladder_words(rungs))]
            here = url_for("surveys.edit_reminders", survey_id=survey_id)
            raise Conflict(title="催促", back=here, rows=rows)
        form.form_errors += rung_faults(rungs)
        if is_valid and not form.errors:
            form.write(data)
            write_rungs(data, rungs)
            with saved():
                change_draft(draft, data, "催促を変える", by=need_viewer())
            return to_editor(survey_id)
    else:
        form.show(data)
    form.seen.data = before
    shown = render_template(
        "surveys/edit_reminders.html",
        draft=draft,
        form=form,
        rungs=rungs,
        lines=min(len(rungs) + 2, MOST),
        is_usual=not data.get("reminders"),
        days=days_of(rungs, data),
        whens=WHENS,
        to=TO,
        faults=placed(draft.source, draft.book.faults).about("reminders", "reminder_limits"),
    )
    return shown, 422 if form.errors else 200


@bp.route("/<int:year>/surveys/<survey_id>/edit/tables", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def edit_tables(survey_id: str) -> str | Response | tuple[str, int]:
    """By what the answers are cut, and which numbered tables the workbook has."""
    draft, form = draft_to_change(survey_id), DraftForm()
    if draft is None:
        return to_editor(survey_id)
    data = draft.data
    before, names = digest(data.get("crosstabs"), data.get("export")), _names(data)
    banners = outputrows.fitting(data, BANNERS)
    if form.is_submitted():
        is_valid = form.validate()
        stands = outputrows.tables_in_words(data, names, BANNERS)
        outputrows.write_crossed(data, request.form, banners)
        form.form_errors += outputrows.write_tables(data, request.form)
        if form.seen.data != before:
            rows = [("集計表", stands, outputrows.tables_in_words(data, names, BANNERS))]
            here = url_for("surveys.edit_tables", survey_id=survey_id)
            raise Conflict(title="集計表", back=here, rows=rows)
        if is_valid and not form.errors:
            again = _press(data)
            with saved():
                change_draft(draft, data, "集計表を変える", by=need_viewer())
            return again or to_editor(survey_id)
    form.seen.data = before
    found = placed(draft.source, draft.book.faults)
    shown = render_template(
        "surveys/edit_tables.html",
        draft=draft,
        form=form,
        data=data,
        banners=banners,
        crossed=outputrows.crossed(data, banners),
        other=[
            text_of(cross.get("label")) or BANNERS.get(cross["banner"], cross["banner"])
            for cross in data.get("crosstabs") or []
            if cross.get("banner") not in banners
        ],
        cut=[q for _, _, q in questions_in(data) if q.get("type") in outputrows.CROSSED],
        tables=outputrows.tables_of(data),
        of=outputrows.questions_of,
        offered=outputrows.offered,
        names=names,
        words=text_of,
        faults=found.about("crosstabs", "export"),
    )
    return shown, 422 if form.errors else 200


def _press(data: Data) -> Response | None:
    """Carry out the button; back to the same page unless it only saves."""
    act, _, index = request.form.get("act", "save").partition(":")
    place, tables = int(index) if index.isdecimal() else 0, outputrows.tables_of(data)
    if act == "table-add":
        outputrows.add_table(data)
    elif act == "table-drop":
        outputrows.drop_table(data, place)
    elif act in {"table-up", "table-down"}:
        edits.move(tables, place, -1 if act == "table-up" else 1)
    else:
        return None
    here = url_for("surveys.edit_tables", survey_id=data["id"], _anchor="tables")
    return redirect(here, 303)


def _names(data: Data) -> dict[str, str]:
    """「問2　理由」 by question, for the boxes that choose them."""
    spoken = spoken_names(data)
    return {
        str(q["name"]): f"{spoken.get(str(q['name']), '')}　"
        f"{text_of(q.get('short_label') or q.get('label'))[:30]}"
        for _, _, q in questions_in(data)
    }
