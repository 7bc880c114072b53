"""The rows behind a figure: which applications, teams or people were counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from companion.applications.models import Challenge, Official
from companion.core.access import Permission, Viewer
from companion.periods.models import Period
from companion.reports.queries import all_challenges, all_officials, announced_teams
from companion.teams.models import Team

# kind → (headings, the right that is needed, the page of one row)
KINDS: dict[str, tuple[tuple[str, ...], Permission, str]] = {
    "challenges": (
        ("団体", "課題", "応募日", "状態"),
        Permission.CHALLENGE_LIST,
        "applications.challenge",
    ),
    "officials": (
        ("氏名", "府省庁", "役職", "応募日", "状態"),
        Permission.OFFICIAL_LIST,
        "applications.official",
    ),
    "teams": (("No.", "団体", "課題", "状態"), Permission.TEAM_LIST, "teams.team"),
    "members": (
        ("氏名", "府省庁", "役職", "チーム"),
        Permission.OFFICIAL_LIST,
        "applications.official",
    ),
}


@dataclass(frozen=True)
class Behind:
    """The rows: headings, cells, and where each leads (endpoint, public id)."""

    headings: tuple[str, ...]
    endpoint: str
    rows: list[tuple[tuple[str, ...], str]]


def may_look(kind: str, viewer: Viewer) -> bool:
    """True when the viewer may see the rows of this kind."""
    return kind in KINDS and viewer.may(KINDS[kind][1])


def rows_behind(period: Period, kind: str, lead: Mapping[str, str]) -> Behind:
    """What was counted: all of a kind, narrowed down by what the figure's row stands for."""
    headings, _, endpoint = KINDS[kind]
    rows: list[tuple[tuple[str, ...], str]]
    if kind == "challenges":
        rows = [
            (
                (c.municipality.full_name, c.title, _day(c.applied_on), c.state.label),
                c.public_id,
            )
            for c in all_challenges(period)
            if _is_challenge(c, lead)
        ]
    elif kind == "officials":
        rows = [
            (
                (o.name, o.ministry.name, o.post, _day(o.applied_on), o.state.label),
                o.public_id,
            )
            for o in all_officials(period)
            if _is_official(o, lead)
        ]
    elif kind == "teams":
        rows = [
            (
                (
                    str(t.number),
                    t.challenge.municipality.full_name,
                    t.challenge.title,
                    t.state.label,
                ),
                t.public_id,
            )
            for t in announced_teams(period)
            if _is_team(t, lead)
        ]
    else:
        rows = [
            (
                (
                    m.official.name,
                    m.official.ministry.name,
                    m.official.post,
                    f"{t.number}　{t.challenge.municipality.full_name}",
                ),
                m.official.public_id,
            )
            for t in announced_teams(period)
            for m in t.current_members
            if _is_official(m.official, lead)
        ]
    return Behind(headings, endpoint, [*rows])


def _day(day: dt.date | None) -> str:
    return day.strftime("%Y/%m/%d") if day else "日付なし"


def _is_challenge(row: Challenge, lead: Mapping[str, str]) -> bool:
    facts = {
        "day": {row.applied_on.isoformat() if row.applied_on else "none"},
        "prefecture": {row.municipality.prefecture_code},
        "field": {field.field_code for field in row.fields},
    }
    return all(wanted in facts.get(name, set()) for name, wanted in lead.items())


def _is_official(row: Official, lead: Mapping[str, str]) -> bool:
    facts = {"ministry": row.ministry_code, "rank": row.rank_class.value}
    return all(facts.get(name) == wanted for name, wanted in lead.items())


def _is_team(row: Team, lead: Mapping[str, str]) -> bool:
    facts = {
        "team": {row.public_id},
        "field": {field.field_code for field in row.challenge.fields},
    }
    return all(wanted in facts.get(name, set()) for name, wanted in lead.items())
