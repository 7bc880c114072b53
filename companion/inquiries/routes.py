"""Pages of the 後方支援: the list, asking, one inquiry with its answer."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from companion.activities.queries import may_record
from companion.core.access import Permission, Viewer, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.inquiries import actions
from companion.inquiries.forms import (
    AgainForm,
    AskForm,
    CloseForm,
    HandleForm,
    ReplyForm,
    ShareForm,
)
from companion.inquiries.models import Inquiry
from companion.inquiries.queries import find_inquiry, inquiries_of, ministries
from companion.inquiries.terms import OFFERED, InquiryKind, InquiryState
from companion.people.queries import contacts_of
from companion.periods.queries import policy_fields
from companion.periods.routes import current_period, show_period
from companion.teams.models import Team
from companion.teams.queries import find_team, is_own
from companion.teams.routes import Panel, add_panel
from companion.teams.terms import Visibility

bp = Blueprint("inquiries", __name__)
PER_PAGE = 100
MOST_PAGES = 1000


def init_app(app: Flask) -> None:
    """Register the pages and the piece on a team's page."""
    app.register_blueprint(bp)
    add_panel(app, _panel)


def _panel(team: Team, viewer: Viewer) -> Panel | None:
    if not team.state.is_announced or not viewer.may(Permission.INQUIRY_VIEW):
        return None
    if not is_own(team, viewer):
        return None
    rows, _ = inquiries_of(team.period, viewer, team=team, limit=10)
    values = {"rows": rows, "offered": OFFERED, "asks": may_record(team, viewer)}
    return Panel("inquiries/_team_panel.html", values, is_last=True)


