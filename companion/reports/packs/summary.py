"""総括表: the figures of both surveys on one page, each with its n and in words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from companion.reports.figures import SatisfactionFigures, SurveyFigures
from companion.reports.packs.comparing import DIFFERENCE_NOTE, comparable, share_of
from companion.reports.packs.survey_tables import AUDIENCES, UNITS
from companion.reports.tables import Cell, Column, Row, Styled, Table
from companion.surveys.shares import (
    about_wari,
    format_mean,
    format_share,
    response_rate,
    share_tenths,
)
from companion.surveys.tables import Row as CountedRow
from companion.surveys.tables import Table as Counted

NOT_CLOSED = "アンケートが終了していないため、結果はありません。"


def summary_table(
    figures: SatisfactionFigures,
    names: Mapping[str, str],
    before: SatisfactionFigures | None = None,
) -> Table:
    """One line a figure, with that of the period before where it says the same."""
    rows: list[Row] = []
    for key, survey in figures.surveys.items():
        last = before.surveys.get(key) if before else None
        if survey:
            rows += _lines(survey, last)
        else:
            rows.append((names[key], "…", None, "…", "…", None, NOT_CLOSED))
    earlier = before.period.name if before else "前期"
    return Table(
        "総括表",
        "総括表",
        (
            Column("item", "項目", width=34),
            Column("result", "結果", "mean", width=10),
            Column("n", "n", "count", width=8),
            Column("before", earlier, "mean", width=12),
            Column("change", "差", "points", width=9),
            Column("unit", "差の単位", "code", width=11),
            Column("words", "説明", width=56),
        ),
        rows,
        base=f"{figures.period.name}　地方創生伴走支援制度　アンケート結果の概要",
        notes=(
            "割合と平均は小数第２位を四捨五入。n は質問の対象となった有効回答数。",
            "「回答しなかった人を含めた範囲」は、未回答者がすべて1の場合とすべて5の場合の平均。",
            f"{earlier}の値は、設問と選択肢が同じものだけを示し、ほかは「…」とする。{DIFFERENCE_NOTE}",
        ),
        has_data=False,
    )


def _lines(survey: SurveyFigures, last: SurveyFigures | None) -> list[Row]:
    who, unit = AUDIENCES[survey.defn.audience], UNITS[survey.defn.unit][0]
    now = response_rate(survey.answered, survey.invited)
    was = response_rate(last.answered, last.invited) if last else None
    lines: list[Row] = [
        (
            f"{who}　回収率",
            _share(survey.answered, survey.invited),
            survey.invited,
            *_against(now, was, "share"),
            f"{survey.answered}／{survey.invited}{unit}",
        )
    ]
    for question in survey.defn.questions:
        table = survey.tables.get(question.name)
        is_listed = table is not None and table.kind not in {"text", "number", "matrix"}
        if table is None or not is_listed or not table.n or table.hidden:
            continue
        then = comparable(last, question.name, survey)
        name = f"{who}　{table.title}"
        if table.kind == "scale5":
            was = then.mean_tenths if then and not then.mean_flag else None
            symbol = then.mean_flag if then else ""
            pair = _against(table.mean_tenths, was, "mean", symbol)
            lines.append((name, _mean(table), table.n, *pair, _mean_words(table)))
            lines += [
                _share_line(f"{who}　{row.label}", row, table, then, f"{row.count}{unit}")
                for row in table.rows
                if row.missing and not row.flag
            ]
            continue
        is_multi = table.kind == "multi"
        shown = [row for row in table.rows if not row.flag]
        best = sorted(shown, key=lambda row: -row.count)[: 5 if is_multi else 1]
        lines += [
            _share_line(
                f"{name}　{place}位" if is_multi else name,
                row,
                table,
                then,
                f"{row.label.rstrip('。')}：{about_wari(row.count, table.n, unit)}",
            )
            for place, row in enumerate(best, 1)
        ]
    return lines


def _share_line(
    name: str, row: CountedRow, table: Counted, then: Counted | None, words: str
) -> Row:
    share = share_of(then, row.code)
    was = share_tenths(share.numerator, share.denominator) if isinstance(share, Fraction) else None
    trio = _against(row.share_tenths, was, "share", str(share) if was is None else "")
    return (name, row.flag or _share(row.count, table.n), table.n, *trio, words)


def _share(count: int, whole: int) -> Cell:
    return Styled(Fraction(count, whole), "share") if whole else "…"


def _mean(table: Counted) -> Cell:
    if table.mean_flag or table.score_sum is None or not table.n_scored:
        return table.mean_flag or "…"
    return Fraction(table.score_sum) / table.n_scored


def _against(
    now: int | None, was: int | None, style: str, symbol: str = ""
) -> tuple[Cell, Cell, Cell]:
    """The figure before, the difference and its unit, from tenths; symbols where there is none."""
    if was is None:
        return symbol or "…", symbol or "…", None
    before = Styled(Fraction(was, 1000 if style == "share" else 10), style)
    unit = "ポイント" if style == "share" else "点"
    return before, "…" if now is None else Fraction(now - was, 10), unit


def _mean_words(table: Counted) -> str:
    if table.withheld:
        return ""
    words = [f"5段階の平均（平均の対象 n={table.n_scored}）"]
    if table.top_box:
        words.append(f"5＋4は{format_share(table.top_box.share_tenths, table.top_box.count)}％")
    if table.non_response_range:
        low, high = table.non_response_range
        words.append(f"回答しなかった人を含めた範囲 {format_mean(low)}～{format_mean(high)}")
    return "、".join(words)
