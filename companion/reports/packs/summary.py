"""総括表: the figures of both surveys on one page, each with its n and in words."""

from __future__ import annotations

from collections.abc import Mapping

from companion.reports.packs.survey_tables import AUDIENCES, UNITS, rate
from companion.reports.queries import SatisfactionFigures, SurveyFigures
from companion.reports.tables import Column, Row, Table
from companion.surveys.shares import about_wari, format_mean, format_share
from companion.surveys.tables import Table as Counted

NOT_CLOSED = "アンケートが終了していないため、結果はありません。"


def summary_table(figures: SatisfactionFigures, names: Mapping[str, str]) -> Table:
    """One line a figure."""
    rows: list[Row] = []
    for key, survey in figures.surveys.items():
        rows += _lines(survey) if survey else [(names[key], "…", "", NOT_CLOSED)]
    return Table(
        "総括表",
        "総括表",
        (
            Column("item", "項目", width=34),
            Column("result", "結果", "code", width=16),
            Column("n", "n", "code", width=12),
            Column("words", "説明", width=62),
        ),
        rows,
        base=f"{figures.period.name}　地方創生伴走支援制度　アンケート結果の概要",
        notes=(
            "割合と平均は小数第２位を四捨五入。n は質問の対象となった有効回答数。",
            "「回答しなかった人を含めた範囲」は、未回答者がすべて1の場合とすべて5の場合の平均。",
        ),
        has_data=False,
    )


def _lines(survey: SurveyFigures) -> list[Row]:
    who, unit = AUDIENCES[survey.defn.audience], UNITS[survey.defn.unit][0]
    answered = f"{survey.answered}／{survey.invited}{unit}"
    share = rate(survey.answered, survey.invited)
    lines: list[Row] = [(f"{who}　回収率", share, str(survey.invited), answered)]
    for question in survey.defn.questions:
        table = survey.tables.get(question.name)
        shown = table is not None and table.kind not in {"text", "number", "matrix"}
        if table is None or not shown or not table.n or table.hidden:
            continue
        name, n = f"{who}　{table.title}", str(table.n)
        if table.kind == "scale5":
            mean = format_mean(table.mean_tenths, table.mean_flag)
            lines.append((name, mean, n, _mean_words(table)))
            lines += [
                (
                    f"{who}　{row.label}",
                    f"{format_share(row.share_tenths, row.count)}％",
                    n,
                    f"{row.count}{unit}",
                )
                for row in table.rows
                if row.missing
            ]
            continue
        is_multi = table.kind == "multi"
        best = sorted(table.rows, key=lambda row: -row.count)[: 5 if is_multi else 1]
        lines += [
            (
                f"{name}　{place}位" if is_multi else name,
                f"{format_share(row.share_tenths, row.count)}％",
                n,
                f"{row.label.rstrip('。')}：{about_wari(row.count, table.n, unit)}",
            )
            for place, row in enumerate(best, 1)
        ]
    return lines


def _mean_words(table: Counted) -> str:
    words = [f"5段階の平均（平均の対象 n={table.n_scored}）"]
    if table.top_box:
        words.append(f"5＋4は{format_share(table.top_box.share_tenths, table.top_box.count)}％")
    if table.non_response_range:
        low, high = table.non_response_range
        words.append(f"回答しなかった人を含めた範囲 {format_mean(low)}～{format_mean(high)}")
    return "、".join(words)
