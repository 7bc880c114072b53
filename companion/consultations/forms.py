"""Forms of the 相談カルテ."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from companion.activities.fields import Boxes, Day, choices_of, within
from companion.consultations.actions import SheetWords
from companion.consultations.models import Consultation
from companion.consultations.terms import Axis, Element, Stage, WishedWay, elements_on
from companion.core.forms import CreatingForm, EditingForm, Form

SAID = DataRequired(message="入力してください。")
CHOSEN = InputRequired(message="一つ選んでください。")
MOST = 5_000  # characters of a free text


class _Words(Form):
    """What a municipality writes."""

    subject = StringField("相談の件名", [SAID, within(100)])
    partners = TextAreaField(
        "いっしょに取り組む相手",
        [within(2_000)],
        description="決まっているときに。例：町内の酒蔵、農業高校",
    )
    situation = TextAreaField("現状と課題", [SAID, within(MOST)])
    measure = Boxes(
        f"組み合わせるもの：{Axis.MEASURE.label}",
        choices=choices_of(elements_on(Axis.MEASURE)),
        description="三つの軸から、合わせて二つ以上選んでください。",
    )
    actor = Boxes(
        f"組み合わせるもの：{Axis.ACTOR.label}", choices=choices_of(elements_on(Axis.ACTOR))
    )
    people = Boxes(
        f"組み合わせるもの：{Axis.PEOPLE.label}", choices=choices_of(elements_on(Axis.PEOPLE))
    )
    stage = RadioField("取組の段階", [CHOSEN], choices=choices_of(Stage))
    question = TextAreaField("相談したいこと", [SAID, within(MOST)])
    wished_way = RadioField("希望する回答の方法", [CHOSEN], choices=choices_of(WishedWay))

    def validate_measure(self, field: Boxes) -> None:
        """A combination has two parts at least."""
        if len(self._elements()) < 2:
            raise ValidationError("三つの軸から、合わせて二つ以上選んでください。")

    def _elements(self) -> tuple[Element, ...]:
        chosen = [*(self.measure.data or []), *(self.actor.data or []), *(self.people.data or [])]
        return tuple(Element(code) for code in chosen if code in set(Element))

    @property
    def words(self) -> SheetWords:
        """What was typed."""
        return SheetWords(
            subject=self.subject.data,
            partners=self.partners.data or "",
            situation=self.situation.data,
            elements=self._elements(),
            stage=Stage(self.stage.data),
            question=self.question.data,
            wished_way=WishedWay(self.wished_way.data),
        )


class _Agreement(Form):
    """Whom the municipality lets read its sheet."""

    is_for_team = BooleanField("自分たちの伴走支援チームの支援官も読める")
    is_for_prefecture = BooleanField("都道府県の連携窓口も読める")


class NewSheetForm(_Words, _Agreement, CreatingForm):
    """A sheet to hand in."""

    is_led = BooleanField(
        "この取組は、私たちの自治体が主導します",
        [InputRequired(message="自治体が主導する取組であることを確かめ、印を付けてください。")],
    )


class SheetForm(_Words, EditingForm):
    """The words of a sheet that is not shared yet."""


class AgreementForm(_Agreement, EditingForm):
    """Who else reads it."""


class RouteForm(EditingForm):
    """Which ministries the secretariat asks, and by when."""

    ministries = Boxes(
        "回答を頼む府省庁",
        description="印を付けると、その府省庁の担当窓口に手紙が届き、窓口がこの相談カルテを読んで回答します。"
        "回答の前に印を外すと、窓口からは見えなくなります。",
    )
    due_on = Day("期限", [InputRequired(message="入力してください。")])


class ReplyForm(EditingForm):
    """What a ministry says."""

    answer = TextAreaField("回答", [DataRequired(message="回答を入力してください。"), within(MOST)])


class AnswerForm(EditingForm):
    """What the secretariat gathers and sends."""

    gathered = TextAreaField("自治体への回答", [within(20_000)])


class AskOnForm(EditingForm):
    """What an answer leaves open."""

    more = TextAreaField(
        "追加で相談したいこと",
        [DataRequired(message="追加で相談したいことを入力してください。"), within(MOST)],
    )


class CloseForm(EditingForm):
    """One button: the sheet is closed."""


def stored_words(row: Consultation) -> dict[str, Any]:
    """What a sheet says, by the names of the fields."""
    names = ("subject", "partners", "situation", "question", "version")
    chosen = [Element(code) for code in row.elements]
    ticked = {axis.value: [e.value for e in chosen if e.axis is axis] for axis in Axis}
    terms = {"stage": row.stage.value, "wished_way": row.wished_way.value}
    return {name: getattr(row, name) for name in names} | ticked | terms
