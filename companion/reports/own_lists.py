"""What a prefecture and a ministry take along: the own municipalities, and the own officials.

The prefecture's list holds no contacts. The ministry's holds the mail addresses of its own
officials, which it reads on screen as well (`contact:view`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from companion.applications.models import Challenge
from companion.applications.queries import challenges_of
from companion.core import clock
from companion.core.access import Permission, Scope, Viewer
from companion.core.sheets.writer import Column, Value, add_list, new_book, save_bytes
from companion.core.wareki import wareki
from companion.periods.models import Period
from companion.teams.models import Team
from companion.teams.queries import own_officials, teams_of

_TOWNS = (
    Column("団体コード", "code", 11),
    Column("市町村", "text", 20),
    Column("政策分野", "text", 28),
    Column("課題", "text", 44),
    Column("チーム番号", "number", 8),
    Column("チームの状態", "text", 12),
    Column("支援官（府省庁）", "text", 44),
)
_OFFICIALS = (
    Column("チーム番号", "number", 8),
    Column("団体", "text", 22),
    Column("政策分野", "text", 28),
    Column("氏名", "text", 16),
    Column("ふりがな", "text", 18),
    Column("所属・役職", "text", 30),
    Column("役割", "text", 12),
    Column("着任", "text", 20),
    Column("メールアドレス", "text", 34),
)


@dataclass(frozen=True)
class OwnList:
    """A list to take along; `contacts` are the public ids of those whose contacts are in it."""

    title: str
    columns: tuple[Column, ...]
    rows: list[list[Value]]
    note: str
    contacts: tuple[str, ...] = ()

    def workbook(self, period: Period, made: dt.datetime) -> bytes:
        """The list on A4, every text as text."""
        book = new_book(f"{period.name} {self.title}")
        title = f"{period.name}　{self.title}"
        note = f"{wareki(clock.to_jst(made).date())}現在　{self.note}"
        add_list(book, self.title, title, note, self.columns, self.rows)
        return save_bytes(book, at=made)


def own_list(period: Period, viewer: Viewer) -> OwnList:
    """The list that the viewer's role takes along, within the viewer's scope."""
    if viewer.grant(Permission.ROSTER_EXPORT).scope is Scope.MINISTRY:
        return _officials(period, viewer)
    return _towns(period, viewer)


def _fields(challenge: Challenge) -> str:
    return "、".join(row.field.label for row in challenge.fields)


def _towns(period: Period, viewer: Viewer) -> OwnList:
    teams = {team.challenge_id: team for team in teams_of(period, viewer, Permission.ROSTER_EXPORT)}
    rows = [_town(row, teams.get(row.id)) for row in challenges_of(period, viewer)]
    note = f"{len(rows)}団体（うちチーム公表 {len(teams)}）"
    return OwnList("市町村の課題とチーム", _TOWNS, rows, note)


def _town(challenge: Challenge, team: Team | None) -> list[Value]:
    cells: list[Value] = [
        challenge.lg_code,
        challenge.municipality.full_name,
        _fields(challenge),
        challenge.title,
    ]
    if team is None:
        return [*cells, None, "", ""]
    people = [
        f"{member.official.name}（{member.official.ministry.name}）"
        for member in team.current_members
    ]
    return [*cells, team.number, team.state.label, "、".join(people)]


def _officials(period: Period, viewer: Viewer) -> OwnList:
    members = own_officials(period, viewer)
    rows: list[list[Value]] = [
        [
            member.team.number,
            member.team.challenge.municipality.full_name,
            _fields(member.team.challenge),
            member.official.name,
            member.official.kana,
            f"{member.official.division}　{member.official.post}",
            member.role.label,
            wareki(member.started_on) if member.started_on else "",
            member.official.email,
        ]
        for member in members
    ]
    note = f"{len(rows)}人（現任）"
    contacts = tuple(member.official.public_id for member in members)
    return OwnList("所属支援官の名簿", _OFFICIALS, rows, note, contacts)
