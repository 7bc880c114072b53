"""Opening a survey in a period, and closing it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from companion.core import audit, clock, events
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.periods.models import Period
from companion.surveys.anonymity import release
from companion.surveys.choosing import CHOSEN, Whom, people_of
from companion.surveys.groups import keep_groups
from companion.surveys.inviting import invite
from companion.surveys.models import AnswerDraft, SurveyRound
from companion.surveys.publishing import publish_version
from companion.surveys.queries import population, round_of
from companion.surveys.shelf import book_named, definition_named
from companion.surveys.terms import Identity, RoundState, SurveyClosed, SurveyOpened

DEFAULT_DAYS = 18  # 三週間弱: what the published window ran


def open_round(
    survey_id: str,
    period: Period,
    *,
    by: Viewer | None,
    closes_at: dt.datetime | None = None,
    target_percent: int = 80,
    occasion: str = "",
    whom: Whom | None = None,
) -> SurveyRound:
    """Open a survey in a period: everyone in its population is invited and gets one letter.

    A short survey (population `chosen`) is opened for an occasion (「6月分」), as often as one
    likes, for those who are meant.

    Raises:
        Refused: no such survey, open or closed already, nobody in the population, or a name of
            the list is not to be found.
    """
    book, defn = book_named(survey_id), definition_named(survey_id)
    is_short = defn.population == CHOSEN
    occasion = occasion.strip()
    if is_short != bool(occasion):
        raise Refused(
            "何のためのアンケートか（例：6月分）を入力してください。"
            if is_short
            else f"「{defn.title}」は年度に一度だけ行うアンケートです。"
        )
    earlier = round_of(survey_id, period, occasion)
    if earlier is not None:
        what = f"「{defn.title}」{occasion}"
        raise Refused(f"{period.name}の{what}は既に{earlier.state.label}です。")
    whom = whom or Whom()
    if not is_short and whom != Whom():
        raise Refused(f"「{defn.title}」の対象は、定義のとおりです。選べません。")
    people = people_of(defn, period, whom) if is_short else population(defn.population, period)
    if not people:
        raise Refused(
            f"{period.name}には「{defn.title}」の対象者がいません。先にチームを公表してください。"
        )
    now = clock.now()
    planned = defn.window.closes_at
    survey_round = SurveyRound(
        period=period,
        survey_id=defn.id,
        version=publish_version(defn, by=by, source=book.text),
        identity=Identity(defn.identity),
        opened_at=now,
        target_percent=target_percent,
        occasion=occasion,
        audience=whom.audience if whom.audience != defn.audience else "",
        closes_at=closes_at
        or (planned if planned > now else now + dt.timedelta(days=DEFAULT_DAYS)),
    )
    db.session.add(survey_round)
    db.session.flush()
    for team, official in people:
        invite(survey_round, team, official)
    audit.record("survey.open", survey_round.public_id, by=by, invited=len(people))
    events.publish(SurveyOpened(survey_round.id))
    return survey_round


def close_round(
    survey_id: str, period: Period, *, by: Viewer | None, occasion: str = ""
) -> SurveyRound:
    """Close a survey for good; from now on its results may be seen.

    Sealed answers are opened and shuffled, the respondents' groups are kept as they stand, and
    drafts that were never submitted are deleted.

    Raises:
        Refused: it is not open, or sealed answers cannot be opened (another secret key).
    """
    survey_round = round_of(survey_id, period, occasion)
    if survey_round is None or survey_round.state is not RoundState.OPEN:
        title = definition_named(survey_id).title
        raise Refused(f"{period.name}の「{title}」は回答受付中ではありません。")
    survey_round.state, survey_round.closed_at = RoundState.CLOSED, clock.now()
    release(survey_round)
    keep_groups(survey_round)
    for draft in db.session.scalars(
        select(AnswerDraft).where(AnswerDraft.round_id == survey_round.id)
    ):
        db.session.delete(draft)
    db.session.flush()
    audit.record("survey.close", survey_round.public_id, by=by)
    events.publish(SurveyClosed(survey_round.id))
    return survey_round
