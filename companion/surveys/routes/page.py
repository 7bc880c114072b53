"""The blueprint that the pages of the surveys are put on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("surveys", __name__)
