"""Forms of the editor: a question, a section, the settings; each knows the data it stands for.

`seen` is a digest of what was shown: another's change to the same thing is a conflict, a change
elsewhere in the draft is not.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from companion.core.forms import CreatingForm, Form
from companion.surveys.conditionrows import JOINERS
from companion.surveys.differences import PUBLISH
from companion.surveys.edits import Data, put, put_text, text_of
from companion.surveys.forms import PublishForm
from companion.surveys.parts import NAME
from companion.surveys.terms import Identity

_NUMBER = Regexp(r"^-?[0-9]{1,9}(\.[0-9]{1,6})?$", message="半角の数で入力してください。")
_COUNT = [Optional(), NumberRange(0, 1000, message="0～1000の整数で入力してください。")]
_MOMENT = "%Y-%m-%dT%H:%M"


def digest(*parts: Any) -> str:
    """A short mark of some data, to tell whether it is still what was shown."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class DraftForm(Form):
    """A change of the draft's order, or throwing it away; `seen` is the draft's version."""

    seen = HiddenField()


class BeginForm(CreatingForm):
    """Beginning to edit carries nothing but its key."""


class PublishDraftForm(PublishForm):
    """Publishing a draft as it was seen."""

    seen = HiddenField()


class NewSurveyForm(CreatingForm):
    """A survey of one's own: empty, or a copy of another."""

    survey_id = StringField(
        "管理用の名前",
        [
            InputRequired(message="管理用の名前を入力してください。"),
            Regexp(NAME, message="英小文字で始め、英小文字・数字・_ で入力してください。"),
            Length(max=60),
        ],
        description="英小文字・数字・_ 。例：visit_pulse。後から変えられません。",
    )
    title = StringField(
        "題名", [InputRequired(message="題名を入力してください。"), Length(max=200)]
    )
    audience = SelectField(
        "回答する人",
        choices=[
            SelectChoice("municipality", "伴走支援自治体"),
            SelectChoice("official", "地方創生支援官"),
        ],
    )
    copied = SelectField("写すアンケート", [Optional()])


class CarryForm(CreatingForm):
    """Which surveys of the year before are carried over."""

    surveys = SelectMultipleField(
        "引き継ぐアンケート",
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[InputRequired(message="1つ以上選んでください。")],
    )


class UploadForm(CreatingForm):
    """A workbook in the form of XLSForm."""

    file = FileField(
        "XLSFormのブック（.xlsx）", [FileRequired(message="ファイルを選んでください。")]
    )
    audience = SelectField(
        "回答する人",
        choices=[
            SelectChoice("municipality", "伴走支援自治体"),
            SelectChoice("official", "地方創生支援官"),
        ],
        description="このシステムから出力したブックでは、ブックのとおりになります。",
    )


class SectionForm(Form):
    """A section: its heading and what is said before its questions."""

    seen = HiddenField()
    title = StringField("見出し", [Length(max=200)])
    intro = TextAreaField("はじめの説明", [Optional(), Length(max=5000)])
    joiner = SelectField(
        "条件が2つ以上のとき",
        choices=[SelectChoice(*item) for item in JOINERS.items()],
        default="and",
    )

    def show(self, page: Data) -> None:
        """Fill in what stands."""
        self.title.data, self.intro.data = text_of(page.get("title")), text_of(page.get("intro"))

    def write(self, page: Data) -> None:
        """Put what was typed into the section."""
        put_text(page, "title", self.title.data)
        page.setdefault("title", "")
        put_text(page, "intro", self.intro.data)


class QuestionForm(Form):
    """A question of any kind; fields of other kinds are neither shown nor read."""

    seen = HiddenField()
    name = HiddenField()
    label = TextAreaField("質問文", [Length(max=5000)])
    hint = TextAreaField(
        "補足", [Optional(), Length(max=5000)], description="質問文の下に小さく示します。"
    )
    required = SelectField("回答", choices=[])
    joiner = SelectField(
        "条件が2つ以上のとき",
        choices=[SelectChoice(*item) for item in JOINERS.items()],
        default="and",
    )
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

    _OF_KIND = {
        "multi": ("min_selected", "max_selected"),
        "text": ("max_length", "rows", "publish", "pii_hint"),
        "number": ("min", "max", "step", "unit", "integer"),
        "matrix": ("all_rows_required",),
    }
    _DEFAULTS = {"max_length": 2000, "rows": 3, "publish": "never"}

    def own_fields(self, kind: str) -> list[Field]:
        """The fields that only questions of this kind have."""
        return [self[name] for name in self._OF_KIND.get(kind, ())]

    def offer(self, question: Data) -> None:
        """Keep the fields of this kind of question; a condition for 「必須」 stays possible."""
        own = self._OF_KIND.get(str(question.get("type")), ())
        for name in {name for names in self._OF_KIND.values() for name in names} - set(own):
            del self[name]
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
        for name in ("label", "hint", "number", "short_label", "guidance_hint"):
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
        for name in ("label", "hint", "number", "short_label", "guidance_hint"):
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


