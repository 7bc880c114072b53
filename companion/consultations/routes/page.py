"""One sheet with the forms its reader may send, shared by everything that is done with it."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from wtforms import SelectChoice

from companion.consultations.forms import (
    AgreementForm,
    AnswerForm,
    AskOnForm,
    CloseForm,
    ReplyForm,
    RouteForm,
)
from companion.consultations.models import Consultation
from companion.consultations.queries import find_consultation
from companion.consultations.terms import Axis, ConsultationState
from companion.core.access import Permission, Scope, need_viewer
from companion.core.forms import EditingForm
from companion.people.queries import all_ministries
from companion.periods.routes import show_period

bp = Blueprint("consultations", __name__)
# Where each form stands on the page of a sheet.
SECTIONS: dict[type[EditingForm], str] = {
    ReplyForm: "replying",
    RouteForm: "routing",
    AnswerForm: "answering",
    CloseForm: "closing",
    AskOnForm: "asking",
    AgreementForm: "agreeing",
}


def found(public_id: str) -> Consultation:
    """The sheet of an address; 404 when it is out of reach."""
    row = find_consultation(public_id, need_viewer()) or abort(404)
    show_period(row.period)
    return row


def routing_form(row: Consultation | None = None) -> RouteForm:
    """The form of ministries: as a browser sent it, or with what is stored."""
    form = RouteForm(formdata=None, data=routed(row)) if row else RouteForm()
    form.ministries.choices = [SelectChoice(one.code, one.name) for one in all_ministries()]
    return form


def routed(row: Consultation) -> dict[str, object]:
    """What is stored of the ministries asked, by the names of the fields."""
    codes = [routing.ministry_code for routing in row.routings]
    return {"ministries": codes, "due_on": row.due_on, "version": row.version}


def page_of(row: Consultation, form: EditingForm | None = None) -> str:
    """One sheet; `form` is what was sent and stands in the place of a fresh one."""
    viewer, state, seen = need_viewer(), row.state, {"version": row.version}
    writes = viewer.may(Permission.CONSULTATION_WRITE)
    handles = viewer.may(Permission.CONSULTATION_HANDLE)
    answered = state is ConsultationState.ANSWERED
    routing = row.routing_of(viewer.ministry_code)
    forms: dict[str, EditingForm] = {}
    if viewer.may(Permission.CONSULTATION_REPLY) and routing and state.takes_replies:
        reply_now = {"version": routing.version, "answer": routing.answer}
        forms["replying"] = ReplyForm(formdata=None, data=reply_now)
    if handles and state.is_waiting:
        forms["routing"] = routing_form(row)
    if handles and state is not ConsultationState.CLOSED:
        words = {"gathered": row.gathered or row.answer}
        forms["answering"] = AnswerForm(formdata=None, data=seen | words)
    if handles and answered:
        forms["closing"] = CloseForm(formdata=None, data=seen)
    if writes and answered:
        forms["asking"] = AskOnForm(formdata=None, data=seen)
    if writes:
        agreed = {name: getattr(row, name) for name in ("is_for_team", "is_for_prefecture")}
        forms["agreeing"] = AgreementForm(formdata=None, data=seen | agreed)
    if form is not None:
        forms[SECTIONS[type(form)]] = form
    return render_template(
        "consultations/consultation.html",
        row=row,
        forms=forms,
        axes=list(Axis),
        own=routing if viewer.may(Permission.CONSULTATION_REPLY) else None,
        reads_replies=viewer.grant(Permission.CONSULTATION_VIEW).scope is Scope.ALL,
        edits=writes and state is ConsultationState.RECEIVED,
    )
