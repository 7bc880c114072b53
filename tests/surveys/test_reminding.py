"""The ladder of reminders: its days, its limits, whom it reaches, once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core import clock
from companion.core.access import Role
from companion.core.clock import JST
from companion.core.db import db, saved
from companion.core.mail import Letter, LetterKind, choose, deliver_due
from companion.surveys.actions import open_round
from companion.surveys.jobs import send_reminders
from companion.surveys.ladder import USUAL, Change, Step, due_steps, held_back, label_of, steps_of
from companion.surveys.models import Invitation, Reminder, SurveyRound
from companion.surveys.schema import ReminderLimits
from companion.surveys.terms import InvitationState, ReminderOutcome
from companion.teams.terms import TeamState
from tests.kit.makers import make_official, make_period, make_team, make_user
from tests.kit.pages import Browser

R = ReminderOutcome


def day(text: str) -> dt.date:
    return dt.date.fromisoformat("2025-" + text)


def at(text: str) -> dt.datetime:
    return dt.datetime.strptime("2025-" + text, "%Y-%m-%d %H:%M").replace(tzinfo=JST)


@pytest.mark.parametrize(
    ("opens", "closes", "days"),
    [
        # The published window; the 15th and 23rd are holidays.
        ("09-01 09:00", "09-19 18:00", ["09-10", "09-16", "09-18", "09-24"]),
        ("09-02 10:00", "09-30 18:00", ["09-16", "09-25", "09-29", "10-02"]),
        ("12-22 09:00", "12-26 17:00", ["12-23", "12-24", "12-25", "01-06"]),
        # Closing on a Sunday: business days before it are counted from there.
        ("09-01 09:00", "09-14 18:00", ["09-08", "09-10", "09-12", "09-17"]),
    ],
)
def test_the_days_of_the_ladder(opens: str, closes: str, days: list[str]) -> None:
    found = [step.on.strftime("%m-%d") for step in steps_of(USUAL, at(opens), at(closes))]
    assert found == days


def test_a_step_is_moved_or_named() -> None:
    changes = {"midpoint": Change(moved_to=day("09-17"))}
    steps = steps_of(USUAL, at("09-01 09:00"), at("09-19 18:00"), changes)
    assert [step.rule for step in steps][:2] == ["close-3bd", "midpoint"]
    assert label_of("close-3bd") == "締切の3業務日前"
    assert label_of("close+2bd") == "締切の2業務日後"
    assert label_of("midpoint") == "期間の中間"


STEPS = [
    Step("a", day("09-10"), "all"),
    Step("b", day("09-16"), "all"),
    Step("c", day("09-18"), "all"),
]


@pytest.mark.parametrize(
    ("today", "done", "due", "missed"),
    [
        ("09-09", "", None, ""),
        ("09-10", "", "a", ""),
        ("09-11", "", "a", ""),  # a day late
        ("09-16", "", "b", "a"),  # after an outage only the newest
        ("09-18", "a", "c", "b"),
        ("09-25", "", None, "abc"),  # three business days late is the most
        ("09-24", "", "c", "ab"),
        ("09-18", "abc", None, ""),
    ],
)
def test_what_is_due_after_whatever_pause(
    today: str, done: str, due: str | None, missed: str
) -> None:
    step, late = due_steps(STEPS, day(today), set(done))
    assert (step.rule if step else None, "".join(one.rule for one in late)) == (due, missed)


GOES = {
    "change": Change(),
    "last_on": day("09-01"),
    "reminded": 0,
    "has_opened": False,
    "is_resting": False,
    "takes_until": day("09-22"),
}


@pytest.mark.parametrize(
    ("differs", "outcome"),
    [
        ({}, None),
        ({"last_on": day("09-13")}, None),
        ({"last_on": day("09-14")}, R.TOO_SOON),
        ({"reminded": 3}, None),
        ({"reminded": 4}, R.ENOUGH),
        ({"has_opened": True}, R.NOT_MEANT),
        ({"is_resting": True}, R.RESTING),
        ({"change": Change(is_stopped=True)}, R.STOPPED),
        ({"takes_until": day("09-15")}, R.OVER),
    ],
)
def test_what_holds_a_letter_back(
    differs: dict[str, object], outcome: ReminderOutcome | None
) -> None:
    step = Step("close-3bd", day("09-16"), "not_opened")
    given = {**GOES, **differs}
    assert held_back(step, day("09-16"), ReminderLimits(), **given) is outcome  # type: ignore[arg-type]


class Box:
    """Keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        self.sent.append(message)


def live(first: str, last: str, box: Box) -> None:
    """Let the sender come by every hour of the days."""
    moment, end = at(first + " 00:00"), at(last + " 23:59")
    while moment < end:
        with clock.held(moment):
            send_reminders()
            deliver_due(box, sender="from@example.go.jp")
        moment += dt.timedelta(hours=1)


@pytest.fixture
def opened(app: Flask) -> SurveyRound:
    """Three towns, asked from 1 to 19 September."""
    make_period()
    for _ in range(3):
        make_team()
    with clock.held(at("09-01 09:00")), saved():
        return open_round(
            "municipality_eval",
            make_period(),
            by=None,
            closes_at=at("09-19 18:00"),
        )


def invitations() -> list[Invitation]:
    db.session.expire_all()
    return list(db.session.scalars(select(Invitation).order_by(Invitation.id)))


def letters_to(box: Box, invitation: Invitation) -> list[str]:
    address = invitation.team.challenge.contact_email
    return [str(mail["Subject"])[:8] for mail in box.sent if mail["To"] == address]


