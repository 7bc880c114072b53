"""Forms of the matching pages."""

from __future__ import annotations

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from companion.core.forms import CreatingForm, Form


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
