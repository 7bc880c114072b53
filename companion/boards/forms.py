"""The form that begins a period."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from companion.core.forms import CreatingForm


class PeriodForm(CreatingForm):
    """A new period, by the name of its fiscal year."""

    name = StringField("年度", [InputRequired(), Length(max=20)], description="例：令和7年度")
