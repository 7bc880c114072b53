"""Definitions being edited in the browser: begun, changed step by step, undone, published.

Every change keeps the text before it. A draft may be faulty; only publishing asks for more.
"""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import delete, select

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.surveys.composing import yaml_text
from companion.surveys.definition import SurveyDefinition
from companion.surveys.draftdata import (
    Data,
    next_version,
    questions_in,
)
from companion.surveys.edits import (
    empty_survey,
)
from companion.surveys.library import Book, files, looked_at
from companion.surveys.models import SurveyDraft, SurveyDraftStep, SurveyVersion
from companion.surveys.publishing import publish_version
from companion.surveys.shelf import book_named, books, number_of, versions_of
from companion.surveys.source import Source, read

MOST_STEPS = 100  # older texts of a draft are let go


@dataclass(frozen=True)
class Draft:
    """A draft as it is read: the row, its data, and what the linter says."""

    row: SurveyDraft

    @property
    def survey_id(self) -> str:
        """The survey it will be a version of."""
        return self.row.survey_id

    @cached_property
    def book(self) -> Book:
        """The definition with its findings."""
        return looked_at(self.row.survey_id, self.row.text)

    @cached_property
    def source(self) -> Source:
        """The data with the line of every value."""
        return read(self.row.text, self.row.survey_id)

    @property
    def defn(self) -> SurveyDefinition | None:
        """The definition when it can be used."""
        return self.book.defn

    @property
    def data(self) -> Data:
        """A copy of the data, free to be changed."""
        return copy.deepcopy(self.source.data)


def draft_of_survey(survey_id: str, *, to_change: bool = False) -> Draft | None:
    """The draft of a survey, if one has been begun; held against others when it is to change."""
    row = db.session.get(
        SurveyDraft, survey_id, with_for_update=to_change or None, populate_existing=to_change
    )
    return Draft(row) if row else None


def drafts() -> dict[str, Draft]:
    """Every draft by its survey's id."""
    rows = db.session.scalars(select(SurveyDraft).order_by(SurveyDraft.survey_id))
    return {row.survey_id: Draft(row) for row in rows}


def last_step(survey_id: str) -> SurveyDraftStep | None:
    """The newest change of a draft, which can be undone."""
    return db.session.scalar(
        select(SurveyDraftStep)
        .where(SurveyDraftStep.survey_id == survey_id)
        .order_by(SurveyDraftStep.number.desc())
        .limit(1)
    )


def begin_draft(survey_id: str, *, by: Viewer) -> Draft:
    """The draft of a survey, begun from what is in force when there is none yet.

    Raises:
        Refused: there is no such survey, or its file has errors.
    """
    begun = draft_of_survey(survey_id)
    if begun is not None:
        return begun
    data = read(book_named(survey_id).text, survey_id).data
    data["version"] = next_version(newest_version(survey_id, str(data["version"])))
    return add_draft(data, by=by)


def newest_version(survey_id: str, version: str) -> str:
    """The newest of a version, what is published, and the file: a draft must be newer than all."""
    file = files().get(survey_id)
    known = [version, *(row.version for row in versions_of(survey_id)[:1])]
    if file and file.defn:
        known.append(file.defn.version)
    return max(known, key=number_of)


def add_draft(data: Data, *, by: Viewer) -> Draft:
    """A draft with some data.

    Raises:
        Refused: the survey has a draft already.
    """
    survey_id = str(data["id"])
    if db.session.get(SurveyDraft, survey_id) is not None:
        raise Refused(
            f"「{survey_id}」には編集中の下書きがあります。先に公開するか破棄してください。"
        )
    row = SurveyDraft(
        survey_id=survey_id, text=yaml_text(data), saved_at=clock.now(), saved_by=by.name[:200]
    )
    db.session.add(row)
    db.session.flush()
    audit.record("survey.draft.begin", survey_id, by=by)
    return Draft(row)


def new_survey(
    survey_id: str,
    *,
    title: str,
    audience: str,
    copied: str | None,
    version: str,
    today: dt.date,
    by: Viewer,
) -> Draft:
    """A draft of a new survey: a copy of another without what was published of it, or empty.

    Raises:
        Refused: the name is taken, or there is no usable survey to copy.
    """
    if survey_id in books() or draft_of_survey(survey_id) is not None:
        raise Refused(f"「{survey_id}」は使われています。別の名前にしてください。")
    if copied:
        data = {**read(book_named(copied).text, copied).data}
        data.pop("compat", None)
        for _, _, question in questions_in(data):
            question.pop("published", None)
    else:
        data = empty_survey(audience, today)
    data |= {"id": survey_id, "title": title, "version": version}
    return add_draft(data, by=by)


def change_draft(draft: Draft, data: Data, words: str, *, by: Viewer) -> bool:
    """Save a change of a draft, the text before it kept; False when nothing has changed."""
    text = yaml_text(data)
    row = draft.row
    if text == row.text:
        return False
    db.session.add(
        SurveyDraftStep(
            survey_id=row.survey_id, number=row.version, text=row.text, change=words[:200]
        )
    )
    db.session.execute(
        delete(SurveyDraftStep).where(
            SurveyDraftStep.survey_id == row.survey_id,
            SurveyDraftStep.number <= row.version - MOST_STEPS,
        )
    )
    _save(row, text, by)
    audit.record("survey.draft.change", row.survey_id, by=by)
    return True


def undo(draft: Draft, *, by: Viewer) -> str:
    """Take back the newest change; what it was in words.

    Raises:
        Refused: there is nothing to take back.
    """
    step = last_step(draft.survey_id)
    if step is None:
        raise Refused("元に戻せる変更はありません。")
    words = step.change
    _save(draft.row, step.text, by)
    db.session.delete(step)
    db.session.flush()
    audit.record("survey.draft.undo", draft.survey_id, by=by)
    return words


def _save(row: SurveyDraft, text: str, by: Viewer) -> None:
    row.text, row.saved_at, row.saved_by = text, clock.now(), by.name[:200]
    db.session.flush()


def drop_draft(draft: Draft, *, by: Viewer) -> None:
    """Throw a draft away; what is published stays."""
    _remove(draft)
    audit.record("survey.draft.drop", draft.survey_id, by=by)


def _remove(draft: Draft) -> None:
    db.session.execute(delete(SurveyDraftStep).where(SurveyDraftStep.survey_id == draft.survey_id))
    db.session.delete(draft.row)
    db.session.flush()


def publish_draft(draft: Draft, *, note: str, by: Viewer) -> SurveyVersion:
    """Publish a draft as a version; the draft ends with it.

    Raises:
        Refused: it is faulty, or the version may not be published (see `publish_version`).
    """
    defn = draft.defn
    if defn is None:
        count = len(draft.book.errors)
        raise Refused(f"直すところが{count}件あるので公開できません。「誤り」を直してください。")
    newest = newest_version(defn.id, "0")
    if number_of(defn.version) <= number_of(newest):
        raise Refused(
            f"版 {defn.version} は、いまの版 {newest} より新しくありません。"
            "「全体の設定」で新しい版にしてください。"
        )
    row = publish_version(defn, by=by, note=note, source=draft.row.text)
    _remove(draft)
    return row
