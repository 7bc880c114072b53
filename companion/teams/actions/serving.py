"""Members who leave and come during the year, and teams that pause; the history stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from companion.applications.models import Official
from companion.applications.terms import OfficialState
from companion.core import audit, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.people.tenure import extend_terms
from companion.teams.models import Team, TeamMember, TeamPause
from companion.teams.terms import (
    EndKind,
    MemberAppointed,
    MemberLeaves,
    MemberRole,
    TeamPaused,
    TeamResumed,
    TeamState,
)

FREE_TO_COME = {
    OfficialState.CONSENTED,
    OfficialState.ELIGIBLE,
    OfficialState.NOT_ASSIGNED,
}


def _lock(team: Team) -> None:
    """Let those who change a team at once come one after the other, each seeing what was done."""
    db.session.execute(select(Team.id).where(Team.id == team.id).with_for_update())
    db.session.refresh(team)
    for table in (TeamMember, TeamPause):
        of_team = select(table).where(table.team_id == team.id)
        db.session.scalars(of_team.execution_options(populate_existing=True)).all()


def end_appointment(
    member: TeamMember, last_day: dt.date, kind: EndKind, note: str, *, by: Viewer
) -> None:
    """Say until when a member serves, and why; until that day nothing changes for the member.

    Raises:
        Refused: the end is known already, or the day lies outside the appointment or the period.
    """
    _lock(member.team)
    period = member.team.period
    if member.ended_on is not None:
        raise Refused(f"{member.official.name}さんの終了日は既に登録されています。")
    start = member.started_on or period.first_day
    if not start <= last_day <= period.last_day:
        raise Refused(
            f"終了日は、着任日（{start:%Y/%m/%d}）から年度末（{period.last_day:%Y/%m/%d}）までの"
            "日を入力してください。"
        )
    member.ended_on, member.end_kind, member.end_note = last_day, kind, note.strip()
    if kind is EndKind.WITHDRAWAL:
        member.official.state = OfficialState.DECLINED
    db.session.flush()
    audit.record("member.end", member.public_id, by=by, last=last_day.isoformat(), kind=kind.value)
    events.publish(MemberLeaves(member.id))


def take_back_end(member: TeamMember, *, by: Viewer) -> None:
    """Undo the end of an appointment.

    Raises:
        Refused: there is no end, somebody has come instead, or the official serves elsewhere.
    """
    _lock(member.team)
    if member.ended_on is None:
        raise Refused("終了日は登録されていません。")
    successor = db.session.scalar(select(TeamMember).where(TeamMember.replaces_id == member.id))
    if successor is not None:
        raise Refused(f"後任の{successor.official.name}さんが着任しているため、取り消せません。")
    if serves(member.official):
        raise Refused(f"{member.official.name}さんは別のチームに所属しているため、取り消せません。")
    member.ended_on, member.end_kind, member.end_note = None, None, ""
    member.official.state = OfficialState.ASSIGNED
    db.session.flush()
    audit.record("member.end_taken_back", member.public_id, by=by)


def serves(official: Official) -> bool:
    """True when the official has an appointment without an end."""
    return (
        db.session.scalar(
            select(TeamMember.id).where(
                TeamMember.official_id == official.id, TeamMember.ended_on.is_(None)
            )
        )
        is not None
    )


def appoint(
    team: Team,
    official: Official,
    first_day: dt.date,
    *,
    replaces: TeamMember,
    reasons: Sequence[str],
    by: Viewer,
) -> TeamMember:
    """Let an official come in place of a member who leaves; a leader's place passes on.

    Whether the team still obeys the rules is for the caller to have checked.

    Raises:
        Refused: the member does not leave or has a successor, the official is not free, or the
            day lies outside the period.
    """
    _lock(team)
    if replaces.team_id != team.id or replaces.ended_on is None:
        raise Refused("先に、交代する支援官の終了日を登録してください。")
    if db.session.scalar(select(TeamMember.id).where(TeamMember.replaces_id == replaces.id)):
        raise Refused("この支援官の後任は既に決まっています。")
    if official.period_id != team.period_id or serves(official):
        raise Refused(f"{official.name}さんは着任できません（別のチームに所属しています）。")
    if official.state not in FREE_TO_COME:
        raise Refused(f"{official.name}さんは「{official.state.label}」のため着任できません。")
    if not team.period.first_day <= first_day <= team.period.last_day:
        raise Refused("着任日は、年度の中の日を入力してください。")
    member = TeamMember(
        team=team,
        official=official,
        position=max(row.position for row in team.members) + 1,
        role=replaces.role,
        started_on=first_day,
        reasons=list(reasons),
        replaces_id=replaces.id,
    )
    if replaces.role is MemberRole.LEADER and not official.can_lead:
        member.role = MemberRole.MEMBER
        _pass_on_the_lead(team, replaces)
    official.state = OfficialState.ASSIGNED
    db.session.add(member)
    db.session.flush()
    extend_terms(
        team.period.last_day, emails=[official.email], lg_codes=[team.challenge.lg_code], by=by
    )
    audit.record("member.appoint", member.public_id, by=by, replaces=replaces.public_id)
    events.publish(MemberAppointed(member.id))
    return member


def _pass_on_the_lead(team: Team, leaves: TeamMember) -> None:
    able = [row for row in team.current_members if row.id != leaves.id and row.official.can_lead]
    if not able:
        raise Refused("リーダーを務められる人がいなくなります。別の人を選んでください。")
    able[0].role = MemberRole.LEADER


def pause_team(team: Team, reason: str, *, by: Viewer) -> None:
    """Stop the clocks of a team from today on.

    Raises:
        Refused: the team is not active, or no reason is given.
    """
    _lock(team)
    if team.state is not TeamState.ACTIVE:
        raise Refused(f"このチームは「{team.state.label}」のため休止できません。")
    if not reason.strip():
        raise Refused("休止の理由を入力してください。チームの画面に表示されます。")
    team.state = TeamState.PAUSED
    db.session.add(TeamPause(team_id=team.id, started_on=clock.today(), reason=reason.strip()))
    db.session.flush()
    audit.record("team.pause", team.public_id, by=by)
    events.publish(TeamPaused(team.id))


def resume_team(team: Team, *, by: Viewer) -> None:
    """Let the clocks of a team run again from today on.

    Raises:
        Refused: the team does not pause.
    """
    _lock(team)
    if team.state is not TeamState.PAUSED:
        raise Refused("このチームは休止していません。")
    team.state = TeamState.ACTIVE
    for pause in team.pauses:
        if pause.ended_on is None:
            pause.ended_on = clock.today()
    db.session.flush()
    audit.record("team.resume", team.public_id, by=by)
    events.publish(TeamResumed(team.id))


def fix_theme(team: Team, theme: str, is_final: bool, *, by: Viewer) -> None:
    """Word what a team works on; a final one stays until it is opened again.

    Raises:
        Refused: the theme is fixed already, or a final one says nothing.
    """
    if team.theme_fixed_on is not None:
        raise Refused(
            "支援テーマは確定しています。直すときは、運営の担当者に確定の取消を依頼してください。"
        )
    if is_final and not theme.strip():
        raise Refused("確定するには、支援テーマを入力してください。")
    team.support_theme = theme.strip()
    team.theme_fixed_on = clock.today() if is_final else None
    db.session.flush()
    audit.record("team.theme", team.public_id, by=by, is_final=is_final)


def reopen_theme(team: Team, *, by: Viewer) -> None:
    """Let a team change its theme once more.

    Raises:
        Refused: it is not fixed.
    """
    if team.theme_fixed_on is None:
        raise Refused("支援テーマはまだ確定していません。")
    team.theme_fixed_on = None
    db.session.flush()
    audit.record("team.theme_reopen", team.public_id, by=by)
