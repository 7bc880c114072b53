"""Editing reminders, tables and rules for answers in the browser, without knowing YAML."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask

from companion.core.access import Role
from companion.core.db import db
from companion.surveys.drafting import draft_of_survey
from companion.surveys.ladderrows import Rung, days_of, rungs_of, write_rungs
from companion.surveys.rulerows import Rule, constraint_of, rules_in_words, rules_of
from tests.kit.makers import make_period, make_user
from tests.kit.pages import Browser, Page

EDIT = "/2025/surveys/official_eval/edit"


@pytest.fixture
def coordinator(app: Flask) -> Browser:
    make_period()
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def begun(browser: Browser, survey_id: str = "official_eval") -> Page:
    page = browser.get(f"/2025/surveys/{survey_id}/versions")
    page.submit(f"版 {page.facts['いまの定義の版']} を公開する")
    return browser.get(f"/2025/surveys/{survey_id}/edit").submit("下書きを作る")


def data(survey_id: str = "official_eval") -> dict[str, Any]:
    db.session.expire_all()
    draft = draft_of_survey(survey_id)
    assert draft is not None
    return draft.data


def test_reminders_are_chosen_with_their_days(coordinator: Browser) -> None:
    page = begun(coordinator).follow("催促")
    assert page.text("fieldset .hint") == "いまの期間では 令和7年9月10日（水） に送ります。"
    page = page.submit(
        "保存する", {"rung-1-days": "5", "rung-2-when": "", "rung-0-to": "not_opened"}
    )
    assert page.heading == "地方創生支援官アンケート（全体評価）の編集"
    assert data()["reminders"] == [
        {"at": "open"},
        {"at": "midpoint", "to": "not_opened"},
        {"at": "close-5bd", "to": "not_submitted"},
        {"at": "close+2bd", "to": "not_submitted", "cc": "coordinator"},
    ]
    rows = page.follow("違いを見て公開する").table("アンケート全体")
    assert [row["項目"] for row in rows] == ["催促"]
    assert "締切の5業務日前：まだ提出していない人" in rows[0]["下書き"]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        (
            {"rung-1-days": "3日"},
            "「締切の○業務日前」の日数は、1～99の半角の数で入力してください。",
        ),
        (
            {"rung-2-days": "3"},
            "同じ時期の催促が2つあります。どちらかを「（なし）」にしてください。",
        ),
        (
            {"max_per_person": "13"},
            "一人に送る催促の上限（回）：0～12の整数で入力してください。",
        ),
    ],
)
def test_reminders_that_cannot_be_are_told_and_stay(
    coordinator: Browser, typed: dict[str, str], error: str
) -> None:
    page = begun(coordinator).follow("催促")
    before = data()
    page = page.submit("保存する", typed)
    assert (page.status, page.errors) == (422, [error])
    assert typed.items() <= page.form("保存する").fields.to_dict().items()
    assert data() == before


def test_more_reminders_than_the_limit_are_told_beside_them(coordinator: Browser) -> None:
    page = begun(coordinator).follow("催促").submit("保存する", max_per_person="2")
    assert "催促が4回あり、上限（2回）を超えます。" in page.text()
    assert "催促が4回あり、上限（2回）を超えます。" in page.follow("催促").text()


def test_the_usual_reminders_are_not_written() -> None:
    found: dict[str, Any] = {"window": {"open": "2025-09-01T09:00", "close": "2025-09-19T18:00"}}
    write_rungs(found, rungs_of(None))
    assert "reminders" not in found
    write_rungs(found, [Rung("close-", "2")])
    assert found["reminders"] == [{"at": "close-2bd", "to": "not_submitted"}]
    assert days_of(rungs_of(found["reminders"]), found) == {"close-2bd": dt.date(2025, 9, 17)}
    write_rungs(found, rungs_of(None))
    assert "reminders" not in found
    assert days_of(rungs_of(None), {}) == {}


def test_cross_tables_are_ticked_and_tables_of_the_workbook_filled_in(coordinator: Browser) -> None:
    page = begun(coordinator, "municipality_eval").follow("集計表")
    page = page.submit(
        "保存する",
        {
            "cross-region-overall": False,
            "cross-region-cont": False,
            "cross-population_band-cont_years": True,
            "table-0-title": "市町村の満足度",
            "table-1-of-cont_years": False,
        },
    )
    found = data("municipality_eval")
    assert found["crosstabs"] == [
        {"banner": "policy_field", "of": ["overall", "cont"], "overlapping": True},
        {"banner": "population_band", "of": ["overall", "cont", "cont_years"]},
    ]
    assert found["export"]["tables"][0]["title"] == "市町村の満足度"
    assert found["export"]["tables"][1]["of"] == "cont"
    page = page.follow("集計表").submit("表を加える")
    page = page.submit("上へ：表1-3", {"table-2-title": "続ける年数"})
    page = page.submit("削る：表1-2")
    tables = data("municipality_eval")["export"]["tables"]
    assert [table["id"] for table in tables] == ["1-1", "1-3"]
    assert tables[1] == {"id": "1-3", "of": "cont_years", "title": "続ける年数"}
    page = coordinator.get("/2025/surveys/municipality_eval/edit/publish")
    rows = {row["項目"]: row for row in page.table("アンケート全体")}
    assert list(rows) == ["クロス集計", "集計表"]
    assert "人口規模：問1、問2、問2-1" in rows["クロス集計"]["下書き"]
    assert rows["集計表"]["下書き"].endswith("表1-3 続ける年数（問2-1）")


def test_faults_of_tables_are_told_beside_them(coordinator: Browser) -> None:
    page = begun(coordinator).follow("集計表")
    assert page.fields["cross-ministry_group-overall"], "officials are cut by their ministry too"
    before = data()
    page = page.submit("保存する", {"table-0-id": "二", "table-1-of-reasons": False})
    assert page.errors == [
        "表の番号「二」は、「1」「2-1」のように半角で入力してください。",
        "表2-2に載せる設問を1つ以上選んでください。",
    ]
    assert data() == before
    page = coordinator.get(f"{EDIT}/tables").submit(
        "保存する", {"table-0-id": "2-2", "table-0-sheet": "とても長いシート名" * 3}
    )
    for said in ("表の番号「2-2」が重複しています。",):
        assert said in page.text()
        assert said in page.follow("集計表").text()


def test_a_rule_for_a_number_is_chosen_and_read_in_words(coordinator: Browser) -> None:
    page = begun(coordinator).follow("直す：問3")
    assert page.fields["rule-0-number"] == "160", "what the definition says is read"
    page = page.submit("保存する", {"rule-0-number": "百"})
    assert page.errors == ["回答の条件の数「百」は、半角の数で入力してください。"]
    assert page.fields["rule-0-number"] == "百"
    page = page.submit(
        "保存して、回答の条件をもう1つ加える",
        {"rule-0-number": "100", "constraint_message": "100時間以下で入力してください。"},
    )
    page = page.submit("保存する", {"rule-1-what": "#", "rule-1-number": "5", "rule-1-how": "isnt"})
    hours = data()["pages"][1]["questions"][-1]
    assert hours["constraint"] == ". <= 100 and . != 5"
    assert "回答の条件：100 以下、かつ 5 ではない" in page.text("#q-hours")
    rows = {row["項目"]: row["下書き"] for row in page.follow("違いを見て公開する").table("問3")}
    assert rows["回答の条件"] == "100 以下、かつ 5 ではない"
    assert rows["条件に合わないときの文"] == "100時間以下で入力してください。"
    page = coordinator.get(EDIT).follow("直す：問3")
    page = page.submit("保存する", {"rule-0-what": "", "rule-1-what": "", "constraint_message": ""})
    assert "constraint" not in data()["pages"][1]["questions"][-1]


def test_a_number_is_compared_with_an_earlier_one(coordinator: Browser) -> None:
    begun(coordinator).submit("設問を加える（2ページ目）", {"kind-1": "number"})
    page = coordinator.get(EDIT).follow("直す：問7")
    page = page.submit("保存する", {"label": "うち現地", "rule-0-what": "hours"})
    assert "回答の条件：問3の答え 以下" in page.text("#q-q1")
    assert data()["pages"][1]["questions"][-1]["constraint"] == ("(${hours} = '' or . <= ${hours})")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ""),
        (". <= 160", "160 以下"),
        (". >= -1.5 and . < 7", "-1.5 以上、かつ 7 より小さい"),
        (". <= ${a}", "問1の答え 以下"),
        ("(${a} = '' or . <= ${a})", "問1の答え 以下"),
        ("not(. = 3)", "not(. = 3)"),
        ("${a} = 1 or . <= 3", "${a} = 1 or . <= 3"),
        ("(${b} = '' or . <= ${a})", "(${b} = '' or . <= ${a})"),
        (". <= 'x'", ". <= 'x'"),
        (". <", ". <"),
    ],
)
def test_rules_in_words(text: str | None, words: str) -> None:
    assert rules_in_words(text, {"a": "問1"}) == words


def test_rules_written_and_read_again_are_the_same() -> None:
    rules = [Rule("le", "10"), Rule("gt", question="a"), Rule("isnt", "-2.5")]
    assert rules_of(constraint_of(rules)) == rules


def test_two_people_at_the_same_part_see_both_texts(app: Flask, coordinator: Browser) -> None:
    begun(coordinator)
    second = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    for part, first, other in (
        ("reminders", {"rung-1-days": "4"}, {"rung-1-days": "6"}),
        ("tables", {"table-0-title": "先"}, {"table-0-title": "後"}),
    ):
        mine = coordinator.get(f"{EDIT}/{part}")
        second.get(f"{EDIT}/{part}").submit("保存する", first)
        page = mine.submit("保存する", other)
        assert page.status == 409
        row = page.table()[0]
        assert next(iter(other.values())) in row["あなたが入力した内容"]
        assert next(iter(first.values())) in row["いま保存されている内容"]


def test_small_counts_are_hidden_by_a_tick(coordinator: Browser) -> None:
    begun(coordinator)
    page = coordinator.get("/2025/surveys/official_eval/edit/settings")
    assert "1人・2人の回答数も秘匿する" in page.text()
    page.submit("保存する", strict=True)
    assert data()["strict"] is True
    page = coordinator.get("/2025/surveys/official_eval/edit/publish")
    rows = {row["項目"]: row for row in page.table("アンケート全体")}
    assert rows["秘匿の基準"]["下書き"] == "10（1・2人の回答数も秘匿）"
    page = coordinator.get("/2025/surveys/official_eval/edit/settings")
    page.submit("保存する", strict=False)
    assert "strict" not in data()
