"""Forms about what is to come: repetition, polls, feeds, sessions of the Diet."""

from __future__ import annotations

import datetime as dt

from wtforms import (
    FieldList,
    FormField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    SubmitField,
)
from wtforms.validators import DataRequired, InputRequired, Optional

from companion.activities.actions.scheduling import Repeating
from companion.activities.fields import (
    Boxes,
    Day,
    Number,
    Row,
    TimeOfDay,
    between,
    choices_of,
    within,
)
from companion.activities.terms import ActivityKind, Preference, Repetition
from companion.activities.written import Plan
from companion.core.clock import at_jst
from companion.core.forms import CreatingForm, Form


class RepeatForm(CreatingForm):
    """A meeting that comes again and again."""

    kind = SelectField("種別", choices=choices_of(ActivityKind))
    held_on = Day("初回の日付", [InputRequired()])
    start_time = TimeOfDay("開始", [InputRequired()])
    end_time = TimeOfDay("終了", [InputRequired()])
    repetition = RadioField(
        "繰り返し方",
        [InputRequired()],
        choices=[
            SelectChoice(Repetition.MONTHLY.value, "毎月、初回と同じ週の同じ曜日（例：第2火曜）"),
            SelectChoice(Repetition.WEEKLY.value, "週ごと、初回と同じ曜日"),
        ],
        default=Repetition.MONTHLY.value,
    )
    every = Number(
        "何週ごと",
        [Optional(), between(1, 12)],
        default=2,
        description="「週ごと」のとき。1なら毎週、2なら隔週。",
    )
    last_on = Day("最終日", [InputRequired()], description="この日までの分を登録します。")
    title = StringField("テーマ", [within(200)])
    medium = StringField("手段", [within(100)], description="例：Teams、Webex、電話")
    place = StringField("場所", [within(200)])
    look = SubmitField("日程を確かめる")

    def plan(self) -> Plan:
        """The first one."""
        return Plan(
            kind=ActivityKind(self.kind.data),
            start=at_jst(self.held_on.data, self.start_time.data),
            end=at_jst(self.held_on.data, self.end_time.data),
            title=self.title.data or "",
            place=self.place.data or "",
            medium=self.medium.data or "",
        )

    def repeating(self) -> Repeating:
        """How it repeats."""
        return Repeating(Repetition(self.repetition.data), self.last_on.data, self.every.data or 1)


class SlotRow(Row):
    """A date of one's own in a poll."""

    day = Day("日付", [Optional()])
    time = TimeOfDay("開始", [Optional()])


class PollForm(CreatingForm):
    """A question for a date."""

    kind = SelectField("種別", choices=choices_of(ActivityKind))
    title = StringField("テーマ", [within(200)])
    start_time = TimeOfDay("開始", [InputRequired()], default=dt.time(13, 30))
    minutes = Number("長さ（分）", [InputRequired(), between(15, 14 * 60)], default=60)
    days = Boxes("候補日", description="土日・祝日・年末年始と、予定のある日を除いて挙げています。")
    slots = FieldList(FormField(SlotRow), label="ほかの候補", min_entries=3, max_entries=10)
    medium = StringField("手段", [within(100)], description="例：Teams、Webex、電話")
    place = StringField("場所", [within(200)])

    def starts(self) -> list[dt.datetime]:
        """The dates to choose from; a row without its own time begins at the usual one."""
        usual = self.start_time.data
        chosen = [dt.date.fromisoformat(day) for day in self.days.data or ()]
        own = [
            at_jst(row.day.data, row.time.data or usual)
            for row in (entry.form for entry in self.slots)
            if row.day.data
        ]
        return [at_jst(day, usual) for day in chosen] + own

    def plan(self) -> Plan:
        """What is to happen, at the first of the dates."""
        start = min(self.starts(), default=at_jst(dt.date(2000, 1, 1), dt.time(0)))
        return Plan(
            kind=ActivityKind(self.kind.data),
            start=start,
            end=start + dt.timedelta(minutes=self.minutes.data),
            title=self.title.data or "",
            place=self.place.data or "",
            medium=self.medium.data or "",
        )


class AnswerRow(Row):
    """What somebody says about one date."""

    preference = RadioField(
        "参加",
        [Optional(strip_whitespace=False)],
        choices=[SelectChoice(row.value, row.label) for row in Preference],
    )


class DecideForm(Form):
    """Which of the dates it shall be."""

    slot = RadioField("決める日時", [InputRequired(message="日時を選んでください。")], coerce=int)


class FeedForm(CreatingForm):
    """A new address for a calendar."""

    team = SelectField("表示する予定", choices=[])


class DietForm(CreatingForm):
    """A session of the Diet."""

    name = StringField("名称", [DataRequired(), within(60)], description="例：第219回臨時会")
    first_on = Day("召集日", [InputRequired()])
    last_on = Day("閉会日", [InputRequired()])
