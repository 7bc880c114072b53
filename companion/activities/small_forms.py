"""The short forms: plans, next actions, what others say to a log, files."""

from __future__ import annotations

from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import SelectField, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Optional

from companion.activities.fields import LONG, Day, TimeOfDay, choices_of, cleaned, within
from companion.activities.terms import ActionState, ActivityKind
from companion.activities.written import Plan, Progress
from companion.core.clock import at_jst
from companion.core.forms import CreatingForm, EditingForm, Form


class PlanForm(CreatingForm, EditingForm):
    """A meeting or visit to come."""

    kind = SelectField("種別", choices=choices_of(ActivityKind))
    held_on = Day("日付", [InputRequired()])
    start_time = TimeOfDay("開始", [InputRequired()])
    end_on = Day("最終日", [Optional()], description="一日で終わるときは空欄のままにします。")
    end_time = TimeOfDay("終了", [InputRequired()])
    title = StringField("テーマ", [within(200)])
    medium = StringField("手段", [within(100)], description="例：Teams、Webex、電話")
    place = StringField("場所", [within(200)])
    agenda = TextAreaField("議題", [within(LONG)])

    def plan(self) -> Plan:
        """What the form says, once it has been validated."""
        return Plan(
            kind=ActivityKind(self.kind.data),
            start=at_jst(self.held_on.data, self.start_time.data),
            end=at_jst(self.end_on.data or self.held_on.data, self.end_time.data),
            title=self.title.data or "",
            place=self.place.data or "",
            medium=self.medium.data or "",
            agenda=self.agenda.data or "",
        )


class CancelForm(EditingForm):
    """Calling a planned activity off."""

    reason = StringField("中止の理由", [within(200)], description="任意。")


class ActionForm(EditingForm):
    """How a next action stands."""

    state = SelectField("状態", choices=choices_of(ActionState))
    reason = StringField(
        "理由", [within(300)], description="「停滞」と「取りやめ」のときは必ず入力します。"
    )

    def progress(self, public_id: str) -> Progress:
        """What the form says."""
        return Progress(public_id, ActionState(self.state.data), (self.reason.data or "").strip())


class NewActionForm(CreatingForm, EditingForm):
    """A next action: what, who, by when."""

    text = StringField(
        "内容",
        [DataRequired(message="何をするかを入力してください。"), within(300)],
        filters=[cleaned],
    )
    owner = SelectField("担当", choices=[])
    due_on = Day("期限", [Optional()], description="決まっていなければ空欄のままにします。")


class ConfirmForm(EditingForm):
    """What the municipality says to a log's day and attendance."""

    objection = StringField(
        "違うところ",
        [within(500)],
        description="例：欠席とあるのは誤りで、最後まで参加していた",
    )
    wrong = SubmitField("違うところを知らせる")


class AttachForm(Form):
    """Files for a log."""

    files = MultipleFileField(
        "ファイル",
        [FileRequired(message="ファイルを選んでください。")],
        description="1つ10MBまで。PDF、Word、Excel、PowerPoint、画像（png、jpg）、テキスト（txt、csv）。",
    )


class TokenForm(Form):
    """A button that carries nothing but the token."""
