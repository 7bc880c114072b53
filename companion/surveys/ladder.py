"""When who is reminded: the steps of a survey's ladder, and what holds a letter back. Pure.

Days are Japan's. The opening letter is no reminder, but it counts for the distance between letters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from companion.core import clock
from companion.core.businessdays import move
from companion.surveys.schema import Reminder, ReminderLimits, SurveyDefinition
from companion.surveys.terms import ReminderOutcome

# So many business days after its day a step is still carried out, when the sender was down.
LATE_DAYS = 3


# For definitions that say nothing of their own.
USUAL = (
    Reminder(at="midpoint", to="not_submitted"),
    Reminder(at="close-3bd", to="not_submitted"),
    Reminder(at="close-1bd", to="not_submitted"),
    Reminder(at="close+2bd", to="not_submitted", cc="coordinator"),
)


@dataclass(frozen=True)
class Step:
    """One reminder of the plan and the business day it is for."""

    rule: str
    on: dt.date
    to: str
    tells_coordinators: bool = False

    @property
    def label(self) -> str:
        """The rule in words."""
        return label_of(self.rule)


@dataclass(frozen=True)
class Change:
    """What a coordinator decided about a step: another day, or not at all."""

    moved_to: dt.date | None = None
    is_stopped: bool = False


def plan_of(defn: SurveyDefinition) -> Sequence[Reminder]:
    """The reminders of a survey: its own, else the usual ones."""
    return defn.reminders or USUAL


def label_of(rule: str) -> str:
    """A rule in words: `close-3bd` is 締切の3業務日前."""
    if rule == "midpoint":
        return "期間の中間"
    name, sign, rest = rule, "", ""
    for mark in "+-":
        if mark in rule:
            name, sign, rest = *rule.partition(mark)[:2], rule.partition(mark)[2]
    what = {"open": "開始", "close": "締切"}[name]
    return f"{what}の{rest[:-2]}業務日{'後' if sign == '+' else '前'}" if sign else f"{what}の日"


def day_of(rule: str, opened_on: dt.date, closes_on: dt.date) -> dt.date:
    """The business day a rule names; a day on which offices are closed gives way to the next."""
    if rule == "midpoint":
        return move(opened_on + (closes_on - opened_on) // 2, 0)
    for mark, sign in (("+", 1), ("-", -1)):
        if mark in rule:
            name, _, days = rule.partition(mark)
            start = opened_on if name == "open" else closes_on
            return move(start, sign * int(days.removesuffix("bd")))
    return move(opened_on if rule == "open" else closes_on, 0)


def steps_of(
    reminders: Sequence[Reminder],
    opened_at: dt.datetime,
    closes_at: dt.datetime,
    changes: Mapping[str, Change] | None = None,
) -> list[Step]:
    """The steps after opening, by day; `closes_at` is the respondent's own deadline."""
    opened_on, closes_on = (clock.to_jst(moment).date() for moment in (opened_at, closes_at))
    found = []
    for reminder in reminders:
        if reminder.at == "open":
            continue
        change = (changes or {}).get(reminder.at, Change())
        day = change.moved_to or day_of(reminder.at, opened_on, closes_on)
        if day > opened_on:
            found.append(Step(reminder.at, day, reminder.to, reminder.cc == "coordinator"))
    return sorted(found, key=lambda step: step.on)


def due_steps(
    steps: Sequence[Step], today: dt.date, done: Collection[str]
) -> tuple[Step | None, list[Step]]:
    """The step to carry out now, and those whose time has passed without it.

    After an outage only the newest step goes out, and none that is more than three business days
    late: nobody gets a burst of letters.
    """
    reached = [step for step in steps if step.on <= today and step.rule not in done]
    if not reached:
        return None, []
    newest = reached[-1]
    newer_done = any(step.rule in done and step.on >= newest.on for step in steps)
    if newer_done or today > move(newest.on, LATE_DAYS):
        return None, reached
    return newest, reached[:-1]


def held_back(
    step: Step,
    today: dt.date,
    limits: ReminderLimits,
    *,
    change: Change,
    last_on: dt.date,
    reminded: int,
    has_opened: bool,
    is_resting: bool,
    takes_until: dt.date,
) -> ReminderOutcome | None:
    """Why this person is not reminded now; None when the letter goes out.

    `last_on` is the day of the last letter about this survey, `reminded` how many reminders went.
    """
    if change.is_stopped:
        return ReminderOutcome.STOPPED
    if step.to == "not_opened" and has_opened:
        return ReminderOutcome.NOT_MEANT
    if today > takes_until:
        return ReminderOutcome.OVER
    if is_resting:
        return ReminderOutcome.RESTING
    if reminded >= limits.max_per_person:
        return ReminderOutcome.ENOUGH
    if (today - last_on).days < limits.min_gap_days:
        return ReminderOutcome.TOO_SOON
    return None
