"""Which definition of each survey is in force: the newest of the file and what was published."""

from __future__ import annotations

import difflib

from sqlalchemy import select

from companion.core.db import db
from companion.core.errors import Refused
from companion.surveys.definition import SurveyDefinition, from_canonical
from companion.surveys.library import Book, files
from companion.surveys.models import SurveyVersion


def number_of(version: str) -> tuple[int, ...]:
    """A version as numbers: 2025.10 is newer than 2025.9."""
    return tuple(int(part) for part in version.split("."))


def versions_of(survey_id: str) -> list[SurveyVersion]:
    """The published versions of a survey, the newest first."""
    rows = db.session.scalars(select(SurveyVersion).where(SurveyVersion.survey_id == survey_id))
    return sorted(rows, key=lambda row: row.number, reverse=True)


def _newest() -> dict[str, SurveyVersion]:
    newest: dict[str, SurveyVersion] = {}
    for row in db.session.scalars(select(SurveyVersion).where(SurveyVersion.source != "")):
        if row.survey_id not in newest or row.number > newest[row.survey_id].number:
            newest[row.survey_id] = row
    return newest


def books() -> dict[str, Book]:
    """The definition in force of every survey, faulty ones too, by id."""
    found = files()
    for survey_id, row in _newest().items():
        written = found.get(survey_id)
        if written and written.defn and number_of(written.defn.version) >= row.number:
            continue
        found[survey_id] = Book(survey_id, row.source, (), from_canonical(row.canonical))
    return dict(sorted(found.items()))


def load_definitions() -> dict[str, SurveyDefinition]:
    """The definitions that can be used, by id."""
    return {name: book.defn for name, book in books().items() if book.defn is not None}


def book_named(survey_id: str) -> Book:
    """One definition that can be used, with its text.

    Raises:
        Refused: there is none of that name (the nearest one is offered), or it has faults.
    """
    known = books()
    if survey_id not in known:
        near = difflib.get_close_matches(survey_id, known, n=1)
        hint = (
            f"「{near[0]}」ではありませんか。" if near else f"使えるのは {'、'.join(known)} です。"
        )
        raise Refused(f"アンケート「{survey_id}」はありません。{hint}")
    book = known[survey_id]
    if book.errors:
        listed = "\n".join(str(fault) for fault in book.errors)
        raise Refused(f"アンケート「{survey_id}」の定義に誤りがあり、使えません。\n{listed}")
    return book


def definition_named(survey_id: str) -> SurveyDefinition:
    """One definition that can be used. Raises Refused as `book_named` does."""
    defn = book_named(survey_id).defn
    assert defn is not None  # noqa: S101 - a book without errors has one
    return defn
