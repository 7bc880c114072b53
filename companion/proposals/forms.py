"""Forms of the proposals."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from companion.core.forms import CreatingForm, Form

NEEDED = InputRequired(message="入力してください。")
LINE = Length(max=100, message="100文字以内で入力してください。")
LONG = Length(max=2000, message="2,000文字以内で入力してください。")


class ProposalForm(CreatingForm):
    """Whom a ministry proposes."""

    name = StringField("氏名", [NEEDED, LINE])
    kana = StringField("ふりがな", [NEEDED, LINE])
    division = StringField("所属（局・課）", [NEEDED, LINE])
    post = StringField("役職", [NEEDED, LINE])
    email = StringField(
        "職場のメールアドレス",
        [NEEDED, Length(max=254, message="254文字以内で入力してください。")],
        description="府省庁のアドレス（go.jp）。事務局が承諾すると、招待の手紙が届きます。",
    )
    reason = TextAreaField(
        "推薦する理由",
        [NEEDED, LONG],
        description="得意な分野や、これまでの地方での経験など。事務局と監査が読みます。",
    )


class DeclineForm(Form):
    """Why a proposal is declined."""

    answer = TextAreaField(
        "見送る理由", [LONG], description="推薦した府省庁の窓口に、そのまま表示されます。"
    )
