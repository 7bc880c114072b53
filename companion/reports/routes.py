"""Pages of the reports: what there is, each on screen, the files, the history."""

from __future__ import annotations

import io
from dataclasses import asdict

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

from companion.core.access import Permission, Viewer, need_viewer, needs
from companion.core.db import saved
from companion.core.errors import Refused
from companion.core.forms import Form
from companion.core.jobs import enqueue
from companion.periods.models import Period
from companion.periods.routes import current_period, show_period
from companion.reports import jobs as jobs  # registers the work of the queue
from companion.reports.actions import (
    MOST_PEOPLE,
    Wanted,
    ask_for_contacts,
    build_report,
    file_name,
    kept,
    make_export,
    plan_report,
)
from companion.reports.behind import may_look, rows_behind
from companion.reports.forms import ExportForm, PlanForm
from companion.reports.models import ReportExport
from companion.reports.packs import PACKS
from companion.reports.packs.base import Pack
from companion.reports.printing import shown
from companion.reports.queries import exports_of, find_export, plan_of, plans_of
from companion.reports.svg import chart_svg
from companion.reports.tables import Report, Styled, Table
from companion.reports.terms import Edition, Rhythm
from companion.reports.workbook import hash_of

bp = Blueprint("reports", __name__)
ROWS_ON_SCREEN = 200


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


def _packs(viewer: Viewer) -> list[Pack]:
    return [pack for pack in PACKS.values() if viewer.may(pack.permission)]


def _pack(name: str) -> Pack:
    pack = PACKS.get(name) or abort(404)
    if not need_viewer().may(pack.permission):
        abort(404)
    return pack


def _edition(pack: Pack) -> Edition:
    asked = request.args.get("edition", pack.editions[0].value)
    return next((e for e in pack.editions if e.value == asked), None) or abort(404)


@bp.get("/<int:year>/reports")
@needs(Permission.REPORT_VIEW)
def reports() -> str:
    """Every report there is, and which are made by themselves."""
    return render_template(
        "reports/reports.html", packs=_packs(need_viewer()), plans=plans_of(current_period())
    )


@bp.get("/<int:year>/reports/history")
@needs(Permission.REPORT_VIEW)
def history() -> str:
    """What was handed out, to whom and when, with the hash of each file."""
    names = [pack.id for pack in _packs(need_viewer())]
    return render_template(
        "reports/history.html", exports=exports_of(current_period(), names), packs=PACKS
    )


@bp.route("/<int:year>/reports/<pack>", methods=["GET", "POST"])
@needs(Permission.REPORT_VIEW, reads=True)
def report(pack: str) -> str | Response | tuple[str, int]:
    """A report on screen as it will be printed; sending the form makes the file."""
    found, period, viewer = _pack(pack), current_period(), need_viewer()
    form, plan_form = ExportForm(), PlanForm(formdata=None, obj=plan_of(period, pack))
    form.offer(found)
    plan_form.offer(found)
    if request.method == "POST":
        if not viewer.may(Permission.REPORT_EXPORT):
            abort(404)
        if form.validate():
            try:
                return _export(period, found, form, viewer)
            except Refused as refusal:
                form.form_errors.append(str(refusal))
    edition = form.chosen_edition if form.edition.data in set(Edition) else _edition(found)
    made = build_report(period, Wanted(pack, edition))
    form.edition.data = edition.value
    page = render_template(
        "reports/report.html",
        pack=found,
        report=made,
        data_hash="" if found.is_long else hash_of(made),
        form=form,
        plan_form=plan_form,
        shown=_shown,
        tsv=_tsv,
        is_open={t.key for t in made.tables if may_look(t.behind, viewer)},
        most=ROWS_ON_SCREEN,
        needs_two=made.people > MOST_PEOPLE,
    )
    return (page, 422) if form.errors else page


def _export(period: Period, pack: Pack, form: ExportForm, viewer: Viewer) -> Response:
    wanted = Wanted(pack.id, form.chosen_edition, form.chosen_type)
    made = build_report(period, wanted)
    if made.people > MOST_PEOPLE:
        with saved():
            approval = ask_for_contacts(period, wanted, made, form.reason.data or "", viewer)
            location = url_for("approvals.approval", public_id=approval.public_id)
        flash("別のコーディネーターに承認を依頼しました。", "success")
        return redirect(location, 303)
    if pack.is_long:
        with saved():
            job = enqueue(
                "report",
                f"{period.name} {pack.title}",
                {
                    "period_id": period.id,
                    "pack": pack.id,
                    "edition": wanted.edition.value,
                    "file_type": wanted.file_type.value,
                    "origin": "画面",
                    "by": asdict(viewer),
                },
                by=viewer,
            )
            location = url_for("matching.job", public_id=job.public_id)
        return redirect(location, 303)
    with saved():
        export, data = make_export(period, wanted, by=viewer, origin="画面")
        name, media_type = file_name(export), export.file_type.media_type
    return _file(data, media_type, name)


