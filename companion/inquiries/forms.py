"""Forms of the 後方支援."""

from __future__ import annotations

from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from companion.activities.fields import Day
from companion.core.forms import CreatingForm, EditingForm
from companion.inquiries.terms import OFFERED, InquiryKind, InquiryState
from companion.teams.terms import Visibility

SAID = DataRequired(message="入力してください。")
NEEDED = InputRequired(message="入力してください。")
LONG = Length(max=5000, message="5,000文字以内で入力してください。")
LINE = Length(max=100, message="100文字以内で入力してください。")


def shared_with() -> RadioField:
    """Who reads question and answer besides the secretariat."""
    return RadioField(
        "読める支援官",
        [InputRequired(message="一つ選んでください。")],
        choices=[SelectChoice(row.value, row.label) for row in Visibility],
        default=Visibility.TEAM.value,
        description="すべてのチームにすると、回答の後に、ほかのチームの支援官が依頼と回答を読みます。"
        "あとから変えられます。",
    )


class AskForm(CreatingForm):
    """What a team asks."""

    kind = RadioField(
        "頼みたいこと",
        [InputRequired(message="一つ選んでください。")],
        choices=[SelectChoice(row.value, row.label) for row in InquiryKind],
        description=OFFERED,
    )
    subject = StringField("件名", [SAID, LINE])
    question = TextAreaField("知りたいこと", [SAID, LONG])
    background = TextAreaField("背景", [LONG], description="これまでの経緯や、調べて分かったこと。")
    field_code = SelectField("関係する分野")
    ministry_code = SelectField("関係する府省庁")
    wished_on = Day("希望日", [Optional()], description="空欄なら、10業務日後を目安に回答します。")
    visibility = shared_with()


class HandleForm(EditingForm):
    """What the secretariat does with it."""

    state = RadioField(
        "状態",
        [InputRequired()],
        choices=[
            SelectChoice(row.value, row.label)
            for row in (InquiryState.OPEN, InquiryState.ASSIGNED, InquiryState.ANSWERED)
        ],
    )
    routed_to = SelectField(
        "回答を頼む府省庁",
        description="選ぶと、その府省庁の担当窓口に手紙が届き、窓口がこの依頼を読んで回答します。"
        "「頼まない」に戻すと、窓口からは見えなくなります。",
    )
    passed_to = StringField("照会先", [LINE], description="例：国土交通省 都市局")
    due_on = Day("期限", [NEEDED])
    answer = TextAreaField("回答", [LONG])


class ReplyForm(EditingForm):
    """What a ministry answers."""

    answer = TextAreaField("回答", [DataRequired(message="回答を入力してください。"), LONG])


class CloseForm(EditingForm):
    """Whether an answer helped."""

    usefulness = RadioField(
        "役に立ちましたか",
        [InputRequired(message="役に立ったかを選んでください。")],
        choices=[
            SelectChoice("5", "5（とても役に立った）"),
            *(SelectChoice(str(n), str(n)) for n in (4, 3, 2)),
            SelectChoice("1", "1（役に立たなかった）"),
        ],
    )


class ShareForm(EditingForm):
    """Who reads an inquiry and its answer."""

    visibility = shared_with()


class AgainForm(EditingForm):
    """What an answer leaves open."""

    more = TextAreaField(
        "追加で知りたいこと", [DataRequired(message="追加で知りたいことを入力してください。"), LONG]
    )
