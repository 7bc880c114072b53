"""Making a report as a file, keeping it in the history, and saying which are made by themselves."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from companion.approvals.actions import approve, ask, carried_out_by
from companion.approvals.models import Approval
from companion.approvals.queries import approval_at
from companion.core import audit, clock
from companion.core.access import Permission, Viewer
from companion.core.contacts import is_too_much, most_exported
from companion.core.db import db
from companion.core.errors import Refused
from companion.periods.models import Period
from companion.reports.files import make_file
from companion.reports.models import ReportExport, ReportPlan, TemplateVersion
from companion.reports.packs import PACKS
from companion.reports.packs.base import Pack
from companion.reports.queries import plan_of
from companion.reports.tables import Report
from companion.reports.templating import fill_template
from companion.reports.terms import Edition, FileType, Rhythm
from companion.reports.workbook import Tell

APPROVAL = "report.contacts"
ROSTER = "report.roster"
HELD_FOR = dt.timedelta(days=7)  # an approved roster may be taken along for so long


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for: which report, of which period, for whom, as what."""

    pack: str
    edition: Edition = Edition.INTERNAL
    file_type: FileType = FileType.XLSX
    template_version: int | None = None  # its row, when it goes into a form of the office


def pack_named(name: str) -> Pack:
    """The pack of that id.

    Raises:
        Refused: there is none; names those there are.
    """
    if name not in PACKS:
        raise Refused(f"帳票「{name}」はありません。指定できるもの：{'、'.join(PACKS)}")
    return PACKS[name]


def build_report(period: Period, wanted: Wanted) -> Report:
    """The report as data.

    Raises:
        Refused: the pack has no such edition or file.
    """
    pack = pack_named(wanted.pack)
    if wanted.edition not in pack.editions:
        raise Refused(
            f"「{pack.title}」に{wanted.edition.label}はありません（内部限りの帳票です）。"
        )
    if wanted.file_type is FileType.PPTX and not pack.has_slides:
        raise Refused(f"「{pack.title}」にスライドはありません。")
    return pack.build(period, wanted.edition)


def make_export(
    period: Period,
    wanted: Wanted,
    *,
    by: Viewer | None,
    origin: str,
    filter_text: str = "",
    tell: Tell | None = None,
    approved: Approval | None = None,
) -> tuple[ReportExport, bytes]:
    """Make the file, keep it under its hash, and write it into the history and the trail.

    Raises:
        Refused: the pack has no such edition or file.
    """
    report, version = build_report(period, wanted), None
    if wanted.template_version is None:
        made = make_file(report, wanted.file_type, tell=tell)
    else:
        version = db.session.get_one(TemplateVersion, wanted.template_version)
        made = fill_template(report, version)
    digest = hashlib.sha256(made.data).hexdigest()
    keep(digest, made.data)
    export = ReportExport(
        period_id=period.id,
        pack=wanted.pack,
        edition=wanted.edition,
        file_type=wanted.file_type,
        filter_text=filter_text or f"{period.name}　絞り込みなし",
        rows=made.rows,
        size=len(made.data),
        sha256=digest,
        data_hash=made.data_hash,
        made_by_id=by.user_id if by else None,
        made_by_name=by.name if by else "（自動）",
        origin=origin,
        template_version_id=version.id if version else None,
    )
    db.session.add(export)
    db.session.flush()
    audit.record(
        "report.export",
        wanted.pack,
        by=by,
        period=period.name,
        edition=wanted.edition.value,
        file_type=wanted.file_type.value,
        rows=made.rows,
        sha256=digest,
        **({"people": report.people} if report.people else {}),
        **({"approved": approved.public_id} if approved else {}),
        **({"template": version.template.public_id, "version": version.number} if version else {}),
    )
    return export, made.data


def needs_two(people: int, by: Viewer) -> bool:
    """True when so many contacts more need a second person: in one file, or over the hour."""
    return is_too_much({"": people}, by)


def ask_for_contacts(
    period: Period, wanted: Wanted, report: Report, reason: str, by: Viewer
) -> Approval:
    """Ask a second coordinator to let many persons' contacts be taken along (`needs_two`).

    Raises:
        Refused: no reason is given, or the same is asked for already.
    """
    title = f"{period.name} {pack_named(wanted.pack).title}の出力（{report.people}人）"
    return ask(
        APPROVAL,
        f"{period.name}:{wanted.pack}:{by.user_id}",
        title=title,
        reason=reason,
        by=by,
        period_id=period.id,
        pack=wanted.pack,
        edition=wanted.edition.value,
        file_type=wanted.file_type.value,
        template_version=wanted.template_version,
        lines=[f"{report.people}人の連絡先を含みます。", f"形式：{wanted.file_type.label}"],
    )


