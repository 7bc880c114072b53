"""Carrying out the ladder: who has not answered is reminded, each step once for each person."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from companion.applications.models import Challenge, Official
from companion.core import audit, clock
from companion.core.access import Viewer
from companion.core.businessdays import is_business_day
from companion.core.db import db
from companion.core.errors import Refused
from companion.surveys.actions.answers import takes_until
from companion.surveys.ladder import Change, Step, due_steps, held_back, plan_of, steps_of
from companion.surveys.letters import tell_coordinators, write_reminder
from companion.surveys.models import Invitation, Reminder, ReminderChange, SurveyRound
from companion.surveys.queries import definition_of
from companion.surveys.terms import (
    NOT_REMINDED,
    InvitationState,
    ReminderOutcome,
    RoundState,
)
from companion.teams.models import Team
from companion.teams.terms import TeamState


@dataclass(frozen=True)
class Planned:
    """One step of a round as a coordinator sees it."""

    step: Step
    original: dt.date
    change: Change
    outcomes: Mapping[ReminderOutcome, int]
    waiting: int  # how many would be reminded as things stand

    @property
    def is_done(self) -> bool:
        """True once it was carried out for somebody."""
        return bool(self.outcomes)


def changes_of(survey_round: SurveyRound) -> dict[str, Change]:
    """What coordinators decided about the steps of a round."""
    rows = db.session.scalars(
        select(ReminderChange).where(ReminderChange.round_id == survey_round.id)
    )
    return {row.rule: Change(row.moved_to, row.is_stopped) for row in rows}


def unanswered(survey_round: SurveyRound) -> list[Invitation]:
    """Whoever still owes an answer, with what a letter needs."""
    return list(
        db.session.scalars(
            select(Invitation)
            .where(Invitation.round_id == survey_round.id, Invitation.state.not_in(NOT_REMINDED))
            .options(
                joinedload(Invitation.round).joinedload(SurveyRound.version),
                joinedload(Invitation.round).joinedload(SurveyRound.period),
                joinedload(Invitation.municipality),
                joinedload(Invitation.official).joinedload(Official.ministry),
                joinedload(Invitation.team)
                .joinedload(Team.challenge)
                .joinedload(Challenge.municipality),
            )
            .order_by(Invitation.id)
        )
    )


def ladder_of(survey_round: SurveyRound) -> list[Planned]:
    """The steps of a round: their days, what became of them, how many they would reach."""
    reminders = plan_of(definition_of(survey_round))
    changes = changes_of(survey_round)
    opened, closes = survey_round.opened_at, survey_round.closes_at
    original = {step.rule: step.on for step in steps_of(reminders, opened, closes)}
    counted: dict[str, Counter[ReminderOutcome]] = defaultdict(Counter)
    rows = db.session.execute(
        select(Reminder.rule, Reminder.outcome, func.count())
        .join(Invitation, Invitation.id == Reminder.invitation_id)
        .where(Invitation.round_id == survey_round.id)
        .group_by(Reminder.rule, Reminder.outcome)
    )
    for rule, outcome, count in rows:
        counted[rule][outcome] += count
    waiting = db.session.scalar(
        select(func.count())
        .select_from(Invitation)
        .where(Invitation.round_id == survey_round.id, Invitation.state.not_in(NOT_REMINDED))
    )
    return [
        Planned(
            step,
            original[step.rule],
            changes.get(step.rule, Change()),
            counted[step.rule],
            0 if changes.get(step.rule, Change()).is_stopped else waiting or 0,
        )
        for step in steps_of(reminders, opened, closes, changes)
    ]


def remind_all() -> int:
    """Carry out what is due in every open round; returns how many letters are new."""
    today = clock.today()
    if not is_business_day(today):
        return 0
    rounds = db.session.scalars(
        select(SurveyRound)
        .where(SurveyRound.state == RoundState.OPEN)
        .options(joinedload(SurveyRound.version), joinedload(SurveyRound.period))
        .order_by(SurveyRound.id)
    ).all()
    return sum(remind(one, today) for one in rounds)


def remind(survey_round: SurveyRound, today: dt.date) -> int:
    """Carry out the steps of one round that are due; returns how many letters are new."""
    # Several processes come one after the other, and the later ones find everything done.
    db.session.execute(
        select(SurveyRound.id).where(SurveyRound.id == survey_round.id).with_for_update()
    )
    defn, changes = definition_of(survey_round), changes_of(survey_round)
    done: dict[int, list[Reminder]] = defaultdict(list)
    rows = select(Reminder).join(Invitation, Invitation.id == Reminder.invitation_id)
    for row in db.session.scalars(rows.where(Invitation.round_id == survey_round.id)):
        done[row.invitation_id].append(row)
    opened_on = clock.to_jst(survey_round.opened_at).date()
    told: dict[str, tuple[Step, list[str]]] = {}
    counts: Counter[str] = Counter()
    for one in unanswered(survey_round):
        steps = steps_of(plan_of(defn), survey_round.opened_at, one.due_at, changes)
        step, missed = due_steps(steps, today, {row.rule for row in done[one.id]})
        for old in missed:
            db.session.add(Reminder(invitation_id=one.id, rule=old.rule, day=today, outcome=MISSED))
            counts[f"{old.rule} {MISSED.value}"] += 1
        if step is None:
            continue
        days = [row.day for row in done[one.id] if row.outcome is ReminderOutcome.POSTED]
        outcome = held_back(
            step,
            today,
            defn.reminder_limits,
            change=changes.get(step.rule, Change()),
            last_on=max([opened_on, *days]),
            reminded=len(days),
            has_opened=one.state not in {InvitationState.UNSENT, InvitationState.SENT},
            is_resting=one.team.state is TeamState.PAUSED,
            takes_until=clock.to_jst(takes_until(one)).date(),
        )
        if outcome is None:
            letter = write_reminder(one, step, is_late=clock.now() > one.due_at)
            outcome = ReminderOutcome.POSTED if letter else ReminderOutcome.NO_ADDRESS
        db.session.add(Reminder(invitation_id=one.id, rule=step.rule, day=today, outcome=outcome))
        counts[f"{step.rule} {outcome.value}"] += 1
        if outcome is ReminderOutcome.POSTED and step.tells_coordinators:
            told.setdefault(step.rule, (step, []))[1].append(one.addressee)
    if counts:
        audit.record("survey.remind", survey_round.public_id, by=None, **counts)
    for step, reminded in told.values():
        tell_coordinators(survey_round, step, reminded)
    db.session.flush()
    return sum(count for what, count in counts.items() if what.endswith(" posted"))


MISSED = ReminderOutcome.MISSED


def change_step(
    survey_round: SurveyRound,
    rule: str,
    *,
    moved_to: dt.date | None,
    is_stopped: bool,
    by: Viewer,
) -> None:
    """Move a step to another day, stop it, or take both back.

    Raises:
        Refused: the step was carried out already, or the day is past or no business day.
    """
    planned = {one.step.rule: one for one in ladder_of(survey_round)}
    if rule not in planned or survey_round.state is RoundState.CLOSED:
        raise Refused("この催促は変えられません。画面を開き直してください。")
    if planned[rule].is_done:
        raise Refused("この催促は、もう送り始めています。手紙の画面で一通ずつ止められます。")
    if moved_to is not None and (moved_to <= clock.today() or not is_business_day(moved_to)):
        raise Refused("送る日は、明日以降の業務日（土日・祝日・年末年始を除く）にしてください。")
    row = db.session.get(ReminderChange, (survey_round.id, rule))
    if row is None:
        row = ReminderChange(round_id=survey_round.id, rule=rule)
        db.session.add(row)
    row.moved_to, row.is_stopped = moved_to, is_stopped
    audit.record(
        "survey.reminder",
        survey_round.public_id,
        by=by,
        rule=rule,
        moved_to=moved_to.isoformat() if moved_to else None,
        is_stopped=is_stopped,
    )
    db.session.flush()
