"""Forms of the memos."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import DataRequired

from companion.activities.fields import within
from companion.core.forms import CreatingForm, EditingForm

SAID = DataRequired(message="入力してください。")


class NewEntryForm(CreatingForm):
    """Something to note."""

    text = TextAreaField("新しいメモ", [SAID, within(5000)])


class EntryForm(EditingForm):
    """The words of an entry."""

    text = TextAreaField("メモ", [SAID, within(5000)])


class OpenForm(CreatingForm):
    """Why a team's memos have to be opened."""

    reason = TextAreaField(
        "開く理由",
        [SAID, within(500)],
        description="だれの、何のために必要かを書いてください。チームの支援官、"
        "すべてのコーディネーター、監査が読みます。",
    )