def test_only_those_who_have_not_answered_are_reminded(opened: SurveyRound) -> None:
    box = Box()
    live("09-01", "09-09", box)
    answered, declined, silent = invitations()
    with saved():
        answered.state = InvitationState.SUBMITTED
        declined.state = InvitationState.DECLINED
    live("09-10", "09-26", box)
    answered, declined, silent = invitations()
    assert letters_to(box, answered) == ["【回答のお願い】"]
    assert letters_to(box, declined) == ["【回答のお願い】"]
    # Of the 18th nothing: two days after the 16th is too soon. Of the 24th nothing: it is over.
    assert letters_to(box, silent) == ["【回答のお願い】", "【再度のお願い】", "【再度のお願い】"]
    outcomes = dict(db.session.execute(select(Reminder.rule, Reminder.outcome)).all())
    assert outcomes == {
        "midpoint": R.POSTED,
        "close-3bd": R.POSTED,
        "close-1bd": R.TOO_SOON,
        "close+2bd": R.OVER,
    }


def test_the_link_of_a_reminder_opens_what_the_first_opened(
    app: Flask, opened: SurveyRound
) -> None:
    box = Box()
    live("09-01", "09-10", box)
    links = {mail.get_content().split("/s/")[1].split()[0] for mail in box.sent}
    assert len(box.sent) == 6
    assert len(links) == 3
    assert Browser(app).get("/s/" + links.pop()).heading == "伴走支援自治体アンケート"
    stored = " ".join(db.session.scalars(select(Letter.body)))
    assert not [link for link in links if link in stored], "no link stays in the outbox"


def test_an_answer_calls_off_the_reminder_that_waits(app: Flask, opened: SurveyRound) -> None:
    live("09-01", "09-09", Box())
    town = invitations()[0].team.challenge.municipality
    with clock.held(at("09-10 08:00")):
        assert send_reminders() == 3
        assert send_reminders() == 0
        browser = Browser(app).sign_in_as(make_user(Role.MUNICIPALITY, municipality=town))
        page = browser.get("/2025/my-surveys").follow("回答する").submit("回答を始める")
        page.submit("保存して次へ", overall="5", cont="dk").submit("提出する")
    box = Box()
    live("09-10", "09-10", box)
    assert len(box.sent) == 2


def test_an_extension_moves_the_steps_before_the_deadline(opened: SurveyRound) -> None:
    box = Box()
    live("09-01", "09-10", box)
    with saved():
        invitations()[0].extended_to = at("10-10 18:00")
    live("09-11", "09-19", box)
    assert len(letters_to(box, invitations()[0])) == 2
    assert len(letters_to(box, invitations()[1])) == 3


def test_a_resting_team_and_who_wants_none_are_left_alone(opened: SurveyRound) -> None:
    box = Box()
    live("09-01", "09-09", box)
    first, second, _ = invitations()
    with saved():
        first.team.state = TeamState.PAUSED
        choose(second.team.challenge.contact_email, {LetterKind.REMINDER}, by=None)
    live("09-10", "09-10", box)
    assert [len(letters_to(box, one)) for one in invitations()] == [1, 1, 2]


def test_after_a_week_of_silence_nobody_gets_a_burst(opened: SurveyRound) -> None:
    box = Box()
    live("09-01", "09-09", box)
    live("09-17", "09-18", box)  # from the 10th to the 16th nothing ran
    counted = Counter(str(mail["To"]) for mail in box.sent)
    assert set(counted.values()) == {2}
    outcomes = Counter(db.session.scalars(select(Reminder.outcome)))
    assert outcomes == {R.MISSED: 3, R.POSTED: 3, R.TOO_SOON: 3}


def test_a_coordinator_sees_stops_and_moves_the_steps(app: Flask, opened: SurveyRound) -> None:
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = boss.get(f"/rounds/{opened.public_id}").follow("催促の予定")
    rows = page.table("催促 4回の予定")
    assert [row["状態"] for row in rows] == ["予定"] * 4
    assert "いまの未回答 3件" in rows[0]["件数"]
    assert len(page.table("次の催促の宛先 3件")) == 3
    page = page.submit("取りやめる（期間の中間）")
    assert page.table("催促 4回の予定")[0]["状態"] == "取りやめ"
    path = page.path
    wrong = page.submit("日を変える（締切の3業務日前）", on="2025-09-15")
    assert "明日以降の業務日" in wrong.errors[0]
    page = boss.get(path).submit("日を変える（締切の3業務日前）", on="2025-09-11")
    box = Box()
    live("09-01", "09-12", box)
    subjects = {str(mail["Subject"])[:8] for mail in box.sent}
    assert subjects == {"【回答のお願い】", "【再度のお願い】"}
    page = boss.get(path)
    states = {row["時期"]: row["状態"] for row in page.table("催促 4回の予定")}
    assert states["締切の3業務日前"] == "実施"
    one = boss.get(f"/invitations/{invitations()[0].public_id}")
    assert [row["結果"] for row in one.table("催促 2件")] == ["取りやめ", "送付"]


def test_coordinators_hear_of_the_last_step_in_a_letter_of_their_own(app: Flask) -> None:
    make_period()
    make_team(officials=[make_official() for _ in range(3)])
    boss = make_user(Role.COORDINATOR)
    with clock.held(at("08-25 09:00")), saved():
        opened = open_round("official_eval", make_period(), by=None, closes_at=at("09-08 18:00"))
    box = Box()
    live("08-25", "09-12", box)
    told = [mail for mail in box.sent if mail["To"] == boss.email]
    assert len(told) == 1
    assert "3件に送ります" in told[0].get_content()
    calls = Browser(app).sign_in_as(boss).get(f"/rounds/{opened.public_id}/calls")
    (row, *_) = calls.table("電話をお願いする方（催促が2回以上、または宛先が不明） 3件")
    assert row["催促"] == "3回"
