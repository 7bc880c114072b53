"""Replacing a member under the rules of the match."""

from __future__ import annotations

import datetime as dt

from companion.applications.models import Official
from companion.core.access import Viewer
from companion.core.errors import Refused
from companion.teams.actions import appoint
from companion.teams.models import TeamMember
from companion.transfers.queries import proposals_for


def replace_member(
    member: TeamMember, official: Official, first_day: dt.date, reason: str, *, by: Viewer
) -> TeamMember:
    """Let somebody of the reserve list come in place of a member who leaves.

    Raises:
        Refused: no reason is given, a rule of the match forbids it, or the official is not free.
    """
    if not reason.strip():
        raise Refused("選んだ理由を入力してください。チームの記録に残ります。")
    found = proposals_for(member, by)
    for person, rule in found.forbidden:
        if person.id == official.id:
            raise Refused(rule)
    chosen = next((row for row in found.candidates if row.official.id == official.id), None)
    if chosen is None:
        raise Refused(f"{official.name}さんは補欠の一覧にいません。")
    return appoint(
        member.team,
        official,
        first_day,
        replaces=member,
        reasons=[reason.strip(), chosen.sentence],
        by=by,
    )
