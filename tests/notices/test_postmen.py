"""Killed at any moment, clocks wrong, days lost: each letter leaves once or is shown to a person.

Two hundred kills are in `bench/reminders.py`.
"""

from __future__ import annotations

import random
from pathlib import Path

from flask import Flask

from tests.kit.postmen import kill_postmen


def test_no_letter_leaves_twice_and_none_is_lost(app: Flask, tmp_path: Path) -> None:
    found = kill_postmen(
        app, tmp_path, 10, random.Random(3), days=8, towns=3, letters=20, pace=0.02
    )
    assert (found.twice, found.lost) == (0, 0), found
    assert found.kills >= 10
    assert found.sent > 0
    shown = found.shown_cut_off + found.shown_expired
    assert found.letters == found.sent + shown + found.waiting
