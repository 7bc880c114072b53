"""Edits of the same things at once: none lost, every conflict with both texts.

Ten thousand by eight workers are in `bench/edits.py`.
"""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask

from tests.kit.editing import BEGINNING, Outcome, check, edit


@pytest.fixture
def open_app(app: Flask) -> Flask:
    """The application with the token check off: it has tests of its own."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.config["WTF_CSRF_ENABLED"] = True


def test_no_edit_is_lost(open_app: Flask) -> None:
    outcome = edit(open_app, 80, workers=4)
    assert (outcome.edits, outcome.lost, outcome.unshown, outcome.broken) == (80, 0, 0, Counter())
    assert outcome.saved + outcome.conflicts == 80


def test_the_checker_sees_a_lost_edit() -> None:
    one, two = (
        [0, BEGINNING, "T1x1e", "saved", False],
        [0, BEGINNING, "T2x1e", "saved", False],
    )
    assert check([one], ["T1x1e"]) == Outcome(edits=1, saved=1)
    assert check([one, two], ["T2x1e"]).lost > 0
    assert check([one], [BEGINNING]).lost > 0
