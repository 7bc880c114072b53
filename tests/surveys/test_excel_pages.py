"""Excel forms and paper answers through the pages: nothing that stands is overwritten unseen."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from companion.core.access import Role
from companion.core.db import db, saved
from companion.surveys.actions import close_round, open_round
from companion.surveys.models import AnswerSet, Invitation, Receipt, ResponseDay, SurveyRound
from companion.surveys.publishing import publish_version
from companion.teams.models import Team
from tests.kit.makers import make_official, make_period, make_team, make_user
from tests.kit.pages import Browser, Page
from tests.surveys.makers import municipality_eval
from tests.surveys.test_three_channels import filled

GOOD = {"overall": "５", "cont": "わからない", "change": "変わった"}


@pytest.fixture
def teams(app: Flask) -> list[Team]:
    """Two announced teams whose municipalities are asked."""
    make_period()
    made = [
        make_team(officials=[make_official(ministry_code=c) for c in ("mic", "maff", "meti")])
        for _ in range(2)
    ]
    with saved():
        open_round("municipality_eval", made[0].period, by=None)
    return made


def town(app: Flask, team: Team) -> Browser:
    user = make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)
    return Browser(app).sign_in_as(user)


def invitation_of(team: Team) -> Invitation:
    return db.session.scalars(select(Invitation).where(Invitation.team_id == team.id)).one()


def form_of(app: Flask, team: Team) -> bytes:
    path = f"/answer/{invitation_of(team).public_id}"
    browser = town(app, team)
    page = browser.get(path).follow("Excelの回答票で提出する")
    assert page.heading == "Excelで提出する"
    return page.submit("回答票をダウンロードする").data


def coordinator(app: Flask) -> Browser:
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def drop(browser: Browser, *files: tuple[str, bytes]) -> Page:
    row = db.session.scalars(select(SurveyRound)).one()
    page = browser.get(f"/rounds/{row.public_id}").follow("回答票（Excel）を取り込む")
    return page.submit("取り込む", files=list(files))


def test_many_forms_dropped_at_once(app: Flask, teams: list[Team]) -> None:
    first, second = (form_of(app, team) for team in teams)
    browser = coordinator(app)
    page = drop(
        browser,
        ("一.xlsx", filled(first, GOOD, moved=2)),
        ("二.xlsx", filled(second, GOOD | {"overall": "とても良い"})),
        ("三.xlsx", b"not a workbook"),
    )
    told = {row["ファイル"]: (row["結果"], row["内容"]) for row in page.table()}
    assert told["一.xlsx"] == ("受付済み", "－")
    assert told["二.xlsx"][0] == "要修正"
    assert "問1の「とても良い」という選択肢はありません。" in told["二.xlsx"][1]
    assert told["三.xlsx"][0] == "受付不可"
    marked = page.follow("赤い印の付いた回答票").data
    sheet = load_workbook(io.BytesIO(marked))["回答票"]
    red = [c for row in sheet for c in row if c.fill.fgColor.rgb == "00FFC7CE"]
    assert [cell.value for cell in red] == ["とても良い"]
    assert red[0].comment is not None
    receipt = db.session.scalars(select(Receipt)).one()
    assert (receipt.channel.value, len(receipt.file_sha256 or "")) == ("excel", 64)
    assert [day.count for day in db.session.scalars(select(ResponseDay))] == [1]
    again = drop(browser, ("一.xlsx", filled(first, GOOD)))
    assert again.table()[0]["結果"] == "受付済みの回答と同じ"


def test_a_second_file_is_compared_and_confirmed(app: Flask, teams: list[Team]) -> None:
    form, browser = form_of(app, teams[0]), coordinator(app)
    drop(browser, ("一.xlsx", filled(form, GOOD)))
    page = drop(browser, ("改.xlsx", filled(form, GOOD | {"overall": 2})))
    assert page.table()[0]["結果"] == "確認が必要"
    page = page.follow("違いを確かめる")
    assert "5（良い）" in page.text("table")
    assert page.fields["overall"] == "2"
    refused = page.submit("この内容で受け付ける", channel="excel")
    assert "置き換えてよければ印を付けてください。" in refused.errors[0]
    standing = select(AnswerSet).where(AnswerSet.is_withdrawn.is_(False))
    assert db.session.scalars(standing).one().answers["overall"] == "5"
    refused.submit("この内容で受け付ける", confirmed=True)
    assert db.session.scalars(standing).one().answers["overall"] == "2"


def test_another_or_closed_is_told_in_one_sentence(app: Flask, teams: list[Team]) -> None:
    others = filled(form_of(app, teams[1]), GOOD)
    browser, path = town(app, teams[0]), f"/answer/{invitation_of(teams[0]).public_id}/excel"
    page = browser.get(path).submit("読み取って確認する", file=("他.xlsx", others))
    assert page.errors[0].endswith("別の方の回答票です。ご自分の回答票を選んでください。")
    own = filled(form_of(app, teams[0]), GOOD)
    page = browser.get(path).submit("読み取って確認する", file=("自.xlsx", own))
    assert page.heading == "回答の確認"
    assert page.submit("提出する").heading == "回答を受け付けました"
    assert db.session.scalars(select(Receipt)).one().channel.value == "excel"
    with saved():
        close_round("municipality_eval", teams[0].period, by=None)
    page = browser.get(path).submit("読み取って確認する", file=("自.xlsx", own))
    assert "受付は終了しました" in page.errors[0]


def test_a_form_of_an_older_version_is_told(app: Flask, teams: list[Team]) -> None:
    old = filled(form_of(app, teams[0]), GOOD)
    newer = municipality_eval().model_copy(update={"version": "2025.2"})
    with saved():
        row = db.session.scalars(select(SurveyRound)).one()
        row.version = publish_version(newer, by=None)
    path = f"/answer/{invitation_of(teams[0]).public_id}/excel"
    page = town(app, teams[0]).get(path).submit("読み取って確認する", file=("旧.xlsx", old))
    assert page.errors[0].endswith(
        "古い版の回答票です。新しい回答票をダウンロードし、書き写してください。"
    )
    assert db.session.scalars(select(AnswerSet)).all() == []


def test_paper_is_typed_in_with_the_operator(app: Flask, teams: list[Team]) -> None:
    browser = coordinator(app)
    page = browser.get(f"/invitations/{invitation_of(teams[0]).public_id}/enter")
    wrong = page.submit("この内容で受け付ける", channel="paper", change="電話メモ")
    assert wrong.errors == ["問1に回答してください。", "問2に回答してください。"]
    assert wrong.fields["change"] == "電話メモ"
    done = wrong.submit("この内容で受け付ける", channel="phone", overall="4", cont="dk")
    assert done.heading == "伴走支援自治体アンケートの回収状況"
    receipt = db.session.scalars(select(Receipt)).one()
    assert receipt.channel.value == "phone"
    assert "@" in receipt.operator


def test_columns_that_were_moved_are_found_by_their_heading(app: Flask, teams: list[Team]) -> None:
    book = load_workbook(io.BytesIO(filled(form_of(app, teams[0]), GOOD)))
    book["回答票"].insert_cols(3, 2)
    out = io.BytesIO()
    book.save(out)
    page = drop(coordinator(app), ("動.xlsx", out.getvalue()))
    assert page.table()[0]["結果"] == "受付済み"
