"""Templates of the office: what stands in one, what each mark means, and the filled workbook."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from itertools import islice
from typing import Any

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.sheets import InvalidWorkbook
from companion.core.sheets.filling import Look, Mark, NamedCell, fill_in, look_into
from companion.periods.models import Period
from companion.reports.items import Listed, Single, Vocabulary, figure, vocabulary
from companion.reports.models import ReportTemplate, TemplateVersion
from companion.reports.tables import Report
from companion.reports.workbook import Book, hash_of

MOST_RECORDS = 10_000


def look_of(version: TemplateVersion) -> Look:
    """What stands in a version, as it was found when it came in."""
    found = version.look
    return Look(
        found["sheets"],
        [Mark(**one) for one in found["marks"]],
        [NamedCell(**one) for one in found["names"]],
        [(sheet, kind, count) for sheet, kind, count in found["contents"]],
    )


def fill_template(report: Report, version: TemplateVersion) -> Book:
    """The version's workbook with the figures of the report.

    Raises:
        Refused: a list is too long for a template, or the file cannot be filled.
    """
    words, look = vocabulary(report), look_of(version)
    wanted_marks = {mark.words: item for mark in look.marks if (item := words.find(mark.words))}
    wanted_names = {name.name: item for name in look.names if (item := words.find(name.name))}
    columns: dict[str, list[Listed]] = {}
    for item in [*wanted_marks.values(), *wanted_names.values()]:
        if isinstance(item, Listed) and item not in columns.setdefault(item.block, []):
            columns[item.block].append(item)
    lists = {block: _records(words, block, items) for block, items in columns.items()}

    def told(item: Single | Listed) -> dict[str, Any]:
        if isinstance(item, Single):
            return {"cell": figure(item.value, item.style)}
        return {"list": item.block, "column": columns[item.block].index(item)}

    try:
        data = fill_in(
            version.file,
            marks={name: told(item) for name, item in wanted_marks.items()},
            names={name: told(item) for name, item in wanted_names.items()},
            lists=lists,
        )
    except InvalidWorkbook as error:
        raise Refused(f"この様式は差し替えられませんでした。{error}") from error
    return Book(data, sum(len(rows) for rows in lists.values()), hash_of(report))


def _records(words: Vocabulary, block: str, items: list[Listed]) -> list[list[Any]]:
    rows = list(islice(words.blocks[block].rows, MOST_RECORDS + 1))
    if len(rows) > MOST_RECORDS:
        raise Refused(
            f"「{block}」は{MOST_RECORDS:,}行を超えるため、様式に入れられません。"
            "Excelの帳票かCSVで出力してください。"
        )
    return [
        [
            ["n", number, str(number), "0"]
            if item.place is None
            else figure(row[item.place], item.style)
            for item in items
        ]
        for number, row in enumerate(rows, 1)
    ]


def add_template(
    period: Period, pack: str, name: str, data: bytes, filename: str, *, by: Viewer | None
) -> ReportTemplate:
    """Keep a new template of a report, as its first version.

    Raises:
        Refused: the file cannot be taken; says why and what to do.
    """
    template = ReportTemplate(period_id=period.id, pack=pack, name=name.strip(), latest=0)
    db.session.add(template)
    db.session.flush()
    _keep(template, data, filename, by)
    audit.record("report.template.add", template.public_id, by=by, pack=pack, period=period.name)
    return template


def add_version(
    template: ReportTemplate, data: bytes, filename: str, *, by: Viewer | None
) -> TemplateVersion:
    """Keep a new version; the earlier ones stay.

    Raises:
        Refused: the file cannot be taken.
    """
    version = _keep(template, data, filename, by)
    audit.record("report.template.version", template.public_id, by=by, number=version.number)
    return version


def _keep(
    template: ReportTemplate, data: bytes, filename: str, by: Viewer | None
) -> TemplateVersion:
    try:
        look = look_into(data, filename)
    except InvalidWorkbook as error:
        raise Refused(str(error)) from error
    template.latest += 1
    version = TemplateVersion(
        template_id=template.id,
        number=template.latest,
        filename=filename[-200:],
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        file=data,
        look={
            "sheets": look.sheets,
            "marks": [asdict(one) for one in look.marks],
            "names": [asdict(one) for one in look.names],
            "contents": [list(one) for one in look.contents],
        },
        uploaded_by_id=by.user_id if by else None,
        uploaded_by_name=by.name if by else "（自動）",
    )
    db.session.add(version)
    db.session.flush()
    return version


def remove_template(template: ReportTemplate, *, by: Viewer | None) -> None:
    """Take a template out of use; its versions stay and it can be brought back."""
    if template.removed_at is None:
        template.removed_at = clock.now()
        audit.record("report.template.remove", template.public_id, by=by)


def restore_template(template: ReportTemplate, *, by: Viewer | None) -> None:
    """Bring a removed template back."""
    if template.removed_at is not None:
        template.removed_at = None
        audit.record("report.template.restore", template.public_id, by=by)
