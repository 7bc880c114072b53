"""Trying a questionnaire out as any respondent, and conditions on who answers."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.sheets import read_workbook
from companion.surveys.actions import close_round, open_round
from companion.surveys.answerform import SHEET
from companion.surveys.groups import grouped_answers
from companion.surveys.lint import lint_text
from companion.surveys.models import AnswerDraft, AnswerSet, Invitation
from companion.surveys.queries import counted_answers, definition_of
from companion.surveys.tabulate import tabulate
from companion.teams.models import Team
from tests.kit.makers import (
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_team,
    make_user,
)
from tests.kit.pages import Browser, Page
from tests.surveys.makers import small_text

TRY = "/2025/surveys/municipality_eval/try"


@pytest.fixture
def teams(app: Flask) -> list[Team]:
    make_period()
    return [
        make_team(make_challenge(make_municipality(name=name)), [make_official() for _ in range(3)])
        for name in ("見本町", "手本村")
    ]


@pytest.fixture
def coordinator(app: Flask, teams: list[Team]) -> Browser:
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def only_towns(browser: Browser) -> None:
    """A draft whose question 3 is put to towns alone, chosen with the selects."""
    page = browser.get("/2025/surveys/municipality_eval/edit").submit("下書きを作る")
    page = page.follow("直す：問3")
    page = page.submit("保存する", {"line-0-what": "@municipality.kind=町"})
    assert "回答する人の団体の種類が「町」のとき" in page.text("#q-change")


def questions(page: Page) -> list[str]:
    return [text.split()[0] for text in page.texts("legend, label") if text.startswith("問")]


def test_a_draft_is_tried_as_each_respondent_and_nothing_is_saved(coordinator: Browser) -> None:
    only_towns(coordinator)
    start = coordinator.get("/2025/surveys/municipality_eval/edit").follow("試しに回答する")
    assert "試しの画面です。公開前の下書き（版 2025.2）" in start.text()
    who = {label[-3:]: value for value, label in start.form().choices("who").items()}
    town = start.submit("試しに回答する", who=who["見本町"])
    village = start.submit("試しに回答する", who=who["手本村"])
    assert "問3" in questions(town)
    assert "問3" not in questions(village)
    forced = {"who": who["手本村"], "fact-municipality.kind": "町"}
    assert "問3" in questions(start.submit("試しに回答する", forced))
    page = town.submit("次へ")
    assert page.errors == ["問1に回答してください。", "問2に回答してください。"]
    page = page.submit("次へ", overall="4", cont="not_need", change="変わった。")
    assert page.heading == "回答の確認"
    assert page.facts["問3 " + page_label(town)] == "変わった。"
    assert "試しなので、提出はできません。" in page.text()
    page = page.submit("前へ")
    assert page.form("次へ").fields["overall"] == "4", "what was typed travels along"
    for table in (AnswerDraft, AnswerSet, Invitation):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


def page_label(page: Page) -> str:
    return next(t for t in page.texts("label") if t.startswith("問3")).partition(" ")[2]


def test_the_excel_form_of_a_draft_is_a_sample_that_is_not_taken(
    coordinator: Browser, teams: list[Team]
) -> None:
    coordinator.get("/2025/surveys/municipality_eval/edit").submit("下書きを作る")
    page = coordinator.get("/2025/surveys/municipality_eval/edit")
    page.follow("直す：問2").submit("保存する", label="続けますか。")
    form = coordinator.get(TRY).form("試しに回答する")
    data = {**form.fields.to_dict(), "act": "excel"}
    file = coordinator.raw("POST", TRY, data=data).get_data()
    sheet = read_workbook(file, "見本.xlsx")[0]
    assert sheet.name == SHEET
    words = [str(value) for row in sheet.rows for value in row if value]
    assert "回答される方：（見本）" in words
    assert any(word.startswith("続けますか。") for word in words)
    with saved():
        row = open_round("municipality_eval", teams[0].period, by=None)
    page = coordinator.get(f"/rounds/{row.public_id}/forms").submit(files=[("見本.xlsx", file)])
    assert "このシステムが発行した回答票ではありません。" in page.text()


def test_a_condition_on_who_answers_holds_in_every_channel_and_in_the_tables(
    app: Flask, coordinator: Browser, teams: list[Team]
) -> None:
    only_towns(coordinator)
    page = coordinator.get("/2025/surveys/municipality_eval/edit")
    page.follow("違いを見て公開する").submit("版 2025.2 を公開する")
    with saved():
        row = open_round("municipality_eval", teams[0].period, by=None)
    for team in teams:
        is_town = team.challenge.municipality.name == "見本町"
        user = make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)
        page = Browser(app).sign_in_as(user).get("/2025/my-surveys").follow("回答する")
        page = page.submit("回答を始める")
        assert ("問3" in questions(page)) is is_town
        page = page.submit("保存して次へ", overall="5", cont="not_need")
        assert page.heading == "回答の確認"
        page.submit("提出する")
    with saved():
        close_round("municipality_eval", teams[0].period, by=None)
    db.session.expire_all()
    table = tabulate(definition_of(row), "change", counted_answers(row), min_base=0)
    assert (table.n, table.not_asked) == (1, 1)


def test_a_correction_of_a_fact_moves_nobody_to_other_questions(
    app: Flask, coordinator: Browser, teams: list[Team]
) -> None:
    """What conditions know of a respondent is kept from the opening of the survey on."""
    only_towns(coordinator)
    page = coordinator.get("/2025/surveys/municipality_eval/edit")
    page.follow("違いを見て公開する").submit("版 2025.2 を公開する")
    with saved():
        row = open_round("municipality_eval", teams[0].period, by=None)

    def rename(name: str) -> None:
        with saved():
            for team in teams:
                team.challenge.municipality.name = name

    def bases() -> tuple[int, int]:
        db.session.expire_all()
        table = tabulate(definition_of(row), "change", counted_answers(row), min_base=0)
        return table.n, table.not_asked

    accounts = [make_user(Role.MUNICIPALITY, municipality=t.challenge.municipality) for t in teams]
    rename("統合市")
    for account, is_asked in zip(accounts, (True, False), strict=True):
        page = Browser(app).sign_in_as(account).get("/2025/my-surveys").follow("回答する")
        page = page.submit("回答を始める")
        assert ("問3" in questions(page)) is is_asked
        page.submit("保存して次へ", overall="5", cont="not_need").submit("提出する")
    with saved():
        close_round("municipality_eval", teams[0].period, by=None)
    assert bases() == (1, 1)
    assert {one.attrs["municipality.kind"] for one in grouped_answers(row)} == {"町", "村"}
    rename("別の町")
    assert bases() == (1, 1)


def test_facts_of_a_round_that_was_open_before_they_were_kept_are_kept_at_closing(
    app: Flask, teams: list[Team]
) -> None:
    with saved():
        row = open_round("municipality_eval", teams[0].period, by=None)
        for invitation in db.session.scalars(select(Invitation)):
            invitation.facts = None
    with saved():
        close_round("municipality_eval", teams[0].period, by=None)
    found = db.session.scalars(select(Invitation).where(Invitation.round_id == row.id))
    assert sorted(one.facts["municipality.kind"] for one in found if one.facts) == ["村", "町"]


@pytest.mark.parametrize(
    ("identity", "condition", "message"),
    [
        ("identified", "attr('municipality.kind') = '町'", ""),
        (
            "identified",
            "attr('municipality.kinds') = '町'",
            "もしかして「municipality.kind」ではありませんか。",
        ),
        ("identified", "attr('municipality.kind') = '町村'", "という団体の種類はありません。"),
        ("anonymous", "attr('municipality.kind') = '町'", "記名の調査だけで使えます。"),
    ],
)
def test_only_known_facts_and_only_where_names_are_kept(
    identity: str, condition: str, message: str
) -> None:
    text = small_text(f'- {{name: q, type: number, label: 数, relevant: "{condition}"}}').replace(
        "identity: identified", f"identity: {identity}"
    )
    found = "".join(fault.message for fault in lint_text(text, "x") if fault.severity == "error")
    assert message in found
    assert bool(found) is bool(message)


def test_a_faulty_draft_is_not_tried(coordinator: Browser) -> None:
    coordinator.get("/2025/surveys/municipality_eval/edit").submit("下書きを作る")
    page = coordinator.get("/2025/surveys/municipality_eval/edit")
    page.follow("直す：問1").submit("保存する", label="")
    assert "下書きに誤りがあるので、公開済みの内容を表示しています。" in coordinator.get(TRY).text()
