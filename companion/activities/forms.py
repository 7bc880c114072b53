"""Forms about meetings and visits: the quick part first, everything else can wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import wtforms
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Optional

from companion.activities.fields import (
    LONG,
    OUTSIDE,
    ActionRow,
    Boxes,
    Day,
    GuestRow,
    Number,
    PersonRow,
    ProgressRow,
    TimeOfDay,
    between,
    choices_of,
    cleaned,
    within,
)
from companion.activities.terms import (
    ActivityKind,
    AttendanceStatus,
    GuestSide,
    OwnerKind,
)
from companion.activities.written import ActionLine, GuestLine, Log, Part, Plan
from companion.core.clock import at_jst
from companion.core.forms import CreatingForm, EditingForm
from companion.teams.terms import Visibility

ONLINE_KINDS = [
    ActivityKind.ONLINE_MEETING,
    ActivityKind.HEARING,
    ActivityKind.BRIEFING,
    ActivityKind.OTHER_CONTACT,
]
VISIT_KINDS = [
    ActivityKind.SITE_VISIT,
    ActivityKind.HEARING,
    ActivityKind.WORKSHOP,
    ActivityKind.MAYORS_TALK,
    ActivityKind.BRIEFING,
]


class LogForm(CreatingForm, EditingForm):
    """The log of an online meeting; also the base of a visit's."""

    is_visit = False

    held_on = Day("実施日", [InputRequired()])
    start_time = TimeOfDay("開始", [InputRequired()])
    end_time = TimeOfDay("終了", [InputRequired()])
    people = FieldList(FormField(PersonRow), label="支援官の出欠")
    progress = FieldList(FormField(ProgressRow), label="前回までの宿題")
    title = StringField(
        "一行で（何を話したか）",
        [DataRequired(message="何を話したかを一行で入力してください。"), within(200)],
        filters=[cleaned],
        description="例：第3回オンライン会議。宿泊プランの試行の進め方",
    )

    kind = SelectField("種別", choices=choices_of(ONLINE_KINDS))
    medium = StringField("手段", [within(100)], description="例：Teams、Webex、電話")
    place = StringField("場所", [within(200)])
    guests = FieldList(FormField(GuestRow), label="自治体・外部の参加者", max_entries=30)
    agenda = TextAreaField("議題", [within(LONG)])
    present_state = TextAreaField("現状・論点", [within(LONG)])
    advice = TextAreaField("助言・提供情報", [within(LONG)])
    decisions = TextAreaField("決定事項", [within(LONG)])
    until_next = TextAreaField("次回まで", [within(LONG)])
    actions = FieldList(FormField(ActionRow), label="新しい宿題", max_entries=20)
    next_on = Day("次回の日付", [Optional()])
    next_start = TimeOfDay("次回の開始", [Optional()])
    next_end = TimeOfDay("次回の終了", [Optional()])
    next_kind = SelectField("次回の種別", choices=choices_of(ActivityKind))
    fields = Boxes("政策分野")
    pillars = Boxes("地方創生2.0の5本柱")
    office_change = StringField(
        "庁内の変化",
        [within(300)],
        description="役場の中で変わったことがあれば一行で。例：課をまたぐ打合せが毎月開かれるようになった",
    )
    may_publish = BooleanField(
        "テーマと日付を公表してよい",
        description="付けないときは、チーム・自治体・事務局・監査だけが読みます"
        "（都道府県には日付・種別・テーマだけが見えます）。",
    )
    visibility = RadioField(
        "この記録を読める支援官",
        choices=choices_of(Visibility),
        default=Visibility.TEAM.value,
        description="すべてのチームにすると、ほかのチームの支援官がテーマ・議題・要旨・庁内の変化を"
        "読みます。出欠、時間、外部の参加者、宿題、資料は見えません。",
    )

    def fill_choices(
        self,
        owners: list[tuple[str, str]],
        fields: list[tuple[str, str]],
        pillars: list[tuple[str, str]],
    ) -> None:
        """Offer who may own a next action, and the tags."""
        self.fields.choices = [SelectChoice(*row) for row in fields]
        self.pillars.choices = [SelectChoice(*row) for row in pillars]
        for entry in self.actions:
            entry.form.owner.choices = [SelectChoice(*owner) for owner in owners]

    @property
    def last_day(self) -> dt.date:
        """The day it ended."""
        return self.held_on.data

    def log(self, members: Mapping[str, int]) -> Log:
        """What the form says, once it has been validated; `members`: public id → row."""
        return Log(
            kind=ActivityKind(self.kind.data),
            title=self.title.data,
            start=at_jst(self.held_on.data, self.start_time.data),
            end=at_jst(self.last_day, self.end_time.data),
            place=self.place.data or "",
            medium=self.medium.data or "",
            agenda=self.agenda.data or "",
            present_state=self.present_state.data or "",
            advice=self.advice.data or "",
            decisions=self.decisions.data or "",
            until_next=self.until_next.data or "",
            office_change=self.office_change.data or "",
            fields=self.fields.data or (),
            pillars=self.pillars.data or (),
            may_publish=self.may_publish.data,
            visibility=Visibility(self.visibility.data),
            parts=[
                Part(
                    members[row.member.data],
                    AttendanceStatus(row.status.data),
                    row.minutes.data,
                )
                for row in (entry.form for entry in self.people)
                if row.status.data != OUTSIDE and row.member.data in members
            ],
            guests=[
                GuestLine(
                    GuestSide(row.side.data),
                    row.name.data or "",
                    row.organisation.data or "",
                    row.post.data or "",
                )
                for row in (entry.form for entry in self.guests)
            ],
            actions=[
                action_line(row.text.data, row.owner.data, row.due_on.data, members)
                for row in (entry.form for entry in self.actions)
                if row.text.data
            ],
            progress=[row.form.progress() for row in self.progress if row.form.is_touched],
            next=self._next(),
        )

    def _next(self) -> Plan | None:
        if self.next_on.data is None:
            return None
        start = self.next_start.data or self.start_time.data
        begin = at_jst(self.next_on.data, start)
        if self.next_end.data:
            end = at_jst(self.next_on.data, self.next_end.data)
        else:
            end = begin + dt.timedelta(hours=1)
        return Plan(
            kind=ActivityKind(self.next_kind.data),
            start=begin,
            end=end,
            place=(self.place.data or "") if self.is_visit else "",
            medium=self.medium.data or "",
        )


