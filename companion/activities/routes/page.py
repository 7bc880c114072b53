"""The blueprint that every page of this feature stands on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("activities", __name__)