@bp.get("/<int:year>/inquiries")
@needs(Permission.INQUIRY_VIEW)
def inquiries() -> str:
    """The inquiries of a period, those that wait first."""
    wanted = request.args.get("state", "")
    state = next((s for s in InquiryState if s.value == wanted), None)
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows, count = inquiries_of(
        current_period(), need_viewer(), state=state, offset=(page - 1) * PER_PAGE, limit=PER_PAGE
    )
    return render_template(
        "inquiries/inquiries.html",
        rows=rows,
        count=count,
        states=[(s.value, s.label) for s in InquiryState],
        wanted=wanted,
        page=page,
        pages=-(-count // PER_PAGE) or 1,
        offered=OFFERED,
    )


@bp.route("/logs/<public_id>/inquiry", methods=["GET", "POST"])
@needs(Permission.INQUIRY_ASK)
def ask(public_id: str) -> str | Response | tuple[str, int]:
    """Ask the secretariat."""
    viewer = need_viewer()
    team = find_team(public_id, viewer)
    if team is None or not may_record(team, viewer):
        abort(404)
    show_period(team.period)
    form = AskForm()
    form.field_code.choices = [
        SelectChoice("", "選ばない"),
        *(SelectChoice(row.code, row.digit + row.label) for row in policy_fields()),
    ]
    form.ministry_code.choices = [
        SelectChoice("", "選ばない"),
        *(SelectChoice(row.code, row.name) for row in ministries()),
    ]
    if form.validate_on_submit():
        asked = actions.Question(
            kind=InquiryKind(form.kind.data),
            subject=form.subject.data.strip(),
            question=form.question.data.strip(),
            background=(form.background.data or "").strip(),
            field_code=form.field_code.data or None,
            ministry_code=form.ministry_code.data or None,
            wished_on=form.wished_on.data,
            visibility=Visibility(form.visibility.data),
        )
        try:
            with saved():
                key = form.once()
                row = actions.ask_secretariat(team, asked, by=viewer)
                key.location = url_for("inquiries.inquiry", public_id=row.public_id)
                location = key.location
            flash("後方支援を依頼しました。回答はこの画面に出ます。", "success")
            return redirect(location, 303)
        except Refused as refusal:
            form.wished_on.errors = [str(refusal)]
    page = render_template("inquiries/ask.html", team=team, form=form)
    return (page, 422) if form.errors else page


def _found(public_id: str) -> Inquiry:
    row = find_inquiry(public_id, need_viewer()) or abort(404)
    show_period(row.team.period)
    return row


def _stored(row: Inquiry) -> dict[str, object]:
    names = ("passed_to", "due_on", "answer", "version")
    chosen = {"state": row.state.value, "routed_to": row.routed_to_code or ""}
    return {name: getattr(row, name) for name in names} | chosen


def _handling(row: Inquiry | None = None) -> HandleForm:
    """The secretariat's form: as a browser sent it, or with what is stored."""
    form = HandleForm(formdata=None, data=_stored(row)) if row else HandleForm()
    form.routed_to.choices = [
        SelectChoice("", "頼まない"),
        *(SelectChoice(one.code, one.name) for one in ministries()),
    ]
    return form


@bp.get("/inquiries/<public_id>")
@needs(Permission.INQUIRY_VIEW)
def inquiry(public_id: str) -> str:
    """One inquiry with its answer."""
    return _page(_found(public_id))


def _page(
    row: Inquiry,
    *,
    handling: HandleForm | None = None,
    replying: ReplyForm | None = None,
    closing: CloseForm | None = None,
    again: AgainForm | None = None,
    sharing: ShareForm | None = None,
) -> str:
    viewer = need_viewer()
    handles = viewer.may(Permission.INQUIRY_ANSWER) and row.state is not InquiryState.CLOSED
    follows = not row.state.is_waiting and may_record(row.team, viewer)
    seen = {"version": row.version}
    if handles and handling is None:
        handling = _handling(row)
    if replying is None and viewer.may(Permission.INQUIRY_REPLY) and row.takes_reply:
        replying = ReplyForm(formdata=None, data=seen | {"answer": row.answer})
    if follows and closing is None and row.state is InquiryState.ANSWERED:
        closing = CloseForm(formdata=None, data=seen)
    if follows and again is None:
        again = AgainForm(formdata=None, data=seen)
    if sharing is None and may_record(row.team, viewer):
        sharing = ShareForm(formdata=None, data=seen | {"visibility": row.visibility.value})
    return render_template(
        "inquiries/inquiry.html",
        row=row,
        handling=handling,
        replying=replying,
        closing=closing,
        again=again,
        sharing=sharing,
    )


@bp.post("/inquiries/<public_id>/handle")
@needs(Permission.INQUIRY_ANSWER)
def handle(public_id: str) -> str | Response | tuple[str, int]:
    """Pass an inquiry on, route it to a ministry, move its day, answer it."""
    row, form = _found(public_id), _handling()
    here = url_for("inquiries.inquiry", public_id=public_id)
    if form.validate_on_submit():
        if form.is_stale(row):
            raise form.conflict(_stored(row), title=row.subject, back=here)
        try:
            with saved():
                actions.handle(
                    row,
                    InquiryState(form.state.data),
                    form.answer.data or "",
                    form.passed_to.data or "",
                    form.due_on.data,
                    by=need_viewer(),
                )
                actions.route_inquiry(row, form.routed_to.data or None, by=need_viewer())
            flash(f"「{row.state.label}」で保存しました。", "success")
            if row.routed_to and not contacts_of(row.routed_to.code):
                flash(f"{row.routed_to.name}の担当窓口のアカウントがまだありません。", "warning")
            return redirect(here, 303)
        except Refused as refusal:
            row = _found(public_id)
            form.answer.errors = [str(refusal)]
    return _page(row, handling=form), 422


@bp.post("/inquiries/<public_id>/reply")
@needs(Permission.INQUIRY_REPLY)
def reply(public_id: str) -> str | Response | tuple[str, int]:
    """A ministry answers what was routed to it."""
    row, form = _found(public_id), ReplyForm()
    here = url_for("inquiries.inquiry", public_id=public_id)
    if form.validate_on_submit():
        if form.is_stale(row):
            known = [("状態", row.state.label, ""), ("知りたいこと", row.question, "")]
            raise form.conflict({"answer": row.answer}, title=row.subject, back=here, more=known)
        try:
            with saved():
                actions.reply(row, form.answer.data, by=need_viewer())
            flash("回答しました。チームと事務局が読めます。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            row = _found(public_id)
            form.answer.errors = [str(refusal)]
    return _page(row, replying=form), 422


def _own(public_id: str) -> Inquiry:
    row = _found(public_id)
    if not may_record(row.team, need_viewer()):
        abort(404)
    return row


@bp.post("/inquiries/<public_id>/close")
@needs(Permission.INQUIRY_ASK)
def close(public_id: str) -> str | Response | tuple[str, int]:
    """The team has what it needs."""
    row, form = _own(public_id), CloseForm()
    here = url_for("inquiries.inquiry", public_id=public_id)
    if form.validate_on_submit():
        if form.is_stale(row):
            stored = {"usefulness": str(row.usefulness or "")}
            state = ("状態", row.state.label, InquiryState.CLOSED.label)
            raise form.conflict(stored, title=row.subject, back=here, more=[state])
        try:
            with saved():
                actions.close_inquiry(row, int(form.usefulness.data), by=need_viewer())
            flash("完了にしました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            row = _own(public_id)
            form.usefulness.errors = [str(refusal)]
    return _page(row, closing=form), 422


@bp.post("/inquiries/<public_id>/share")
@needs(Permission.INQUIRY_ASK)
def share(public_id: str) -> str | Response | tuple[str, int]:
    """The team says who reads question and answer."""
    row, form = _own(public_id), ShareForm()
    here = url_for("inquiries.inquiry", public_id=public_id)
    if form.validate_on_submit():
        if form.is_stale(row):
            known = [("回答", row.answer, "")]
            stored = {"visibility": row.visibility.value}
            raise form.conflict(stored, title=row.subject, back=here, more=known)
        with saved():
            actions.share_inquiry(row, Visibility(form.visibility.data), by=need_viewer())
        flash(f"「{row.visibility.label}」が読めるようにしました。", "success")
        return redirect(here, 303)
    return _page(row, sharing=form), 422


@bp.post("/inquiries/<public_id>/again")
@needs(Permission.INQUIRY_ASK)
def again(public_id: str) -> str | Response | tuple[str, int]:
    """The team asks on."""
    row, form = _own(public_id), AgainForm()
    here = url_for("inquiries.inquiry", public_id=public_id)
    if form.validate_on_submit():
        if form.is_stale(row):
            known = [("状態", row.state.label, ""), ("知りたいこと", row.question, "")]
            raise form.conflict({"more": ""}, title=row.subject, back=here, more=known)
        try:
            with saved():
                actions.reopen_inquiry(row, form.more.data, by=need_viewer())
            flash("追加の依頼を送りました。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            row = _own(public_id)
            form.more.errors = [str(refusal)]
    return _page(row, again=form), 422