class VisitLogForm(LogForm):
    """The log of a visit: it may last several days, and people travel."""

    is_visit = True

    end_on = Day("最終日", [Optional()], description="日帰りは空欄のままにします。")
    nights = Number("泊数", [Optional(), between(0, 13)])
    trip_purpose = TextAreaField("出張の目的", [within(LONG)])
    trip_route = TextAreaField("行程・経路", [within(LONG)])

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.kind.choices = choices_of(VISIT_KINDS)

    @property
    def last_day(self) -> dt.date:
        """The day it ended."""
        return self.end_on.data or self.held_on.data

    def log(self, members: Mapping[str, int]) -> Log:
        """What the form says, with the trip."""
        return replace(
            super().log(members),
            nights=self.nights.data,
            trip_purpose=self.trip_purpose.data or "",
            trip_route=self.trip_route.data or "",
        )


def action_line(
    text: str, owner: str, due_on: dt.date | None, members: Mapping[str, int]
) -> ActionLine:
    """A next action from a row; `owner` is a side or a member's public id."""
    if owner in members:
        return ActionLine(text, OwnerKind.OFFICIAL, members[owner], due_on)
    return ActionLine(text, OwnerKind(owner), None, due_on)


def faults_of(form: wtforms.Form) -> list[tuple[str, str]]:
    """Every fault of a form and of its rows as (id of the field, sentence), in the form's order."""
    found = [("", str(message)) for message in form.form_errors]
    for field in form:
        if not isinstance(field, FieldList):
            found += [(field.id, f"{field.label.text}：{message}") for message in field.errors]
            continue
        found += [(field.id, message) for message in field.errors if isinstance(message, str)]
        for number, entry in enumerate(field, start=1):
            for control in entry.form:
                found += [
                    (control.id, f"{field.label.text}{number}行目の{control.label.text}：{message}")
                    for message in control.errors
                ]
    return found
