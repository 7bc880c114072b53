"""Forms of the indicators."""

from __future__ import annotations

from wtforms import DateField, DecimalField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from companion.core.forms import CreatingForm, EditingForm, Form
from companion.indicators.actions import IndicatorWords

NEEDED = InputRequired(message="入力してください。")
LIMIT = 10**11
FIGURE = [
    InputRequired(message="数を入力してください。"),
    NumberRange(-LIMIT, LIMIT, message="数が大きすぎます。単位を見直してください。"),
]


class _Words(Form):
    """What an indicator says of itself."""

    name = StringField(
        "指標の名前",
        [NEEDED, Length(max=100, message="100文字以内で入力してください。")],
        description="例：宿泊者数、新しく開いた店の数",
    )
    unit = StringField(
        "単位",
        [NEEDED, Length(max=20, message="20文字以内で入力してください。")],
        description="例：人、件、％",
    )
    baseline = DecimalField("基準の値", FIGURE, places=2)
    baseline_on = DateField("基準の日", [NEEDED])
    target = DecimalField("目標の値", FIGURE, places=2)
    target_on = DateField("目標の日", [NEEDED])
    source = StringField(
        "出典",
        [NEEDED, Length(max=200, message="200文字以内で入力してください。")],
        description="例：町の観光統計、商工会の調べ",
    )

    @property
    def words(self) -> IndicatorWords:
        """What was typed."""
        return IndicatorWords(
            name=self.name.data.strip(),
            unit=self.unit.data.strip(),
            baseline=self.baseline.data,
            baseline_on=self.baseline_on.data,
            target=self.target.data,
            target_on=self.target_on.data,
            source=self.source.data.strip(),
        )


class NewIndicatorForm(_Words, CreatingForm):
    """A new indicator."""


class IndicatorForm(_Words, EditingForm):
    """An indicator worded anew."""


class ValueForm(CreatingForm):
    """A value measured on a day."""

    measured_on = DateField("測った日", [NEEDED])
    value = DecimalField("値", FIGURE, places=2)
    note = StringField("補足", [Length(max=200, message="200文字以内で入力してください。")])
