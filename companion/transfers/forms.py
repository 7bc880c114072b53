"""Forms of the changes during the year."""

from __future__ import annotations

from wtforms import BooleanField, DateField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from companion.core.forms import CreatingForm, EditingForm, Form
from companion.teams.terms import EndKind

NEEDED = InputRequired(message="日付を入力してください。")
LONG = Length(max=1000, message="1,000文字以内で入力してください。")


class EndForm(CreatingForm):
    """Until when a member serves, and why."""

    last_day = DateField(
        "終了日", [NEEDED], description="この日までは支援官として活動し、記録もできます。"
    )
    kind = RadioField(
        "理由",
        choices=[SelectChoice(row.value, row.label) for row in EndKind],
        default=EndKind.TRANSFER.value,
    )
    note = TextAreaField("補足", [LONG], description="異動先など。外には出ません。")


class AppointForm(CreatingForm):
    """From when somebody serves, and why this person."""

    first_day = DateField("着任日", [NEEDED])
    reason = StringField(
        "選んだ理由",
        [InputRequired(message="選んだ理由を入力してください。"), LONG],
    )


class PauseForm(Form):
    """Why a team rests."""

    reason = StringField("休止の理由", [LONG])


class ThemeForm(EditingForm):
    """What the team works on."""

    support_theme = StringField(
        "支援テーマ",
        [Length(max=200, message="200文字以内で入力してください。")],
        description="例：空き店舗を生かした駅前のにぎわいづくり。報告会のプログラムに載ります。",
    )
    is_final = BooleanField("自治体と合意し、支援テーマを確定する")
