"""The form of the alerts' settings."""

from __future__ import annotations

from typing import Any

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from companion.core.forms import EditingForm
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
    return SettingsForm(data=data)
