"""Published results: for every role as long as they are published, and only the public edition."""

from __future__ import annotations

import random

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core.access import Role
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.demo.answers import municipality_answers, official_answers
from companion.freetexts.actions import edit_quote
from companion.freetexts.models import FreeText
from companion.freetexts.terms import Decision
from companion.reports.packs import satisfaction
from companion.reports.routes.showing import cell_words
from companion.reports.terms import Edition
from companion.surveys.actions import (
    close_round,
    open_round,
    publish_results,
    record_answer_sets,
    take_back_results,
)
from companion.surveys.choosing import Whom
from companion.surveys.models import SurveyRound
from companion.teams.models import Team
from tests.kit.makers import (
    account_of,
    make_challenge,
    make_official,
    make_period,
    make_team,
    make_user,
    viewer_as,
)
from tests.kit.pages import Browser, count_queries

LIST = "/2025/survey-results"
WRITTEN = "もう一度お願いしたい。"


def closed(survey_id: str, answers: list[dict[str, object]]) -> SurveyRound:
    with saved():
        row = open_round(survey_id, make_period(), by=None)
        record_answer_sets(row, answers)
        close_round(survey_id, row.period, by=None)
    return row


@pytest.fixture
def teams(app: Flask) -> list[Team]:
    period = make_period()
    return [
        make_team(
            make_challenge(fields=["tourism"] if n % 2 else ["industry"], period=period),
            [make_official(), make_official(), make_official()],
        )
        for n in range(12)
    ]


@pytest.fixture
def row(teams: list[Team]) -> SurveyRound:
    answers = [
        {"overall": "54"[n % 2], "cont": "dk", "change": WRITTEN, "change__consent": "yes"}
        for n in range(12)
    ]
    return closed("municipality_eval", answers)


@pytest.fixture
def boss(app: Flask) -> Browser:
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def somebody(app: Flask, role: Role, team: Team) -> Browser:
    """An account of the role."""
    if role is Role.OFFICIAL:
        return Browser(app).sign_in_as(account_of(team.members[0].official))
    own = {
        Role.MUNICIPALITY: {"municipality": team.challenge.municipality},
        Role.PREFECTURE: {"prefecture_code": "20"},
        Role.MINISTRY: {"ministry_code": "mic"},
    }
    return Browser(app).sign_in_as(make_user(role, **own.get(role, {})))


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reads_them_while_they_are_published(
    app: Flask, boss: Browser, row: SurveyRound, teams: list[Team], role: Role
) -> None:
    person, at = somebody(app, role, teams[0]), f"/survey-results/{row.public_id}"
    missing = person.get("/survey-results/zzzzzzzzzzzzzzzz")
    before = person.get(at)
    assert (before.status, missing.status) == (404, 404)
    empty = person.get("/").follow("アンケート結果")
    assert "公表されたアンケートの結果は、まだありません" in empty.text()

    asked = boss.get(f"/rounds/{row.public_id}").follow("結果を公表する")
    assert "まだ公表していません" in asked.text()
    assert "結果を公表しました" in " ".join(asked.submit("結果を公表する").notices)
    page = person.get("/").follow("アンケート結果").follow(row.title)
    assert page.heading == f"{row.title}の結果"
    assert "n=12＊／配布数12（回収率100.0％）" in page.text()
    assert WRITTEN not in page.text(), "no single answer"

    taken = boss.get(f"/rounds/{row.public_id}/publish-results").submit("公表を取り消す")
    assert "公表を取り消しました" in " ".join(taken.notices)
    assert person.get(at).status == 404
    assert "まだありません" in person.get(LIST).text()
    assert taken.submit("結果を公表する").status == 200
    assert person.get(at).status == 200


def test_only_coordinators_publish(app: Flask, row: SurveyRound, teams: list[Team]) -> None:
    for role in set(Role) - {Role.COORDINATOR}:
        person = somebody(app, role, teams[0])
        assert person.get(f"/rounds/{row.public_id}/publish-results").status == 404
        for act in ("publish-results", "take-back-results"):
            assert person.post(f"/rounds/{row.public_id}/{act}").status == 404
    assert row.results_published_at is None


def test_the_page_shows_what_the_public_workbook_prints(boss: Browser, teams: list[Team]) -> None:
    """Table for table and cell for cell, with the small groups hidden."""
    chance = random.Random(1)
    rounds = [
        closed("municipality_eval", municipality_answers(chance)[:12]),
        closed("official_eval", official_answers(chance)[:36]),
    ]
    printed = [
        (
            f"{table.number}\u3000{table.title}" if table.number else table.title,
            [
                [_plain(cell_words(line[i], c.style)) for i, c in table.printed if c.key != "no"]
                for line in (*table.rows, *table.closing)
            ],
        )
        for sheet in satisfaction.build(make_period(), Edition.PUBLIC).sheets
        if sheet.name.startswith(("表", "クロス"))
        for table in sheet.tables
        if table.rows
    ]
    found = []
    for one in rounds:
        with saved():
            publish_results(one, by=None)
        page = boss.get(f"/survey-results/{one.public_id}")
        found += [
            (
                card.select_one("h2").text,
                [
                    [_plain(cell.text) for cell in line.select("th,td")]
                    for line in card.select("tbody tr, tfoot tr")
                ],
            )
            for card in page.main.select("section.card:has(table)")
        ]
    assert found == printed
    groups = dict(found)["伴走支援自治体\u3000全体評価（政策分野別）"][1:]
    assert {line[1] for line in groups} == {"0", "10未満"}


