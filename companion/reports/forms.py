"""Forms of the reports: what to hand out, and what is made by itself."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from companion.core.forms import CreatingForm, Form
from companion.reports.models import ReportTemplate
from companion.reports.packs.base import Pack
from companion.reports.terms import Edition, FileType, Rhythm


def _editions(pack: Pack) -> list[SelectChoice]:
    return [SelectChoice(e.value, e.label) for e in pack.editions]


class PublishResultsForm(CreatingForm):
    """Publishing results and taking that back carry nothing but the key."""


class RosterForm(Form):
    """Taking the own list along; a reason where a coordinator has to decide."""

    reason = TextAreaField(
        "理由",
        validators=[Length(max=1000, message="1,000文字以内で入力してください。")],
        description="承認するコーディネーターが判断に使います。何に使うかを書いてください。",
    )


class ExportForm(Form):
    """Which edition, as which file."""

    edition = SelectField("版")
    file_type = SelectField("形式")

    reason = TextAreaField(
        "理由（100人を超える連絡先を出力するとき）",
        validators=[Length(max=300, message="300文字以内で入力してください。")],
        description="別のコーディネーターが承認するとファイルができ、出力履歴に残ります。",
    )

    def offer(self, pack: Pack) -> None:
        """Only what the pack has can be chosen."""
        self.edition.choices = _editions(pack)
        self.file_type.choices = [
            SelectChoice(kind.value, kind.label)
            for kind in FileType
            if kind is not FileType.PPTX or pack.has_slides
        ]

    @property
    def chosen_edition(self) -> Edition:
        """The edition asked for."""
        return Edition(self.edition.data)

    @property
    def chosen_type(self) -> FileType:
        """The file asked for."""
        return FileType(self.file_type.data)


class TemplateForm(CreatingForm):
    """A workbook of the office's own form."""

    name = StringField(
        "様式の名前",
        [
            InputRequired(message="様式の名前を入力してください。"),
            Length(max=60, message="60文字以内で入力してください。"),
        ],
    )
    pack = SelectField("使う帳票", description="この帳票の項目を様式に差し替えます。")
    file = FileField(
        "様式のファイル（.xlsx）",
        [FileRequired(message="ファイルを選んでください。")],
        description="2MBまで。差し替えたいセルに《年度》のような印を書くか、セルに名前を付けます。",
    )

    def offer(self, packs: list[Pack]) -> None:
        """Only reports the person may see."""
        self.pack.choices = [SelectChoice(pack.id, f"{pack.number} {pack.title}") for pack in packs]


class VersionForm(CreatingForm):
    """A new file of a template; of two at the same time both are kept."""

    file = FileField(
        "新しい版のファイル（.xlsx）", [FileRequired(message="ファイルを選んでください。")]
    )


class FillForm(ExportForm):
    """Which edition of the figures goes into which version of the template."""

    file_type = None  # always a workbook
    number = SelectField("様式の版")

    def offer(self, pack: Pack, template: ReportTemplate) -> None:  # type: ignore[override]
        """The report's editions, the template's versions."""
        self.edition.choices = _editions(pack)
        self.number.choices = [
            SelectChoice(str(one.number), f"第{one.number}版") for one in template.versions
        ]

    @property
    def chosen_number(self) -> int:
        """The version asked for."""
        return int(self.number.data)


class PlanForm(Form):
    """How often a report is made by itself."""

    edition = SelectField("版")
    rhythm = SelectField(
        "自動作成",
        choices=[SelectChoice("", "しない"), *(SelectChoice(r.value, r.label) for r in Rhythm)],
    )

    def offer(self, pack: Pack) -> None:
        """Only the editions the pack has can be chosen."""
        self.edition.choices = _editions(pack)
