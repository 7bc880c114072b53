"""Results beside those of the period before: the same question only, each figure with its base."""

from __future__ import annotations

import random
from typing import Any

import pytest
from flask import Flask

from companion.core.access import Role
from companion.core.db import saved
from companion.demo.answers import municipality_answers, official_answers
from companion.periods.models import Period
from companion.surveys.actions import close_round, open_round, record_answer_sets
from companion.surveys.definition import parse
from companion.surveys.models import SurveyRound
from companion.surveys.sameness import why_different
from tests.kit.makers import make_challenge, make_official, make_period, make_team, make_user
from tests.kit.pages import Browser, Page
from tests.surveys.makers import municipality_eval, official_eval, small_text


def programme(year: int, teams: int) -> Period:
    period = make_period(year)
    for _ in range(teams):
        officials = [make_official(period=period) for _ in range(3)]
        make_team(make_challenge(period=period), officials)
    return period


def ask(period: Period, survey_id: str, answers: list[dict[str, Any]]) -> SurveyRound:
    with saved():
        opened = open_round(survey_id, period, by=None)
        record_answer_sets(opened, answers)
        return close_round(survey_id, period, by=None)


def results(app: Flask, row: SurveyRound) -> Page:
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    return boss.get(f"/rounds/{row.public_id}/results")


def test_both_periods_stand_beside_each_other_with_their_bases(app: Flask) -> None:
    given = municipality_answers(random.Random(1))
    fives = [one for one in given if one["overall"] == "5"]
    fours = [one for one in given if one["overall"] == "4"]
    before = ask(programme(2025, 12), "municipality_eval", fives[:12])
    now = ask(programme(2026, 15), "municipality_eval", fives[12:15] + fours[:9])
    page = results(app, now)
    assert (
        "前の期（令和7年度）の回収率は100.0％（12／12）、この期は80.0％（12／15）で、"
        "差は－20.0ポイントです。" in page.text()
    )
    rows = {
        row["回答"]: row
        for row in page.table(
            f"{municipality_eval().question('overall').short}：令和7年度と令和8年度"
        )
    }
    assert rows["5（良い）"] == {
        "回答": "5（良い）",
        "令和7年度": "100.0％ 12／12",
        "令和8年度": "25.0％ 3／12",
        "差": "－75.0 ポイント",
    }
    assert rows["1（悪い）"]["差"] == "±0.0 ポイント"
    assert rows["平均"] == {
        "回答": "平均",
        "令和7年度": "5.0 n=12",
        "令和8年度": "4.3 n=12",
        "差": "－0.7 点",
    }
    first = results(app, before)
    assert "前の期" not in first.text(), "there is none"


def test_what_is_hidden_stays_hidden_beside_the_other(app: Flask) -> None:
    answers = official_answers(random.Random(1))
    ask(programme(2025, 4), "official_eval", answers[:9])
    now = ask(programme(2026, 15), "official_eval", answers[:40])
    rows = results(app, now).table("全体評価：令和7年度と令和8年度")
    assert {(row["令和7年度"], row["差"]) for row in rows} == {("x 10未満", "x")}
    assert all("／40" in row["令和8年度"] or "n=" in row["令和8年度"] for row in rows)


def test_another_question_is_not_compared_and_it_says_why(app: Flask) -> None:
    answers = official_answers(random.Random(1))
    ask(programme(2025, 15), "official_eval", answers[:30])
    boss = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    edit = "/2025/surveys/official_eval/edit"
    boss.get(edit).submit("下書きを作る")
    boss.get(f"{edit}/questions/1").submit("保存する", label="いまの評価はどうですか。")
    boss.get(f"{edit}/publish").submit("版 2025.2 を公開する", note="短くしました。")
    now = ask(programme(2026, 15), "official_eval", answers[:30])
    page = boss.get(f"/rounds/{now.public_id}/results")
    assert "前の期（令和7年度）とは比べません：質問文を「これまでの" in page.text()
    captions = [text for text in page.texts("caption") if text.endswith("：令和7年度と令和8年度")]
    assert len(captions) == 4, "the other questions are the same"


CHOICES = "choices: [{name: a, label: はい}, {name: b, label: いいえ}]"
ASKED = f"- name: q\n  type: single\n  label: 続けますか\n  {CHOICES}"


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        (ASKED, ASKED, ""),
        (ASKED, ASKED.replace("続けますか", "続けますか？"), ""),
        (ASKED.replace("name: q", "name: p"), ASKED, "前の期には尋ねていません。"),
        (
            ASKED,
            ASKED.replace("続けますか", "やめますか"),
            "質問文を「続けますか」から「やめますか」に変えました。",
        ),
        (
            ASKED,
            ASKED.replace("{name: b, label: いいえ}", "{name: b, label: いいえ, retired: true}"),
            "選べる選択肢が違います。",
        ),
        (
            ASKED,
            ASKED.replace("いいえ}", "いいえ}, {name: c, label: 不明}"),
            "選べる選択肢が違います。",
        ),
        (
            ASKED,
            ASKED.replace("single", "multi"),
            "種類を「1つ選ぶ」から「いくつでも選ぶ」に変えました。",
        ),
        (ASKED, ASKED + "\n  analysis: {base: answered}", "集計の基数を変えました。"),
        (ASKED, ASKED + "\n  hint: 補足です", ""),
    ],
)
def test_when_a_question_is_the_same(before: str, now: str, why: str) -> None:
    old, new = (parse(small_text(text), "x") for text in (before, now))
    assert why_different(old, new, "q") == why


def test_a_definition_is_the_same_as_itself() -> None:
    defn = official_eval()
    assert {why_different(defn, defn, q.name) for q in defn.questions} == {""}
