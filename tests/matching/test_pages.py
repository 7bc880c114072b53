"""The pages of matching: run, watch, look, take over."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.jobs import Job, JobState, run_next
from companion.matching.models import MatchRun
from companion.teams.models import Team
from tests.kit.makers import (
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_user,
)
from tests.kit.pages import Browser, Page

MINISTRIES = ("mic", "maff", "meti", "mlit", "env", "mhlw")


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A coordinator, three places with their challenges and nine officials."""
    make_period()
    for prefecture in ("20", "32", "40"):
        make_challenge(make_municipality(prefecture_code=prefecture))
    for index in range(9):
        make_official(ministry_code=MINISTRIES[index % 6])
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def start(browser: Browser, teams: int = 2) -> Page:
    page = browser.get("/2025/matching")
    return page.submit("実行する", team_count=str(teams), time_limit="5", seed="1")


def test_a_run_is_watched_looked_at_and_taken_over(browser: Browser) -> None:
    waiting = start(browser)
    assert waiting.heading == "令和7年度 マッチング"
    assert run_next()
    page = browser.get(waiting.path)
    assert page.heading.startswith("マッチング結果")
    assert page.facts["状態"].startswith("最適（証明済み）")
    proven = [page.texts(".stats b")[index] for index in (1, 2)]  # value and bound
    assert proven[0] == proven[1] != "…"
    rows = page.table()
    assert len(rows) == 2
    assert all(row["三人と理由"] for row in rows)
    teams = page.submit("この編成を採用して案にする")
    assert teams.heading == "チーム"
    assert db.session.scalar(select(func.count()).select_from(Team)) == 2
    listed = browser.get("/2025/matching").table("実行 1件（新しい順）")
    assert [row["採用"] for row in listed] == ["採用"]


def test_a_run_pressed_twice_is_one_run(browser: Browser) -> None:
    page = browser.get("/2025/matching")
    for _ in range(2):
        page.submit("実行する", team_count="2", time_limit="5", seed="1")
    assert db.session.scalar(select(func.count()).select_from(Job)) == 1


def test_an_outdated_run_is_not_taken_over(browser: Browser) -> None:
    waiting = start(browser)
    assert run_next()
    make_official(ministry_code="moj")
    page = browser.get(waiting.path)
    assert "応募の内容が実行の後に変わっています" in page.text()
    assert "この編成を採用して案にする" not in page.buttons
    refused = browser.post(page.path + "/adopt")
    assert "もう一度マッチングを実行してから採用してください。" in refused.notices[0]
    assert db.session.scalar(select(func.count()).select_from(Team)) == 0


def test_no_answer_names_the_rule(browser: Browser) -> None:
    waiting = start(browser, teams=3)
    with saved():
        for job in db.session.scalars(select(Job)):
            job.arguments = job.arguments | {"team_count": 30}
    assert run_next()
    page = browser.get(waiting.path)
    assert page.facts["状態"].startswith("条件を満たす編成なし")
    reasons = page.texts(".card li")
    assert any("30" in reason for reason in reasons)


def test_a_queued_run_can_be_stopped(browser: Browser) -> None:
    page = start(browser).submit("ここまでの最良の案で終える")
    assert "中止" in page.text()
    assert not run_next()
    assert db.session.scalar(select(func.count()).select_from(MatchRun)) == 0


def test_a_job_whose_process_died_is_given_up(browser: Browser) -> None:
    start(browser)
    with saved():
        job = db.session.scalars(select(Job)).one()
        job.state = JobState.RUNNING
        job.seen_at = job.created_at.replace(year=2024)
    assert not run_next()
    db.session.expire_all()
    assert db.session.scalars(select(Job)).one().state is JobState.FAILED


@pytest.mark.parametrize(("teams", "seconds"), [("0", "5"), ("x", "5"), ("2", "9999"), ("", "")])
def test_impossible_wishes_are_told(browser: Browser, teams: str, seconds: str) -> None:
    page = browser.get("/2025/matching")
    page = page.submit("実行する", team_count=teams, time_limit=seconds, seed="0")
    assert page.status == 422
    assert page.errors
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def test_an_auditor_reads_but_does_not_run(app: Flask, browser: Browser) -> None:
    waiting = start(browser)
    assert run_next()
    path = browser.get(waiting.path).path
    auditor = Browser(app).sign_in_as(make_user(Role.AUDITOR))
    assert auditor.get(path).heading.startswith("マッチング結果")
    assert "実行する" not in auditor.get("/2025/matching").buttons
    sent = {"team_count": "2", "time_limit": "5", "seed": "1", "form_key": "k"}
    assert auditor.post("/2025/matching", sent).status == 404
    assert auditor.post(path + "/adopt").status == 404
