"""検算: right tables pass, each kind of wrong one is found, the published 29.0 % is told."""

from __future__ import annotations

from dataclasses import replace

from companion.surveys.checks import Check, checks
from companion.surveys.tabulate import tabulate_all
from tests.surveys.makers import (
    municipality_eval,
    municipality_sets,
    official_eval,
    official_sets,
)


def wrong(found: list[Check]) -> list[str]:
    return [check.name for check in found if not check.ok]


def test_the_published_figure_is_the_only_thing_to_look_at() -> None:
    defn = official_eval()
    tables = tabulate_all(defn, official_sets(), invited=180)
    found = checks(defn, tables, valid=125, invited=180)
    finding = [check for check in found if not check.ok]
    assert finding == [
        Check(
            name="公表値との照合：市町村に評価される活動だから。（基本構想資料）",
            expected="28.8",
            found="29.0",
            ok=False,
            note="29.0 は n=125 では生じない（刻み0.8pt、近い値 28.8／29.6）。"
            "36/124=29.03 または整数丸めの可能性",
        )
    ]
    assert finding[0].verdict == "要確認"


def test_the_municipalities_tables_pass_with_the_base_of_the_sub_question() -> None:
    defn = municipality_eval()
    tables = tabulate_all(defn, municipality_sets(), invited=60)
    found = checks(defn, tables, valid=57, invited=60)
    assert wrong(found) == []
    sub = next(check for check in found if "該当者数" in check.name)
    assert (sub.expected, sub.found) == ("52", "52")


def test_a_published_figure_of_another_base_is_only_asked_whether_it_can_be() -> None:
    defn = official_eval()
    tables = tabulate_all(defn, official_sets()[:100], invited=180)
    found = [c for c in checks(defn, tables, valid=100) if c.name.startswith("公表値")]
    assert [(c.ok, c.expected) for c in found] == [(False, "n=125で生じうる値")]
    assert not any("公表資料" in note for note in tables["reasons"].notes)


def test_tampered_tables_are_found() -> None:
    defn = municipality_eval()
    tables = tabulate_all(defn, municipality_sets(), invited=60)
    table = tables["overall"]
    rows = (replace(table.rows[0], count=table.rows[0].count + 1), *table.rows[1:])
    assert wrong(checks(defn, {"overall": replace(table, rows=rows)}, valid=57)) == [
        "問1：内訳の計はn",
        "問1：割合は回答数÷n",
        "問1：平均のnは点数のある行の計",
    ]
    assert wrong(checks(defn, {"overall": replace(table, mean_tenths=51)})) == [
        "問1：平均は1～5",
        "問1：平均はnで生じうる",
    ]
    assert wrong(checks(defn, tables, valid=58, invited=50))
    hidden = tabulate_all(defn, municipality_sets()[:3])["overall"]
    assert wrong(checks(defn, {"overall": hidden}, valid=3)) == []
    leaking = replace(hidden, rows=table.rows)
    assert wrong(checks(defn, {"overall": leaking})) == ["問1：秘匿した表に数値がない"]
