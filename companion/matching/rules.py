"""How the result of a run is laid out for reading."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

SORTS = {
    "": ("団体コード順", lambda line: line.lg_code),
    "weakest": ("得点の低い順", lambda line: (line.score, line.lg_code)),
    "strongest": ("得点の高い順", lambda line: (-line.score, line.lg_code)),
}


@dataclass(frozen=True)
class Line:
    """One team of a run; points in hundredths. Names are missing when the applicant is gone."""

    lg_code: str
    place: str
    title: str
    members: list[tuple[str, str, list[str]]]  # name, ministry, why
    score: int
    parts: dict[str, int]
    reasons: list[str]


@dataclass(frozen=True)
class Board:
    """All teams of a run with the spread over prefectures and ministries (name, count)."""

    lines: list[Line]
    prefectures: list[tuple[str, int]]
    ministries: list[tuple[str, int]]
    sort: str


def arrange(
    teams: list[dict[str, Any]], challenges: dict[str, Any], officials: dict[str, Any], *, sort: str
) -> Board:
    """Lay out a run's teams; an unknown sort key means the order of codes."""
    sort = sort if sort in SORTS else ""
    lines, prefectures, ministries = [], Counter[str](), Counter[str]()
    for team in teams:
        challenge = challenges.get(team["lg_code"])
        members = []
        for mail in team["officials"]:
            official = officials.get(mail)
            ministry = official.ministry.name if official else ""
            why = team["member_reasons"].get(mail, [])
            members.append((official.name if official else mail, ministry, why))
            ministries[ministry] += 1
        if challenge:
            prefectures[challenge.municipality.prefecture] += 1
        lines.append(
            Line(
                lg_code=team["lg_code"],
                place=challenge.municipality.full_name if challenge else team["lg_code"],
                title=challenge.title if challenge else "",
                members=members,
                score=team["score"],
                parts=team["parts"],
                reasons=team["reasons"],
            )
        )
    return Board(
        lines=sorted(lines, key=SORTS[sort][1]),
        prefectures=sorted(prefectures.items(), key=lambda row: (-row[1], row[0])),
        ministries=sorted(ministries.items(), key=lambda row: (-row[1], row[0])),
        sort=sort,
    )
