"""Bent workbooks through the page that takes lists: read, or refused in one sentence; nothing else.

Ten thousand and every bomb are in `bench/workbooks.py`.
"""

from __future__ import annotations

from flask import Flask

from tests.applications.mutating import Outcome, coordinator, read_inside, send_bombs, send_mutants


def test_mutants_are_read_or_refused(app: Flask) -> None:
    browser, outcome = coordinator(app), Outcome()
    send_mutants(browser, outcome, count=40, seed=3)
    assert outcome.faults == []
    assert outcome.read > 5
    assert outcome.refused > 5


def test_many_more_are_read_or_refused_before_any_page(app: Flask) -> None:
    coordinator(app)
    outcome = Outcome()
    read_inside(outcome, count=200, seed=4)
    assert outcome.faults == []
    assert outcome.read > 40
    assert outcome.refused > 40


def test_bombs_are_refused(app: Flask) -> None:
    browser, outcome = coordinator(app), Outcome()
    send_bombs(browser, outcome)
    assert outcome.faults == []
    assert outcome.read == 0
    assert outcome.refused >= 15
