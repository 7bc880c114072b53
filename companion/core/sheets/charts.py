"""Native Excel charts that look the same in Excel and LibreOffice.

What openpyxl 3.1 leaves unsaid goes wrong: without `delete = False` current Excel hides the axes;
without every `show…` flag all labels are printed; with reversed bars and no `crosses = "max"`
LibreOffice puts the percent axis on top.
"""

from __future__ import annotations

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.legend import Legend
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

# Beside a table, so that both are read at nearly full size on A4; what stands below is wider.
WIDTH_CM, HEIGHT_CM, WIDE_CM = 15, 9, 22
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
    chart.height = height_cm or bars_height(rows)
    chart.layout = Layout(
        ManualLayout(
            layoutTarget="inner", xMode="edge", yMode="edge", x=0.42, y=0.03, w=0.48, h=0.86
        )
    )
    sheet.add_chart(chart, anchor)
    return chart


def bars_height(rows: int) -> float:
    """How high a chart of so many horizontal bars is, in cm."""
    return min(max(HEIGHT_CM, 0.9 * rows), 15.0)


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


def line(
    sheet: Worksheet,
    *,
    labels: tuple[int, int, int],
    values: int,
    anchor: str,
    colour: str = COLOUR,
) -> LineChart:
    """A line of counts over days; args are those of `bars`."""
    chart = LineChart()
    _basics(chart, sheet, labels, (values, values))
    series = chart.series[0]
    series.graphicalProperties.line.solidFill = colour
    series.graphicalProperties.line.width = 22_225  # EMU: 1.75 points
    series.marker.symbol, series.marker.size = "circle", 6
    series.marker.graphicalProperties = GraphicalProperties(solidFill=colour)
    series.smooth = False
    _number_axis(chart, share=False)
    chart.series[0].dLbls.position = "t"
    chart.height = HEIGHT_CM
    sheet.add_chart(chart, anchor)
    return chart


def stacked(
    sheet: Worksheet,
    *,
    labels: tuple[int, int, int],
    values: tuple[int, int],
    anchor: str,
    height_cm: float,
    share: bool = True,
) -> BarChart:
    """Horizontal bars of 100 %, a colour an answer; the words of the answers stand one row above.

    Args:
        values: first and last column of the answers.
        share: the numbers are fractions, else counts.
    """
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap = "bar", "percentStacked", 100
    _basics(chart, sheet, labels, values, has_titles=True)
    chart.gapWidth = 40
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.crosses = "max"
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    chart.y_axis.number_format = "0%"
    for place, series in enumerate(chart.series):
        colour = stack_colour(place, len(chart.series))
        series.graphicalProperties.solidFill = colour
        series.graphicalProperties.line.solidFill = "FFFFFF"
        series.dLbls = _labels("0%" if share else "#,##0", None)
        series.dLbls.txPr = _small_text("FFFFFF" if is_dark(colour) else "000000")
    chart.legend = Legend()
    chart.legend.position = "b"
    chart.legend.txPr = _small_text()
    chart.width = WIDE_CM
    chart.height = height_cm
    sheet.add_chart(chart, anchor)
    return chart


def stacked_height(rows: int) -> float:
    """How high a stacked chart of so many bars is, in cm."""
    return min(max(5.5, 2.6 + 0.65 * rows), 16.0)


def stack_colour(place: int, count: int) -> str:
    """The colour of an answer: the five steps, then greys for what is no rating."""
    if place >= len(FIVE_STEPS):
        return ("BFBFBF", "7F7F7F", "D9D9D9")[(place - len(FIVE_STEPS)) % 3]
    return FIVE_STEPS[place] if count >= len(FIVE_STEPS) else FIVE_STEPS[2 * place % 5]


def is_dark(colour: str) -> bool:
    """True when white words are read better on it."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (0, 2, 4))
    return 299 * red + 587 * green + 114 * blue < 128_000


def _basics(
    chart: BarChart | LineChart,
    sheet: Worksheet,
    labels: tuple[int, int, int],
    values: tuple[int, int],
    *,
    has_titles: bool = False,
) -> None:
    """What every chart says, because programs guess it differently."""
    column, first, last = labels
    top = first - 1 if has_titles else first
    chart.style = 10
    chart.add_data(
        Reference(sheet, min_col=values[0], max_col=values[1], min_row=top, max_row=last),
        titles_from_data=has_titles,
    )
    chart.set_categories(Reference(sheet, min_col=column, min_row=first, max_row=last))
    chart.legend = None
    chart.title = None
    chart.auto_title_deleted = True
    chart.width = WIDTH_CM
    chart.x_axis.delete = False
    chart.y_axis.delete = False
    chart.x_axis.txPr = chart.y_axis.txPr = _small_text()
    chart.x_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill="7F7F7F"))


def _bar_chart(
    kind: str, sheet: Worksheet, labels: tuple[int, int, int], values: int, colour: str
) -> BarChart:
    chart = BarChart()
    chart.type, chart.grouping = kind, "clustered"
    _basics(chart, sheet, labels, (values, values))
    chart.gapWidth = 40
    series = chart.series[0]
    series.graphicalProperties.solidFill = colour
    series.graphicalProperties.line.solidFill = colour
    series.invertIfNegative = False
    return chart


def _number_axis(chart: BarChart | LineChart, share: bool) -> None:
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    if share:
        chart.y_axis.scaling.max = 1
        chart.y_axis.majorUnit = 0.2
    chart.y_axis.number_format = "0%" if share else "#,##0"
    chart.series[0].dLbls = _labels("0.0%" if share else "#,##0", "outEnd")


def _labels(number_format: str, position: str | None) -> DataLabelList:
    labels = DataLabelList()
    labels.showVal = True
    labels.showSerName = labels.showCatName = labels.showLegendKey = False
    labels.showPercent = labels.showLeaderLines = labels.showBubbleSize = False
    labels.numFmt = number_format
    if position:
        labels.position = position
    labels.txPr = _small_text()
    return labels


def _small_text(colour: str = "000000") -> RichText:
    font = CharacterProperties(
        sz=900,
        solidFill=colour,
        latin=Font(typeface="游ゴシック"),
        ea=Font(typeface="游ゴシック"),
    )
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=font), endParaRPr=font)])
