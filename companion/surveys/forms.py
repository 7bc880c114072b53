"""Forms of the surveys: what surrounds the questions; the questions themselves come from data."""

from __future__ import annotations

import datetime as dt

from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from companion.core.forms import CreatingForm, Form
from companion.surveys.choosing import AUDIENCES
from companion.surveys.terms import Channel


class PageForm(Form):
    """One page of a questionnaire; `seen` is the version of the draft that was shown."""

    seen = HiddenField()


class TryForm(Form):
    """Trying a questionnaire out: as whom, and which page was filled in."""

    number = IntegerField(widget=HiddenInput())
    who = SelectField("回答する人", [Optional(strip_whitespace=False)])


class BeginForm(Form):
    """Beginning to answer carries nothing."""


class DeclineForm(Form):
    """Not wishing to answer."""

    reason = StringField(
        "理由（書かなくてもかまいません）",
        [Optional(), Length(max=200, message="200文字以内で入力してください。")],
    )


class SubmitForm(CreatingForm):
    """Handing in; an organisation says who filled it in."""

    respondent = StringField(
        "回答を記入した方（所属と氏名）",
        [Optional(), Length(max=200)],
        description="庁内で回された場合は、最後に確認した方を記入してください。",
    )
    shares_texts = BooleanField(
        "自由記述を担当の支援官に見せてよい",
        description="印を付けると、アンケートの終了後に、担当チームの支援官が自由記述だけを読めます。"
        "評価の点や選択肢は見えません。終了までは、訂正して選び直せます。",
    )


class DiscloseForm(CreatingForm):
    """Letting an auditor read the named answers of a closed survey."""

    auditor = SelectField("読む監査担当者")
    reason = TextAreaField(
        "監査担当者から示された理由",
        [
            InputRequired(message="理由を入力してください。承認する人が判断に使います。"),
            Length(max=1000, message="1,000文字以内で入力してください。"),
        ],
        description="監査担当者は、この画面を操作できません。口頭や文書で受けた理由を書き写してください。",
    )


class ResumeForm(Form):
    """Going on with an anonymous answer on another machine."""

    code = StringField("再開用コード", [InputRequired(), Length(max=100)])


class OpenForm(CreatingForm):
    """Opening a survey."""

    closes_on = DateField("締切日", [InputRequired(message="締切日を入力してください。")])
    closes_time = TimeField("締切時刻", [InputRequired(message="締切時刻を入力してください。")])

    target_percent = IntegerField(
        "目標の回収率（％）",
        [InputRequired(message="1から100までで入力してください。"), NumberRange(1, 100)],
        default=80,
    )
    typed_count = IntegerField(
        "招待を送る件数",
        [Optional()],
        description="多くの方に手紙が届くため、上の件数を数字で入力してください。",
    )


class ShortForm(OpenForm):
    """Opening a short survey: the occasion, and who is asked."""

    occasion = StringField(
        "回の名前",
        [InputRequired(message="回の名前を入力してください。"), Length(max=60)],
        description="例：6月分、秋の訪問のあと",
    )
    audience = RadioField("回答する人", choices=[SelectChoice(*item) for item in AUDIENCES.items()])
    whom = RadioField(
        "対象",
        choices=[
            SelectChoice("all", "全員"),
            SelectChoice("field", "一つの政策分野"),
            SelectChoice("list", "選んだチームと、一覧にある人"),
        ],
        default="all",
    )
    is_certain = HiddenField()  # the button of the second sending carries it
    field_code = SelectField("政策分野", [Optional(strip_whitespace=False)])
    teams = SelectMultipleField("チーム")
    listed = TextAreaField(
        "一覧を貼り付ける",
        [Length(max=20_000, message="20,000文字以内で入力してください。")],
        description="支援官はメールアドレスか氏名、自治体は団体コードか名前を、一行に一つずつ。",
    )


class PastedForm(Form):
    """A published table to be checked."""

    n = IntegerField(
        "回答者数（n）",
        [
            InputRequired(message="1から6,000までの数で入力してください。"),
            NumberRange(1, 6_000, message="1から6,000までの数で入力してください。"),
        ],
    )
    pasted = TextAreaField(
        "表",
        [
            InputRequired(message="表を貼り付けてください。"),
            Length(max=50_000, message="50,000文字以内で貼り付けてください。"),
        ],
        description="一行に一つ、回答の言葉、回答数（なくても可）、割合（％）の順。"
        "平均は「平均　4.3」のように。",
    )


class StepForm(Form):
    """A decision about one step of the reminders."""

    rule = HiddenField(validators=[InputRequired(), Length(max=12)])
    on = DateField("送る日", [Optional()])


class LinkForm(CreatingForm):
    """Making a link anew carries nothing but its key."""


class CloseForm(CreatingForm):
    """Closing a survey carries nothing but its key."""


class PublishForm(CreatingForm):
    """Publishing a version; the note is asked for where the change needs one."""

    note = TextAreaField(
        "変更の理由",
        [Optional(), Length(max=1000)],
        description="集計の注記に使います。説明の必要な変更があるときは必ず書いてください。",
    )


class OwnFormForm(Form):
    """A respondent's filled Excel form."""

    file = FileField(
        "記入した回答票（.xlsx）", [FileRequired(message="ファイルを選んでください。")]
    )


class FormsForm(CreatingForm):
    """Many filled Excel forms at once."""

    files = MultipleFileField(
        "回答票（.xlsx、複数可）",
        [FileRequired(message="ファイルを選んでください。")],
        description="まとめて選ぶか、ここに落としてください。一度に100件まで。",
    )


class EnterForm(CreatingForm):
    """Typing in what came on paper or by telephone."""

    channel = RadioField(
        "受け取った方法",
        choices=[
            SelectChoice(one.value, one.label)
            for one in (Channel.PAPER, Channel.PHONE, Channel.EXCEL)
        ],
        validators=[InputRequired(message="受け取った方法を選んでください。")],
    )
    confirmed = BooleanField("提出済みの回答を、この内容に置き換える（前の回答も保管されます）")


class FollowForm(CreatingForm):
    """What a coordinator notes about one respondent; empty fields change nothing."""

    until = DateField("延長後の締切日", [Optional()])
    time = TimeField("時刻", [Optional()], default=dt.time(18, 0))
    call_note = StringField("電話の内容", [Optional(), Length(max=200)])
    state = SelectField("状態を変える", [Optional(strip_whitespace=False)])