@carried_out_by(APPROVAL, label="連絡先の出力")
def hand_out_contacts(approval: Approval, by: Viewer) -> str:
    """Make the approved file; it waits in the history for whoever asked."""
    detail = approval.detail
    export, _ = make_export(
        db.session.get_one(Period, detail["period_id"]),
        Wanted(
            detail["pack"],
            Edition(detail["edition"]),
            FileType(detail["file_type"]),
            detail.get("template_version"),
        ),
        by=by,
        origin=f"承認（依頼 {approval.asked_by_name}）"[:20],
        filter_text=f"理由：{approval.reason}"[:300],
        approved=approval,
    )
    return f"/exports/{export.public_id}"


def export_by_two(
    period: Period, wanted: Wanted, reason: str, *, asked: Viewer, approved: Viewer
) -> tuple[ReportExport, bytes]:
    """Let two coordinators decide at once about many contacts, where both stand at a command.

    Raises:
        Refused: both are the same person, or no reason is given.
    """
    report = build_report(period, wanted)
    location = approve(ask_for_contacts(period, wanted, report, reason, asked), by=approved)
    public_id = location.rpartition("/")[2]
    export = db.session.scalars(
        select(ReportExport).where(ReportExport.public_id == public_id)
    ).one()
    return export, kept(export) or b""


def roster_subject(period: Period, by: Viewer) -> str:
    """What an approval of a ministry's roster is about: the year, and who takes it along."""
    return f"{period.fiscal_year}/{by.user_id}"


def ask_for_roster(period: Period, title: str, people: int, reason: str, by: Viewer) -> Approval:
    """Ask the coordinators to let somebody else take many persons' contacts along.

    Raises:
        Refused: no reason is given, or the same is asked for already.
    """
    return ask(
        ROSTER,
        roster_subject(period, by),
        title=f"{period.name} {title}の出力（{people}人）",
        reason=reason,
        by=by,
        people=people,
        lines=[
            f"{by.role.label}が、{people}人の連絡先を受け取ります。",
            f"承認から{HELD_FOR.days}日間、受け取れます。",
        ],
        answer=f"/{period.fiscal_year}/teams/workbook",
    )


@carried_out_by(ROSTER, label="名簿の出力（コーディネーター以外）")
def let_roster_go(approval: Approval, by: Viewer) -> str:
    """The approval itself lets the asker take the list along, from the asker's own page."""
    return ""


def check_taking(export: ReportExport, by: Viewer) -> dict[str, Any]:
    """What the trail tells of handing a kept file out once more.

    Raises:
        Refused: it holds many contacts and the viewer neither asked for it nor approved it, or it
            would be more than an hour allows.
    """
    people = export.rows if PACKS[export.pack].permission is Permission.CONTACT_VIEW else 0
    told: dict[str, Any] = {"people": people, "sha256": export.sha256} if people else {}
    approval = approval_at(f"/exports/{export.public_id}")
    if approval is not None:
        if by.user_id not in {approval.asked_by_id, approval.decided_by_id}:
            raise Refused(
                "このファイルを受け取れるのは、依頼した人と承認した人だけです。"
                "必要なときは、帳票の画面から理由を添えて依頼してください。"
            )
        return told | {"approved": approval.public_id}
    if is_too_much({export.sha256: people}, by):
        raise Refused(
            f"1時間に受け取れる連絡先は、合わせて{most_exported()}人分までです。"
            "1時間ほど待つか、帳票の画面から理由を添えて依頼してください。"
        )
    return told


def _folder() -> Path:
    return Path(current_app.instance_path) / "exports"


def keep(digest: str, data: bytes) -> None:
    """Put a file under its hash, once."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / digest
    if not path.exists():
        part = folder / f"{digest}.{clock.now().timestamp()}.part"
        part.write_bytes(data)
        part.replace(path)


def kept(export: ReportExport) -> bytes | None:
    """The file of an export, None when it is no longer there."""
    path = _folder() / export.sha256
    return path.read_bytes() if path.exists() else None


def file_name(export: ReportExport) -> str:
    """What the file is called when it is handed out."""
    version = export.template_version
    title = version.template.name if version else PACKS[export.pack].title
    return f"{title}_{export.period.name}_{export.edition.label}.{export.file_type.suffix}"


def plan_report(
    period: Period, pack: str, edition: Edition, rhythm: Rhythm | None, *, by: Viewer | None
) -> None:
    """Let a report be made by itself from its next day on, or (without rhythm) no longer.

    Raises:
        Refused: it holds contacts, which are handed out by people only.
    """
    if rhythm and pack_named(pack).permission is Permission.CONTACT_VIEW:
        raise Refused("連絡先を含む帳票は自動で作れません。必要なときに画面から出力してください。")
    plan = plan_of(period, pack)
    if rhythm is None:
        if plan is not None:
            db.session.delete(plan)
    elif plan is None:
        # The day that has passed is not made up for.
        last = rhythm.due_on(clock.today())
        db.session.add(
            ReportPlan(period_id=period.id, pack=pack, edition=edition, rhythm=rhythm, last_on=last)
        )
    else:
        plan.edition, plan.rhythm = edition, rhythm
    words = rhythm.value if rhythm else "none"
    audit.record("report.plan", pack, by=by, period=period.name, rhythm=words)