def _plain(text: str) -> str:
    return " ".join(text.split())


def test_open_and_twice_are_refused(boss: Browser, teams: list[Team]) -> None:
    with saved():
        still_open = open_round("municipality_eval", make_period(), by=None)
        short = open_round("backoffice_pulse", make_period(), by=None, occasion="6月分")
    for one, words in ((still_open, "先に終了して"), (short, "先に終了して")):
        with pytest.raises(Refused, match=words):
            publish_results(one, by=None)
    assert "表示" in boss.get(f"/rounds/{still_open.public_id}/publish-results").text()
    with pytest.raises(Refused, match="公表していません"):
        take_back_results(still_open, by=None)


def pulse(
    survey_id: str, answers: list[dict[str, object]], whom: Whom | None = None
) -> SurveyRound:
    """A short survey that is over, for an occasion."""
    with saved():
        row = open_round(survey_id, make_period(), by=None, occasion="6月分", whom=whom)
        record_answer_sets(row, answers)
        close_round(survey_id, row.period, by=None, occasion="6月分")
    return row


def test_a_short_survey_is_published_with_the_same_thresholds(
    app: Flask, boss: Browser, teams: list[Team]
) -> None:
    large = pulse("backoffice_pulse", [{"useful": "54"[n % 2]} for n in range(20)])
    few = Whom(audience="municipality", teams=frozenset(team.public_id for team in teams[:5]))
    small = pulse("visit_pulse", [{"useful": "5", "next_step": "decided"}] * 5, few)
    for row in (large, small):
        asked = boss.get(f"/rounds/{row.public_id}/results").follow("結果を公表する")
        assert "結果を公表しました" in " ".join(asked.submit("結果を公表する").notices)
    person = somebody(app, Role.MUNICIPALITY, teams[0])
    page = person.get(LIST).follow("後方支援の役立ち度（6月分）")
    assert "n=20＊／配布数36（回収率55.6％）" in page.text()
    assert "5（とても役立った） 10、4 10" in page.text("figure.chart")
    page = person.get(LIST).follow("訪問後アンケート（6月分）")
    assert "n=10未満" in page.text()
    assert not page.has("figure.chart")
    figures = {cell for row in page.texts("tbody td.number") for cell in row.split()}
    assert figures <= {"x", "…", "－", "10未満"}


def test_charts_and_released_quotes_stand_beside_the_tables(
    app: Flask, boss: Browser, row: SurveyRound, teams: list[Team]
) -> None:
    with saved():
        publish_results(row, by=None)
    person, at = somebody(app, Role.OFFICIAL, teams[0]), f"/survey-results/{row.public_id}"
    page = person.get(at)
    assert "縦棒グラフ。5（良い） 6、4 6、3 －、2 －、1（悪い） －。" in page.text("figure.chart")
    assert "自由記述から" not in page.text()
    first, second, third = db.session.scalars(
        select(FreeText).order_by(FreeText.public_id).limit(3)
    )
    viewer = viewer_as(make_user(Role.COORDINATOR))
    with saved():
        edit_quote(first, "もう一度、と願う。", Decision.PUBLISH, by=viewer)
        edit_quote(second, "まだ決めていない文。", Decision.UNDECIDED, by=viewer)
        edit_quote(third, "同意のない文。", Decision.PUBLISH, by=viewer)
        third.answer.answers = {**third.answer.answers, "change__consent": "no"}
    page = person.get(at)
    assert page.texts("section:has(li.pre) li") == ["もう一度、と願う。"]
    assert WRITTEN not in page.text()
    with saved():
        edit_quote(first, first.quote, Decision.UNDECIDED, by=viewer)
    assert "自由記述から" not in person.get(at).text()


def test_a_page_that_is_too_old_publishes_nothing_twice(boss: Browser, row: SurveyRound) -> None:
    at = f"/rounds/{row.public_id}/publish-results"
    first, second = boss.get(at), boss.get(at)
    first.submit("結果を公表する")
    assert "既に公表しています" in " ".join(second.submit("結果を公表する").notices)
    actions = db.session.scalars(
        select(AuditLine.action).where(AuditLine.action.like("survey.%_results"))
    ).all()
    assert actions == ["survey.publish_results"]


def test_nobody_answered(boss: Browser, teams: list[Team]) -> None:
    row = closed("municipality_eval", [])
    page = boss.get(f"/rounds/{row.public_id}/publish-results").submit("結果を公表する")
    assert page.follow("公表した画面を見る").status == 200


def test_the_list_asks_once_for_all(boss: Browser, teams: list[Team], row: SurveyRound) -> None:
    other = closed("official_eval", [])

    def asked() -> int:
        with count_queries() as sent:
            assert boss.get(LIST).status == 200
        return len(sent)

    with saved():
        publish_results(row, by=None)
    one = asked()
    with saved():
        publish_results(other, by=None)
    assert asked() == one
