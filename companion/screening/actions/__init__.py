"""What is done at screening."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from companion.applications.models import Challenge, Official
from companion.applications.reading import Reference
from companion.applications.terms import ChallengeState, OfficialState
from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.mail import LetterKind, post
from companion.periods.models import Period
from companion.places.names import Gazetteer, NotAPlace, read_place
from companion.screening.models import (
    ConflictOfInterest,
    ConsentChase,
    Criterion,
    Decision,
    Opinion,
    Review,
)
from companion.screening.queries import criteria_of, missing_consents, reviews_of, weights_of
from companion.screening.queries.opinions import opinions_on_challenges, opinions_on_officials
from companion.screening.rules import HIGHEST, LOWEST, CriterionWords, level_of, merit_of
from companion.screening.terms import STARTING_CRITERIA, Verdict

OPEN_CHALLENGES = {
    ChallengeState.SUBMITTED,
    ChallengeState.ELIGIBLE,
    ChallengeState.INELIGIBLE,
}
OPEN_OFFICIALS = {
    OfficialState.SUBMITTED,
    OfficialState.CONSENTED,
    OfficialState.ELIGIBLE,
    OfficialState.INELIGIBLE,
}


def prepare_criteria(period: Period, *, by: Viewer | None) -> list[Criterion]:
    """The criteria of a period, begun with the starting ones when there are none yet."""
    there = criteria_of(period)
    if there:
        return there
    rows = [
        Criterion(
            period_id=period.id,
            position=position,
            label=row.label,
            description=row.description,
            weight=row.weight,
        )
        for position, row in enumerate(STARTING_CRITERIA)
    ]
    db.session.add_all(rows)
    db.session.flush()
    audit.record("screening.begin", period.name, by=by, criteria=len(rows))
    return rows


def change_criteria(period: Period, words: Sequence[CriterionWords], *, by: Viewer) -> None:
    """Word and weigh the criteria anew; merits follow at once.

    `words` stand in the order of the criteria; a weight of 0 takes one out of the sum.

    Raises:
        Refused: every weight is 0, or a criterion has no name.
    """
    rows = prepare_criteria(period, by=by)
    if not any(row.weight for row in words):
        raise Refused("重みがすべて0です。どれか一つは1以上にしてください。")
    if any(not row.label.strip() for row in words):
        raise Refused("観点の名前を入力してください。使わない観点は重みを0にします。")
    before = {row.label: row.weight for row in rows}
    for row, new in zip(rows, words, strict=True):
        row.label, row.description, row.weight = new.label.strip(), new.description, new.weight
    flag_modified(period, "name")  # the version of the period is the version of its criteria
    db.session.flush()
    after = {row.label: row.weight for row in rows}
    audit.record("screening.weigh", period.name, by=by, before=before, after=after)
    for challenge in db.session.scalars(select(Challenge).where(Challenge.period_id == period.id)):
        _settle_merit(challenge)


def save_review(
    challenge: Challenge, levels: Mapping[int, int], note: str, *, by: Viewer
) -> Review:
    """Keep what a reviewer thinks of a challenge, in place of what the same one thought before.

    `levels` is keyed by criterion id, 1 to 5.

    Raises:
        Refused: a criterion is missing or a level is none, or the screening of this challenge has
            ended.
    """
    _open_only(challenge)
    wanted = set(weights_of(challenge.period))
    if set(levels) != wanted or not all(LOWEST <= v <= HIGHEST for v in levels.values()):
        raise Refused("すべての観点に1～5の評価を付けてください。")
    review = db.session.scalar(
        select(Review).where(Review.challenge_id == challenge.id, Review.reviewer_id == by.user_id)
    )
    if review is None:
        review = Review(challenge_id=challenge.id, reviewer_id=by.user_id)
        db.session.add(review)
    review.levels = {str(key): level for key, level in levels.items()}
    review.note, review.saved_at = note.strip(), clock.now()
    db.session.flush()
    _settle_merit(challenge)
    audit.record("screening.review", challenge.public_id, by=by)
    return review


def _settle_merit(challenge: Challenge) -> None:
    weights = weights_of(challenge.period)
    found = [level_of(review.scores, weights) for review in reviews_of(challenge)]
    merit = merit_of(found).points
    if challenge.merit != merit:
        challenge.merit = merit
        db.session.flush()


def set_remoteness(challenge: Challenge, remoteness: int, *, by: Viewer) -> None:
    """Say how far away a municipality is, 0 to 3.

    Raises:
        Refused: the screening of this challenge has ended.
    """
    _open_only(challenge)
    before, challenge.remoteness = challenge.remoteness, remoteness
    db.session.flush()
    audit.record(
        "challenge.remoteness", challenge.public_id, by=by, before=before, after=remoteness
    )


def decide(subject: Challenge | Official, verdict: Verdict, reason: str, *, by: Viewer) -> Decision:
    """Say whether an application takes part in the matching.

    Raises:
        Refused: the result has been announced or the applicant has withdrawn, or a refusal has no
            reason.
    """
    _open_only(subject)
    if verdict is not Verdict.ELIGIBLE and not reason.strip():
        raise Refused("理由を入力してください。応募者に説明するときに使います。")
    is_challenge = isinstance(subject, Challenge)
    if isinstance(subject, Challenge):
        subject.state = {
            Verdict.ELIGIBLE: ChallengeState.ELIGIBLE,
            Verdict.INELIGIBLE: ChallengeState.INELIGIBLE,
            Verdict.REOPENED: ChallengeState.SUBMITTED,
        }[verdict]
    else:
        back = OfficialState.CONSENTED if subject.has_consent else OfficialState.SUBMITTED
        subject.state = {
            Verdict.ELIGIBLE: OfficialState.ELIGIBLE,
            Verdict.INELIGIBLE: OfficialState.INELIGIBLE,
            Verdict.REOPENED: back,
        }[verdict]
    decision = Decision(
        challenge_id=subject.id if is_challenge else None,
        official_id=None if is_challenge else subject.id,
        verdict=verdict,
        reason=reason.strip(),
        decided_by_id=by.user_id,
    )
    db.session.add(decision)
    db.session.flush()
    kind = "challenge" if is_challenge else "official"
    audit.record(f"{kind}.{verdict.value}", subject.public_id, by=by)
    return decision


def accept_the_clear(period: Period, *, by: Viewer) -> tuple[int, int]:
    """Make eligible, at one stroke, whom nothing speaks against; returns how many of each side.

    A challenge is clear when its population is under the limit; an official when the superior has
    agreed; neither when the prefecture or the ministry warns. Whoever was decided about already
    stays as decided.
    """
    said = opinions_on_challenges(period), opinions_on_officials(period)
    challenges = db.session.scalars(
        select(Challenge).where(
            Challenge.period_id == period.id,
            Challenge.state == ChallengeState.SUBMITTED,
            Challenge.population < period.population_limit,
        )
    ).all()
    officials = db.session.scalars(
        select(Official).where(
            Official.period_id == period.id,
            Official.state.in_({OfficialState.SUBMITTED, OfficialState.CONSENTED}),
            Official.has_consent.is_(True),
        )
    ).all()
    clear = [_unwarned(challenges, said[0]), _unwarned(officials, said[1])]
    for row in itertools.chain(*clear):
        decide(row, Verdict.ELIGIBLE, "", by=by)
    return len(clear[0]), len(clear[1])


def _unwarned(
    rows: Sequence[Challenge | Official], said: Mapping[int, Opinion]
) -> list[Challenge | Official]:
    return [row for row in rows if not (row.id in said and said[row.id].stance.is_warning)]


def note_consent(official: Official, *, by: Viewer) -> None:
    """Keep that the superior has agreed.

    Raises:
        Refused: the result has been announced, or the applicant has withdrawn.
    """
    _open_only(official)
    official.has_consent = True
    if official.state is OfficialState.SUBMITTED:
        official.state = OfficialState.CONSENTED
    audit.record("official.consent", official.public_id, by=by)


def chase_consents(period: Period, *, by: Viewer) -> int:
    """Remind everybody whose superior's consent is missing, at most once a day each."""
    today = clock.today()
    waiting = [row for row in missing_consents(period, by) if row.last_on != today]
    for row in waiting:
        official = row.official
        db.session.add(ConsentChase(official_id=official.id, chased_by_id=by.user_id))
        post(
            f"consent/{period.fiscal_year}/{official.email}/{today.isoformat()}",
            LetterKind.CONSENT,
            to=official.email,
            subject="【確認のお願い】地方創生支援官への応募に対する上司の同意",
            body=current_app.jinja_env.get_template("screening/letters/consent.txt").render(
                name=official.name,
                ministry=official.ministry.name,
                period=period.name,
                secretariat=period.secretariat,
            ),
        )
    audit.record("screening.chase", period.name, by=by, officials=len(waiting))
    return len(waiting)


