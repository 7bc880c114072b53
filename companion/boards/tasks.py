"""What waits for the reader of a board: what, how much of it, and where it is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from companion.activities.queries.schedule import open_polls, own_voice
from companion.boards.glance import Sums
from companion.boards.queries import Facts
from companion.cases.models import Case
from companion.cases.queries import cases_in
from companion.cases.terms import CaseState
from companion.consultations.queries import answered_for_municipality, owed_by_secretariat
from companion.core import clock
from companion.core.access import Permission, Role, Scope, Viewer
from companion.periods.models import Period
from companion.proposals.models import Proposal
from companion.proposals.queries import answered_since, proposals_waiting
from companion.rechecks.queries import count_waiting
from companion.screening.queries.opinions import count_challenges_owed, count_officials_owed
from companion.surveys.queries import own_invitations
from companion.surveys.terms import NOT_REMINDED, InvitationState, RoundState
from companion.teamreports.queries import reports_in
from companion.teamreports.terms import ReportState
from companion.teams.models import Team

NEWS = dt.timedelta(days=14)  # so long an answer stands on the board of who asked
UNANSWERED = set(InvitationState) - NOT_REMINDED


@dataclass(frozen=True)
class Task:
    """Something that waits for the reader: what, how much of it, and where it is done."""

    label: str
    detail: str
    url: str | None


def link_to(viewer: Viewer, endpoint: str, kind: str, **values: Any) -> str | None:
    """The address of a page, None when the viewer may not do there what is asked."""
    permission = {
        "import": Permission.APPLICATION_IMPORT,
        "match": Permission.MATCH_RUN,
        "announce": Permission.TEAM_ANNOUNCE,
        "overview": Permission.ACTIVITY_OVERVIEW,
        "rounds": Permission.SURVEY_STATUS,
        "answer": Permission.SURVEY_ANSWER,
    }[kind]
    return url_for(endpoint, **values) if viewer.may(permission) else None


def waiting_for_coordinator(period: Period, facts: Facts, sums: Sums, viewer: Viewer) -> list[Task]:
    """What waits for a coordinator, in the order of the year."""
    tasks = []
    overview = "activities.overview"
    if not facts.challenges or not facts.officials:
        missing = [
            name
            for name, count in (("市町村", facts.challenges), ("支援官", facts.officials))
            if not count
        ]
        link = link_to(viewer, "applications.imports", "import")
        tasks.append(Task("応募の取込", f"{'と'.join(missing)}の応募がまだありません", link))
    elif not facts.teams:
        link = link_to(viewer, "matching.runs", "match")
        detail = f"{facts.challenges}市町村と{facts.officials}人から編成できます"
        tasks.append(Task("マッチング", detail, link))
    if facts.waiting_teams:
        link = link_to(viewer, "teams.announce", "announce")
        tasks.append(Task("チームの公表", f"{facts.waiting_teams}チームが公表待ちです", link))
    if sums.silent:
        link = link_to(viewer, overview, "overview", sort="last")
        tasks.append(Task("活動のないチーム", f"{sums.silent}チーム", link))
    if sums.unlogged:
        link = link_to(viewer, overview, "overview", sort="-unlogged")
        tasks.append(Task("記録待ちの予定", f"{sums.unlogged}件", link))
    if sums.overdue:
        link = link_to(viewer, overview, "overview", sort="-open")
        tasks.append(Task("期限を過ぎた宿題", f"{sums.overdue}件", link))
    if sums.asked:
        link = url_for("inquiries.inquiries") if viewer.may(Permission.INQUIRY_VIEW) else None
        late = f"（うち期限超過{sums.asked_late}件）" if sums.asked_late else ""
        tasks.append(Task("回答を待つ後方支援", f"{sums.asked}件{late}", link))
    tasks += sheets_of_secretariat(period, viewer)
    if sums.cases:
        link = url_for("cases.drafts", state="consented")
        tasks.append(Task("公開を待つ好事例", f"{sums.cases}件", link))
    tasks += proposals_to_tell(period, viewer)
    if sums.reports:
        link = url_for("teamreports.team_reports")
        tasks.append(Task("受理を待つ報告", f"{sums.reports}件", link))
    return tasks + accounts_to_confirm(viewer)


def accounts_to_confirm(viewer: Viewer) -> list[Task]:
    """The accounts whose persons are to be confirmed, and for who may stop them, who has left."""
    waiting, link = count_waiting(viewer), url_for("rechecks.check")
    tasks = []
    if waiting.left and viewer.may(Permission.ACCOUNT_MANAGE):
        tasks.append(Task("異動・退職の知らせがあるアカウント", f"{waiting.left}件", link))
    if waiting.owed:
        tasks.append(Task("在職の確認が必要なアカウント", f"{waiting.owed}件", link))
    return tasks


def opinions_to_give(period: Period, viewer: Viewer) -> list[Task]:
    """What a prefecture or a ministry is asked to say at screening."""
    challenges = count_challenges_owed(period, viewer)
    officials = count_officials_owed(period, viewer)
    tasks = []
    if challenges:
        link = url_for("screening.challenge_opinions")
        tasks.append(Task("意見を待っている課題", f"{challenges}件", link))
    if officials:
        link = url_for("screening.official_opinions")
        tasks.append(Task("意見を待っている応募", f"{officials}人", link))
    return tasks


def sheets_of_secretariat(period: Period, viewer: Viewer) -> list[Task]:
    """The 相談カルテ that the secretariat has to share with ministries or to answer."""
    if viewer.grant(Permission.CONSULTATION_VIEW).scope is not Scope.ALL:
        return []
    owed = owed_by_secretariat(period)
    steps = [("共有する", owed.to_share), ("回答を送る", owed.to_answer), ("期限超過", owed.late)]
    detail = "、".join(f"{label} {count}件" for label, count in steps if count)
    url = url_for("consultations.consultations")
    return [Task("相談カルテ", detail, url)] if detail else []


def answers_to_read(period: Period, viewer: Viewer) -> list[Task]:
    """The answers to the own 相談カルテ that a municipality neither asked on nor saw closed."""
    if viewer.role is not Role.MUNICIPALITY or not viewer.may(Permission.CONSULTATION_WRITE):
        return []
    return [
        Task(
            "相談カルテの回答",
            row.subject,
            url_for("consultations.consultation", public_id=row.public_id),
        )
        for row in answered_for_municipality(period, viewer)
    ]


def proposals_to_tell(period: Period, viewer: Viewer) -> list[Task]:
    """What waits of a ministry's proposals, and to the ministry the answers of a fortnight."""
    waiting = proposals_waiting(period, viewer)
    link = url_for("proposals.proposals")
    is_own = viewer.may(Permission.PROPOSAL_MAKE)
    tasks = []
    if waiting:
        label = "事務局の返事を待つ推薦" if is_own else "府省庁からの推薦"
        tasks.append(Task(label, f"{len(waiting)}人", link))
    if is_own:
        tasks += [
            Task("推薦への返事", f"{row.name}さん、{row.state.label}", _page_of(row))
            for row in answered_since(period, viewer, clock.now() - NEWS)
        ]
    return tasks


