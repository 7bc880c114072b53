"""The board of responses, and its forecast."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core import clock
from companion.core.access import Role
from companion.core.db import db, saved
from companion.surveys.actions import open_round
from companion.surveys.forecast import forecast, wilson
from companion.surveys.models import Invitation, ResponseDay
from companion.surveys.terms import Channel, InvitationState
from tests.conftest import MOMENT
from tests.kit.makers import make_challenge, make_municipality, make_period, make_team, make_user
from tests.kit.pages import Browser, count_queries

FIRST = dt.date(2025, 9, 1)  # a Monday


def days(*counts: int) -> dict[dt.date, int]:
    return {FIRST + dt.timedelta(days=n): count for n, count in enumerate(counts) if count}


@pytest.mark.parametrize(
    ("counts", "today", "expected"),
    [
        ((10, 9, 8), 2, None),  # two days are not enough
        # 10 of 100, 9 of 90, 8 of 81: 27 of 271; the other 73 have 11 business days more.
        ((10, 9, 8), 3, (77, 68, 85)),
        ((0, 0, 0), 3, (0, 0, 9)),
        ((50, 50), 3, (100, 100, 100)),
    ],
)
def test_the_forecast_is_what_its_method_says(
    counts: tuple[int, ...], today: int, expected: tuple[int, int, int] | None
) -> None:
    found = forecast(
        100, days(*counts), FIRST, FIRST + dt.timedelta(days=today), dt.date(2025, 9, 19)
    )
    assert (found and (found.expected, found.low, found.high)) == expected


def test_a_forecast_counts_business_days_and_ends_with_the_deadline() -> None:
    found = forecast(100, days(10, 9, 8), FIRST, dt.date(2025, 9, 4), dt.date(2025, 9, 19))
    assert found is not None
    assert (found.answered, found.waited, found.days, found.left) == (27, 271, 3, 11)
    assert forecast(100, {}, FIRST, dt.date(2025, 9, 22), dt.date(2025, 9, 19)) is None


def test_wilson_against_published_values() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, 95 %: 81/263 and 0/20.
    assert [round(x, 4) for x in wilson(81, 263, 1.959964)] == [0.2553, 0.3662]
    assert [round(x, 4) for x in wilson(0, 20, 1.959964)] == [0.0, 0.1611]


def test_the_board_counts_with_its_denominators(app: Flask) -> None:
    period = make_period()
    for code in ("01", "01", "20", "20"):
        make_team(make_challenge(make_municipality(prefecture_code=code)))
    with saved():
        opened = open_round("municipality_eval", period, by=None, target_percent=75)
    one, two, three, four = db.session.scalars(select(Invitation).order_by(Invitation.id)).all()
    with saved():
        one.state, one.channel = InvitationState.SUBMITTED, Channel.WEB
        three.state, three.channel = InvitationState.CONFIRMED, Channel.PAPER
        four.state = InvitationState.UNREACHABLE
        db.session.add(ResponseDay(round_id=opened.id, day=clock.today(), count=2))
    assert two.state is InvitationState.UNSENT
    with clock.held(MOMENT + dt.timedelta(days=6)):
        boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
        page = boss.get(f"/rounds/{opened.public_id}").follow("日別・地域別の回収状況")
    assert "目標 3" in page.text()
    regions = [(r["区分"], r["回収／配布"], r["回収率"]) for r in page.table("地域別")]
    assert regions == [("北海道", "1／2", "50.0％"), ("中部", "1／1", "100.0％")]
    methods = page.table("方法別の回収（回収 2件）")
    assert {row["方法"]: row["割合"] for row in methods} == {"ウェブ": "50.0％", "紙": "50.0％"}
    assert page.table("日別の回収")[0]["累計（回収率）"] == "2（66.7％）"
    assert "締切の日の見込みは" in page.text()
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    with count_queries() as few:
        boss.get(page.path)
    for _ in range(5):
        make_team()
    with count_queries() as more:
        boss.get(page.path)
    assert len(few) == len(more) <= 8


def test_an_auditor_sees_the_board_and_no_reminders(app: Flask) -> None:
    period = make_period()
    make_team()
    with saved():
        opened = open_round("municipality_eval", period, by=None)
    auditor = Browser(app).sign_in_as(make_user(Role.AUDITOR))
    assert auditor.get(f"/rounds/{opened.public_id}/responses").status == 200
    assert auditor.get(f"/rounds/{opened.public_id}/reminders").status == 404