def _file(data: bytes, media_type: str, name: str) -> Response:
    return send_file(io.BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name)


def _table(made: Report) -> Table:
    key = request.args.get("table")
    tables = [table for table in made.tables if key is None or table.key == key]
    return tables[0] if tables else abort(404)


@bp.get("/<int:year>/reports/<pack>/chart.svg")
@needs(Permission.REPORT_VIEW, reads=True)
def chart(pack: str) -> Response:
    """A chart as a picture that stands on its own; without `table` the first of the report."""
    found = _pack(pack)
    made = build_report(current_period(), Wanted(pack, _edition(found)))
    key = request.args.get("table")
    tables = [t for t in made.tables if t.chart and t.rows and key in {None, t.key}]
    if not tables:
        abort(404)
    response = Response(chart_svg(tables[0]), mimetype="image/svg+xml")
    if request.args.get("save"):
        response.headers.set(
            "Content-Disposition", "attachment", filename=f"{pack}-{made.fiscal_year}.svg"
        )
    return response


@bp.get("/<int:year>/reports/<pack>/rows")
@needs(Permission.REPORT_VIEW, reads=True)
def rows(pack: str) -> str:
    """The rows behind a figure: `table` and `row` (from 0) say which; without a row all of them."""
    found, period, viewer = _pack(pack), current_period(), need_viewer()
    made = build_report(period, Wanted(pack, _edition(found)))
    table = _table(made)
    number = request.args.get("row", type=int)
    lead: dict[str, str] = {}
    if number is not None:
        if not 0 <= number < len(table.leads):
            abort(404)
        lead = table.leads[number]
    is_open = may_look(table.behind, viewer)
    return render_template(
        "reports/rows.html",
        pack=found,
        table=table,
        words="　".join(
            _shown(table, number, place)
            for place, column in table.printed
            if not column.is_number and number is not None
        ),
        behind=rows_behind(period, table.behind, lead) if is_open else None,
    )


@bp.post("/<int:year>/reports/<pack>/plan")
@needs(Permission.REPORT_EXPORT)
def plan(pack: str) -> Response:
    """Say how often a report is made by itself."""
    found, form = _pack(pack), PlanForm()
    form.offer(found)
    if not form.validate_on_submit():
        abort(400)
    rhythm = Rhythm(form.rhythm.data) if form.rhythm.data else None
    with saved():
        plan_report(current_period(), pack, Edition(form.edition.data), rhythm, by=need_viewer())
    words = f"{rhythm.label}に自動で作ります。" if rhythm else "自動では作りません。"
    flash(f"「{found.title}」は{words}", "success")
    return redirect(url_for("reports.report", pack=pack), 303)


def _found(public_id: str) -> ReportExport:
    export = find_export(public_id)
    if export is None or not need_viewer().may(PACKS[export.pack].permission):
        abort(404)
    show_period(export.period)
    return export


@bp.get("/exports/<public_id>")
@needs(Permission.REPORT_EXPORT, reads=False)
def export(public_id: str) -> str:
    """One export: its passport, and the file to take along again."""
    found = _found(public_id)
    return render_template(
        "reports/export.html",
        export=found,
        pack=PACKS[found.pack],
        has_file=kept(found),
        form=Form(),
    )


@bp.get("/exports/<public_id>/file")
@needs(Permission.REPORT_EXPORT)
def export_file(public_id: str) -> Response:
    """The file of an export, as it was handed out."""
    found = _found(public_id)
    data = kept(found)
    if data is None:
        raise Refused(
            "このファイルは保管期間を過ぎています。帳票の画面からもう一度作ってください。"
        )
    return _file(data, found.file_type.media_type, file_name(found))


def _shown(table: Table, row: int | None, place: int) -> str:
    if row is None:
        return ""
    value = table.rows[row][place]
    return cell_words(value, table.columns[place].style)


def cell_words(value: object, style: str) -> str:
    """A cell as text, rounded as in print."""
    if isinstance(value, Styled):
        return shown(value.value, value.style)
    return shown(value, style)  # type: ignore[arg-type]


def _tsv(table: Table) -> str:
    """The table as tab-separated text, which spreadsheets take as cells."""
    lines = ["\t".join(column.label for _, column in table.printed)]
    for row in table.rows[:ROWS_ON_SCREEN]:
        cells = [cell_words(row[i], column.style) for i, column in table.printed]
        lines.append("\t".join(" ".join(cell.split()) for cell in cells))
    return "\n".join(lines)
