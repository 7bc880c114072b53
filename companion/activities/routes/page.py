"""The blueprint that every page of this feature stands on, and how long lists are cut."""

from __future__ import annotations

from flask import Blueprint, request

bp = Blueprint("activities", __name__)
PAGE_SIZE = 100


def page_number() -> int:
    """Which page of a long list is asked for, from 1."""
    given = request.args.get("page", "")[:6]  # nobody turns a million pages
    return max(1, int(given)) if given.isdecimal() else 1
