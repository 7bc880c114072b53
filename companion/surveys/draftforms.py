"""Forms of a draft as a whole: beginning, carrying over, importing, settings, publishing."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from companion.core.forms import CreatingForm, Form
from companion.surveys.choosing import AUDIENCES
from companion.surveys.differences import CHANNELS, EDITING
from companion.surveys.draftdata import (
    Data,
    put,
    put_text,
    text_of,
)
from companion.surveys.forms import PublishForm
from companion.surveys.parts import NAME
from companion.surveys.terms import Identity

_MOMENT = "%Y-%m-%dT%H:%M"


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
        choices=[SelectChoice(*item) for item in AUDIENCES.items()],
    )
    copied = SelectField("写すアンケート", [Optional(strip_whitespace=False)])


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
        choices=[SelectChoice(*item) for item in AUDIENCES.items()],
        description="このシステムから出力したブックでは、ブックのとおりになります。",
    )


class LadderForm(Form):
    """The limits of the reminders; the reminders themselves are lines of their own."""

    seen = HiddenField()
    max_per_person = IntegerField(
        "一人に送る催促の上限（回）",
        [
            InputRequired(message="0～12の整数で入力してください。"),
            NumberRange(0, 12, message="0～12の整数で入力してください。"),
        ],
        description="0にすると、催促を送りません。",
    )
    min_gap_days = IntegerField(
        "前の手紙からあける日数",
        [
            InputRequired(message="0～60の整数で入力してください。"),
            NumberRange(0, 60, message="0～60の整数で入力してください。"),
        ],
    )
    _DEFAULTS = {"max_per_person": 4, "min_gap_days": 3}

    def show(self, data: Data) -> None:
        """Fill in what stands."""
        limits = data.get("reminder_limits") or {}
        for name, default in self._DEFAULTS.items():
            self[name].data = limits.get(name, default)

    def write(self, data: Data) -> None:
        """Put what was typed into the survey; what says the usual need not be written."""
        limits = dict(data.get("reminder_limits") or {})
        for name, default in self._DEFAULTS.items():
            if limits.get(name, default) != self[name].data:
                limits[name] = self[name].data
        put(data, "reminder_limits", limits or None)


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
    identity = RadioField(
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
        choices=[SelectChoice(*item) for item in EDITING.items()],
    )
    channels = SelectMultipleField(
        "受け付ける方法",
        choices=[SelectChoice(*item) for item in CHANNELS.items()],
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
    strict = BooleanField(
        "1人・2人の回答数も秘匿する",
        description="差し引きで分かる回答数と、平均なども示さなくなります。",
    )
    _TEXTS = ("title", "intro", "thanks")
    _PLAIN = {
        "version": None,
        "identity": None,
        "edit_after_submit": "never",
        "min_base": 10,
        "strict": False,
    }

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
