"""Forms of the intake."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from companion.applications.terms import ImportKind
from companion.core.forms import CreatingForm, Form


class UploadForm(Form):
    """Which list, and the file."""

    kind = RadioField(
        "取り込む一覧",
        [InputRequired(message="取り込む一覧を選んでください。")],
        choices=[SelectChoice(kind.value, kind.label) for kind in ImportKind],
    )
    file = FileField(
        "Excelファイル（.xlsx）",
        [FileRequired(message="ファイルを選んでください。")],
        description="2MBまで。見出しの位置や余分な行は、そのままで構いません。",
    )


class ConfirmForm(CreatingForm):
    """The button that carries out, or discards, an upload."""
