"""Forms of one question and one section of a draft; each knows the data it stands for.

`seen` is a digest of what was shown: another's change to the same thing is a conflict, a change
elsewhere in the draft is not.
"""

from __future__ import annotations

from decimal import Decimal

from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional, Regexp

from companion.core.forms import Form
from companion.surveys.conditionrows import JOINERS
from companion.surveys.differences import PUBLISH
from companion.surveys.draftdata import (
    Data,
    put,
    put_text,
    text_of,
)

_NUMBER = Regexp(r"^-?[0-9]{1,9}(\.[0-9]{1,6})?$", message="半角の数で入力してください。")
_COUNT = [Optional(), NumberRange(0, 1000, message="0～1000の整数で入力してください。")]


class AskedForm(Form):
    """Something that is asked under conditions; `seen` tells what was shown."""

    seen = HiddenField()
    joiner = SelectField(
        "条件が2つ以上のとき",
        choices=[SelectChoice(*item) for item in JOINERS.items()],
        default="and",
    )


class SectionForm(AskedForm):
    """A section: its heading and what is said before its questions."""

    title = StringField("見出し", [Length(max=200)])
    intro = TextAreaField("はじめの説明", [Optional(), Length(max=5000)])

    def show(self, page: Data) -> None:
        """Fill in what stands."""
        self.title.data, self.intro.data = text_of(page.get("title")), text_of(page.get("intro"))

    def write(self, page: Data) -> None:
        """Put what was typed into the section."""
        put_text(page, "title", self.title.data)
        page.setdefault("title", "")
        put_text(page, "intro", self.intro.data)


class QuestionForm(AskedForm):
    """A question of any kind; fields of other kinds are neither shown nor read."""

    name = HiddenField()
    label = TextAreaField("質問文", [Length(max=5000)])
    hint = TextAreaField(
        "補足", [Optional(), Length(max=5000)], description="質問文の下に小さく示します。"
    )
    required = SelectField("回答", choices=[])
    number = StringField(
        "番号", [Optional(), Length(max=20)], description="空欄のときは順番の数になります。"
    )
    short_label = StringField(
        "短い名前", [Optional(), Length(max=255)], description="表やグラフで使います。"
    )
    guidance_hint = TextAreaField("Excel回答票だけに示す補足", [Optional(), Length(max=5000)])
    min_selected = IntegerField("最少の数", _COUNT)
    max_selected = IntegerField("最多の数", _COUNT)
    max_length = IntegerField(
        "文字数の上限", [Optional(), NumberRange(1, 10000, message="1～10000で入力してください。")]
    )
    rows = IntegerField(
        "欄の高さ（行）", [Optional(), NumberRange(1, 40, message="1～40で入力してください。")]
    )
    publish = SelectField(
        "公表資料への掲載", choices=[SelectChoice(*item) for item in PUBLISH.items()]
    )
    pii_hint = BooleanField("個人名などを書かないよう注意を示す")
    min = StringField("いちばん小さい値", [Optional(), _NUMBER])
    max = StringField("いちばん大きい値", [Optional(), _NUMBER])
    step = StringField("刻み", [Optional(), _NUMBER], description="0.5なら0.5ごとに入力できます。")
    unit = StringField("単位", [Optional(), Length(max=40)])
    integer = BooleanField("整数だけ")
    all_rows_required = BooleanField("すべての行に回答が必要")
    constraint_message = StringField(
        "条件に合わないときの文",
        [Optional(), Length(max=500)],
        description="例：160時間以下で入力してください。",
    )

    _OF_KIND = {
        "multi": ("min_selected", "max_selected"),
        "text": ("max_length", "rows", "publish", "pii_hint"),
        "number": ("min", "max", "step", "unit", "integer"),
        "matrix": ("all_rows_required",),
    }
    _DEFAULTS = {"max_length": 2000, "rows": 3, "publish": "never"}

    def _texts(self) -> list[str]:
        names = ("label", "hint", "number", "short_label", "guidance_hint", "constraint_message")
        return [name for name in names if name in self]

    def own_fields(self, kind: str) -> list[Field]:
        """The fields that only questions of this kind have."""
        return [self[name] for name in self._OF_KIND.get(kind, ())]

    def offer(self, question: Data) -> None:
        """Keep the fields of this kind of question; a condition for 「必須」 stays possible."""
        own = self._OF_KIND.get(str(question.get("type")), ())
        for name in {name for names in self._OF_KIND.values() for name in names} - set(own):
            del self[name]
        if not has_rules(question):
            del self.constraint_message
        if question.get("type") == "note":
            del self.required
            return
        required = question.get("required")
        self.required.choices = [
            SelectChoice("no", "任意"),
            SelectChoice("yes", "必須"),
            SelectChoice("soft", "未回答なら確かめる"),
        ]
        if isinstance(required, str) and required != "soft":
            self.required.choices.append(SelectChoice("kept", f"次のとき必須：{required}"))

    def show(self, question: Data) -> None:
        """Fill in what stands."""
        for name in self._texts():
            self[name].data = text_of(question.get(name))
        if "required" in self:
            required = question.get("required", False)
            words = {True: "yes", False: "no", "soft": "soft"}
            self.required.data = words.get(required, "kept")
        for field in self.own_fields(str(question.get("type"))):
            value = question.get(field.name, self._DEFAULTS.get(field.name))
            is_text = isinstance(field, StringField)
            field.data = ("" if value is None else str(value)) if is_text else value

    def write(self, question: Data) -> None:
        """Put what was typed into the question; what the form does not show stays."""
        for name in self._texts():
            put_text(question, name, self[name].data)
        question.setdefault("label", "")
        if "required" in self and self.required.data != "kept":
            chosen = {"yes": True, "soft": "soft"}.get(self.required.data)
            put(question, "required", chosen)
        for field in self.own_fields(str(question.get("type"))):
            value = field.data
            if field.name in {"min", "max", "step"}:
                value = _exact(value)
            elif isinstance(field, BooleanField):
                value = value or None
            put(question, field.name, value, default=self._DEFAULTS.get(field.name))


def has_rules(question: Data) -> bool:
    """Whether a question may say what its answer has to be: numbers, and what was written so."""
    return question.get("type") == "number" or bool(question.get("constraint"))


def _exact(text: str | None) -> Decimal | int | None:
    if not text:
        return None
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else value
