"""Forms about accounts."""

from __future__ import annotations

from wtforms import PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from companion.core.access import Role
from companion.core.forms import CreatingForm, Form
from companion.places.prefectures import PREFECTURES


class AccountForm(CreatingForm):
    """A new account."""

    email = StringField("メールアドレス", [InputRequired(), Length(max=254)])
    name = StringField("氏名（または担当名）", [InputRequired(), Length(max=100)])
    role = SelectField("役割", choices=[SelectChoice(role.value, role.label) for role in Role])
    lg_code = StringField(
        "団体コード",
        [Optional(), Regexp(r"^\d{6}$", message="6桁の数字で入力してください。")],
        description="自治体担当者の場合に入力します。",
    )
    prefecture_code = SelectField(
        "都道府県",
        choices=[
            SelectChoice("", "（該当なし）"),
            *(SelectChoice(row.code, row.name) for row in PREFECTURES),
        ],
        description="都道府県の連携窓口の場合に選びます。",
    )
    ministry_code = SelectField("府省庁", description="府省庁の担当窓口の場合に選びます。")
    password = PasswordField(
        "最初のパスワード",
        [InputRequired(), Length(max=128)],
        description="15文字以上。本人に別の方法で伝えてください。",
    )


class RoleForm(Form):
    """Which role to act in."""

    role = StringField(validators=[InputRequired()])


class StateForm(Form):
    """Stopping or reopening an account carries nothing but the token."""
