"""A published table pasted: the one wrong figure is found, the right ones are not doubted."""

from __future__ import annotations

import pytest
from flask import Flask

from companion.core.access import Role
from companion.surveys.pasted import check_pasted
from tests.kit.makers import make_period, make_user
from tests.kit.pages import Browser
from tests.surveys.makers import REASON_COUNTS

SHARES = ["92.8", "61.6", "45.6", "29.0", "22.4", "12.8", "9.6", "6.4", "4.8", "3.2", "1.6", "1.6"]
PRINTED = dict(zip(REASON_COUNTS, SHARES, strict=True))


@pytest.mark.parametrize(
    "shape",
    [
        "{i}\t{label}\t{count}\t{share}",
        "{label}\t{count}\t{share}%",
        "{label}  {count}人  {share}％",
        "{label} {share}％",
        "{label}\t{share}",
        "{label}：{count}（{share}％）",
    ],
)
def test_the_one_wrong_figure_of_the_first_period_is_found(shape: str) -> None:
    text = "\n".join(
        shape.format(i=i, label=f"理由その{name}", count=REASON_COUNTS[name], share=share)
        for i, (name, share) in enumerate(PRINTED.items(), start=1)
    )
    lines = check_pasted(text, 125)
    assert len(lines) == 12
    wrong = [line for line in lines if line.ok is not True]
    assert [(line.printed, line.ok) for line in wrong] == [("29.0", False)]
    assert "近い値 28.8／29.6" in wrong[0].told
    if "{count}" in shape:
        assert "36/124=29.03" in wrong[0].told


@pytest.mark.parametrize(
    ("line", "n", "ok", "told"),
    [
        ("平均　4.3", 125, True, "生じうる"),
        ("平均 4.6", 57, True, "生じうる"),
        ("平均点\t4.7", 3, True, "生じうる"),
        ("平均点\t4.5", 3, False, "生じない"),
        ("はい\t36\t29.6", 125, False, "36÷125＝28.8％で、29.6％と合わない"),
        ("はい\t130\t100.0", 125, False, "130は125を超える"),
        ("計\t364\t291.2", 125, None, "合計"),
        ("ただの言葉", 125, None, "見つかりません"),
        ("はい\t1,234\t61.7%", 2000, True, "1234÷2000"),
        ("はい 33.33%", 3, None, "小数第１位"),
    ],
)
def test_a_line(line: str, n: int, ok: bool | None, told: str) -> None:
    (found,) = check_pasted(line, n)
    assert (found.ok, told in found.told) == (ok, True), found


def test_a_coordinator_pastes_a_table(app: Flask) -> None:
    make_period()
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = browser.get("/2025/surveys").follow("公表した表を確かめる")
    text = "市町村に評価される\t36\t29.0\n専門性を活かせる\t28\t22.4"
    found = page.submit("確かめる", n="125", pasted=text)
    assert "要確認が1行あります" in found.text()
    rows = found.table("確かめた結果（n=125）")
    assert [row["判定"] for row in rows] == ["要確認", "OK"]
    wrong = page.submit("確かめる", n="0", pasted="")
    assert len(wrong.errors) == 2
