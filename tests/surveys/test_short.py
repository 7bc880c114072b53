"""Short surveys: for any occasion and anybody, through the usual channels, names forgotten."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text

from companion.commands import cli
from companion.core import clock
from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.periods.models import Period
from companion.surveys.actions import close_round, open_round, record_answer_sets
from companion.surveys.choosing import Whom, names_in, people_of
from companion.surveys.forgetting import forget_names
from companion.surveys.jobs import wipe_traces
from companion.surveys.models import AnswerSet, Invitation, SurveyRound
from companion.surveys.queries import answer_sets, definition_of
from companion.surveys.shelf import definition_named
from companion.teams.models import Team
from tests.kit.makers import (
    account_of,
    make_challenge,
    make_official,
    make_period,
    make_team,
    make_user,
)
from tests.kit.pages import Browser
from tests.surveys.test_anonymity import storage

MINISTRIES = ("mic", "maff", "meti")


@pytest.fixture
def teams(app: Flask) -> list[Team]:
    """Two announced teams of other fields."""
    make_period()
    return [
        make_team(
            make_challenge(fields=[code]),
            [make_official(ministry_code=ministry) for ministry in MINISTRIES],
        )
        for code in ("tourism", "industry")
    ]


def invited(row: SurveyRound) -> list[Invitation]:
    return list(db.session.scalars(select(Invitation).where(Invitation.round_id == row.id)))


def test_who_is_asked(teams: list[Team]) -> None:
    officials, towns = definition_named("backoffice_pulse"), definition_named("visit_pulse")
    period = teams[0].period
    assert len(people_of(officials, period, Whom())) == 6
    assert [team for team, _ in people_of(towns, period, Whom(field_code="industry"))] == [teams[1]]
    some = [teams[0].members[0].official, teams[1].members[2].official]
    named = names_in(f" {some[0].email}\n{some[1].name}、\n\n{some[0].email}")
    assert len(named) == 2
    assert [one for _, one in people_of(officials, period, Whom(names=named))] == some
    ticked = Whom(teams=frozenset({teams[1].public_id}), names=(some[0].email,))
    assert len(people_of(officials, period, ticked)) == 4
    place = teams[0].challenge.municipality
    for word in (place.lg_code, place.lg_code[:5], place.full_name):
        assert people_of(towns, period, Whom(names=(word,))) == [(teams[0], None)]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("nobody@example.go.jp",), "「nobody@example.go.jp」は今期の対象者にいません。"),
        (tuple(f"無人{i}" for i in range(13)), "ほか3件。"),
    ],
)
def test_names_that_are_nobodys_are_told(teams: list[Team], names, said: str) -> None:
    defn = definition_named("backoffice_pulse")
    with pytest.raises(Refused, match=said):
        people_of(defn, teams[0].period, Whom(names=names))
    with pytest.raises(Refused, match="対象者がいません"):
        people_of(defn, teams[0].period, Whom(field_code="99"))


def test_a_coordinator_opens_one_for_a_list_and_again_for_all(
    app: Flask, teams: list[Team]
) -> None:
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = browser.get("/2025/surveys").follow("開始する：後方支援の役立ち度")
    typed = {"occasion": "6月分", "whom": "list", "listed": "だれか"}
    wrong = page.submit("対象を確かめる", **typed)
    assert wrong.errors == ["一覧を貼り付ける：「だれか」は今期の対象者にいません。"]
    typed["listed"] = teams[0].members[0].official.email
    counted = wrong.submit("対象を確かめる", **typed)
    assert "1人に招待を送ります" in counted.text()
    assert "結果は秘匿されます" in counted.text()
    assert db.session.scalars(select(SurveyRound)).all() == []
    opened = counted.submit("招待を送って開始する", **typed)
    assert opened.heading == "後方支援の役立ち度（6月分）の回収状況"
    again = browser.get("/2025/surveys/backoffice_pulse/short")
    again = again.submit("対象を確かめる", occasion="7月分", whom="all")
    assert "6人に招待を送ります" in again.text()
    again.submit("招待を送って開始する", occasion="7月分", whom="all")
    rounds = db.session.scalars(select(SurveyRound).order_by(SurveyRound.id)).all()
    assert [(row.occasion, len(invited(row))) for row in rounds] == [("6月分", 1), ("7月分", 6)]
    same = browser.get("/2025/surveys/backoffice_pulse/short")
    counted = same.submit("対象を確かめる", occasion="7月分", whom="all")
    taken = counted.submit("招待を送って開始する", occasion="7月分", whom="all")
    assert "既に回答受付中です。" in taken.errors[0]


def test_it_is_answered_closed_and_tabulated_like_any_other(app: Flask, teams: list[Team]) -> None:
    period = teams[0].period
    with saved():
        open_round("backoffice_pulse", period, by=None, occasion="6月分")
    browser = Browser(app).sign_in_as(account_of(teams[0].members[0].official))
    page = browser.get("/2025/my-surveys")
    assert "後方支援の役立ち度（6月分）" in page.text()
    page = page.follow("回答する").submit("回答を始める").submit("保存して次へ", useful="4")
    if page.heading != "回答の確認":
        page = page.submit("保存して次へ", kinds=["tools"])
    assert page.submit("提出する").heading == "回答を受け付けました"
    coordinator = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    board = coordinator.get("/2025/surveys").follow("6月分")
    done = board.follow("終了する").submit("終了して結果を見る")
    assert done.heading == "後方支援の役立ち度（6月分）の結果"
    assert "n=10未満" in done.text()


def test_the_names_of_confidential_answers_are_forgotten_in_time(teams: list[Team]) -> None:
    period: Period = teams[0].period
    with saved():
        row = open_round("backoffice_pulse", period, by=None, occasion="6月分")
        record_answer_sets(row, [{"useful": str(n)} for n in (1, 2, 3)])
        close_round("backoffice_pulse", period, by=None, occasion="6月分")
    for days, named in ((29, 3), (30, 0), (31, 0)):
        with clock.held(row.closed_at + dt.timedelta(days=days)), saved():
            forget_names()
        kept = db.session.scalars(select(AnswerSet)).all()
        assert sum(one.invitation_id is not None for one in kept) == named
        assert sum(one.submitted_at is not None for one in kept) == named
    assert sorted(one["useful"] for one in answer_sets(row)) == ["1", "2", "3"]


def test_forgotten_names_leave_the_files_and_the_order_of_arrival(teams: list[Team]) -> None:
    period = teams[0].period
    with saved():
        row = open_round("backoffice_pulse", period, by=None, occasion="6月分")
        record_answer_sets(row, [{"useful": str(1 + n % 5)} for n in range(len(teams))])
        for one in db.session.scalars(select(AnswerSet)):
            one.respondent = "Zwhowroteit"
        close_round("backoffice_pulse", period, by=None, occasion="6月分")
    assert wipe_traces() == 1
    assert b"Zwhowroteit" in storage(), "it is kept as promised"
    with clock.held(row.closed_at + dt.timedelta(days=31)), saved():
        forget_names()
    assert wipe_traces() == 1
    assert b"Zwhowroteit" not in storage()
    if db.engine.dialect.name == "postgresql":
        by_place = db.session.scalars(text("SELECT id FROM answer_sets ORDER BY ctid")).all()
        by_key = db.session.scalars(text("SELECT id FROM answer_sets ORDER BY id")).all()
        assert by_place == by_key, "the place in the file told the order of arrival"


def test_the_great_surveys_are_opened_once_and_short_ones_need_an_occasion(
    teams: list[Team],
) -> None:
    period = teams[0].period
    with pytest.raises(Refused, match="年度に一度"), saved():
        open_round("official_eval", period, by=None, occasion="6月分")
    with pytest.raises(Refused, match="何のための"), saved():
        open_round("visit_pulse", period, by=None)


def test_one_written_for_towns_is_put_to_officials(app: Flask, teams: list[Team]) -> None:
    browser = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = browser.get("/2025/surveys").follow("開始する：訪問後アンケート")
    assert page.facts["今期の対象"] == "支援官 6人、自治体 2団体"
    assert page.fields["audience"] == "municipality", "as the definition says, unless chosen"
    typed = {"occasion": "秋", "audience": "official", "whom": "field", "field_code": "industry"}
    page = page.submit("対象を確かめる", **typed)
    assert "3人に招待を送ります" in page.text()
    page.submit("招待を送って開始する", **typed)
    row = db.session.scalars(select(SurveyRound)).one()
    assert (row.audience, definition_of(row).unit) == ("official", "person")
    assert {one.team_id for one in invited(row)} == {teams[1].id}
    assert all(one.official for one in invited(row))
    town = make_user(Role.MUNICIPALITY, municipality=teams[1].challenge.municipality)
    assert "訪問後" not in Browser(app).sign_in_as(town).get("/2025/my-surveys").text()
    mine = Browser(app).sign_in_as(account_of(teams[1].members[0].official))
    page = mine.get("/2025/my-surveys").follow("回答する")
    assert page.heading == "訪問後アンケート"
    assert "お名前（自治体は団体名）つきで届きます。" in page.facts["回答の扱い"]


def test_the_command_opens_and_closes_an_occasion(
    app: Flask, teams: list[Team], tmp_path: Path
) -> None:
    def run(args: list[str]) -> Result:
        return app.test_cli_runner().invoke(cli, args)

    opened = ["survey", "open", "backoffice_pulse", "--period", "2025", "--occasion", "6月分"]
    listed = tmp_path / "list.txt"
    listed.write_text(teams[0].members[0].official.email + "\n", encoding="utf-8")
    said = run(args=[*opened, "--list", str(listed)])
    assert "1件の招待を作成しました。" in said.output
    assert run(args=opened).exit_code != 0, "it is open already"
    said = run(args=[*opened[:-1], "7月分", "--to", "municipality", "--field", "industry"])
    assert "1件の招待を作成しました。" in said.output
    assert "政策分野「x」はありません。" in run(args=[*opened, "--field", "x"]).output
    closing = ["survey", "close", "backoffice_pulse", "--period", "2025"]
    assert run(args=closing).exit_code != 0, "without its occasion nothing is meant"
    assert "（回収 0／1）" in run(args=[*closing, "--occasion", "6月分"]).output
    states = {row.occasion: row.state.value for row in db.session.scalars(select(SurveyRound))}
    assert states == {"6月分": "closed", "7月分": "open"}
    whole = ["survey", "open", "official_eval", "--period", "2025", "--to", "municipality"]
    assert "対象は、定義のとおりです" in run(args=whole).output
