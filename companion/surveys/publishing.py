"""Publishing a definition: what the change does to earlier answers decides whether it may be."""

from __future__ import annotations

from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.surveys.definition import (
    SurveyDefinition,
    canonical_json,
    from_canonical,
    sha256,
)
from companion.surveys.models import SurveyVersion
from companion.surveys.shelf import number_of, versions_of
from companion.surveys.terms import Identity
from companion.surveys.versions import Change, ChangeClass, compare, gravest


def changes_since_published(defn: SurveyDefinition) -> list[Change]:
    """Every difference from the newest published version, the gravest first; none for a first."""
    published = versions_of(defn.id)
    return compare(from_canonical(published[0].canonical), defn) if published else []


def publish_version(
    defn: SurveyDefinition, *, by: Viewer | None, note: str = "", source: str = ""
) -> SurveyVersion:
    """The stored version of a definition, published now when it is new.

    `note` says why, where the change needs it; `source` is the YAML it was read from.

    Raises:
        Refused: the same version was published with another content, the version is not newer,
            the change breaks earlier answers, or it needs a note and none was written.
    """
    digest, published = sha256(defn), versions_of(defn.id)
    stored = next((row for row in published if row.version == defn.version), None)
    if stored is not None:
        if stored.sha256 != digest:
            raise Refused(
                f"「{defn.title}」の版 {defn.version} は公開済みで、変更できません。"
                "version を新しい番号にしてください。"
            )
        return stored
    if published and number_of(defn.version) < published[0].number:
        raise Refused(
            f"版 {defn.version} は、公開済みの {published[0].version} より古い番号です。"
            "version を新しい番号にしてください。"
        )
    changes = compare(from_canonical(published[0].canonical), defn) if published else []
    _check(defn, changes, note)
    row = SurveyVersion(
        survey_id=defn.id,
        version=defn.version,
        identity=Identity(defn.identity),
        title=defn.title,
        canonical=canonical_json(defn),
        sha256=digest,
        source=source,
        note=note.strip(),
        published_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    kind = gravest(changes)
    audit.record(
        "survey.publish", defn.id, by=by, version=defn.version, change=kind.name if kind else ""
    )
    return row


def _check(defn: SurveyDefinition, changes: list[Change], note: str) -> None:
    kind = gravest(changes)
    if kind is ChangeClass.BREAKING:
        listed = "".join(
            f"{change.question or 'アンケート全体'}：{change.message}"
            for change in changes
            if change.kind is kind
        )
        raise Refused(
            f"これまでの回答が読めなくなる変更なので公開できません。{listed}"
            "compat に対応を書くか、別のアンケート（新しい id）にしてください。"
        )
    if kind is ChangeClass.NEEDS_NOTE and not note.strip():
        raise Refused(
            f"「{defn.title}」には、公開済みの版と集計を分けて読む必要のある変更があります。"
            "「設問と版」の画面で、変更の理由を書いて公開してください。"
        )
