"""The blueprint of the pages about changes during the year."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("transfers", __name__)
