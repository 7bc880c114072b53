"""Saying what a prefecture thinks of a challenge, or a ministry of an application of its own."""

from __future__ import annotations

from companion.applications.models import Challenge, Official
from companion.core import audit
from companion.core.access import Permission, Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.screening.models import Opinion
from companion.screening.queries.opinions import opinions_on, state_of
from companion.screening.terms import Stance


def give_opinion(
    subject: Challenge | Official, stance: Stance, note: str, *, seen: int, by: Viewer
) -> Opinion:
    """Keep a new version of what is said; what was said before stays beside it.

    `seen` is the version that was there when this one was written, 0 for none. Where somebody
    else came first at the same moment the database refuses the second of two equal versions.

    Raises:
        Refused: the screening has decided about the application, a warning has no words, or
            nothing differs from what was said last.
    """
    is_challenge = isinstance(subject, Challenge)
    permission = Permission.CHALLENGE_OPINION if is_challenge else Permission.OFFICIAL_OPINION
    if not by.may(permission, state_of(subject)):
        raise Refused(
            "事務局の審査で判断が済んだため、意見は変えられません。"
            "伝えたいことがあるときは、事務局に連絡してください。"
        )
    note = note.strip()
    if stance.is_warning and not note:
        raise Refused(f"「{stance.label}」のときは、理由や条件を入力してください。")
    said = next(iter(opinions_on(subject)), None)
    if said is not None and (said.stance, said.note) == (stance, note):
        raise Refused("前の意見から変わったところがありません。")
    row = Opinion(
        challenge_id=subject.id if is_challenge else None,
        official_id=None if is_challenge else subject.id,
        version=seen + 1,
        stance=stance,
        note=note,
        given_by_id=by.user_id,
    )
    db.session.add(row)
    db.session.flush()
    kind = "challenge" if is_challenge else "official"
    before = said.stance.value if said else None
    audit.record(f"{kind}.opinion", subject.public_id, by=by, before=before, after=stance.value)
    return row
