"""R11 一団体一枚: one A4 page a municipality: challenge, team, activities, rating."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from companion.activities.models import Activity, NextAction
from companion.activities.terms import TOOK_PLACE, UNSETTLED
from companion.core.db import db
from companion.indicators.models import Indicator
from companion.periods.models import Period
from companion.reports.packs.answers import known_answers
from companion.reports.packs.base import begin, field_name
from companion.reports.packs.rosters import theme_of
from companion.reports.queries import announced_teams
from companion.reports.tables import Column, DataSheet, PrintSheet, Report, Row, Table
from companion.reports.terms import Edition
from companion.teams.models import Team

TITLE = "一団体一枚"
LATEST, MOST_WORDS = 6, 360


def build(period: Period, edition: Edition) -> Report:
    """One page a team; the rating of a municipality stands in the internal edition only."""
    teams = announced_teams(period)
    is_internal = edition is Edition.INTERNAL
    done, owed, aims = _done(period), _owed(period), _aims(period)
    ratings = {}
    if is_internal:
        found = known_answers("municipality_eval", period)
        ratings = {one.team: one.answers.get("overall") for one in found}
    columns = (Column("item", "項目", width=18), Column("words", "内容", width=86))
    tables, data = [], list[Row]()
    for team in teams:
        place = team.challenge.municipality
        rows = _rows(team, edition, done[team.id], owed[team.id])
        rows.append(("成果指標", "\n".join(_aim(row) for row in aims[team.id]) or "未登録"))
        if is_internal:
            score = ratings.get(str(team.id))
            rows.append(("市町村の評価", f"全体評価 {score}（5段階）" if score else "回答なし"))
        data += [(period.fiscal_year, team.number, place.lg_code, *row) for row in rows]
        tables.append(
            Table(
                f"一枚_{team.number}",
                f"No.{team.number}　{place.full_name}",
                columns,
                rows,
                base=f"団体コード {place.lg_code}　人口 {team.challenge.population:,}人"
                f"（{team.challenge.population_basis.label}）",
                has_data=False,
            )
        )
    missing = [] if teams else ["公表したチームがまだありません。"]
    if not tables:
        tables = [Table("一枚", TITLE, columns, (), has_data=False)]
    return begin(
        "onepage",
        TITLE,
        period,
        edition,
        sheets=(PrintSheet("一団体一枚", tuple(tables), is_landscape=False, page_per_table=True),),
        data=(
            DataSheet(
                "データ_一団体一枚",
                (
                    Column("year", "年度", "number", "西暦"),
                    Column("number", "チーム番号", "number"),
                    Column("lg_code", "団体コード", "code"),
                    *columns,
                ),
                data,
            ),
        ),
        missing=tuple(missing),
    )


def _rows(team: Team, edition: Edition, done: list[Activity], owed: list[NextAction]) -> list[Row]:
    challenge, is_public = team.challenge, edition is Edition.PUBLIC
    is_held_back = is_public and challenge.may_publish is False
    people = "\n".join(
        f"{m.official.ministry.name} {m.official.post}"
        + ("" if is_public else f" {m.official.name}（{m.role.label}）")
        for m in team.current_members
    )
    shown = [a for a in done if not is_public or a.state.value == "published"]
    timeline = "\n".join(f"{a.day:%Y/%m/%d} {a.kind.label}：{a.title}" for a in shown[:LATEST])
    if len(shown) > LATEST:
        timeline += f"\nほか{len(shown) - LATEST}件"
    rows: list[Row] = [
        ("課題", "（公表の同意なし）" if is_held_back else challenge.title),
        ("政策分野", "、".join(field_name(row.field) for row in challenge.fields) or "－"),
        ("現状", "（公表の同意なし）" if is_held_back else _short(challenge.present_state)),
        ("支援テーマ", theme_of(team, edition) if team.theme_fixed_on else "（未確定）"),
        (
            "希望する支援",
            "（公表の同意なし）" if is_held_back else _short(challenge.wished_support),
        ),
        ("支援チーム", people or "－"),
        ("活動", f"これまで{len(done)}件\n{timeline}".strip()),
    ]
    if not is_public:
        words = "\n".join(f"{a.text}（{a.owner_label}）" for a in owed[:LATEST])
        rows.append(("宿題", words or "なし"))
    return rows


def _aim(row: Indicator) -> str:
    """From where, where now, to where by when; no claim of what caused it."""
    now = "未測定"
    if row.latest is not None:
        now = f"{row.latest.value:,f}{row.unit}（{row.latest.measured_on:%Y/%m/%d}）"
    return (
        f"{row.name}：基準 {row.baseline:,f}{row.unit}（{row.baseline_on:%Y/%m/%d}）、"
        f"いま {now}、目標 {row.target:,f}{row.unit}（{row.target_on:%Y/%m/%d}）。{row.source}"
    )


def _aims(period: Period) -> dict[int, list[Indicator]]:
    found: dict[int, list[Indicator]] = defaultdict(list)
    for row in db.session.scalars(
        select(Indicator)
        .join(Indicator.team)
        .where(Team.period_id == period.id)
        .options(selectinload(Indicator.values))
        .order_by(Indicator.name)
    ):
        found[row.team_id].append(row)
    return found


def _short(words: str) -> str:
    return words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1] + "…"


def _done(period: Period) -> dict[int, list[Activity]]:
    """What took place by team, the latest first."""
    found: dict[int, list[Activity]] = defaultdict(list)
    for row in db.session.scalars(
        select(Activity)
        .join(Activity.team)
        .where(Team.period_id == period.id, Activity.state.in_(TOOK_PLACE))
        .order_by(Activity.held_start.desc(), Activity.id)
    ):
        found[row.team_id].append(row)
    return found


def _owed(period: Period) -> dict[int, list[NextAction]]:
    found: dict[int, list[NextAction]] = defaultdict(list)
    for row in db.session.scalars(
        select(NextAction)
        .join(NextAction.team)
        .where(Team.period_id == period.id, NextAction.state.in_(UNSETTLED))
        .order_by(NextAction.due_on.is_(None), NextAction.due_on, NextAction.id)
    ):
        found[row.team_id].append(row)
    return found
