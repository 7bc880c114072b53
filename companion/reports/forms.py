"""Forms of the reports: what to hand out, and what is made by itself."""

from __future__ import annotations

from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from companion.core.forms import Form
from companion.reports.packs.base import Pack
from companion.reports.terms import Edition, FileType, Rhythm


def _editions(pack: Pack) -> list[SelectChoice]:
    return [SelectChoice(e.value, e.label) for e in pack.editions]


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
