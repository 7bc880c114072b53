"""Beginning, writing, handing in, confirming and accepting the reports of a team."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from sqlalchemy import select

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.periods.models import Period
from companion.teamreports.models import ReportDue, TeamReport, TeamReportChange
from companion.teamreports.queries import sources_of
from companion.teamreports.rules import compose, differences, with_lines
from companion.teamreports.terms import ReportKind, ReportState, Section
from companion.teams.models import Team


def begin_report(team: Team, kind: ReportKind, *, by: Viewer) -> TeamReport:
    """Draft a report from what is recorded.

    Raises:
        Refused: it has been begun already.
    """
    if db.session.scalar(
        select(TeamReport.id).where(TeamReport.team_id == team.id, TeamReport.kind == kind)
    ):
        raise Refused(f"{kind.label}は既に作成されています。")
    draft = compose(sources_of(team))
    report = TeamReport(
        team_id=team.id,
        kind=kind,
        state=ReportState.DRAFT,
        drawn={section.value: text for section, text in draft.items()},
        **{section.value: text for section, text in draft.items()},
    )
    db.session.add(report)
    _step(report, ReportState.DRAFT, by=by)
    return report


def _step(report: TeamReport, state: ReportState, comment: str = "", *, by: Viewer) -> None:
    report.state = state
    report.changes.append(
        TeamReportChange(at=clock.now(), by_id=by.user_id, state=state, comment=comment)
    )
    db.session.flush()
    audit.record(f"team_report.{state.value}", report.public_id, by=by, kind=report.kind.value)


def write_report(report: TeamReport, texts: Mapping[Section, str], *, by: Viewer) -> None:
    """Keep what the team has written.

    Raises:
        Refused: it has been handed in.
    """
    _check_open(report)
    for section, text in texts.items():
        setattr(report, section.value, text)
    db.session.flush()
    audit.record("team_report.write", report.public_id, by=by)


def _check_open(report: TeamReport) -> None:
    if not report.state.is_open:
        raise Refused(f"「{report.state.label}」の報告は直せません。")


def add_from_logs(report: TeamReport, sections: Collection[Section], *, by: Viewer) -> int:
    """Add to the ends of these sections what has newly been recorded; returns how many lines.

    What was typed stays as it is, and lines that the logs no longer have stay for the team to
    take out.

    Raises:
        Refused: the report has been handed in.
    """
    _check_open(report)
    fresh = compose(sources_of(report.team))
    count = 0
    for row in differences(report.texts, report.drawn_texts, fresh):
        if row.section in sections:
            count += len(row.new)
            setattr(
                report,
                row.section.value,
                with_lines(getattr(report, row.section.value), row.new),
            )
    report.drawn = {section.value: text for section, text in fresh.items()}
    report.drawn_at = clock.now()
    db.session.flush()
    audit.record("team_report.add_from_logs", report.public_id, by=by, lines=count)
    return count


def hand_in(report: TeamReport, *, by: Viewer) -> None:
    """Give the report to the municipality for confirmation.

    Raises:
        Refused: it has been handed in, or has no course.
    """
    _check_open(report)
    if not report.theme.strip() or not report.course.strip():
        raise Refused("提出するには、支援テーマと取組の経過を書いてください。")
    _step(report, ReportState.SUBMITTED, by=by)


def take_back(report: TeamReport, *, by: Viewer) -> None:
    """Let the team write on before the municipality has answered.

    Raises:
        Refused: it does not wait for the municipality.
    """
    if report.state is not ReportState.SUBMITTED:
        raise Refused(f"「{report.state.label}」の報告は取り下げられません。")
    _step(report, ReportState.DRAFT, by=by)


def confirm_report(report: TeamReport, comment: str, *, by: Viewer) -> None:
    """The municipality says that the report is right.

    Raises:
        Refused: it does not wait for that.
    """
    if report.state is not ReportState.SUBMITTED:
        raise Refused(f"「{report.state.label}」の報告は確認できません。")
    _step(report, ReportState.CONFIRMED, comment.strip(), by=by)


def accept_report(report: TeamReport, comment: str, *, by: Viewer) -> None:
    """The secretariat takes the report.

    Raises:
        Refused: the municipality has not confirmed it.
    """
    if report.state is not ReportState.CONFIRMED:
        raise Refused(f"「{report.state.label}」の報告は受理できません。")
    _step(report, ReportState.ACCEPTED, comment.strip(), by=by)


def return_report(
    report: TeamReport, comment: str, *, waiting: Collection[ReportState], by: Viewer
) -> None:
    """Give the report back to the team with what is to be put right.

    Raises:
        Refused: it is not in one of the states in which this side may, or nothing is said.
    """
    if report.state not in waiting:
        raise Refused(f"「{report.state.label}」の報告は差し戻せません。")
    if not comment.strip():
        raise Refused("差し戻すときは、直してほしいところを入力してください。")
    _step(report, ReportState.RETURNED, comment.strip(), by=by)


def set_due_days(period: Period, days: Mapping[ReportKind, dt.date], *, by: Viewer) -> None:
    """Say until when the reports are to be handed in.

    Raises:
        Refused: the final report would be due before the interim one.
    """
    if days[ReportKind.FINAL] <= days[ReportKind.INTERIM]:
        raise Refused("成果報告の期限は、中間報告の期限より後にしてください。")
    for kind, day in days.items():
        db.session.merge(ReportDue(period_id=period.id, kind=kind, due_on=day))
    audit.record(
        "team_report.due", period.name, by=by, **{k.value: d.isoformat() for k, d in days.items()}
    )
