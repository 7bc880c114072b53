"""R10 期の比較: periods side by side, and only what is comparable."""

from __future__ import annotations

from fractions import Fraction

from companion.applications.terms import RankClass
from companion.periods.models import Period
from companion.periods.queries import all_periods
from companion.reports.figures import SURVEYS, SurveyFigures, satisfaction_figures
from companion.reports.packs.base import begin
from companion.reports.packs.comparing import (
    DIFFERENCE_NOTE,
    comparable,
    share_difference,
    share_of,
)
from companion.reports.queries import all_challenges, all_officials, announced_teams
from companion.reports.tables import Cell, Column, PrintSheet, Report, Row, Table
from companion.reports.terms import Edition

TITLE = "期の比較"
NAMES = {"municipality_eval": "伴走支援自治体", "official_eval": "地方創生支援官"}


def build(period: Period, edition: Edition) -> Report:
    """Every period up to this one, the oldest first; 「…」 where nothing comparable exists."""
    periods = [p for p in reversed(all_periods()) if p.fiscal_year <= period.fiscal_year]
    missing = []
    if len(periods) < 2:
        missing.append("比べる期がまだありません（登録済みは1期だけです）。")
    surveys = {p.id: satisfaction_figures(p, is_public=True).surveys for p in periods}
    rows: list[Row] = []
    for label, unit, values in _counts(periods):
        rows.append((label, unit, *values, _difference(values)))
    figures: list[Row] = []
    for key in SURVEYS:
        closed = [surveys[p.id][key] for p in periods]
        if any(one is None for one in closed):
            missing.append(f"{NAMES[key]}のアンケートが終了していない期は「…」で示す。")
        figures += _survey_rows(NAMES[key], closed)
    columns = (
        *(
            Column(f"y{p.fiscal_year}", f"{p.name}（{p.ordinal}）", "count", width=18)
            for p in periods
        ),
    )
    shares = tuple(
        column
        for p in periods
        for column in (
            Column(f"y{p.fiscal_year}", f"{p.name}（{p.ordinal}）", "share", "％", 18),
            Column(f"n{p.fiscal_year}", f"n（{p.name}）", "count", width=12),
        )
    )
    return begin(
        "comparison",
        TITLE,
        period,
        edition,
        sheets=(
            PrintSheet(
                "規模",
                (
                    Table(
                        "比較_規模",
                        "応募とチームの規模",
                        (
                            Column("item", "項目", width=34),
                            Column("unit", "単位", "code", width=10),
                            *columns,
                            Column("change", "前期からの増減", "change", width=16),
                        ),
                        rows,
                        base="各期の年度末又は現在の数",
                        notes=("「…」は得られない又は比べられないことを示す。",),
                    ),
                ),
            ),
            PrintSheet(
                "アンケート",
                (
                    Table(
                        "比較_アンケート",
                        "アンケートの比較",
                        (
                            Column("item", "項目", width=52),
                            *shares,
                            Column("change", "前期との差", "points", "ポイント", 14),
                        ),
                        figures,
                        base="設問の符号・型・選択肢（言葉も）が同じものだけを比べる。割合はnを100％として算出",
                        notes=(DIFFERENCE_NOTE,),
                    ),
                ),
            ),
        ),
        missing=tuple(dict.fromkeys(missing)),
    )


def _counts(periods: list[Period]) -> list[tuple[str, str, list[Cell]]]:
    found: list[list[int]] = []
    for period in periods:
        challenges, officials = all_challenges(period), all_officials(period)
        teams = announced_teams(period)
        members = [m.official for team in teams for m in team.current_members]
        heads = {RankClass.OFFICE_HEAD, RankClass.DIRECTOR, RankClass.COUNSELLOR}
        found.append(
            [
                len(challenges),
                len(officials),
                len(teams),
                len({team.challenge.municipality.prefecture_code for team in teams}),
                len(members),
                len({one.ministry_code for one in members}),
                sum(one.rank_class in heads for one in members),
            ]
        )
    labels = (
        ("応募した市町村", "団体"),
        ("応募した職員", "人"),
        ("チーム", "チーム"),
        ("チームのある都道府県", "都道府県"),
        ("支援官（現任）", "人"),
        ("支援官の府省庁", "府省庁"),
        ("うち室長・企画官以上", "人"),
    )
    return [(label, unit, [row[i] for row in found]) for i, (label, unit) in enumerate(labels)]


def _difference(values: list[Cell]) -> Cell:
    if len(values) < 2:
        return "…"
    before, now = values[-2], values[-1]
    return now - before if isinstance(now, int) and isinstance(before, int) else "…"


def _survey_rows(who: str, closed: list[SurveyFigures | None]) -> list[Row]:
    latest = next((one for one in reversed(closed) if one), None)
    if latest is None:
        return []
    rows: list[Row] = []

    def add(label: str, shares: list[Cell], bases: list[Cell]) -> None:
        pairs = [cell for pair in zip(shares, bases, strict=True) for cell in pair]
        change = share_difference(shares[-2], shares[-1]) if len(shares) > 1 else "…"
        rows.append((label, *pairs, change))

    add(
        f"{who}　回収率",
        [Fraction(s.answered, s.invited) if s and s.invited else "…" for s in closed],
        [s.invited if s else "…" for s in closed],
    )
    for question in latest.defn.questions:
        table = latest.tables.get(question.name)
        if table is None or table.kind not in {"scale5", "single", "multi"}:
            continue
        tables = [comparable(one, question.name, latest) for one in closed]
        bases: list[Cell] = ["…" if t is None else "x" if t.hidden else t.n for t in tables]
        for row in table.rows:
            label = f"{who}　{table.title}：{row.label.rstrip('。')}"
            add(label, [share_of(one, row.code) for one in tables], bases)
    return rows
