"""Forms of the good cases."""

from __future__ import annotations

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError

from companion.activities.fields import within
from companion.cases.actions import CaseWords
from companion.cases.rules import lines_on_paper
from companion.cases.terms import Section
from companion.core.forms import CreatingForm, EditingForm, Form


class _Lines:
    """Not more lines than the sheet has for this part."""

    def __init__(self, section: Section) -> None:
        self.section = section

    def __call__(self, form: Form, field: TextAreaField) -> None:
        """Count them."""
        if lines_on_paper(self.section, field.data or "") > self.section.most_lines:
            raise ValidationError(
                f"印刷したときに{self.section.most_lines}行に収まるよう、改行を減らしてください。"
            )


def _text(section: Section, description: str = "") -> TextAreaField:
    said = f"{section.most:,}文字まで。{description}"
    limits = [within(section.most), _Lines(section)]
    return TextAreaField(section.label, limits, description=said)


class CaseFields(Form):
    """What an article says; the names of the long fields are those of `Section`."""

    title = StringField("題名", [DataRequired(message="入力してください。"), within(60)])
    field_code = SelectField("政策分野")
    background = _text(Section.BACKGROUND)
    measures = _text(Section.MEASURES, "何を、どの順に進めたか。")
    people = _text(Section.PEOPLE, "個人の氏名は書かないでください。")
    schemes = _text(Section.SCHEMES, "交付金、補助金、制度の名前。")
    duration = _text(Section.DURATION, "例：令和7年5月～12月")
    cost = _text(Section.COST, "例：約120万円（うち町費40万円）")
    situation_before = _text(Section.SITUATION_BEFORE, "数字があれば、いつのものかも。")
    situation_after = _text(Section.SITUATION_AFTER, "数字があれば、いつのものかも。")
    team_part = _text(Section.TEAM_PART)
    obstacles = _text(Section.OBSTACLES)
    advice = _text(Section.ADVICE)

    @property
    def words(self) -> CaseWords:
        """What was typed; line breaks as one character."""
        texts = {
            section: (self[section.value].data or "").replace("\r\n", "\n").strip()
            for section in Section
        }
        return CaseWords(self.title.data.strip(), self.field_code.data, texts)


class NewCaseForm(CaseFields, CreatingForm):
    """A first draft."""


class CaseForm(CaseFields, EditingForm):
    """The words of an article."""


class AnswerForm(EditingForm):
    """What is said when an article is consented to, published, or given back."""

    comment = TextAreaField(
        "コメント",
        [within(1000)],
        description="直してほしいところや、公開できない理由があるときは、ここに書いてください。",
    )
