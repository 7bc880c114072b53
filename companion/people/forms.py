"""Forms about accounts."""

from __future__ import annotations

from wtforms import (
    DateField,
    PasswordField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import EqualTo, InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from companion.core.access import Role
from companion.core.forms import CreatingForm, EditingForm, Form
from companion.places.prefectures import PREFECTURES


class AccountForm(CreatingForm):
    """A new account."""

    email = StringField("メールアドレス", [InputRequired(), Length(max=254)])
    name = StringField("氏名（または担当名）", [InputRequired(), Length(max=100)])
    role = SelectField(
        "役割",
        [InputRequired(message="役割を選んでください。")],
        choices=[
            SelectChoice("", "（選んでください）"),
            *(SelectChoice(role.value, role.label) for role in Role),
        ],
    )
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
    reason = TextAreaField(
        "理由",
        [Length(max=1000, message="1,000文字以内で入力してください。")],
        description="コーディネーターと監査のアカウントは、別のコーディネーターが承認します。"
        "その判断に使います。",
    )


class DeputyForm(CreatingForm):
    """Whom a municipality's contact invites as deputy."""

    email = StringField(
        "メールアドレス",
        [InputRequired(), Length(max=254)],
        description="職場のアドレスを入力します。招待の手紙が届きます。",
    )
    name = StringField("氏名（または担当名）", [InputRequired(), Length(max=100)])


class EntryForm(EditingForm):
    """What stands about an account; the roles have a form of their own."""

    email = StringField(
        "メールアドレス",
        [InputRequired(), Length(max=254)],
        description="支援官は、応募者名簿と同じアドレスにすると、その人のチームにつながります。",
    )
    name = StringField("氏名（または担当名）", [InputRequired(), Length(max=100)])
    lg_code = AccountForm.lg_code
    prefecture_code = AccountForm.prefecture_code
    ministry_code = AccountForm.ministry_code
    term_ends_on = DateField(
        "任期の末日",
        [Optional()],
        description="過ぎると、本人の記録を読むだけになり、90日後に使えなくなります。"
        "チームの公表や着任のときは、年度末まで自動で延びます。空欄なら期限はありません。",
    )


class RolesForm(Form):
    """The roles of an account."""

    roles = SelectMultipleField(
        "役割",
        choices=[SelectChoice(role.value, role.label) for role in Role],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    reason = TextAreaField(
        "理由",
        [Length(max=1000, message="1,000文字以内で入力してください。")],
        description="役割を加えるときは、別のコーディネーターが承認します。その判断に使います。",
    )


class SignInForm(Form):
    """Address and password."""

    email = StringField("メールアドレス", [InputRequired(), Length(max=254)])
    password = PasswordField("パスワード", [InputRequired(), Length(max=1000)])


class CodeForm(Form):
    """A code of the second step."""

    code = StringField("確認コード", [InputRequired(), Length(max=40)])


class SetupForm(Form):
    """The first code of a new authenticator app."""

    code = StringField("アプリに表示された6桁の数字", [InputRequired(), Length(max=20)])


class AnswerForm(Form):
    """What a passkey answered, as the browser writes it."""

    answer = StringField(validators=[Length(max=20_000)])


class PasskeyForm(AnswerForm):
    """A new passkey."""

    name = StringField(
        "名前", [Length(max=60)], description="例：机のパソコン。どの端末か分かるように付けます。"
    )


class AgainForm(Form):
    """The password once more, with a code where the account has an app."""

    password = PasswordField("パスワード", [InputRequired(), Length(max=1000)])
    code = StringField("認証アプリの6桁のコード、または予備コード", [Optional(), Length(max=40)])


class WelcomeForm(Form):
    """What stands in the letter of an invitation."""

    email = StringField("メールアドレス", [InputRequired(), Length(max=254)])
    code = StringField(
        "招待コード",
        [InputRequired(), Length(max=40)],
        description="手紙にある12文字です。大文字と小文字、ハイフンの有無は問いません。",
    )


class PasswordForm(Form):
    """A new password."""

    password = PasswordField(
        "新しいパスワード",
        [InputRequired(), Length(max=128, message="128文字以内で入力してください。")],
        description="15文字以上。覚えやすい単語を四つほど並べる方法をお勧めします。",
    )
    again = PasswordField(
        "新しいパスワード（もう一度）",
        [InputRequired(), EqualTo("password", message="二つのパスワードが一致していません。")],
    )


class ChangePasswordForm(PasswordForm):
    """Another password in place of the present one."""

    current = PasswordField("いまのパスワード", [InputRequired(), Length(max=1000)])


class RoleForm(Form):
    """Which role to act in."""

    role = StringField(validators=[InputRequired()])


class StateForm(Form):
    """A button that carries nothing but the token."""
