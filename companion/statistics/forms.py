"""Forms of the statistics."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired

from companion.core.forms import CreatingForm, Form


class UploadForm(Form):
    """The workbook."""

    file = FileField(
        "Excelファイル（.xlsx）",
        [FileRequired(message="ファイルを選んでください。")],
        description="2MBまで。1行に1団体、1列に1指標。「団体コード」「単位」「年」「出典」の行を読みます。",
    )


class ActForm(CreatingForm):
    """The button that takes a workbook in, or discards it."""