def _exact(text: str | None) -> Decimal | int | None:
    if not text:
        return None
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else value


class SettingsForm(Form):
    """The survey as a whole."""

    seen = HiddenField()
    title = StringField(
        "題名", [InputRequired(message="題名を入力してください。"), Length(max=200)]
    )
    version = StringField(
        "版",
        [
            InputRequired(message="版を入力してください。"),
            Regexp(r"^[0-9]+(\.[0-9]+)*$", message="数字と点で入力してください。例：2026.1"),
            Length(max=20),
        ],
        description="公開済みの版より新しい番号にします。",
    )
    intro = TextAreaField("前書き", [Optional(), Length(max=5000)])
    thanks = TextAreaField("回答後の文", [Optional(), Length(max=5000)])
    identity = SelectField(
        "回答の扱い",
        choices=[SelectChoice(one.value, f"{one.label}：{one.promise}") for one in Identity],
        description="公開した後は変えられません。",
    )
    open = DateTimeLocalField(
        "開始", [InputRequired(message="開始の日時を入力してください。")], format=_MOMENT
    )
    close = DateTimeLocalField(
        "締切", [InputRequired(message="締切の日時を入力してください。")], format=_MOMENT
    )
    grace_hours = IntegerField(
        "締切後に受け付ける時間",
        [Optional(), NumberRange(0, 24 * 60, message="0～1440の整数で入力してください。")],
    )
    edit_after_submit = SelectField(
        "提出後の訂正",
        choices=[
            SelectChoice("never", "できない"),
            SelectChoice("until_close", "締切までできる"),
            SelectChoice("always", "いつでもできる"),
        ],
    )
    channels = SelectMultipleField(
        "受け付ける方法",
        choices=[
            SelectChoice("web", "画面"),
            SelectChoice("excel", "Excel回答票"),
            SelectChoice("paper", "紙・電話（担当者が入力）"),
        ],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[InputRequired(message="1つ以上選んでください。")],
    )
    min_base = IntegerField(
        "秘匿の基準（人）",
        [
            InputRequired(message="人数を入力してください。"),
            NumberRange(5, 1000, message="5以上で入力してください。"),
        ],
        description="これより少ない集まりの結果は示しません。",
    )
    _TEXTS = ("title", "intro", "thanks")
    _PLAIN = {"version": None, "identity": None, "edit_after_submit": "never", "min_base": 10}

    def show(self, data: Data) -> None:
        """Fill in what stands."""
        for name in self._TEXTS:
            self[name].data = text_of(data.get(name))
        for name, default in self._PLAIN.items():
            self[name].data = data.get(name, default)
        self.channels.data = list(data.get("channels") or ["web"])
        window = data.get("window") or {}
        for name in ("open", "close"):
            self[name].process_formdata([str(window.get(name, ""))[:16]])
            self[name].process_errors = []
        self.grace_hours.data = window.get("grace_hours", 0)

    def write(self, data: Data) -> None:
        """Put what was typed into the survey."""
        for name in self._TEXTS:
            put_text(data, name, self[name].data)
        for name, default in self._PLAIN.items():
            put(data, name, self[name].data, default=default)
        data["channels"] = list(self.channels.data or [])
        window: Data = {
            "open": self.open.data.strftime(_MOMENT),
            "close": self.close.data.strftime(_MOMENT),
        }
        if self.grace_hours.data:
            window["grace_hours"] = self.grace_hours.data
        data["window"] = window

    @classmethod
    def part(cls, data: Data) -> list[Any]:
        """What the form stands for, to tell whether somebody else has changed it."""
        names = (*cls._TEXTS, *cls._PLAIN, "channels", "window")
        return [data.get(name) for name in names]
