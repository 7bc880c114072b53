"""Whatever stands in a cell, a list is read or its row refused: nothing else happens."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.applications.sheets import read_challenges, read_officials
from companion.core.sheets import InvalidWorkbook, Sheet
from companion.core.sheets.reader import CellError, Formula
from tests.applications.lists import CHALLENGE, OFFICIAL, REFERENCE

pytestmark = pytest.mark.sqlite_only

WORDS = st.sampled_from(
    re.split(
        " +",
        "〃 合計 ※ ○ × 星見町 北海道 ・ 、 （ ） () 郡 県 1割 元年 令和元年 R7.4.9（水） ２０２５ %"
        " 観光・ ① =1 \u202e \x0b １２１０６ - ー 1/1 九州・沖縄 財務省 ( ",
    )
)
CELLS = st.one_of(
    st.none(),
    WORDS,
    st.lists(WORDS, max_size=4).map("".join),
    st.text(max_size=12),
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.just(Formula("=A1", 5)),
    st.just(CellError("#REF!")),
    st.just(dt.time(9, 0)),
)


@pytest.mark.parametrize(
    ("like", "read"), [(CHALLENGE, read_challenges), (OFFICIAL, read_officials)]
)
@settings(deadline=None, max_examples=250, derandomize=True, database=None)
@given(data=st.data())
def test_any_cell(like: dict[str, Any], read: Any, data: st.DataObject) -> None:
    changed = data.draw(st.lists(st.sampled_from(list(like)), min_size=1, max_size=5))
    rows = [list((like | {key: data.draw(CELLS) for key in changed}).values()) for _ in range(2)]
    try:
        parsed = read([Sheet("一覧", rows=[list(like), *rows])], reference=REFERENCE)
    except InvalidWorkbook as refused:
        assert "記入された行がありません" in str(refused)  # noqa: PT017 - the other lawful end
        return
    assert len(parsed.rows) + parsed.refused_rows <= 2
    for fault in parsed.refused + parsed.warnings:
        assert "ください" in fault.message
        assert len(fault.message) < 500
        assert len(fault.value) <= 81
