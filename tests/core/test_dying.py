"""Killed at any moment: nothing acknowledged is lost, nothing is half done.

A thousand of each are in `bench/durability.py`.
"""

from __future__ import annotations

import random

from flask import Flask

from tests.kit.killing import kill_imports, kill_posts
from tests.kit.makers import make_period


def test_posts(app: Flask) -> None:
    make_period()
    outcome = kill_posts(app, 10, random.Random(4))
    assert (outcome.rounds, outcome.lost, outcome.half) == (10, 0, 0)
    assert outcome.acknowledged > 0


def test_imports(app: Flask) -> None:
    outcome = kill_imports(app, 10, random.Random(5))
    assert (outcome.rounds, outcome.lost, outcome.half) == (10, 0, 0)
    assert outcome.cut_off > 0
