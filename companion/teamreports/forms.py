"""Forms of the teams' reports."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from companion.activities.fields import Boxes, Day
from companion.core.forms import EditingForm, Form
from companion.teamreports.terms import ReportKind, Section

MOST = Length(max=20_000, message="20,000文字以内で入力してください。")
NEEDED = InputRequired(message="日付を入力してください。")
COMMENT = Length(max=1000, message="1,000文字以内で入力してください。")


class ReportForm(EditingForm):
    """The sections of a report; the names are those of `Section`."""

    theme = TextAreaField(Section.THEME.label, [MOST])
    course = TextAreaField(Section.COURSE.label, [MOST])
    decisions = TextAreaField(Section.DECISIONS.label, [MOST])
    outcome = TextAreaField(
        Section.OUTCOME.label,
        [MOST],
        description="指標の値と活動の関係は、断定せずに書いてください。",
    )
    remaining = TextAreaField(Section.REMAINING.label, [MOST])

    @property
    def texts(self) -> dict[Section, str]:
        """What was typed, by section; line breaks as one character."""
        return {
            section: (self[section.value].data or "").replace("\r\n", "\n") for section in Section
        }


class AddForm(Form):
    """Which sections take over what has newly been recorded."""

    sections = Boxes("加える見出し")


class CommentForm(EditingForm):
    """What is said when a report is confirmed, accepted or given back."""

    comment = TextAreaField(
        "コメント", [COMMENT], description="差し戻すときは、直してほしいところを書いてください。"
    )


class DueForm(Form):
    """Until when the reports are to be handed in."""

    interim = Day(f"{ReportKind.INTERIM.label}の期限", [NEEDED])
    final = Day(f"{ReportKind.FINAL.label}の期限", [NEEDED])
