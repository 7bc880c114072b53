"""Pages of the intake: lists taken in, challenges and officials looked at."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable
from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.wrappers import Response

from companion.applications.actions import (
    Plan,
    Stale,
    confirm_import,
    discard_import,
    look_again,
    plan_of,
    refused_workbook,
    stage_import,
)
from companion.applications.forms import ConfirmForm, UploadForm
from companion.applications.models import Challenge, Import, Official
from companion.applications.queries import (
    challenges_of,
    find_challenge,
    find_import,
    find_official,
    imports_of,
    officials_of,
    reference_for,
    state_told,
)
from companion.applications.reading import Reference
from companion.applications.rules import (
    CHALLENGE_FILTERS,
    CHALLENGE_SORTS,
    OFFICIAL_FILTERS,
    OFFICIAL_SORTS,
    arrange,
)
from companion.applications.sheets import challenge_template, official_template
from companion.applications.terms import ChallengeState, ImportKind, ImportState, RankClass
from companion.core import audit
from companion.core.access import Permission, need_viewer, needs
from companion.core.contacts import is_too_much, may_show, most_exported
from companion.core.db import saved
from companion.core.errors import Refused
from companion.core.sheets import InvalidWorkbook
from companion.people.queries import all_ministries
from companion.periods.queries import policy_fields
from companion.periods.routes import current_period, show_period
from companion.places.prefectures import PREFECTURE_NAMES, PREFECTURES
from companion.places.queries import count_municipalities

bp = Blueprint("applications", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEMPLATES: dict[str, Callable[[Reference], bytes]] = {
    "challenges": challenge_template,
    "officials": official_template,
}  # higher parts add theirs


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.route("/<int:year>/imports", methods=["GET", "POST"])
@needs(Permission.APPLICATION_IMPORT)
def imports() -> str | Response | tuple[str, int]:
    """Choose a list to take in; what was taken in before."""
    period, form = current_period(), UploadForm()
    if form.validate_on_submit():
        upload = form.file.data
        try:
            with saved():
                row = stage_import(
                    form.kind.data,
                    upload.read(),
                    upload.filename or "",
                    period=period,
                    by=need_viewer(),
                )
                location = url_for("applications.preview", public_id=row.public_id)
            return redirect(location, 303)
        except (InvalidWorkbook, Refused) as refusal:
            form.file.errors = [str(refusal)]
    page = render_template(
        "applications/imports.html",
        form=form,
        imports=imports_of(period),
        municipality_count=count_municipalities(),
        ImportKind=ImportKind,
    )
    return page, 422 if form.errors else 200


@bp.get("/<int:year>/imports/template/<kind>")
@needs(Permission.APPLICATION_IMPORT)
def template(kind: str) -> Response:
    """An empty list with its choices to pick from."""
    if kind not in TEMPLATES:
        abort(404)
    data = TEMPLATES[kind](reference_for(current_period()))
    return send_file(
        io.BytesIO(data),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"{ImportKind(kind).label}_様式.xlsx",
    )


def _import(public_id: str) -> Import:
    row = find_import(public_id) or abort(404)
    show_period(row.period)
    return row


def _plan(row: Import) -> tuple[Plan | None, str]:
    try:
        return plan_of(row), ""
    except (InvalidWorkbook, Refused) as refusal:
        return None, str(refusal)


@bp.get("/imports/<public_id>")
@needs(Permission.APPLICATION_IMPORT)
def preview(public_id: str) -> str:
    """What an upload would do, or what it has done."""
    row = _import(public_id)
    plan, fault = _plan(row) if row.state is not ImportState.DISCARDED else (None, "")
    return render_template(
        "applications/preview.html", row=row, plan=plan, fault=fault, form=ConfirmForm()
    )


@bp.post("/imports/<public_id>/confirm")
@needs(Permission.APPLICATION_IMPORT)
def confirm(public_id: str) -> Response:
    """Carry the upload out, in one transaction."""
    row, form = _import(public_id), ConfirmForm()
    if not form.validate_on_submit():
        abort(400)
    location = url_for("applications.preview", public_id=public_id)
    try:
        with saved():
            form.once().location = location
            plan = confirm_import(row, by=need_viewer())
            words = (
                f"{row.kind.label}を取り込みました。"
                f"新規{len(plan.created)}件、変更{len(plan.updated)}件、変更なし{len(plan.unchanged)}件。"
            )
        flash(words, "success")
    except Stale as stale:
        with saved():
            look_again(_import(public_id))
        flash(str(stale), "warning")
    except (Refused, InvalidWorkbook) as refusal:
        flash(str(refusal), "error")
    return redirect(location, 303)


@bp.post("/imports/<public_id>/discard")
@needs(Permission.APPLICATION_IMPORT)
def discard(public_id: str) -> Response:
    """Forget the upload."""
    row = _import(public_id)
    year = row.period.fiscal_year
    if not ConfirmForm().validate_on_submit():
        abort(400)
    try:
        with saved():
            discard_import(row, by=need_viewer())
        flash("取込を取りやめました。何も保存していません。", "info")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("applications.imports", year=year), 303)


@bp.get("/imports/<public_id>/refused")
@needs(Permission.APPLICATION_IMPORT)
def refused(public_id: str) -> Response:
    """The same workbook with red cells and comments where rows were refused."""
    row = _import(public_id)
    plan, _ = _plan(row) if row.state is not ImportState.DISCARDED else (None, "")
    if plan is None or not plan.refused:
        abort(404)
    data = refused_workbook(row.data, plan)
    if row.created_by != need_viewer().user_id:  # the others get contacts they did not have yet
        rows = (plan.created, plan.updated, plan.unchanged, plan.refused)
        people, digest = sum(len(some) for some in rows), hashlib.sha256(data).hexdigest()
        if is_too_much({digest: people}, need_viewer()):
            raise Refused(
                f"{most_exported()}人を超える連絡先を含むため、取り込んだ人だけが受け取れます。"
                "取り込んだ人に依頼してください。"
            )
        audit.tell(people=people, sha256=digest)
    return send_file(
        io.BytesIO(data),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"受付不可_{row.kind.label}.xlsx",
    )


@bp.get("/<int:year>/challenges")
@needs(Permission.CHALLENGE_LIST)
def challenges() -> str:
    """The challenges of the period."""
    period, viewer = current_period(), need_viewer()
    told = state_told(period, viewer)
    return render_template(
        "applications/challenges.html",
        listing=arrange(
            challenges_of(period, viewer),
            request.args,
            CHALLENGE_SORTS | {"state": lambda row: (told(row).value, row.lg_code)},
            CHALLENGE_FILTERS | {"state": lambda row, value: told(row).value == value},
        ),
        told=told,
        fields=[(field.code, field.digit + field.label) for field in policy_fields()],
        prefectures=[(row.code, row.name) for row in PREFECTURES],
        states=[(state.value, state.label) for state in ChallengeState],
        here=_here("applications.challenges", [*CHALLENGE_FILTERS, "state"]),
    )


@bp.get("/challenges/<public_id>")
@needs(Permission.CHALLENGE_LIST)
def challenge(public_id: str) -> str:
    """One challenge."""
    row = find_challenge(public_id, need_viewer()) or abort(404)
    show_period(row.period)
    return render_template(
        "applications/challenge.html",
        row=row,
        told=state_told(row.period, need_viewer()),
        has_contacts=_shows_contacts(row),
    )


@bp.get("/<int:year>/officials")
@needs(Permission.OFFICIAL_LIST)
def officials() -> str:
    """The applications of officials in the period."""
    period, viewer = current_period(), need_viewer()
    told = state_told(period, viewer)
    return render_template(
        "applications/officials.html",
        listing=arrange(
            officials_of(period, viewer),
            request.args,
            OFFICIAL_SORTS | {"state": lambda row: (told(row).value, row.email)},
            OFFICIAL_FILTERS,
        ),
        told=told,
        ministries=[(row.code, row.name) for row in all_ministries()],
        ranks=[(rank.value, rank.label) for rank in RankClass],
        fields=[(field.code, field.digit + field.label) for field in policy_fields()],
        here=_here("applications.officials", OFFICIAL_FILTERS),
    )


@bp.get("/officials/<public_id>")
@needs(Permission.OFFICIAL_LIST)
def official(public_id: str) -> str:
    """One official's application."""
    row = find_official(public_id, need_viewer()) or abort(404)
    show_period(row.period)
    return render_template(
        "applications/official.html",
        row=row,
        told=state_told(row.period, need_viewer()),
        prefecture_names=PREFECTURE_NAMES,
        has_contacts=_shows_contacts(row),
    )


def _shows_contacts(row: Challenge | Official) -> bool:
    viewer = need_viewer()
    return viewer.may(Permission.CONTACT_VIEW) and may_show({row.public_id}, viewer)


def _here(endpoint: str, filters: Iterable[str]) -> str:
    """The address of a list with its present filters, without the order."""
    chosen: dict[str, Any] = {
        name: request.args[name] for name in filters if request.args.get(name)
    }
    return url_for(endpoint, **chosen)
