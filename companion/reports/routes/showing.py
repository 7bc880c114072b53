"""Pages of the reports: what there is, each on screen with its charts and rows, the history."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from companion.core.access import Permission, need_viewer, needs, needs_fresh_to_send
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.routes import current_period
from companion.reports import jobs as jobs  # registers the work of the queue
from companion.reports.actions import Wanted, build_report, needs_two, plan_report
from companion.reports.behind import may_look, rows_behind
from companion.reports.forms import ExportForm, PlanForm
from companion.reports.packs import PACKS
from companion.reports.queries import exports_of, plan_of, plans_of
from companion.reports.routes.page import bp, edition_asked, hand_out, pack_at, packs_of
from companion.reports.svg import NARROW, WIDE, chart_svg
from companion.reports.tables import Report, Styled, Table
from companion.reports.terms import Edition, Rhythm
from companion.reports.wording import shown
from companion.reports.workbook import hash_of

ROWS_ON_SCREEN = 200


@bp.get("/<int:year>/reports")
@needs(Permission.REPORT_VIEW)
def reports() -> str:
    """Every report there is, and which are made by themselves."""
    return render_template(
        "reports/reports.html", packs=packs_of(need_viewer()), plans=plans_of(current_period())
    )


@bp.get("/<int:year>/reports/history")
@needs(Permission.REPORT_VIEW)
def history() -> str:
    """What was handed out, to whom and when, with the hash of each file."""
    names = [pack.id for pack in packs_of(need_viewer())]
    return render_template(
        "reports/history.html", exports=exports_of(current_period(), names), packs=PACKS
    )


@bp.route("/<int:year>/reports/<pack>", methods=["GET", "POST"])
@needs(Permission.REPORT_VIEW, reads=True)
@needs_fresh_to_send
def report(pack: str) -> str | Response | tuple[str, int]:
    """A report on screen as it will be printed; sending the form makes the file."""
    found, period, viewer = pack_at(pack), current_period(), need_viewer()
    form, plan_form = ExportForm(), PlanForm(formdata=None, obj=plan_of(period, pack))
    form.offer(found)
    plan_form.offer(found)
    if request.method == "POST":
        if not viewer.may(Permission.REPORT_EXPORT):
            abort(404)
        if form.validate():
            try:
                wanted = Wanted(pack, form.chosen_edition, form.chosen_type)
                return hand_out(period, found, wanted, form.reason.data or "", found.title, viewer)
            except Refused as refusal:
                form.form_errors.append(str(refusal))
    edition = form.chosen_edition if form.edition.data in set(Edition) else edition_asked(found)
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
        words=cell_words,
        tsv=_tsv,
        is_open={t.key for t in made.tables if may_look(t.behind, viewer)},
        most=ROWS_ON_SCREEN,
        needs_two=needs_two(made.people, viewer),
    )
    return (page, 422) if form.errors else page


def _table(made: Report) -> Table:
    key = request.args.get("table")
    tables = [table for table in made.tables if key is None or table.key == key]
    return tables[0] if tables else abort(404)


@bp.get("/<int:year>/reports/<pack>/chart.svg")
@needs(Permission.REPORT_VIEW, reads=True)
def chart(pack: str) -> Response:
    """A chart as a picture that stands on its own; without `table` the first of the report."""
    found = pack_at(pack)
    made = build_report(current_period(), Wanted(pack, edition_asked(found)))
    key = request.args.get("table")
    tables = [t for t in made.tables if t.chart and t.rows and key in {None, t.key}]
    if not tables:
        abort(404)
    frame = NARROW if request.args.get("narrow") else WIDE
    response = Response(chart_svg(tables[0], frame), mimetype="image/svg+xml")
    if request.args.get("save"):
        response.headers.set(
            "Content-Disposition", "attachment", filename=f"{pack}-{made.fiscal_year}.svg"
        )
    return response


@bp.get("/<int:year>/reports/<pack>/rows")
@needs(Permission.REPORT_VIEW, reads=True)
def rows(pack: str) -> str:
    """The rows behind a figure: `table` and `row` (from 0) say which; without a row all of them."""
    found, period, viewer = pack_at(pack), current_period(), need_viewer()
    made = build_report(period, Wanted(pack, edition_asked(found)))
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
    found, form = pack_at(pack), PlanForm()
    form.offer(found)
    if not form.validate_on_submit():
        abort(400)
    rhythm = Rhythm(form.rhythm.data) if form.rhythm.data else None
    with saved():
        plan_report(current_period(), pack, Edition(form.edition.data), rhythm, by=need_viewer())
    words = f"{rhythm.label}に自動で作ります。" if rhythm else "自動では作りません。"
    flash(f"「{found.title}」は{words}", "success")
    return redirect(url_for("reports.report", pack=pack), 303)


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
    for row in [*table.rows[:ROWS_ON_SCREEN], *table.closing]:
        cells = [cell_words(row[i], column.style) for i, column in table.printed]
        lines.append("\t".join(" ".join(cell.split()) for cell in cells))
    return "\n".join(lines)