def _page_of(row: Proposal) -> str:
    return url_for("proposals.proposal", public_id=row.public_id)


def surveys_to_answer(period: Period, viewer: Viewer) -> list[Task]:
    """The open surveys that the reader has not answered."""
    link = link_to(viewer, "surveys.my_surveys", "answer")
    return [
        Task(row.round.version.title, "続きから回答" if is_begun else "未回答", link)
        for row in own_invitations(viewer, period)
        if row.round.state is RoundState.OPEN and row.state in UNANSWERED
        for is_begun in [row.state is InvitationState.WRITING]
    ]


def waiting_for_member(teams: Sequence[Team], viewer: Viewer) -> list[Task]:
    """What others wait for from this reader: dates to answer, reports to write or to confirm."""
    tasks = [
        Task("日程調整", poll.title, url_for("activities.poll", public_id=poll.public_id))
        for poll in open_polls(teams, viewer)
        if (voice := own_voice(poll, viewer))
        and not any(answer.voter == voice for slot in poll.slots for answer in slot.answers)
    ]
    mine = {
        Role.OFFICIAL: {ReportState.DRAFT, ReportState.RETURNED},
        Role.MUNICIPALITY: {ReportState.SUBMITTED},
    }.get(viewer.role, set())
    tasks += [
        Task(row.title, words, url_for("cases.case", public_id=row.public_id))
        for row, words in _cases_for(teams, viewer)
    ]
    return tasks + [
        Task(
            row.kind.label,
            row.state.label,
            url_for("teamreports.team_report", public_id=row.public_id),
        )
        for row in reports_in(teams, mine, viewer)
    ]


def _cases_for(teams: Sequence[Team], viewer: Viewer) -> list[tuple[Case, str]]:
    """The articles about good cases that wait for the municipality's consent, or for the team."""
    if viewer.role is Role.MUNICIPALITY:
        return [
            (row, "好事例の公開に同意するか") for row in cases_in(teams, {CaseState.ASKED}, viewer)
        ]
    if viewer.role is not Role.OFFICIAL:
        return []
    drafts = cases_in(teams, {CaseState.DRAFT}, viewer)
    return [(row, "好事例に直すところがあります") for row in drafts if row.steps[-1].comment]
