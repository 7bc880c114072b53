"""R9 報告会次第: who speaks when and where, from the programme of the 報告会."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from companion.briefings.models import BriefingSession
from companion.briefings.queries import programme
from companion.core.clock import to_jst
from companion.core.wareki import wareki
from companion.periods.models import Period
from companion.reports.packs.base import begin
from companion.reports.packs.rosters import NO_TEAMS, fields_of, posted, theme_of
from companion.reports.queries import announced_teams
from companion.reports.tables import Cell, Column, DataSheet, PrintSheet, Report, Row, Table
from companion.reports.terms import Edition
from companion.teams.models import Team

TITLE = "報告会次第"
A_SESSION = 10  # teams, until the sessions are laid down
COLUMNS = (
    Column("session", "回", "number", in_print=False),
    Column("day", "日付", "date", in_print=False),
    Column("order", "順", "number", width=6),
    Column("time", "時刻", "code", width=14),
    Column("lg_code", "団体コード", "code", in_print=False),
    Column("town", "団体", width=22),
    Column("theme", "テーマ", width=40),
    Column("fields", "政策分野", width=22),
    Column("officials", "支援官", width=44),
)


def build(period: Period, edition: Edition) -> Report:
    """The programme; until sessions are laid down, ten teams a session with blanks to fill in.

    The edition for everybody holds it once it is published.
    """
    teams = announced_teams(period)
    shown = programme(period, None)
    is_shown = shown and (shown.published_at or edition is Edition.INTERNAL)
    sessions = shown.sessions if shown and is_shown else []
    missing = [] if teams else [NO_TEAMS]
    if sessions:
        tables = [_seated(session, edition, period) for session in sessions]
        seated = {seat.team_id for session in sessions for seat in session.seats}
        unseated = [team for team in teams if team.id not in seated]
        if unseated:
            missing.append(f"出番の決まっていないチームが{len(unseated)}あります。")
            rows = [_row(None, i, None, team, edition) for i, team in enumerate(unseated, 1)]
            tables.append(_table("未定", "出番の決まっていないチーム", "", rows))
        if shown and shown.published_at is None:
            missing.append("報告会の次第はまだ公表していません。")
        place = next((s for s in sessions if not s.place and not s.online_url), None)
        if place:
            missing.append("会場の決まっていない回があります。")
    else:
        missing.append("報告会の日程がまだ決まっていないため、日時と会場は記入欄にしてあります。")
        tables = [_blank(teams, start, edition, period) for start in _starts(teams)]
    return begin(
        "sessions",
        TITLE,
        period,
        edition,
        sheets=(PrintSheet(TITLE, tuple(tables), page_per_table=True),),
        data=(
            DataSheet(
                "データ_報告会次第", COLUMNS, [row for table in tables for row in table.rows]
            ),
        ),
        facts=(("対象", f"公表したチーム {len(teams):,}、{len(sessions) or '－'}回"),),
        missing=tuple(missing),
    )


def _starts(teams: Sequence[Team]) -> range:
    return range(0, max(len(teams), 1), A_SESSION)


def _heading(period: Period, number: int) -> str:
    return f"{period.ordinal}　地方創生伴走支援　報告会次第（第{number}回）"


def _seated(session: BriefingSession, edition: Edition, period: Period) -> Table:
    rows = []
    for seat in session.seats:
        begun, done = to_jst(seat.starts_at), to_jst(seat.ends_at)
        words = f"{begun:%H:%M}～{done:%H:%M}"
        rows.append(_row(session.number, seat.position + 1, (begun, words), seat.team, edition))
    begins, ends = to_jst(session.starts_at), to_jst(session.ends_at)
    where = session.place or "未定"
    if session.online_url and edition is Edition.INTERNAL:
        where += f"　オンライン：{session.online_url}"
    when = f"{wareki(begins.date())}{begins:%H:%M}～{ends:%H:%M}"
    base = f"日時：{when}　会場：{where}　n={len(rows)}チーム"
    return _table(f"第{session.number}回", _heading(period, session.number), base, rows)


def _blank(teams: Sequence[Team], start: int, edition: Edition, period: Period) -> Table:
    number, part = start // A_SESSION + 1, teams[start : start + A_SESSION]
    rows = [_row(number, place, None, team, edition) for place, team in enumerate(part, 1)]
    base = f"n={len(rows)}チーム　日時：　　年　　月　　日（　）　　時　　分～　　会場："
    return _table(f"第{number}回", _heading(period, number), base, rows)


def _row(
    session: int | None,
    place: int,
    at: tuple[dt.datetime, str] | None,
    team: Team,
    edition: Edition,
) -> Row:
    cells: list[Cell] = [
        session,
        at[0].date() if at else None,
        place,
        at[1] if at else None,
        team.challenge.municipality.lg_code,
        team.challenge.municipality.full_name,
        theme_of(team, edition),
        fields_of(team),
        "\n".join(posted(member, edition) for member in team.current_members),
    ]
    return cells


def _table(name: str, title: str, base: str, rows: Sequence[Row]) -> Table:
    return Table(f"報告会_{name}", title, COLUMNS, rows, has_data=False, base=base, n=len(rows))