def find_conflict_of_interest(
    official: Official, place: str, reason: str, *, reference: Reference, by: Viewer
) -> ConflictOfInterest:
    """Keep an official away from a municipality or a prefecture.

    Raises:
        Refused: the words name no place or several, or no reason is given.
    """
    _open_only(official)
    if not reason.strip():
        raise Refused("利害関係の内容を入力してください（例：許認可を担当）。")
    try:
        found = read_place(place, Gazetteer(reference.municipalities))
    except NotAPlace as fault:
        raise Refused(str(fault)) from None
    code = found.prefecture_code or ("01" if found.region == "北海道" else None)
    if not (found.lg_code or code):
        raise Refused(
            f"「{place.strip()}」は市町村名でも都道府県名でもありません。"
            "「長野県」や「長野県上田市」のように入力してください。"
        )
    conflict = ConflictOfInterest(
        official_id=official.id,
        lg_code=found.lg_code,
        prefecture_code=None if found.lg_code else code,
        reason=reason.strip(),
        found_by_id=by.user_id,
    )
    db.session.add(conflict)
    db.session.flush()
    audit.record("official.conflict", official.public_id, by=by, place=found.lg_code or code)
    return conflict


def lift_conflict(conflict: ConflictOfInterest, reason: str, *, by: Viewer) -> None:
    """Let an official serve there again.

    Raises:
        Refused: no reason is given.
    """
    if not reason.strip():
        raise Refused("解除する理由を入力してください。")
    conflict.lifted_at, conflict.lifted_reason = clock.now(), reason.strip()
    audit.record("official.conflict_lifted", conflict.official.public_id, by=by)


def _open_only(subject: Challenge | Official) -> None:
    is_open = subject.state in (
        OPEN_CHALLENGES if isinstance(subject, Challenge) else OPEN_OFFICIALS
    )
    if not is_open:
        raise Refused(f"この応募は「{subject.state.label}」のため、審査の内容を変えられません。")
