"""Ministries by the names and short names people use."""

from __future__ import annotations

import pytest

from companion.people.ministries import MINISTRIES, MinistryNames

pytestmark = pytest.mark.sqlite_only
NAMES = MinistryNames()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("国土交通省", "国土交通省"),
        ("国交省", "国土交通省"),
        ("農水省", "農林水産省"),
        ("経産省", "経済産業省"),
        ("厚労省", "厚生労働省"),
        ("文科省", "文部科学省"),
        ("デジ庁", "デジタル庁"),
        ("ﾃﾞｼﾞﾀﾙ庁", "デジタル庁"),
        ("中企庁", "中小企業庁"),
        ("国税庁（財務省）", "国税庁"),
        ("財務省（国税庁）", "国税庁"),
        ("財務省国税庁", "国税庁"),
        (" 総務省　", "総務省"),
    ],
)
def test_names_and_short_names(written: str, name: str) -> None:
    code = NAMES.find(written)
    assert code is not None
    assert NAMES.name(code) == name


@pytest.mark.parametrize(
    "written", ["虹星庁", "国税庁（総務省）", "総務省財務省", "", "省", "（財務省）"]
)
def test_what_is_no_ministry(written: str) -> None:
    assert NAMES.find(written) is None


def test_every_parent_is_in_the_list_and_no_name_stands_twice() -> None:
    codes = {row.code for row in MINISTRIES}
    spellings = [name for row in MINISTRIES for name in (row.name, *row.aliases)]
    assert {row.parent for row in MINISTRIES} - {None} <= codes
    assert len(set(spellings)) == len(spellings)
    assert len(codes) == len(MINISTRIES)
