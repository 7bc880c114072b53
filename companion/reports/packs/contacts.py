"""R8 名簿と連絡先: who to write to; internal only, and its people are counted."""

from __future__ import annotations

from companion.periods.models import Period
from companion.reports.packs.base import begin
from companion.reports.queries import announced_teams
from companion.reports.tables import Column, PrintSheet, Report, Row, Table
from companion.reports.terms import Edition

TITLE = "名簿と連絡先"


def build(period: Period, edition: Edition) -> Report:
    """The contacts of municipalities and of the officials who serve today."""
    teams = announced_teams(period)
    towns: list[Row] = [
        (
            team.number,
            team.challenge.lg_code,
            team.challenge.municipality.full_name,
            team.challenge.division,
            team.challenge.contact_name,
            team.challenge.contact_phone,
            team.challenge.contact_email,
        )
        for team in teams
    ]
    officials: list[Row] = [
        (
            team.number,
            team.challenge.municipality.full_name,
            member.official.name,
            member.official.kana,
            member.official.ministry.name,
            f"{member.official.division}　{member.official.post}",
            member.role.label,
            member.official.email,
        )
        for team in teams
        for member in team.current_members
    ]
    return begin(
        "contacts",
        TITLE,
        period,
        edition,
        sheets=(
            PrintSheet(
                "市町村の連絡先",
                (
                    Table(
                        "連絡先_市町村",
                        "市町村の担当課と連絡先",
                        (
                            Column("number", "No.", "number", width=6),
                            Column("lg_code", "団体コード", "code", width=11),
                            Column("town", "団体", width=22),
                            Column("division", "担当課", width=24),
                            Column("name", "担当者", width=18),
                            Column("phone", "電話", "code", width=18),
                            Column("email", "メールアドレス", width=36),
                        ),
                        towns,
                        base=f"n={len(towns)}団体",
                        n=len(towns),
                    ),
                ),
            ),
            PrintSheet(
                "支援官の連絡先",
                (
                    Table(
                        "連絡先_支援官",
                        "支援官の名簿と連絡先",
                        (
                            Column("number", "No.", "number", width=6),
                            Column("town", "団体", width=22),
                            Column("name", "氏名", width=18),
                            Column("kana", "ふりがな", width=18),
                            Column("ministry", "府省庁", width=20),
                            Column("post", "所属・役職", width=32),
                            Column("role", "役割", "code", width=10),
                            Column("email", "メールアドレス", width=36),
                        ),
                        officials,
                        base=f"n={len(officials)}人（現任）",
                        n=len(officials),
                    ),
                ),
            ),
        ),
        facts=(("対象", f"市町村の担当者 {len(towns)}人、支援官 {len(officials)}人"),),
        missing=() if teams else ("公表したチームがまだありません。",),
        people=len(towns) + len(officials),
    )
