"""調査概要 of R6: what was asked of whom and how, and how the answers came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from companion.core.clock import to_jst
from companion.core.wareki import wareki
from companion.places.prefectures import REGION_OF
from companion.reports.figures import Came, SatisfactionFigures, SurveyFigures
from companion.reports.packs.base import share
from companion.reports.packs.survey_tables import AUDIENCES, UNITS, rate
from companion.reports.tables import Chart, Column, PrintSheet, Row, Table
from companion.surveys.terms import Channel, Identity

PURPOSE = "伴走支援の取組に対する評価と課題を把握し、今後の支援の進め方に生かすため。"
KINDS = {
    Identity.IDENTIFIED: "記名",
    Identity.CONFIDENTIAL: "秘密扱い",
    Identity.ANONYMOUS: "無記名",
}
ASKED = {
    "municipality": "公表した支援チームのある市町村（1団体1回答）",
    "official": "公表した支援チームの地方創生支援官",
}


def outline(figures: SatisfactionFigures, names: Mapping[str, str]) -> Table:
    """調査目的, 対象, 方法, 期間, 回収, 質問事項 of each survey."""
    rows: list[Row] = []
    for key, survey in figures.surveys.items():
        name = names[key]
        if survey is None:
            rows.append((name, "状況", "終了していません。"))
            continue
        opened, closed = (to_jst(m).date() for m in (survey.opened_at, survey.closed_at))
        asked = "、".join(q.short for q in survey.defn.questions if q.type != "note")
        unit = UNITS[survey.defn.unit][0]
        rows += [
            (name, "調査目的", survey.defn.intro or PURPOSE),
            (name, "調査対象", f"{ASKED[survey.defn.audience]}　{survey.invited}{unit}"),
            (name, "調査方法", f"ウェブ又はExcelによる回答（{KINDS[survey.identity]}）"),
            (name, "調査期間", f"{wareki(opened)}～{wareki(closed)}"),
            (
                name,
                "回収状況",
                f"配布数 {survey.invited}、有効回答数 {survey.answered}、"
                f"回収率 {rate(survey.answered, survey.invited)}",
            ),
            (name, "質問事項", asked),
            (name, "調査票の版", f"{survey.defn.id}　版 {survey.defn.version}"),
        ]
    return Table(
        "調査概要",
        "調査概要",
        (
            Column("survey", "調査", width=30),
            Column("item", "項目", width=16),
            Column("words", "内容", width=80),
        ),
        rows,
        has_data=False,
    )


def collection_sheet(survey: SurveyFigures) -> PrintSheet:
    """回収状況 by day, region and channel, on a sheet of its own."""
    who = AUDIENCES[survey.defn.audience]
    tables = (_by_day(survey, who), _by_region(survey, who), _by_channel(survey, who))
    return PrintSheet(f"回収状況_{who}", tables)


def _base(survey: SurveyFigures) -> str:
    unit = UNITS[survey.defn.unit][1]
    return (
        f"配布数{survey.invited}　有効回答数{survey.answered}"
        f"（回収率{rate(survey.answered, survey.invited)}）　単位：{unit}"
    )


def _by_day(survey: SurveyFigures, who: str) -> Table:
    rows: list[Row] = []
    whole, unit = 0, UNITS[survey.defn.unit][0]
    for day, count in sorted(survey.came.by_day.items()):
        whole += count
        rows.append((day, count, whole, share(whole, survey.invited)))
    notes = ["最初に提出された日で数える（直して出し直したものは数え直さない）。"]
    if whole != survey.answered:
        notes.append(
            f"日付のある提出は{whole}{unit}で、有効回答{survey.answered}{unit}と異なる"
            "（画面の外で受け付けた回答、無効とした回答がある）。"
        )
    return Table(
        f"回収_日別_{survey.defn.id}",
        f"{who}アンケート　日別の回収数",
        (
            Column("day", "提出日", "date", width=16),
            Column("count", "回収数", "count", unit, 12),
            Column("sum", "累計", "count", unit, 12),
            Column("rate", "累計の回収率", "share", "％", 14),
        ),
        rows,
        base=_base(survey),
        n=survey.invited,
        notes=tuple(notes),
        total=("計", whole, None, None),
        chart=Chart("line", "day", "count") if rows else None,
    )


def _counted(survey: SurveyFigures, key: str, title: str, heading: str, rows: list[Row]) -> Table:
    unit = UNITS[survey.defn.unit][0]
    return Table(
        f"回収_{key}_{survey.defn.id}",
        title,
        (
            Column("label", heading, width=26),
            Column("asked", "配布数", "count", unit, 12),
            Column("count", "回収数", "count", unit, 12),
            Column("rate", "回収率", "share", "％", 12),
        ),
        rows,
        base=_base(survey),
        n=survey.invited,
        total=(
            "計",
            sum(asked for _, asked, _, _ in rows),  # type: ignore[misc]
            sum(count for _, _, count, _ in rows),  # type: ignore[misc]
            None,
        ),
    )


def _by_region(survey: SurveyFigures, who: str) -> Table:
    came: Came = survey.came
    rows: list[Row] = [
        (region, came.asked[region], came.answered[region], share(*_pair(came, region)))
        for region in dict.fromkeys(REGION_OF.values())
        if came.asked[region]
    ]
    title = f"{who}アンケート　地域別の回収状況（チームの市町村の地域）"
    return _counted(survey, "地域別", title, "地域", rows)


def _pair(came: Came, region: str) -> tuple[int, int]:
    return came.answered[region], came.asked[region]


def _by_channel(survey: SurveyFigures, who: str) -> Table:
    unit, counted = UNITS[survey.defn.unit][0], Counter(survey.came.by_channel)
    whole = sum(counted.values())
    rows: list[Row] = [
        (channel.value, channel.label, counted[channel], share(counted[channel], whole))
        for channel in Channel
        if counted[channel]
    ]
    return Table(
        f"回収_方法別_{survey.defn.id}",
        f"{who}アンケート　回答方法別の回収数",
        (
            Column("code", "方法コード", "code", in_print=False),
            Column("channel", "回答方法", width=26),
            Column("count", "回収数", "count", unit, 12),
            Column("share", "割合", "share", "％", 12),
        ),
        rows,
        base=_base(survey),
        n=whole,
        notes=("いちばん新しい回答の方法で数える。",),
        total=(None, "計", whole, share(whole, whole)),
    )
