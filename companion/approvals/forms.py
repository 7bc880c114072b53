"""Forms of the decisions by two people."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import Length

from companion.core.forms import Form


class DecisionForm(Form):
    """Approve, refuse with a note, or withdraw; which one is the button's."""

    note = TextAreaField(
        "却下する理由",
        validators=[Length(max=1000, message="1,000文字以内で入力してください。")],
        description="却下するときだけ入力してください。依頼した人に伝わります。",
    )
