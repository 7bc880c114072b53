"""What every form does with what is sent, also in the lines of a list."""

from __future__ import annotations

import pytest
import wtforms
from flask import Flask
from wtforms.validators import InputRequired, NumberRange

from companion.core.forms import Form

pytestmark = pytest.mark.sqlite_only


class Line(wtforms.Form):
    note = wtforms.StringField("備考")
    minutes = wtforms.IntegerField("分", [NumberRange(0, 60)])


class Whole(Form):
    note = wtforms.StringField("備考", [InputRequired()])
    minutes = wtforms.IntegerField("分", [NumberRange(0, 60)])
    lines = wtforms.FieldList(wtforms.FormField(Line), min_entries=1)


NUMBERS = [("60", True), ("61", False), ("9" * 20, False), ("9" * 400, False), ("-1", False)]


@pytest.mark.parametrize(("number", "fits"), NUMBERS)
def test_a_number_of_any_length_is_read_or_refused(app: Flask, number: str, fits: bool) -> None:
    for field in ("minutes", "lines-0-minutes"):
        sent = {"note": "あ", "minutes": "1", "lines-0-minutes": "1"} | {field: number}
        with app.test_request_context("/", method="POST", data=sent):
            assert Whole(meta={"csrf": False}).validate() is fits


def test_no_text_keeps_what_no_text_may_hold(app: Flask) -> None:
    sent = {"note": "あ\x0b\u202e", "lines-0-note": "い\x0b\u202e"}
    with app.test_request_context("/", method="POST", data=sent):
        form = Whole(meta={"csrf": False})
        assert (form.note.data, form.lines[0].note.data) == ("あ", "い")


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\x0b", "\u202e ", "\t\r\n"])
def test_nothing_but_blanks_is_nothing(app: Flask, text: str) -> None:
    sent = {"note": text, "minutes": "1", "lines-0-minutes": "1"}
    with app.test_request_context("/", method="POST", data=sent):
        form = Whole(meta={"csrf": False})
        assert not form.validate()
        assert list(form.errors) == ["note"]
