"""What the pages of the statistics share."""

from __future__ import annotations

import io

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

bp = Blueprint("statistics", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_file(data: bytes, name: str, media_type: str = XLSX) -> Response:
    """A file to take along."""
    return send_file(io.BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name)
