"""Forms of the pages about teams."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from companion.core.forms import CreatingForm


class AnnounceForm(CreatingForm):
    """Why the teams may be made known: what the second coordinator reads."""

    reason = TextAreaField(
        "承認する人への説明",
        [
            InputRequired(message="説明を入力してください。承認する人が判断に使います。"),
            Length(max=1000, message="1,000文字以内で入力してください。"),
        ],
        description="例：審査会で了承済み。入れ替えは2件で、理由は下書きの経過のとおり。",
    )
