"""Forms of the 報告会: a session, a team's seat, a day that does not suit."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from companion.activities.fields import Day, TimeOfDay
from companion.briefings.actions import SessionWords
from companion.core.clock import at_jst
from companion.core.forms import CreatingForm, EditingForm, Form

NEEDED = InputRequired(message="入力してください。")
ADDRESS = Regexp(r"^https?://[^\s/]+", message="「https://」で始まるアドレスを入力してください。")


class _Session(Form):
    """When and where."""

    day = Day("日付", [NEEDED])
    time = TimeOfDay("開始", [NEEDED])
    team_minutes = IntegerField(
        "1チームの時間（分）",
        [NEEDED, NumberRange(3, 120, message="3から120までの数を入力してください。")],
    )
    size = IntegerField(
        "1回のチーム数",
        [NEEDED, NumberRange(1, 60, message="1から60までの数を入力してください。")],
    )
    place = StringField(
        "場所",
        [Length(max=200, message="200文字以内で入力してください。")],
        description="例：中央合同庁舎8号館",
    )
    online_url = StringField(
        "オンラインの参加先",
        [Optional(), Length(max=500, message="500文字以内で入力してください。"), ADDRESS],
        description="例：https://… （場所とどちらか、または両方）",
    )

    @property
    def words(self) -> SessionWords:
        """What was typed."""
        return SessionWords(
            starts_at=at_jst(self.day.data, self.time.data),
            team_minutes=self.team_minutes.data,
            size=self.size.data,
            place=(self.place.data or "").strip(),
            online_url=(self.online_url.data or "").strip(),
        )


class NewSessionsForm(_Session, CreatingForm):
    """Several sessions at once."""

    count = IntegerField(
        "回の数",
        [NEEDED, NumberRange(1, 20, message="1から20までの数を入力してください。")],
        description="初日から業務日が続くように登録します。あとから1回ずつ変えられます。",
    )


class SessionForm(_Session, EditingForm):
    """One session."""


class ProposeForm(Form):
    """Propose seats anew."""

    keeps_fixed = BooleanField("手で決めたチームはそのままにする", default=True)


class SeatForm(Form):
    """Where a team goes: a session, a place in it, and who goes in exchange."""

    session = SelectField("移す先の回", [NEEDED])
    position = SelectField("順番", coerce=int)
    instead_of = SelectField(
        "入れ替えるチーム", description="満席の回に移すときは、入れ替えるチームを選んでください。"
    )

    def __init__(self, *, sessions: Any, positions: Any, teams: Any, **values: Any) -> None:
        super().__init__(**values)
        self.session.choices = sessions
        self.position.choices = positions
        self.instead_of.choices = teams


class DayForm(CreatingForm):
    """A day that does not suit."""

    day = Day("都合の悪い日", [NEEDED])
    note = StringField(
        "理由",
        [Length(max=200, message="200文字以内で入力してください。")],
        description="例：議会。運営の担当者に見えます。",
    )
