"""Two clicks at the same moment make one row, whatever the form.

Two hundred of each are in `bench/submits.py`.
"""

from __future__ import annotations

from flask import Flask

from tests.shape.submits import at_once, creating, double, otherwise
from tests.shape.test_access import world  # noqa: F401 the fixture
from tests.shape.world import World


def test_what_is_sent_twice_is_made_once(app: Flask, world: World) -> None:  # noqa: F811
    found, unseen = creating(app, world)
    assert unseen == []
    with at_once(app, world) as (pair, snapshot):
        outcomes = {
            offer.shape: double(app, world, offer, times=2, pair=pair, snapshot=snapshot)
            for offer in found
        }
        told = {offer.shape: otherwise(app, world, offer, snapshot) for offer in found}
    assert {shape: fault for shape, fault in told.items() if fault} == {}
    faults = {shape: dict(outcome.faults) for shape, outcome in outcomes.items() if outcome.faults}
    assert faults == {}
