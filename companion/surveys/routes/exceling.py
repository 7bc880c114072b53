"""Pages of the Excel form and of typing in by proxy."""

from __future__ import annotations

import io

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs, public
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.core.sheets import InvalidWorkbook
from companion.periods.routes import show_period
from companion.surveys.actions import save_page
from companion.surveys.answers import check_all
from companion.surveys.excelchannel import (
    dropped_answers,
    enter_answers,
    field_names,
    issue_form,
    keep_result,
    read_own_form,
    take_form,
)
from companion.surveys.facts import facts_of
from companion.surveys.forms import EnterForm, FormsForm, OwnFormForm
from companion.surveys.models import FormReturn, Invitation
from companion.surveys.queries import (
    definition_of,
    draft_of,
    find_invitation,
    may_share_texts,
    standing_answer,
)
from companion.surveys.reading import answered_lines, condition_in_words, not_asked_words
from companion.surveys.routes.answering import page_fields
from companion.surveys.routes.page import bp
from companion.surveys.routes.respondent import answering, remember_channel, with_secret
from companion.surveys.routes.watching import find_own_round
from companion.surveys.terms import Channel, Identity

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_FILES = 100


def _sent(data: bytes, name: str) -> Response:
    one_line = " ".join(name.split())  # a header takes no line break
    return send_file(io.BytesIO(data), XLSX, as_attachment=True, download_name=one_line)


@bp.post("/answer/<public_id>/form")
@public
def own_form(public_id: str) -> Response:
    """The respondent's own Excel form, with what was answered so far."""
    work = answering(public_id)
    try:
        with saved():
            data = issue_form(work.invitation, work.answers, by=work.by)
    except Refused as refusal:
        flash(str(refusal), "error")
        return redirect(url_for("surveys.start", public_id=public_id), 303)
    return _sent(data, f"回答票_{work.defn.title}.xlsx")


@bp.route("/answer/<public_id>/excel", methods=["GET", "POST"])
@public
def own_excel(public_id: str) -> str | Response | tuple[str, int]:
    """A filled form becomes the draft; what cannot be read is told, nothing else is touched."""
    work, form = answering(public_id), OwnFormForm()
    faults: list[str] = []
    if form.validate_on_submit():
        try:
            data = form.file.data.read()
            returned = read_own_form(work.invitation, data, form.file.data.filename or "")
            _, errors = check_all(work.defn, returned.answers, work.facts)
            told = returned.told(errors)
            faults = [f"{fault.sheet} {fault.row}行：{fault.message}" for fault in told]
            if not faults:
                with saved():
                    secret = with_secret(work)
                    names = field_names(work.defn)
                    save_page(work.invitation, returned.answers, names, secret=secret)
                remember_channel(public_id, Channel.EXCEL)
                return redirect(url_for("surveys.check", public_id=public_id), 303)
        except (Refused, InvalidWorkbook) as refusal:
            form.file.errors = [str(refusal)]
    shown = render_template(
        "surveys/own_excel.html",
        work=work,
        form=form,
        faults=faults,
        may_share=may_share_texts(work.invitation),
    )
    return shown, 422 if form.errors or faults else 200


@bp.route("/rounds/<public_id>/forms", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE, reads=True)
def forms(public_id: str) -> str | Response | tuple[str, int]:
    """Many filled forms at once; each is taken, or told why not, on its own."""
    row, form = find_own_round(public_id), FormsForm()
    if form.validate_on_submit():
        files = [file for file in form.files.data if file and file.filename]
        if len(files) > MOST_FILES:
            form.files.errors = [f"一度に{MOST_FILES}件までです（{len(files)}件）。"]
        else:
            batch = (form.form_key.data or "")[:43]
            here = url_for("surveys.forms", public_id=public_id, batch=batch)
            with saved():
                form.once().location = here
            for file in files:
                with saved():
                    taken = take_form(file.read(), file.filename or "", by=need_viewer())
                    keep_result(batch, file.filename or "", taken)
            return redirect(here, 303)
    results = db.session.scalars(
        select(FormReturn)
        .where(FormReturn.batch == request.args.get("batch", ""))
        .order_by(FormReturn.id)
    ).all()
    shown = render_template("surveys/forms.html", row=row, form=form, results=results)
    return shown, 422 if form.errors else 200


@bp.get("/form-returns/<public_id>")
@needs(Permission.SURVEY_MANAGE, reads=True)
def returned_form(public_id: str) -> Response:
    """A form with its faulty cells red, to be sent back."""
    row = db.session.scalar(select(FormReturn).where(FormReturn.public_id == public_id))
    if row is None or row.file is None:
        abort(404)
    return _sent(row.file, f"要修正_{row.filename}")


@bp.route("/invitations/<public_id>/enter", methods=["GET", "POST"])
@needs(Permission.SURVEY_MANAGE, reads=True)
def enter(public_id: str) -> str | Response | tuple[str, int]:
    """Answers that came on paper or by telephone.

    A standing answer is shown beside them where the survey names who answers; what a respondent
    has not handed in yet is nobody else's to read.
    """
    invitation: Invitation = find_invitation(public_id) or abort(404)
    show_period(invitation.round.period)
    if invitation.round.identity is Identity.ANONYMOUS:
        abort(404)
    defn, form = definition_of(invitation.round), EnterForm()
    draft, standing = draft_of(invitation, None), standing_answer(invitation)
    readable = standing if invitation.round.identity is Identity.IDENTIFIED else None
    answers = dropped_answers(invitation) or dict(readable.answers if readable else {})
    errors: dict[str, str] = {}
    if form.is_submitted():
        answers = {}
        for index in range(len(defn.pages)):
            answers |= page_fields(defn, index)
        if form.validate() and (standing is None or form.confirmed.data):
            try:
                with saved():
                    form.once().location = url_for(
                        "surveys.round", public_id=invitation.round.public_id
                    )
                    errors = enter_answers(
                        invitation, answers, channel=Channel(form.channel.data), by=need_viewer()
                    )
                    if errors:
                        raise _Faulty
                left_out = not_asked_words(defn, answers, facts_of(invitation))
                flash(f"{invitation.addressee}の回答を受け付けました。{left_out}", "success")
                back = url_for("surveys.round", public_id=invitation.round.public_id)
                return redirect(back, 303)
            except _Faulty:
                pass
            except Refused as refusal:
                form.form_errors.append(str(refusal))
        elif standing is not None and not form.confirmed.data:
            form.confirmed.errors = [
                "提出済みの回答があります。置き換えてよければ印を付けてください。"
            ]
    shown = render_template(
        "surveys/enter.html",
        invitation=invitation,
        defn=defn,
        form=form,
        answers=answers,
        errors=errors,
        standing=standing,
        is_begun=draft is not None,
        may_share=may_share_texts(invitation),
        lines=answered_lines(defn, readable.answers, facts_of(invitation)) if readable else [],
        when=lambda q: condition_in_words(defn, q),
        choices=lambda q: [choice for choice in q.choice_list(defn) if not choice.retired],
    )
    return shown, 422 if form.errors or errors else 200


class _Faulty(Exception):
    """Undoes the transaction when the answers cannot be taken yet."""
