"""Pages of the office's templates: uploading, what each mark means, filling, versions."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs, needs_fresh_to_send
from companion.core.db import saved
from companion.core.errors import Refused
from companion.core.forms import Form
from companion.periods.routes import current_period, show_period
from companion.reports.actions import Wanted, build_report, needs_two
from companion.reports.foretelling import plan_of_filling
from companion.reports.forms import FillForm, TemplateForm, VersionForm
from companion.reports.items import figure, vocabulary
from companion.reports.models import ReportTemplate
from companion.reports.packs import PACKS
from companion.reports.queries import find_template, templates_of
from companion.reports.routes.page import as_file, bp, edition_asked, hand_out, pack_at, packs_of
from companion.reports.templating import (
    add_template,
    add_version,
    look_of,
    remove_template,
    restore_template,
)
from companion.reports.terms import FileType


def _found(public_id: str) -> ReportTemplate:
    template = find_template(public_id)
    if template is None or not need_viewer().may(PACKS[template.pack].permission):
        abort(404)
    show_period(template.period)
    return template


@bp.route("/<int:year>/report-templates", methods=["GET", "POST"])
@needs(Permission.REPORT_EXPORT, reads=False)
def office_templates() -> str | Response | tuple[str, int]:
    """The templates of a period; sending the form takes in a new one."""
    viewer, period = need_viewer(), current_period()
    packs = packs_of(viewer)
    form = TemplateForm()
    form.offer(packs)
    if form.validate_on_submit():
        try:
            with saved():
                used = form.once()
                template = add_template(
                    period,
                    form.pack.data,
                    form.name.data or "",
                    form.file.data.read(),
                    form.file.data.filename or "",
                    by=viewer,
                )
                here = url_for("reports.office_template", public_id=template.public_id)
                used.location = here
            flash("様式を読み取りました。差し替える項目を確かめてください。", "success")
            return redirect(here, 303)
        except Refused as refusal:
            form.file.errors = [str(refusal)]
    listed = templates_of(period, [pack.id for pack in packs])
    page = render_template(
        "reports/office_templates.html",
        form=form,
        templates=[one for one in listed if one.removed_at is None],
        removed=[one for one in listed if one.removed_at is not None],
        packs=PACKS,
    )
    return (page, 422) if form.errors else page


@bp.get("/<int:year>/reports/<pack>/items")
@needs(Permission.REPORT_EXPORT)
def items(pack: str) -> str:
    """Every name a template may use for a report, with what stands there now."""
    found = pack_at(pack)
    words = vocabulary(build_report(current_period(), Wanted(pack, edition_asked(found))))
    return render_template("reports/items.html", pack=found, words=words, figure=figure)


@bp.get("/report-templates/<public_id>")
@needs(Permission.REPORT_EXPORT)
def office_template(public_id: str) -> str:
    """One template: what will be filled, what not, what becomes of the rest; then the button."""
    return _page(_found(public_id))


def _page(
    template: ReportTemplate,
    fill: FillForm | None = None,
    renew: VersionForm | None = None,
) -> str:
    pack, renew = PACKS[template.pack], renew or VersionForm(formdata=None)
    if fill is None:
        fill = FillForm(formdata=None)
        fill.offer(pack, template)
    report = build_report(template.period, Wanted(template.pack, edition_asked(pack)))
    return render_template(
        "reports/office_template.html",
        template=template,
        pack=pack,
        plan=plan_of_filling(look_of(template.versions[0]), vocabulary(report)),
        fill=fill,
        renew=renew,
        form=Form(formdata=None),
        needs_two=needs_two(report.people, need_viewer()),
    )


@bp.post("/report-templates/<public_id>/fill")
@needs(Permission.REPORT_EXPORT)
@needs_fresh_to_send
def fill_office_template(public_id: str) -> str | Response | tuple[str, int]:
    """The filled workbook, kept in the history like every export."""
    template, form = _found(public_id), FillForm()
    pack = PACKS[template.pack]
    form.offer(pack, template)
    if template.removed_at is not None:
        raise Refused("取り除いた様式です。元に戻してから差し替えてください。")
    if form.validate_on_submit():
        version = next(one for one in template.versions if one.number == form.chosen_number)
        wanted = Wanted(pack.id, form.chosen_edition, FileType.XLSX, version.id)
        try:
            return hand_out(
                template.period,
                pack,
                wanted,
                form.reason.data or "",
                template.name,
                need_viewer(),
            )
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    return _page(template, fill=form), 422


@bp.post("/report-templates/<public_id>/version")
@needs(Permission.REPORT_EXPORT)
def renew_office_template(public_id: str) -> str | Response | tuple[str, int]:
    """Take in a new version; the earlier ones stay."""
    template, form = _found(public_id), VersionForm()
    here = url_for("reports.office_template", public_id=public_id)
    if form.validate_on_submit():
        try:
            with saved():
                form.once().location = here
                data, name = form.file.data.read(), form.file.data.filename or ""
                version = add_version(template, data, name, by=need_viewer())
                words = f"第{version.number}版にしました。"
            flash(words, "success")
            return redirect(here, 303)
        except Refused as refusal:
            template = _found(public_id)
            form.file.errors = [str(refusal)]
    return _page(template, renew=form), 422


@bp.post("/report-templates/<public_id>/remove")
@needs(Permission.REPORT_EXPORT)
def remove_office_template(public_id: str) -> Response:
    """Take a template out of use."""
    with saved():
        remove_template(_found(public_id), by=need_viewer())
    flash("様式を取り除きました。この画面からいつでも元に戻せます。", "success")
    return redirect(url_for("reports.office_template", public_id=public_id), 303)


@bp.post("/report-templates/<public_id>/restore")
@needs(Permission.REPORT_EXPORT)
def restore_office_template(public_id: str) -> Response:
    """Bring a removed template back."""
    with saved():
        restore_template(_found(public_id), by=need_viewer())
    flash("様式を元に戻しました。", "success")
    return redirect(url_for("reports.office_template", public_id=public_id), 303)


@bp.get("/report-templates/<public_id>/versions/<int:number>")
@needs(Permission.REPORT_EXPORT)
def office_template_file(public_id: str, number: int) -> Response:
    """A version as it was uploaded."""
    template = _found(public_id)
    version = next((one for one in template.versions if one.number == number), None)
    if version is None:
        abort(404)
    return as_file(version.file, FileType.XLSX.media_type, f"{template.name}_第{number}版.xlsx")
