"""Pages of a respondent: the questions, the check, the receipt."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core.access import public
from companion.core.db import saved
from companion.core.errors import Refused
from companion.surveys.actions import save_page
from companion.surveys.answers import (
    CONSENT,
    OTHER,
    check_page,
    is_empty,
    offered_choices,
    relevant_questions,
)
from companion.surveys.definition import SurveyDefinition
from companion.surveys.digests import (
    digest,
)
from companion.surveys.forms import PageForm
from companion.surveys.reading import (
    Line,
    answered_lines,
    condition_in_words,
    depending_on_page,
    show_when,
)
from companion.surveys.routes.page import bp
from companion.surveys.routes.respondent import (
    Answering,
    answering,
    closed_because,
    with_secret,
)


@bp.route("/answer/<public_id>/<int:number>", methods=["GET", "POST"])
@public
def page(public_id: str, number: int) -> str | Response | tuple[str, int]:
    """One page of questions (from 1); every sending saves."""
    work, form = answering(public_id), PageForm()
    if not 1 <= number <= len(work.defn.pages):
        abort(404)
    answers, is_raced, elsewhere = work.answers, False, list[Line]()
    errors: dict[str, str] = {}
    if form.validate_on_submit():
        raw = page_fields(work.defn, number - 1)
        values, errors = check_page(work.defn, number - 1, raw, answers, work.facts)
        untaken = _untaken(raw, values, errors)
        is_raced = _is_raced(work, number - 1, form, values)
        if is_raced:
            elsewhere = [
                line
                for line in answered_lines(work.defn, answers, work.facts)
                if line.page == number and answers.get(line.name) != values.get(line.name)
            ]
        else:
            try:
                with saved():
                    _save(work, number - 1, values, untaken)
            except Refused as refusal:
                return _too_late(work, str(refusal), answers | raw)
            may_leave = not untaken and bool({"later", "back"} & set(request.form))
            if not errors or may_leave:
                return redirect(_next(work, number), 303)
        answers = answers | raw  # what was typed stays on the page, faulty or not
    elif request.method == "POST":
        abort(400)
    if closed_because(work):
        return redirect(url_for("surveys.start", public_id=public_id), 303)
    shown = render_template(
        "surveys/page.html",
        work=work,
        number=number,
        section=work.defn.pages[number - 1],
        asked={q.name for q in relevant_questions(work.defn, answers, work.facts)},
        dependent=depending_on_page(work.defn, number - 1),
        show_when=show_when,
        asked_when=lambda q: condition_in_words(work.defn, q),
        choices=lambda q: offered_choices(work.defn, q, answers, work.facts),
        answers=answers,
        errors=errors,
        is_raced=is_raced,
        elsewhere=elsewhere,
        form=form,
        seen=digest(_stored(work, number - 1)),
    )
    return shown, 409 if is_raced else 422 if errors else 200


def _too_late(work: Answering, why: str, typed: dict[str, Any]) -> tuple[str, int]:
    """Nothing was saved any more; what was typed is shown, to be copied."""
    lines = [line for line in answered_lines(work.defn, typed, work.facts) if line.answer]
    return render_template("surveys/too_late.html", work=work, why=why, lines=lines), 409


@bp.post("/answer/<public_id>/<int:number>/draft")
@public
def autosave(public_id: str, number: int) -> Response | tuple[Response, int]:
    """Keep what is being answered on a page; faults are told when the page is sent."""
    work, form = answering(public_id), PageForm()
    if not 1 <= number <= len(work.defn.pages) or not form.validate_on_submit():
        abort(404)
    raw = page_fields(work.defn, number - 1)
    values, errors = check_page(work.defn, number - 1, raw, work.answers, work.facts)
    if _is_raced(work, number - 1, form, values):
        return jsonify(message="別の画面でこの回答が保存されています。"), 409
    try:
        with saved():
            _save(work, number - 1, values, _untaken(raw, values, errors))
    except Refused as refusal:
        return jsonify(message=str(refusal)), 409
    seen = digest(_stored(work, number - 1))
    return jsonify(message="入力した内容を保存しました。", seen=seen)


def _fields_of(defn: SurveyDefinition, index: int) -> set[str]:
    names = {question.name for question in defn.pages[index].questions}
    return names | {name + beside for name in names for beside in (OTHER, CONSENT)}


def _stored(work: Answering, index: int) -> dict[str, Any]:
    """What is kept of a page."""
    names = _fields_of(work.defn, index)
    return {name: value for name, value in work.answers.items() if name in names}


def _is_raced(work: Answering, index: int, form: PageForm, values: dict[str, Any]) -> bool:
    """True when another window has saved something else on this page since it was shown."""
    stored = _stored(work, index)
    return form.seen.data != digest(stored) and values != stored


def page_fields(defn: SurveyDefinition, index: int) -> dict[str, Any]:
    """The fields of a page as they were sent; lists where several may be ticked."""
    raw: dict[str, Any] = {}
    for question in defn.pages[index].questions:
        if question.type == "multi":
            raw[question.name] = request.form.getlist(question.name)
        elif question.type == "matrix":
            raw[question.name] = {
                row.name: request.form.get(f"{question.name}/{row.name}", "")
                for row in question.rows
            }
        elif question.type != "note":
            raw[question.name] = request.form.get(question.name, "")
        for beside in ("__other", "__consent"):
            if question.name + beside in request.form:
                raw[question.name + beside] = request.form[question.name + beside]
    return raw


def _untaken(raw: dict[str, Any], values: dict[str, Any], errors: dict[str, str]) -> set[str]:
    """What was filled in but cannot be kept: nobody leaves it, and it overwrites nothing."""
    return {name for name in errors if name not in values and not is_empty(raw.get(name))}


def _save(work: Answering, index: int, values: dict[str, Any], untaken: set[str]) -> None:
    names = _fields_of(work.defn, index) - untaken
    save_page(work.invitation, values, names, secret=with_secret(work))


def _next(work: Answering, number: int) -> str:
    public_id = work.invitation.public_id
    if "later" in request.form:
        flash("ここまでの回答を保存しました。", "success")
        return url_for("surveys.start", public_id=public_id)
    if "back" in request.form and number > 1:
        return url_for("surveys.page", public_id=public_id, number=number - 1, saved=1)
    asked = {question.name for question in relevant_questions(work.defn, work.answers, work.facts)}
    for following in range(number + 1, len(work.defn.pages) + 1):
        if any(q.name in asked for q in work.defn.pages[following - 1].questions):
            return url_for("surveys.page", public_id=public_id, number=following, saved=1)
    return url_for("surveys.check", public_id=public_id, saved=1)
