"""Forms of what comes by letter: the alerts' settings, and what somebody wants."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from companion.core.forms import EditingForm, Form
from companion.core.mail import MAY_STOP
from companion.notices.alerts import Rule


def settings_form(**data: Any) -> EditingForm:
    """One number for each rule."""

    class SettingsForm(EditingForm):
        pass

    said = "0から400までの整数を入力してください。"
    for rule in Rule:
        field = IntegerField(
            f"{rule.label}（{rule.unit}）",
            [InputRequired(message=said), NumberRange(0, 400, message=said)],
        )
        setattr(SettingsForm, rule.value, field)
    often = "1から90までの整数を入力してください。"
    SettingsForm.repeat_days = IntegerField(
        "手紙で同じ注意を繰り返すまでの日数",
        [InputRequired(message=often), NumberRange(1, 90, message=often)],
    )
    return SettingsForm(data=data)


class ChoicesForm(Form):
    """The kinds of letters that somebody wants."""

    wanted = SelectMultipleField(
        "受け取るお知らせ",
        choices=[SelectChoice(kind.value, kind.label) for kind in MAY_STOP],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
