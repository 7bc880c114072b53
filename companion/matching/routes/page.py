"""The blueprint of the pages about matching, and what several of them need."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, redirect, url_for

from companion.core.access import Viewer, need_viewer
from companion.core.jobs import enqueue
from companion.matching.models import MatchDraft
from companion.matching.problem import Problem
from companion.matching.queries import find_draft, names_of, question_of_draft, sketch_of
from companion.matching.rules import AllNames
from companion.matching.sketch import Sketch
from companion.periods.routes import show_period

bp = Blueprint("matching", __name__)


class Desk:
    """A draft laid out to work on: its question, its content, and what keys are called."""

    def __init__(self, draft: MatchDraft) -> None:
        self.draft = draft
        self.problem: Problem = question_of_draft(draft)
        self.sketch: Sketch = sketch_of(draft)
        self.names: AllNames = names_of(draft.run)
        self.key_of = {public_id: key for key, public_id in self.names.ids.items()}

    def person(self, public_id: str | None) -> str:
        """The official's key; 404 when the copy has no such official."""
        self._named(public_id)
        return self.key_of.get(public_id or "") or abort(404)

    def challenge(self, key: str | None, *, chosen: bool | None = None) -> str:
        """The challenge's key; 404 when the copy has none, or it is (not) chosen."""
        self._named(key)
        if not key or key not in self.problem.challenge_by_key:
            abort(404)
        if chosen is not None and (key in self.sketch.teams) != chosen:
            abort(404)
        return key

    def _named(self, asked_for: str | None) -> None:
        """An address without the thing it is about leads to the board."""
        if asked_for is None:
            abort(redirect(url_for("matching.draft", public_id=self.draft.public_id), 303))


def desk_of(public_id: str) -> Desk:
    """The draft of an address, laid out."""
    draft = find_draft(public_id, need_viewer()) or abort(404)
    show_period(draft.period)
    return Desk(draft)


def queue(kind: str, title: str, arguments: dict[str, Any], *, by: Viewer) -> str:
    """Put a run into the queue; the address where it is watched."""
    job = enqueue(kind, title, arguments | {"by": asdict(by)}, by=by)
    return url_for("matching.job", public_id=job.public_id)
