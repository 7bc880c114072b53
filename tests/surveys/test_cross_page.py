"""Cross tables and checks on screen, from the same engine as the workbook."""

from __future__ import annotations

import pytest
from flask import Flask

from companion.core.access import Role
from companion.core.db import saved
from companion.surveys.actions import close_round, open_round, record_answer_sets
from companion.surveys.models import SurveyRound
from tests.kit.makers import make_challenge, make_official, make_period, make_team, make_user
from tests.kit.pages import Browser


@pytest.fixture
def coordinator(app: Flask) -> Browser:
    period = make_period()
    for number in range(12):
        fields = ["tourism"] if number % 2 else ["tourism", "industry"]
        make_team(make_challenge(fields=fields, period=period), [make_official()])
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def closed(survey_id: str, answers: list[dict[str, object]], occasion: str = "") -> SurveyRound:
    period = make_period()
    with saved():
        row = open_round(survey_id, period, by=None, occasion=occasion)
        record_answer_sets(row, answers)
        close_round(survey_id, period, by=None, occasion=occasion)
    return row


def test_named_answers_are_cut_by_their_banners_whole(coordinator: Browser) -> None:
    answers = [{"overall": "54"[i % 2], "cont": "dk"} for i in range(12)]
    row = closed("municipality_eval", answers)
    results = coordinator.get(f"/rounds/{row.public_id}/results")
    assert "最も多いのは「5（良い）」で、約5割（50.0％、6団体）です。" in results.text()
    page = results.follow("クロス集計と検算")
    assert "検算がすべて合っています" in page.text()
    assert "問1 全体評価 × 政策分野" in page.text()
    rows = {line["政策分野"]: line["n"] for line in page.table("全体評価×政策分野（横％、n=12＊）")}
    assert rows["全体"] == "12＊"
    assert rows["①観光"] == "12＊"
    assert rows["②産業振興"] == "6＊", "named answers are the coordinators' own"


def test_confidential_answers_are_cut_only_above_the_threshold(coordinator: Browser) -> None:
    answers = [{"useful": "54321"[i % 5], "kinds": ["tools"]} for i in range(12)]
    row = closed("backoffice_pulse", answers, "6月分")
    page = coordinator.get(f"/rounds/{row.public_id}/cross")
    rows = {
        line["政策分野"]: line["n"]
        for line in page.table(
            "この一か月の後方支援は、活動に役立ちましたか。×政策分野（横％、n=12＊）"
        )
    }
    assert rows["②産業振興"] == "10未満"


def test_anonymous_answers_have_no_groups(coordinator: Browser) -> None:
    row = closed("official_eval", [])
    page = coordinator.get(f"/rounds/{row.public_id}/cross")
    assert "属性で分けられません" in page.text()
