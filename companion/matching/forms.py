"""Forms of the matching pages."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    DecimalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from companion.core.forms import CreatingForm, EditingForm, Form
from companion.matching.problem import Mode, Rules, Weights
from companion.matching.score import PARTS
from companion.matching.terms import Closeness
from companion.matching.tradeoffs import WEIGHED


class RunForm(CreatingForm):
    """What a run is asked for."""

    team_count = IntegerField(
        "チーム数",
        [InputRequired(), NumberRange(1, 2000, message="1から2000までの数で入力してください。")],
        description="選定する市町村の数と同じです。",
    )
    time_limit = IntegerField(
        "時間の上限（秒）",
        [InputRequired(), NumberRange(5, 900, message="5から900までの秒数で入力してください。")],
        default=60,
        description="上限に達した場合は、その時点の最良の案と上界を残します。",
    )
    seed = IntegerField(
        "乱数の種",
        [InputRequired(), NumberRange(0, 10**9, message="0以上の整数で入力してください。")],
        default=0,
        description="同じ応募データと同じ種からは、いつも同じ編成になります。",
    )


class ActForm(Form):
    """A button that carries nothing but its token."""


class DraftForm(CreatingForm):
    """The name of a new draft."""

    name = StringField("下書きの名前", [Length(max=60, message="60文字以内で入力してください。")])


class StepForm(Form):
    """A button that says which step of the draft the person saw."""

    step = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


REASON = [
    InputRequired(message="理由を入力してください。あとで説明するときに使います。"),
    Length(max=500, message="500文字以内で入力してください。"),
]


class ChangeForm(StepForm):
    """Why teams are changed by hand."""

    reason = StringField(
        "理由", REASON, description="例：本人の事情、首長の要望、似た事業の経験。記録に残ります。"
    )


class TakeForm(StepForm):
    """Why the result of solving again is taken."""

    reason = StringField("取り込む理由", REASON)


class DecideForm(StepForm):
    """A decision for the next solving; `challenge` and `person` as the kind asks for."""

    kind = HiddenField()
    challenge = HiddenField()
    person = HiddenField()
    back = HiddenField()
    reason = StringField("理由", REASON)


class AgainForm(Form):
    """How dearly everybody is kept where they are."""

    closeness = RadioField(
        "どのくらい変えてよいか",
        choices=[SelectChoice(row.value, row.label) for row in Closeness],
        default=Closeness.FEWEST.value,
    )


def _points(label: str, description: str = "") -> DecimalField:
    return DecimalField(
        label,
        [
            InputRequired(message="0から100までの点数を入力してください。"),
            NumberRange(0, 100, message="0から100までの点数を入力してください。"),
        ],
        places=2,
        description=description,
    )


class SettingsForm(EditingForm):
    """How points are given (in points, kept in hundredths), and the hard rules."""

    coverage = _points(PARTS["coverage"], "課題の分野ごとに、最も詳しい人で数えます。")
    wishes = _points(PARTS["wishes"], "三人の希望の満たされ方の平均です。")
    ties = _points(PARTS["ties"], "出身や勤務などの縁が最も近い人で数えます。")
    mix = _points(PARTS["mix"], "職位区分がすべて違うと満点です。")
    depth = _points(PARTS["depth"], "三人それぞれの専門の深さの平均です。")
    travel = _points(PARTS["travel"], "場所の遠さに対する出張可能日数です。")
    continuity = _points(PARTS["continuity"], "前期から続けて担当する人の割合です。")
    floor = _points("基準点", "これに届かない分は二重に数えます。")
    prefecture_bonus = _points("都道府県の広がり", "一つ以上選ばれた都道府県ごとに加える点です。")
    over_cap = _points("同一県の超過", "目安を超えた市町村ごとに引く点です。")
    prefecture_soft_cap = IntegerField(
        "一つの都道府県の目安（市町村数）",
        [InputRequired(message="1以上の整数を入力してください。"), NumberRange(1, 200)],
    )
    ministry_limit = IntegerField(
        "一つの府省庁から出す人数の上限",
        [Optional(), NumberRange(1, 2000, message="1以上の整数を入力してください。")],
        description="空欄なら上限はありません。",
    )
    needs_leader = BooleanField("どのチームにもリーダーを務められる人を置く")
    agencies_apart = BooleanField("外局を本省と別の府省庁として数える")
    mode = SelectField(
        "最適の意味",
        choices=[
            SelectChoice(Mode.TOTAL.value, "全体の得点を最大にする（基準点つき）"),
            SelectChoice(Mode.WORST_FIRST.value, "最も低いチームを先に引き上げる"),
        ],
    )

    POINTS = (
        "coverage",
        "wishes",
        "ties",
        "mix",
        "depth",
        "travel",
        "continuity",
        "floor",
        "prefecture_bonus",
        "over_cap",
    )

    @classmethod
    def shown(cls, weights: Weights, rules: Rules) -> dict[str, Any]:
        """What stands in the fields."""
        return {name: getattr(weights, name) / 100 for name in cls.POINTS} | {
            "prefecture_soft_cap": rules.prefecture_soft_cap,
            "ministry_limit": rules.ministry_limit,
            "needs_leader": rules.needs_leader,
            "agencies_apart": rules.agencies_apart,
            "mode": rules.mode.value,
        }

    def weights(self) -> dict[str, int]:
        """Weights in hundredths."""
        return {name: int(100 * self[name].data) for name in self.POINTS}

    def rules(self) -> dict[str, Any]:
        """Rules as they are kept."""
        return {
            name: self[name].data
            for name in (
                "prefecture_soft_cap",
                "ministry_limit",
                "needs_leader",
                "agencies_apart",
                "mode",
            )
        }


WEIGHT_LABELS = {key: PARTS[key] for key in WEIGHED} | {"prefecture_bonus": "都道府県の広がり"}


class WeightForm(Form):
    """One weight to try otherwise; `points` in points."""

    part = SelectField(
        "変える項目",
        choices=[SelectChoice(key, label) for key, label in WEIGHT_LABELS.items()],
    )
    points = _points("新しい点数")
