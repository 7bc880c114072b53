"""What is open in a team beside meetings and actions, for whoever takes over a seat."""

from __future__ import annotations

from flask import url_for

from companion.activities.queries.schedule import open_polls
from companion.core.access import Viewer
from companion.core.html import jdate
from companion.inquiries.queries import inquiries_of
from companion.inquiries.terms import InquiryState
from companion.memos.queries import count_of, find_memo_team
from companion.teamreports.queries import due_days, reports_in
from companion.teamreports.terms import ReportState
from companion.teams.models import Team
from companion.transfers.routes.members import Matter


def open_matters(team: Team, viewer: Viewer) -> list[Matter]:
    """Dates looked for, inquiries not closed, reports not accepted; as far as the viewer reads."""
    found = [
        Matter(
            "日程調整",
            poll.title,
            f"候補{len(poll.slots)}件",
            url_for("activities.poll", public_id=poll.public_id),
        )
        for poll in open_polls([team], viewer)
    ]
    asked, _ = inquiries_of(team.period, viewer, team=team)
    found += [
        Matter(
            "後方支援",
            row.subject,
            f"{row.state.label}、期限 {jdate(row.due_on, 'short')}"
            + (f"、依頼 {row.asked_by.name}" if row.asked_by else ""),
            url_for("inquiries.inquiry", public_id=row.public_id),
        )
        for row in asked
        if row.state is not InquiryState.CLOSED
    ]
    if (notes := count_of(team)) and find_memo_team(team.public_id, viewer):
        there = url_for("memos.memo", public_id=team.public_id)
        found.append(Matter("内部メモ", "チームの内部メモ", f"{notes}件", there))
    due = due_days(team.period)
    return found + [
        Matter(
            row.kind.label,
            row.state.label,
            f"期限 {jdate(due[row.kind], 'short')}",
            url_for("teamreports.team_report", public_id=row.public_id),
        )
        for row in reports_in([team], set(ReportState) - {ReportState.ACCEPTED}, viewer)
    ]
