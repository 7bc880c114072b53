"""Trying a questionnaire out as any respondent: nothing is saved, everything else is as it is."""

from __future__ import annotations

import io
import secrets
from typing import Any

from flask import abort, flash, render_template, request, send_file
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from companion.core.access import Permission, needs
from companion.core.html import jst
from companion.core.text import strip_forbidden
from companion.periods.routes import current_period
from companion.surveys.answerform import answer_form
from companion.surveys.answers import check_all, check_page, offered_choices, relevant_questions
from companion.surveys.definition import SurveyDefinition
from companion.surveys.drafting import draft_of_survey
from companion.surveys.excelchannel import field_names
from companion.surveys.facts import FACTS, facts_used, known_of
from companion.surveys.forms import TryForm
from companion.surveys.formseal import Seal
from companion.surveys.queries import population
from companion.surveys.reading import (
    answered_lines,
    condition_in_words,
    depending_on_page,
    show_when,
)
from companion.surveys.routes.answering import page_fields
from companion.surveys.routes.page import bp
from companion.surveys.shelf import load_definitions
from companion.surveys.terms import Identity

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _tried(survey_id: str) -> tuple[SurveyDefinition, bool]:
    """The draft when it can be used, else what is in force; 404 when there is neither."""
    current_period()
    draft = draft_of_survey(survey_id)
    if draft is not None and draft.defn is not None:
        return draft.defn, True
    if draft is not None:
        flash("下書きに誤りがあるので、公開済みの内容を表示しています。", "warning")
    return load_definitions().get(survey_id) or abort(404), False


@bp.route("/<int:year>/surveys/<survey_id>/try", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE)
def try_out(survey_id: str) -> str | Response | tuple[str, int]:
    """The questionnaire page by page as somebody chosen would see it."""
    defn, is_draft = _tried(survey_id)
    form = TryForm()
    people = population(defn.population, current_period())
    form.who.choices = [
        SelectChoice("", "（だれでもない）"),
        *(SelectChoice(str(i), _called(team, who)) for i, (team, who) in enumerate(people)),
    ]
    if not form.validate_on_submit():
        if form.is_submitted():
            abort(400)
        return _page(defn, form, 0, {}, {}, {}, is_draft=is_draft)
    answers: dict[str, Any] = {}
    for index in range(len(defn.pages)):
        answers |= page_fields(defn, index)
    facts = _facts(form, people)
    number = min(max(form.number.data or 0, 0), len(defn.pages) + 1)
    act = request.form.get("act", "next")
    if act == "excel":
        return _form(defn, answers)
    errors: dict[str, str] = {}
    if act == "back":
        number = _before(defn, number, answers, facts)
    else:
        if 1 <= number <= len(defn.pages):
            _, errors = check_page(defn, number - 1, answers, answers, facts)
        if not errors:
            number = _following(defn, number, answers, facts)
    shown = _page(defn, form, number, answers, facts, errors, is_draft=is_draft)
    return shown, 422 if errors else 200


def _called(team: Any, official: Any) -> str:
    town = team.challenge.municipality.full_name
    return f"{official.name}（{town}のチーム）" if official else str(town)


def _facts(form: TryForm, people: list[Any]) -> dict[str, str]:
    facts = known_of(*people[int(form.who.data)]) if form.who.data else {}
    for key, fact in FACTS.items():
        chosen = request.form.get(f"fact-{key}", "")
        if chosen in fact.values:
            facts[key] = chosen
    return facts


def _following(
    defn: SurveyDefinition, number: int, answers: dict[str, Any], facts: dict[str, str]
) -> int:
    """The next page with something to ask; one more than the last for the check."""
    asked = {question.name for question in relevant_questions(defn, answers, facts)}
    for following in range(number + 1, len(defn.pages) + 1):
        if any(q.name in asked for q in defn.pages[following - 1].questions):
            return following
    return len(defn.pages) + 1


def _before(
    defn: SurveyDefinition, number: int, answers: dict[str, Any], facts: dict[str, str]
) -> int:
    """The page before with something to ask; 0 for the beginning."""
    asked = {question.name for question in relevant_questions(defn, answers, facts)}
    for before in range(number - 1, 0, -1):
        if any(q.name in asked for q in defn.pages[before - 1].questions):
            return before
    return 0


def _page(
    defn: SurveyDefinition,
    form: TryForm,
    number: int,
    answers: dict[str, Any],
    facts: dict[str, str],
    errors: dict[str, str],
    *,
    is_draft: bool,
) -> str:
    is_check = number > len(defn.pages)
    section = defn.pages[number - 1] if 1 <= number <= len(defn.pages) else None
    here = {question.name for question in section.questions} if section else set()
    return render_template(
        "surveys/try_out.html",
        defn=defn,
        form=form,
        number=number,
        is_draft=is_draft,
        is_check=is_check,
        section=section,
        asked={q.name for q in relevant_questions(defn, answers, facts)},
        dependent=depending_on_page(defn, number - 1) if section else set(),
        show_when=show_when,
        asked_when=lambda q: condition_in_words(defn, q),
        choices=lambda q: offered_choices(defn, q, answers, facts),
        answers=answers,
        errors=errors or (check_all(defn, answers, facts)[1] if is_check else {}),
        lines=answered_lines(defn, answers, facts) if is_check else [],
        carried=_carried(defn, here),
        facts={key: FACTS[key] for key in facts_used(defn) if key in FACTS},
        chosen={key: request.form.get(f"fact-{key}", "") for key in FACTS},
        identity=Identity(defn.identity),
    )


def _carried(defn: SurveyDefinition, here: set[str]) -> list[tuple[str, str]]:
    """What was answered on other pages, to travel along."""
    known = field_names(defn)
    return [
        (name, strip_forbidden(value))
        for name, value in request.form.items(multi=True)
        if (base := name.partition("/")[0]) in known and base.partition("__")[0] not in here
    ]


def _form(defn: SurveyDefinition, answers: dict[str, Any]) -> Response:
    """The Excel form as it would be sent, for nobody: what comes back is not taken."""
    seal = Seal(round="", version="", respondent="", issued="")
    cleaned, _ = check_all(defn, answers)
    data = answer_form(
        defn,
        seal,
        secrets.token_hex(16),
        addressee="（見本）",
        due_at=defn.window.closes_at,
        due_words=jst(defn.window.closes_at),
        promise=Identity(defn.identity).promise,
        answers=cleaned,
    )
    name = f"見本_回答票_{defn.title}.xlsx"
    return send_file(io.BytesIO(data), XLSX, as_attachment=True, download_name=name)
