"""Native Excel charts that look the same in Excel and LibreOffice.

What openpyxl 3.1 leaves unsaid goes wrong: without `delete = False` current Excel hides the axes;
without every `show…` flag all labels are printed; with reversed bars and no `crosses = "max"`
LibreOffice puts the percent axis on top.
"""

from __future__ import annotations

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
)
from openpyxl.worksheet.worksheet import Worksheet

WIDTH_CM, HEIGHT_CM = 22, 10
COLOUR = "2F5597"
# Five steps that differ in grey and for colour-blind readers, best answer first.
FIVE_STEPS = ("1F3864", "2F75B5", "9DC3E6", "F4B183", "C55A11")


def bars(
    sheet: Worksheet,
    *,
    labels: tuple[int, int, int],
    values: int,
    anchor: str,
    share: bool = True,
    height_cm: float | None = None,
    colour: str = COLOUR,
) -> BarChart:
    """Horizontal bars in the order of the table, for several answers allowed (MA).

    Args:
        labels: column, first row, last row of the words beside the bars.
        values: column of the numbers, in the same rows.
        anchor: cell of the upper left corner.
        share: the numbers are fractions; the axis runs from 0 to 100 %.
    """
    chart = _bar_chart("bar", sheet, labels, values, colour)
    chart.x_axis.scaling.orientation = "maxMin"  # the table's first row on top
    chart.y_axis.crosses = "max"  # and the number axis still at the bottom
    _number_axis(chart, share)
    rows = labels[2] - labels[1] + 1
    chart.height = height_cm or max(HEIGHT_CM, 1.0 * rows)
    chart.layout = Layout(
        ManualLayout(
            layoutTarget="inner", xMode="edge", yMode="edge", x=0.42, y=0.03, w=0.53, h=0.86
        )
    )
    sheet.add_chart(chart, anchor)
    return chart


def columns(
    sheet: Worksheet,
    *,
    labels: tuple[int, int, int],
    values: int,
    anchor: str,
    share: bool = False,
    height_cm: float = HEIGHT_CM,
    colour: str = COLOUR,
) -> BarChart:
    """Columns in the order of the table, for one answer allowed: write the rows from 5 to 1.

    Args are those of `bars`; with counts the labels are whole numbers.
    """
    chart = _bar_chart("col", sheet, labels, values, colour)
    _number_axis(chart, share)
    chart.height = height_cm
    sheet.add_chart(chart, anchor)
    return chart


def _bar_chart(
    kind: str, sheet: Worksheet, labels: tuple[int, int, int], values: int, colour: str
) -> BarChart:
    column, first, last = labels
    chart = BarChart()
    chart.type, chart.grouping, chart.style = kind, "clustered", 10
    chart.add_data(Reference(sheet, min_col=values, min_row=first, max_row=last))
    chart.set_categories(Reference(sheet, min_col=column, min_row=first, max_row=last))
    chart.legend = None
    chart.title = None
    chart.auto_title_deleted = True
    chart.gapWidth = 40
    chart.width = WIDTH_CM
    chart.x_axis.delete = False
    chart.y_axis.delete = False
    chart.x_axis.txPr = chart.y_axis.txPr = _small_text()
    chart.x_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill="7F7F7F"))
    series = chart.series[0]
    series.graphicalProperties.solidFill = colour
    series.graphicalProperties.line.solidFill = colour
    series.invertIfNegative = False
    return chart


def _number_axis(chart: BarChart, share: bool) -> None:
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    if share:
        chart.y_axis.scaling.max = 1
        chart.y_axis.majorUnit = 0.2
    chart.y_axis.number_format = "0%" if share else "#,##0"
    labels = DataLabelList()
    labels.showVal = True
    labels.showSerName = labels.showCatName = labels.showLegendKey = False
    labels.showPercent = labels.showLeaderLines = labels.showBubbleSize = False
    labels.numFmt = "0.0%" if share else "#,##0"
    labels.position = "outEnd"
    labels.txPr = _small_text()
    chart.series[0].dLbls = labels


def _small_text() -> RichText:
    font = CharacterProperties(
        sz=900, latin=Font(typeface="游ゴシック"), ea=Font(typeface="游ゴシック")
    )
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=font), endParaRPr=font)])
