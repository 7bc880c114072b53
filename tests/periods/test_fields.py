"""Several policy fields in one cell, whatever separates them."""

from __future__ import annotations

import pytest

from companion.periods.fields import POLICY_FIELDS, FieldNames, FieldRow

pytestmark = pytest.mark.sqlite_only
NAMES = FieldNames()


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("観光", ["観光"]),
        ("①観光", ["観光"]),
        ("観光、まちづくり", ["観光", "まちづくり"]),
        ("観光，まちづくり", ["観光", "まちづくり"]),
        ("観光,まちづくり", ["観光", "まちづくり"]),
        ("観光／まちづくり", ["観光", "まちづくり"]),
        ("観光\nまちづくり", ["観光", "まちづくり"]),
        ("観光・まちづくり", ["観光", "まちづくり"]),
        ("文化・スポーツ", ["文化・スポーツ"]),
        ("文化･ｽﾎﾟｰﾂ", ["文化・スポーツ"]),
        ("文化スポーツ", ["文化・スポーツ"]),
        ("観光・文化・スポーツ・医療・福祉", ["観光", "文化・スポーツ", "医療・福祉"]),
        ("観光、観光", ["観光"]),
        ("、観光、", ["観光"]),
        ("", []),
    ],
)
def test_fields_of_a_cell(cell: str, labels: list[str]) -> None:
    codes, unknown = NAMES.find_all(cell)
    assert [NAMES.label(code) for code in codes] == labels
    assert unknown == []


@pytest.mark.parametrize(
    ("cell", "labels", "unknown"),
    [
        ("虹の研究", [], ["虹の研究"]),
        ("観光、虹の研究", ["観光"], ["虹の研究"]),
        ("文化、観光", ["観光"], ["文化"]),
        ("観光・虹", ["観光"], ["虹"]),
    ],
)
def test_what_is_no_field_is_named(cell: str, labels: list[str], unknown: list[str]) -> None:
    codes, wrong = NAMES.find_all(cell)
    assert ([NAMES.label(code) for code in codes], wrong) == (labels, unknown)


def test_labels_may_be_edited() -> None:
    names = FieldNames([FieldRow("tourism", "⑤", "観光・交流", False)])
    assert names.find_all("観光・交流") == (["tourism"], [])
    assert names.labels == ["観光・交流"]


def test_only_the_three_published_fields_are_official() -> None:
    official = [row.digit + row.label for row in POLICY_FIELDS if not row.is_provisional]
    assert official == ["①観光", "②産業振興", "④まちづくり"]
