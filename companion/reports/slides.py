"""Slides of the office: a title and one native chart each, from the same tables as the sheets."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION
from pptx.presentation import Presentation as Deck
from pptx.util import Cm, Pt

from companion.core import clock
from companion.core.errors import Refused
from companion.core.sheets.charts import COLOUR
from companion.core.sheets.looks import FONT
from companion.core.text import strip_forbidden
from companion.reports.tables import Report, Styled, Table
from companion.reports.wording import describe

_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*<")


def make_slides(report: Report) -> bytes:
    """A 16:9 deck: one slide a figure; the same data give the same bytes.

    Raises:
        Refused: there is no figure to show yet.
    """
    tables = [table for key in report.slides if (table := report.table(key)) and table.chart]
    if not tables:
        raise Refused(
            "スライドにできる図がまだありません。集計の元になるデータを確認してください。"
        )
    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(33.867), Cm(19.05)
    for table in tables:
        _slide(deck, report, table)
    deck.core_properties.title = f"{report.period} {report.title}"
    deck.core_properties.author = "companion"
    raw = io.BytesIO()
    deck.save(raw)
    return _steady(raw.getvalue(), report)


def _slide(deck: Deck, report: Report, table: Table) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = Cm(1.5), Cm(0.8), Cm(30.8), Cm(2)
    title.text_frame.text = strip_forbidden(table.title)
    _font(title.text_frame, 26, is_bold=True)
    label, value = table.place(table.drawn.label), table.place(table.drawn.value)
    is_share = table.columns[value].style == "share"
    data = CategoryChartData(number_format="0.0%" if is_share else "#,##0")
    cells = [(row[label], row[value]) for row in table.rows]
    plain = [[c.value if isinstance(c, Styled) else c for c in pair] for pair in cells]
    data.categories = [strip_forbidden(str(words)) for words, _ in plain]
    data.add_series("割合" if is_share else "回答数", [_number(v) for _, v in plain])
    kind = XL_CHART_TYPE.BAR_CLUSTERED if table.drawn.kind == "bar" else None
    frame = slide.shapes.add_chart(
        kind or XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1.5), Cm(3.2), Cm(30.8), Cm(13.4), data
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", strip_forbidden(describe(table))[:2000])
    chart = frame.chart
    chart.has_legend = chart.has_title = False
    chart.font.size, chart.font.name = Pt(14 if len(plain) < 10 else 12), FONT
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 40, True
    labels = plot.data_labels
    labels.show_value, labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
    labels.number_format, labels.number_format_is_linked = "0.0%" if is_share else "#,##0", False
    plot.series[0].format.fill.solid()
    plot.series[0].format.fill.fore_color.rgb = RGBColor.from_string(COLOUR)
    chart.value_axis.minimum_scale = 0
    chart.value_axis.tick_labels.number_format = "0%" if is_share else "#,##0"
    chart.value_axis.tick_labels.number_format_is_linked = False
    chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor(0xD9, 0xD9, 0xD9)
    if is_share:
        chart.value_axis.maximum_scale, chart.value_axis.major_unit = 1, 0.2
    if table.drawn.kind == "bar":
        chart.category_axis.reverse_order = True  # the table's first row on top
        chart.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    mark = "　デモ、架空のデータ" if report.is_demo else ""
    foot = slide.shapes.add_textbox(Cm(1.5), Cm(16.8), Cm(30.8), Cm(1.6)).text_frame
    foot.word_wrap = True
    foot.text = f"{table.base}　{report.period}　{report.edition.classification}{mark}"
    _font(foot, 12)


def _number(value: object) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)  # type: ignore[arg-type]


def _font(frame: object, size: int, *, is_bold: bool = False) -> None:
    for paragraph in frame.paragraphs:  # type: ignore[attr-defined]
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.name = Pt(size), is_bold, FONT


def _steady(data: bytes, report: Report) -> bytes:
    """The same parts with a fixed time, also in the workbooks behind the charts."""
    at = report.as_of or clock.at_jst(dt.date(report.fiscal_year, 4, 1), dt.time())
    return _repacked(data, at)


def _repacked(data: bytes, at: dt.datetime) -> bytes:
    out = io.BytesIO()
    stamp = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith(".xlsx"):
                part = _repacked(part, at)
            elif name.endswith("docProps/core.xml"):
                part = _STAMP.sub(rb"\g<1>" + stamp + b"<", part)
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return out.getvalue()
