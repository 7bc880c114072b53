"""The fields and rows that forms about activities are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import wtforms
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.validators import Length, NumberRange, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from companion.activities.rules import progress_fault
from companion.activities.terms import ActionState, AttendanceStatus, GuestSide
from companion.activities.written import Progress
from companion.core.text import clean

LONG = 10_000  # characters of a free text
OUTSIDE = "none"  # a member who did not belong to the team on that day
BAD_DATE = "日付を「2025-09-02」のように入力してください。"
BAD_TIME = "時刻を「13:00」のように入力してください。"


def cleaned(value: str | None) -> str | None:
    """What will be kept of a line: without invisible characters and spaces around it."""
    return clean(value) if value else value


def choices_of(terms: Iterable[Any]) -> list[SelectChoice]:
    """Terms to choose from: the code is sent, the label is shown."""
    return [SelectChoice(term.value, term.label) for term in terms]


def within(most: int) -> Length:
    """Not more characters than that; the sentence says what to do."""
    return Length(max=most, message=f"{most:,}文字以内で入力してください。")


def between(least: int, most: int) -> NumberRange:
    """A number of that range; the sentence says which."""
    return NumberRange(least, most, f"{least:,}から{most:,}までの数字で入力してください。")


class Number(IntegerField):
    """A whole number; what is none is said once, in Japanese."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number."""
        try:
            super().process_formdata([value for value in valuelist if value])
        except ValueError:
            raise ValueError("数字で入力してください。") from None

    def pre_validate(self, form: wtforms.Form) -> None:
        """Leave it at that when it is no number."""
        if self.process_errors:
            raise StopValidation


class Day(DateField):
    """A day picked on the phone's own calendar; a wrong one is said in Japanese."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day."""
        try:
            super().process_formdata([value for value in valuelist if value])
        except ValueError:
            raise ValueError(BAD_DATE) from None

    def pre_validate(self, form: wtforms.Form) -> None:
        """Refuse years that can only be a slip: moments far away cannot even be stored."""
        if self.data is not None and not 2000 <= self.data.year <= 2100:
            raise StopValidation("年を確かめてください。")


class TimeOfDay(TimeField):
    """A time picked on the phone's own clock, with or without seconds."""

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, format=["%H:%M", "%H:%M:%S"], **values)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the time."""
        try:
            super().process_formdata([value for value in valuelist if value])
        except ValueError:
            raise ValueError(BAD_TIME) from None


class Boxes(SelectMultipleField):
    """Several of a list, as boxes to tick; nothing ticked is an answer too."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
    validate_choice = True


class Row(wtforms.Form):
    """A line of a list inside a form."""

    class Meta:
        locales = ["ja"]


class PersonRow(Row):
    """A member's attendance."""

    member = HiddenField()
    status = SelectField(
        "出欠",
        choices=[*choices_of(AttendanceStatus), SelectChoice(OUTSIDE, "在籍外")],
        default=AttendanceStatus.PRESENT.value,
    )
    minutes = Number("時間（分）", [Optional(), between(0, 20_160)])


class GuestRow(Row):
    """Somebody who took part besides the team."""

    side = SelectField("所属の別", choices=choices_of(GuestSide))
    organisation = StringField("所属・団体", [within(100)])
    post = StringField("役職", [within(100)])
    name = StringField("氏名", [within(100)])


def shown_as(state: str, reason: str) -> str:
    """An action's state and reason as one mark, to tell whether a row was touched."""
    return f"{state} {reason.strip()}".strip()


class ProgressRow(Row):
    """How an action that was open before stands now."""

    action = HiddenField()
    was = HiddenField()  # as shown: what nobody touched must not undo what a colleague did
    state = SelectField("状態", choices=choices_of(ActionState))
    reason = StringField("理由", [within(300)])

    def validate_reason(self, field: StringField) -> None:
        """A stalled or dropped action says why."""
        if self.state.errors:
            return  # none of the states: told there
        fault = progress_fault(self.progress())
        if fault:
            raise ValidationError(fault)

    @property
    def is_touched(self) -> bool:
        """True when the person changed the row."""
        return bool(self.was.data != shown_as(self.state.data, self.reason.data or ""))

    def progress(self) -> Progress:
        """What the row says."""
        reason = (self.reason.data or "").strip()
        return Progress(self.action.data or "", ActionState(self.state.data), reason)


class ActionRow(Row):
    """A new next action."""

    text = StringField("内容", [within(300)], filters=[cleaned])
    owner = SelectField("担当", choices=[])
    due_on = Day("期限", [Optional()])
