"""What the process beside the web server sends, and when, wherever the machine stands."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest
from flask import Flask

from companion.core import clock
from companion.core.db import saved
from companion.core.mail import deliver_due
from companion.notices.jobs import send_action_letters, send_digest, tell_of_unresolved
from companion.surveys.actions import open_round
from companion.surveys.jobs import send_reminders
from tests.kit.makers import make_next_action, make_period, make_team, make_user
from tests.kit.zones import ZONES, machine_in

pytestmark = pytest.mark.sqlite_only  # what is asked is about hours, not about the database

# The weeks in which the clocks of New York change, with Japan's holidays on 3 and 24 November.
FIRST, LAST = dt.date(2025, 10, 27), dt.date(2025, 11, 26)
# The 13th is two days after a reminder, and the 18th is after the grace: nothing leaves then.
SENT = [
    ("10-27 10:00", "【回答のお願い】伴走支援自治体アンケート"),
    ("11-05 09:00", "【再度のお願い】伴走支援自治体アンケート"),
    ("11-11 09:00", "【再度のお願い】伴走支援自治体アンケート"),
    ("11-12 09:00", "【宿題】宿題の期限が近づいています"),
    ("11-21 09:00", "【宿題】宿題の期限が過ぎています"),
]


class Box:
    """Keeps what was sent: the hour in Japan, to whom, about what."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def send(self, message: EmailMessage) -> None:
        when = clock.to_jst(clock.now()).strftime("%m-%d %H:%M")
        self.sent.append((when, str(message["To"]), str(message["Subject"])))


@pytest.mark.parametrize("zone", ZONES)
def test_the_same_letters_leave_at_the_same_hours(app: Flask, zone: str) -> None:
    box = Box()
    with machine_in(zone):
        make_period()
        team = make_team()
        make_user("coordinator")
        make_next_action(team, due_on=dt.date(2025, 11, 14), owner_kind="municipality")
        moment = clock.at_jst(FIRST, dt.time(9))
        with clock.held(moment), saved():
            closes = clock.at_jst(dt.date(2025, 11, 14), dt.time(18))
            open_round("municipality_eval", make_period(), by=None, closes_at=closes)
        while moment < clock.at_jst(LAST, dt.time(23)):
            with clock.held(moment):
                for task in (send_reminders, send_digest, send_action_letters, tell_of_unresolved):
                    task()
                deliver_due(box, sender="from@example.go.jp")
            moment += dt.timedelta(hours=1)
    town = team.challenge.contact_email
    assert [(when, subject) for when, to, subject in box.sent if to == town] == SENT
    # What is new to the coordinators is told on business days, whatever the zone.
    digests = [when for when, _, subject in box.sent if subject.startswith("【今週の確認】")]
    assert digests == ["10-27 10:00", "11-10 09:00", "11-21 09:00", "11-25 09:00"]
