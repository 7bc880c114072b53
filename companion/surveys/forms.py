"""Forms of the surveys: what surrounds the questions; the questions themselves come from data."""

from __future__ import annotations

from wtforms import DateField, HiddenField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from companion.core.forms import CreatingForm, Form


class PageForm(Form):
    """One page of a questionnaire; `seen` is the version of the draft that was shown."""

    seen = HiddenField()


class SubmitForm(CreatingForm):
    """Handing in; an organisation says who filled it in."""

    respondent = StringField(
        "回答を記入した方（所属と氏名）",
        [Optional(), Length(max=200)],
        description="庁内で回された場合は、最後に確認した方を記入してください。",
    )


class ResumeForm(Form):
    """Going on with an anonymous answer on another machine."""

    code = StringField("再開用コード", [InputRequired(), Length(max=100)])


class OpenForm(CreatingForm):
    """Opening a survey."""

    closes_on = DateField("締切日", [InputRequired(message="締切日を入力してください。")])
    closes_time = TimeField("締切時刻", [InputRequired(message="締切時刻を入力してください。")])


class CloseForm(CreatingForm):
    """Closing a survey carries nothing but its key."""


class PublishForm(CreatingForm):
    """Publishing a version; the note is asked for where the change needs one."""

    note = TextAreaField(
        "変更の理由",
        [Optional(), Length(max=1000)],
        description="集計の注記に使います。説明の必要な変更があるときは必ず書いてください。",
    )
