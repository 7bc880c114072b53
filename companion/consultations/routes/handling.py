"""What the secretariat and the ministries do: share, reply, gather, send, close."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from companion.consultations import actions
from companion.consultations.forms import AnswerForm, CloseForm, ReplyForm
from companion.consultations.routes.page import bp, found, page_of, routed, routing_form
from companion.consultations.terms import ConsultationState
from companion.core.access import Permission, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.people.queries import contacts_of


@bp.post("/consultations/<public_id>/route")
@needs(Permission.CONSULTATION_HANDLE)
def route(public_id: str) -> str | Response | tuple[str, int]:
    """Share a sheet with ministries, or move its day."""
    row, form = found(public_id), routing_form()
    here = url_for("consultations.consultation", public_id=public_id)
    if form.validate_on_submit():
        if form.is_stale(row):
            known = [("状態", row.state.label, "")]
            raise form.conflict(routed(row), title=row.subject, back=here, more=known)
        try:
            with saved():
                actions.route_sheet(
                    row, form.ministries.data or [], form.due_on.data, by=need_viewer()
                )
            flash("府省庁への共有を保存しました。", "success")
            silent = [one.name for one in row.waits_for if not contacts_of(one.code)]
            if silent:
                names = "、".join(silent)
                flash(f"担当窓口のアカウントがまだない府省庁があります：{names}", "warning")
            return redirect(here, 303)
        except Refused as refusal:
            row = found(public_id)
            form.ministries.errors = [str(refusal)]
    return page_of(row, form), 422


@bp.post("/consultations/<public_id>/reply")
@needs(Permission.CONSULTATION_REPLY)
def reply(public_id: str) -> str | Response | tuple[str, int]:
    """A ministry says what it can."""
    row, form, viewer = found(public_id), ReplyForm(), need_viewer()
    routing = row.routing_of(viewer.ministry_code) or abort(404)
    here = url_for("consultations.consultation", public_id=public_id)
    if form.validate_on_submit():
        if form.is_stale(routing):
            known = [("状態", row.state.label, ""), ("相談したいこと", row.question, "")]
            stored = {"answer": routing.answer}
            raise form.conflict(stored, title=row.subject, back=here, more=known)
        try:
            with saved():
                actions.reply(row, routing, form.answer.data, by=viewer)
            flash("回答しました。事務局が取りまとめて自治体に送ります。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            row = found(public_id)
            form.answer.errors = [str(refusal)]
    return page_of(row, form), 422


@bp.post("/consultations/<public_id>/answer")
@needs(Permission.CONSULTATION_HANDLE)
def answer(public_id: str) -> str | Response | tuple[str, int]:
    """Keep what is gathered, or send it to the municipality."""
    row, form = found(public_id), AnswerForm()
    here = url_for("consultations.consultation", public_id=public_id)
    if form.validate_on_submit():
        words, sends = form.gathered.data or "", request.form.get("act") == "send"
        act = actions.send_answer if sends else actions.keep_gathered
        if form.is_stale(row):
            replies = [(r.ministry.name, r.answer, "") for r in row.routings if r.answer]
            stored = {"gathered": row.gathered or row.answer}
            known = [("状態", row.state.label, ""), *replies]
            raise form.conflict(stored, title=row.subject, back=here, more=known)
        try:
            with saved():
                act(row, words, by=need_viewer())
            flash("自治体に送りました。" if sends else "下書きを保存しました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            row = found(public_id)
            form.gathered.errors = [str(refusal)]
    return page_of(row, form), 422


@bp.post("/consultations/<public_id>/close")
@needs(Permission.CONSULTATION_HANDLE)
def close(public_id: str) -> str | Response | tuple[str, int]:
    """The secretariat closes what was answered."""
    row, form = found(public_id), CloseForm()
    here = url_for("consultations.consultation", public_id=public_id)
    if form.validate_on_submit():
        if form.is_stale(row):
            known = [("状態", row.state.label, ConsultationState.CLOSED.label)]
            raise form.conflict({}, title=row.subject, back=here, more=known)
        try:
            with saved():
                actions.close_sheet(row, by=need_viewer())
            flash("完了にしました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            row = found(public_id)
            form.form_errors.append(str(refusal))
    return page_of(row, form), 422
