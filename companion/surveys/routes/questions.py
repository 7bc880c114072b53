"""Pages of one question and one section of a draft."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.forms import Conflict
from companion.surveys import draftdata, edits
from companion.surveys.conditionrows import HOW, Line
from companion.surveys.definition import from_canonical
from companion.surveys.differences import MISSING
from companion.surveys.digests import (
    digest,
)
from companion.surveys.draftdata import (
    Data,
)
from companion.surveys.drafting import Draft, change_draft
from companion.surveys.editforms import (
    QuestionForm,
    has_rules,
)
from companion.surveys.editrows import (
    BLANK_LINES,
    builder,
    typed_lines,
    typed_rules,
    write_choices,
    write_condition,
    write_rows,
    write_rules,
)
from companion.surveys.placing import placed
from companion.surveys.publishing import changes_since_published
from companion.surveys.routes.drafts import draft_to_change, to_editor
from companion.surveys.routes.page import bp
from companion.surveys.rulerows import RULES, Rule, constraint_of, rules_in_words, rules_of
from companion.surveys.shelf import versions_of


@bp.route("/<int:year>/surveys/<survey_id>/edit/questions/<int:number>", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def edit_question(survey_id: str, number: int) -> str | Response | tuple[str, int]:
    """One question with everything it says; its findings and changes beside it."""
    draft, form = draft_to_change(survey_id), QuestionForm()
    if draft is None:
        return to_editor(survey_id)
    data = draft.data
    if form.is_submitted() and form.name.data:
        number = _place_of(survey_id, data, form)
    try:
        _, _, question = draftdata.question_at(data, number)
    except IndexError:
        abort(404)
    form.offer(question)
    before = digest(question, draftdata.choices_of(draft.data, question))
    typed: tuple[str, list[Line]] | None = None
    if form.is_submitted():
        typed = (request.form.get("joiner", "and"), typed_lines(request.form))
        is_valid = form.validate()
        if form.seen.data != before:
            rows = _question_rows(form, data, question)
            here = url_for("surveys.edit_question", survey_id=survey_id, number=number)
            raise Conflict(title=f"設問「{question.get('name')}」", back=here, rows=rows)
        form.form_errors += _write(form, data, question, typed[1], is_valid=is_valid)
        if not form.errors:
            return _saved(draft, data, question, number)
    else:
        form.show(question)
    return _question_page(draft, data, number, form, before, typed)


def _place_of(survey_id: str, data: Data, form: QuestionForm) -> int:
    """Where the question of a form stands now; another may have moved or removed it."""
    if form.name.data not in draftdata.kinds_by_name(data):
        raise Conflict(
            title="この設問は削られています",
            back=url_for("surveys.edit", survey_id=survey_id),
            rows=[("質問文", "（削られました）", form.label.data or "")],
        )
    return draftdata.number_of(data, str(form.name.data))


def _write(
    form: QuestionForm, data: Data, question: Data, lines: list[Line], *, is_valid: bool
) -> list[str]:
    """Put what was typed into the copy that is shown, and saved when it is right."""
    if is_valid:
        form.write(question)
    kind = str(question.get("type"))
    choices = draftdata.choices_of(data, question)
    faults = write_choices(choices, request.form, kind)
    write_rows(question.get("rows", []) if kind == "matrix" else [], request.form)
    if has_rules(question):
        earlier = _numbers_before(data, question)
        faults += write_rules(question, request.form, typed_rules(request.form), set(earlier))
    return faults + write_condition(question, request.form, lines, draftdata.kinds_by_name(data))


def _numbers_before(data: Data, question: Data) -> dict[str, str]:
    """The earlier questions of numbers that a rule may compare with, in words."""
    spoken, found = draftdata.spoken_names(data), {}
    for _, _, one in draftdata.questions_in(data):
        if one.get("name") == question.get("name"):
            break
        if one.get("type") == "number":
            found[str(one["name"])] = f"{spoken[str(one['name'])]}の答え"
    return found


def _saved(draft: Draft, data: Data, question: Data, number: int) -> Response:
    """Carry out the button and save; back to the whole draft or to the place that was changed."""
    act, _, index = request.form.get("act", "save").partition(":")
    spoken = draftdata.spoken_names(data).get(str(question["name"]), "説明文")
    place = int(index) if index.isdecimal() else 0
    items = draftdata.choices_of(data, question)
    if act.startswith("row-"):
        items = question.get("rows", []) if question.get("type") == "matrix" else []
    if act in {"choice-up", "choice-down", "row-up", "row-down"}:
        edits.move(items, place, -1 if act.endswith("up") else 1)
    elif act in {"choice-drop", "row-drop"} and place < len(items):
        del items[place]
    elif act == "choice-add" and draftdata.listed(question):
        edits.add_choice(data, question)
    elif act == "row-add" and question.get("type") == "matrix":
        edits.add_row(question)
    elif act == "own-list":
        edits.own_list(data, question)
    with saved():
        change_draft(draft, data, f"{spoken}を直す", by=need_viewer())
    if act == "save":
        return to_editor(draft.survey_id, f"q-{question['name']}")
    anchor = (
        "rows"
        if act.startswith("row")
        else "conditions"
        if act == "line"
        else "rules"
        if act == "rule"
        else "choices"
    )
    there = url_for(
        "surveys.edit_question", survey_id=draft.survey_id, number=number, _anchor=anchor
    )
    return redirect(there, 303)


def _question_page(
    draft: Draft,
    data: Data,
    number: int,
    form: QuestionForm,
    seen: str,
    typed: tuple[str, list[Line]] | None,
) -> str | tuple[str, int]:
    _, _, question = draftdata.question_at(data, number)
    name = str(question.get("name"))
    form.seen.data, form.name.data = seen, name
    changes = changes_since_published(draft.defn) if draft.defn else []
    shown = render_template(
        "surveys/edit_question.html",
        draft=draft,
        form=form,
        number=number,
        question=question,
        kind=question.get("type"),
        printed=draftdata.numbers_in(data).get(name),
        choices=draftdata.choices_of(data, question),
        fixed=_published_codes(draft.survey_id, name),
        shared=[
            draftdata.spoken_names(data)[str(q["name"])] for q in draftdata.sharing(data, question)
        ],
        builder=builder(data, number - 1, question, typed),
        rules=_rule_lines(question, is_typed=typed is not None) if has_rules(question) else None,
        compared=_numbers_before(data, question),
        relations=RULES,
        blank=BLANK_LINES,
        how=HOW,
        missing=MISSING,
        kinds=edits.KINDS,
        words=draftdata.text_of,
        faults=placed(draft.source, draft.book.faults).questions.get(number, []),
        changes=[change for change in changes if change.question == name],
    )
    return shown, 422 if form.errors else 200


def _rule_lines(question: Data, *, is_typed: bool) -> tuple[list[Rule], str]:
    """The lines of the rule for an answer, and the rule that lines cannot say."""
    stands = rules_of(question.get("constraint"))
    kept = str(question["constraint"]) if stands is None else ""
    return typed_rules(request.form) if is_typed else stands or [], kept


def _published_codes(survey_id: str, name: str) -> set[str]:
    """Codes of choices and rows that published answers may hold: those are retired, not removed."""
    published = versions_of(survey_id)
    if not published:
        return set()
    defn = from_canonical(published[0].canonical)
    question = defn.by_name.get(name)
    if question is None:
        return set()
    codes = {choice.name for choice in question.choice_list(defn)}
    return codes | {
        f"row/{row.name}"
        for row in getattr(question, "rows", []) or []
        if question.type == "matrix"
    }


def _question_rows(form: QuestionForm, data: Data, question: Data) -> list[tuple[str, str, str]]:
    """What stands and what was typed, for the page that shows both."""
    stored = QuestionForm(formdata=None)
    stored.offer(question)
    stored.show(question)
    names = [field.name for field in form if field.name not in {"seen", "name", "csrf_token"}]
    rows: list[tuple[str, Any, Any]] = [
        (form[name].label.text, stored[name].data, form[name].data) for name in names
    ]
    labels = [
        draftdata.text_of(choice.get("label")) for choice in draftdata.choices_of(data, question)
    ]
    typed = [
        value
        for key, value in request.form.items()
        if key.startswith("choice-") and key.endswith("-label")
    ]
    rows.append(("選択肢", "\n".join(labels), "\n".join(typed)))
    if has_rules(question):
        spoken, rules = draftdata.spoken_names(data), constraint_of(typed_rules(request.form))
        stands = rules_in_words(question.get("constraint"), spoken)
        rows.append(("回答の条件", stands, rules_in_words(rules, spoken)))
    return [(label, str(old or ""), str(new or "")) for label, old, new in rows if old != new]
