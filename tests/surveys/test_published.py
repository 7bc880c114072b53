"""The published tables come out of raw answers, and their one wrong figure is found."""

from __future__ import annotations

from flask import Flask

from companion.core.access import Role
from tests.kit.makers import make_period, make_user
from tests.kit.pages import Browser
from tests.surveys.published import PRINTED, published_table, reproduced, wrong_when_pasted


def test_every_published_figure_comes_out_but_the_wrong_one() -> None:
    found, wrong = reproduced()
    assert {k: (v, found[k]) for k, v in PRINTED.items() if found[k] != v} == {
        "valued": ("29.0", "28.8")
    }
    assert [note.partition("（")[0] for note in wrong] == ["29.0 は n=125 では生じない"]
    assert "36/124=29.03" in wrong[0]


def test_the_pasted_table_is_doubted_in_one_line() -> None:
    (line,) = wrong_when_pasted()
    assert (line.label, line.count, line.printed) == (
        "市町村に評価される活動だから。",
        36,
        "29.0",
    )


def test_the_page_finds_it_by_itself(app: Flask) -> None:
    make_period()
    page = Browser(app).sign_in_as(make_user(Role.COORDINATOR)).get("/2025/surveys")
    page = page.follow("公表した表を確かめる").submit("確かめる", n="125", pasted=published_table())
    assert "要確認が1行あります" in page.text()
    (wrong,) = [row for row in page.table("確かめた結果（n=125）") if row["判定"] == "要確認"]
    assert "市町村に評価される活動だから。" in "".join(wrong.values())
    assert "近い値 28.8／29.6" in "".join(wrong.values())
