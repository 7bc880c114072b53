"""Forms of the free texts."""

from __future__ import annotations

from wtforms import (
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from companion.core.forms import CreatingForm, EditingForm, Form
from companion.freetexts.terms import Decision


class GatherForm(CreatingForm):
    """Laying out the texts of a round carries nothing but its key."""


class CodeForm(Form):
    """The tags one coder gives; none is an answer too."""

    tags = SelectMultipleField(
        "タグ", coerce=int, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )


class QuoteForm(EditingForm):
    """The edited quote and whether it is printed."""

    quote = TextAreaField(
        "掲載文",
        [Length(max=10_000, message="10,000文字以内で入力してください。")],
        description="原文は変わりません。地名や人名など、だれのことか分かる言葉を除いてください。",
    )
    decision = RadioField(
        "掲載の判断",
        choices=[SelectChoice(one.value, one.label) for one in Decision],
        validators=[InputRequired(message="掲載の判断を選んでください。")],
    )


class TagForm(CreatingForm):
    """A tag of the code book."""

    name = StringField(
        "タグ",
        [
            InputRequired(message="タグの名前を入力してください。"),
            Length(max=60, message="60文字以内で入力してください。"),
        ],
    )
    meaning = StringField(
        "意味（どんな記述に付けるか）",
        [Length(max=300, message="300文字以内で入力してください。")],
        description="例：庁内の他の課との連携が進んだ、という記述。連携の希望だけのものは含めない。",
    )
