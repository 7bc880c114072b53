"""Forms of the screening."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import IntegerField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from companion.core.forms import CreatingForm, EditingForm, Form
from companion.screening.models import Criterion
from companion.screening.terms import LEVELS, REMOTENESS, Stance, Verdict

LONG = Length(max=2000, message="2,000文字以内で入力してください。")


def review_form(criteria: Sequence[Criterion], **data: Any) -> EditingForm:
    """The form of a review: one group of levels for each criterion, and a note."""

    class ReviewForm(EditingForm):
        note = TextAreaField(
            "気づいたこと",
            validators=[LONG],
            description="判断の理由や、確かめたいこと。ほかの評価者と監査が読みます。",
        )

    for row in criteria:
        field = RadioField(
            row.label,
            choices=[SelectChoice(level, words) for level, words in LEVELS],
            coerce=int,
            description=row.description,
            validators=[InputRequired(message="1～5のどれかを選んでください。")],
        )
        setattr(ReviewForm, f"level_{row.id}", field)
    return ReviewForm(data=data)


class RemotenessForm(EditingForm):
    """How far away the municipality is."""

    remoteness = SelectField(
        "場所の遠さ",
        coerce=int,
        choices=[SelectChoice(level, words) for level, words in REMOTENESS],
        description="職員の出張可能日数と比べます。離島を担当できない職員は「離島など」に置きません。",
    )


class VerdictForm(Form):
    """Eligible or not, with the reason."""

    verdict = SelectField(
        "判断",
        choices=[SelectChoice(row.value, row.label) for row in Verdict],
        default=Verdict.ELIGIBLE.value,
    )
    reason = TextAreaField(
        "理由", validators=[LONG], description="「対象外」と「判断を取り消し」のときは必須です。"
    )


class OpinionForm(EditingForm):
    """What a prefecture or a ministry says of an application; `opinion_form` gives the choices."""

    stance = RadioField("意見", [InputRequired(message="どれかを選んでください。")])
    note = TextAreaField("理由や条件", [LONG])


def opinion_form(stances: Sequence[Stance]) -> OpinionForm:
    """The form with what this side may say."""
    form = OpinionForm()
    form.stance.choices = [SelectChoice(row.value, row.label) for row in stances]
    needed = "」「".join(row.label for row in stances if row.is_warning)
    form.note.description = f"「{needed}」のときは必須です。事務局と監査が審査で読みます。"
    return form


def criteria_form(criteria: Sequence[Criterion], version: int) -> EditingForm:
    """The form of the criteria: name, description and weight of each; the period's version."""

    class CriteriaForm(EditingForm):
        pass

    needed = InputRequired(message="入力してください。")
    for row in criteria:
        fields = {
            "label": StringField(
                "観点",
                default=row.label,
                validators=[needed, Length(max=60, message="60文字以内で入力してください。")],
            ),
            "description": StringField(
                "見るところ",
                default=row.description,
                validators=[Length(max=300, message="300文字以内で入力してください。")],
            ),
            "weight": IntegerField(
                "重み（0～100）",
                default=row.weight,
                validators=[
                    InputRequired(message="0～100の整数を入力してください。"),
                    NumberRange(0, 100, message="0～100の整数を入力してください。"),
                ],
            ),
        }
        for name, field in fields.items():
            setattr(CriteriaForm, f"{name}_{row.id}", field)
    return CriteriaForm(data={"version": version})


class ConflictForm(CreatingForm):
    """Where an official must not serve, and why."""

    place = StringField(
        "市町村または都道府県",
        validators=[InputRequired(message="市町村名または都道府県名を入力してください。")],
        description="例：長野県、長野県上田市",
    )
    interest = TextAreaField("利害関係の内容", validators=[LONG])


class LiftForm(Form):
    """Why a conflict no longer stands."""

    reason = StringField("解除する理由", validators=[LONG])
