"""The chain of hashes: every kind of tampering is found once a head is kept elsewhere."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from companion.core.chain import START, Anchor, link, read_anchors, verify
from tests.kit.tampering import KINDS, made_trail


def test_an_untouched_trail_holds() -> None:
    trail = made_trail(50)
    verdict = verify(trail, [Anchor(30, trail[29]["hash"]), Anchor(50, trail[49]["hash"])])
    assert (verdict.holds, verdict.lines, verdict.anchors) == (True, 50, 2)
    assert verdict.head == trail[-1]["hash"]


def test_an_empty_trail_holds() -> None:
    assert verify([]).head == START


@pytest.mark.parametrize("kind", KINDS)
def test_tampering_is_found(kind: str) -> None:
    random_ = random.Random(kind)
    trail = made_trail(60)
    anchor = Anchor(60, trail[-1]["hash"])
    for _ in range(20):
        changed = KINDS[kind](copy.deepcopy(trail), random_)
        verdict = verify(changed, [anchor])
        assert not verdict.holds
        assert verdict.fault


@pytest.mark.parametrize("field", ["at", "actor", "detail", "user_id", "address", "request_id"])
def test_every_field_is_part_of_the_hash(field: str) -> None:
    line: dict[str, Any] = made_trail(1)[0]
    assert link(START, line) == line["hash"]
    assert link(START, line | {field: "other"}) != line["hash"]


def test_a_cut_line_of_the_anchor_file_is_skipped() -> None:
    text = '{"id": 3, "hash": "aa", "at": "x"}\n{"id": 4, "ha'
    assert read_anchors(text) == [Anchor(3, "aa")]


def test_anchors_that_contradict_each_other_are_a_fault() -> None:
    trail = made_trail(3)
    anchors = [Anchor(3, trail[2]["hash"]), Anchor(3, "0" * 64)]
    assert not verify(trail, anchors).holds
