"""What the prefecture and the ministry of the demo's accounts said, and whom one proposed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from companion.applications.models import Challenge, Official
from companion.applications.terms import OfficialState
from companion.core import clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.people.models import User
from companion.periods.models import Period
from companion.places.models import Municipality
from companion.proposals.actions import Candidate, decline, propose
from companion.screening.models import Opinion
from companion.screening.terms import Stance

SAID_AT = dt.datetime(2025, 2, 27, 4, 0, tzinfo=dt.UTC)
# Said in turn; a third of the applications stays without a word.
OF_CHALLENGES = (
    (Stance.RECOMMENDED, "県の計画とも方向が同じで、町の体制も整っています。"),
    (Stance.NO_OBJECTION, ""),
    None,
    (Stance.CONCERN, "担当課が一人で、会議の日程が合わせにくいと聞いています。"),
    (Stance.RECOMMENDED, "近隣の町にも成果を広げられる課題です。"),
    None,
)
OF_OFFICIALS = (
    (Stance.AGREED, ""),
    (Stance.CONDITIONAL, "国会の会期中は、従事を一割までとしてください。"),
    None,
    (Stance.AGREED, "本人の希望と、今の業務の経験が合っています。"),
    None,
)
OF_THOSE_LEFT = ((Stance.DISAGREED, "四月に出向の予定があります。"), None)


PROPOSED = (
    Candidate(
        "試作 梢",
        "しさく こずえ",
        "地域振興課",
        "係長",
        "suisen1@demo.test",
        "来年の春に地方勤務から戻る予定です。",
    ),
    Candidate(
        "模擬 渚",
        "もぎ なぎさ",
        "企画課",
        "課長補佐",
        "suisen2@demo.test",
        "市町村への出向で、空き家の活用を三年担当しました。",
    ),
)


def propose_officials(period: Period, ministry: Viewer, *, by: Viewer) -> None:
    """Two officials whom the ministry proposes: one declined, one not answered yet."""
    with clock.held(SAID_AT):
        declined, _ = [propose(period, who, by=ministry) for who in PROPOSED]
        decline(declined, "今年度は間に合わないため、次の年度に改めて推薦してください。", by=by)


def give_opinions(prefecture: User, ministry: User) -> int:
    """Opinions on the challenges of the one and the officials of the other; returns how many."""
    challenges = db.session.scalars(
        select(Challenge)
        .join(Municipality)
        .where(Municipality.prefecture_code == prefecture.prefecture_code)
        .order_by(Challenge.lg_code)
    )
    officials = db.session.scalars(
        select(Official)
        .where(Official.ministry_code == ministry.ministry_code)
        .order_by(Official.email)
    )
    rows = [
        Opinion(challenge_id=row.id, **_words(said, prefecture))
        for number, row in enumerate(challenges)
        if (said := OF_CHALLENGES[number % len(OF_CHALLENGES)])
    ] + [
        Opinion(official_id=row.id, **_words(said, ministry))
        for number, row in enumerate(officials)
        for choice in [OF_OFFICIALS if row.state is OfficialState.ASSIGNED else OF_THOSE_LEFT]
        if (said := choice[number % len(choice)])
    ]
    db.session.add_all(rows)
    return len(rows)


def _words(said: tuple[Stance, str], by: User) -> dict[str, object]:
    stance, note = said
    return {
        "version": 1,
        "stance": stance,
        "note": note,
        "given_by_id": by.id,
        "given_at": SAID_AT,
    }
