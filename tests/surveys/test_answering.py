"""Answering, opening, closing and reading a survey, as people see it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.mail import Letter
from companion.periods.models import Period
from companion.surveys.actions import close_round, open_round
from companion.surveys.models import AnswerDraft, AnswerSet, Invitation
from companion.teams.models import Team
from tests.kit.makers import account_of, make_official, make_period, make_team, make_user
from tests.kit.pages import Browser, Page, count_queries

CLOSED = "このアンケートの受付は終了しました。"


@pytest.fixture
def team(app: Flask) -> Team:
    """One announced team; its municipality and its three officials are the population."""
    make_period()
    return make_team(officials=[make_official(ministry_code=c) for c in ("mic", "maff", "meti")])


def opened(survey_id: str, period: Period) -> None:
    with saved():
        open_round(survey_id, period, by=None)


def town(app: Flask, team: Team) -> Browser:
    user = make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)
    return Browser(app).sign_in_as(user)


def begin(browser: Browser) -> Page:
    page = browser.get("/2025/my-surveys")
    start = page.follow("回答する")
    return start.submit("回答を始める")


def stored() -> list[AnswerSet]:
    db.session.expire_all()
    return list(db.session.scalars(select(AnswerSet).order_by(AnswerSet.is_withdrawn)))


def test_a_municipality_answers_in_its_own_name(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    browser = town(app, team)
    start = browser.get("/2025/my-surveys").follow("回答する")
    assert start.heading == "伴走支援自治体アンケート"
    assert team.challenge.municipality.full_name in start.text()
    assert "内閣官房の担当者には、お名前（自治体は団体名）つきで届きます。" in start.text()
    page = start.submit("回答を始める").submit("保存して次へ")
    assert page.errors == ["問1に回答してください。", "問2に回答してください。"]
    page = page.submit("保存して次へ", overall="5", cont="need", change="視点が変わった。")
    assert page.errors == ["問2-1に回答してください。"], "asked because of the answer before"
    page = page.submit("保存して次へ", cont_years="y2", change__consent="yes")
    assert page.heading == "回答の確認"
    assert "継続が必要" in page.text()
    assert "公表資料への掲載：可" in page.text()
    done = page.submit("提出する", respondent="企画課 見本")
    assert done.heading == "回答を受け付けました"
    (answer,) = stored()
    assert answer.answers == {
        "overall": "5",
        "cont": "need",
        "cont_years": "y2",
        "change": "視点が変わった。",
        "change__consent": "yes",
    }
    assert answer.respondent == "企画課 見本"


def test_a_correction_withdraws_the_answer_and_keeps_both(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    browser = town(app, team)
    page = begin(browser).submit("保存して次へ", overall="4", cont="dk")
    page.submit("提出する")
    again = browser.get("/2025/my-surveys").follow("回答を見直す").follow("回答を訂正する")
    assert again.fields["overall"] == "4"
    again.submit("保存して次へ", overall="3").submit("提出する")
    assert [(a.answers["overall"], a.is_withdrawn) for a in stored()] == [("3", False), ("4", True)]


def test_a_hidden_answer_is_not_handed_in(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    page = begin(town(app, team)).submit("保存して次へ", overall="5", cont="need")
    page = page.submit("保存して次へ", cont_years="y1")
    back = page.browser.get(page.path.replace("/check", "/1"))
    back.submit("保存して次へ", cont="not_need").submit("提出する")
    assert "cont_years" not in stored()[0].answers


def test_a_mailed_link_opens_the_own_answer_only(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    opened("official_eval", team.period)
    letters = db.session.scalars(select(Letter).order_by(Letter.id)).all()
    path = "/s/" + letters[0].body.split("/s/")[1].split()[0]
    browser = Browser(app)
    for _ in range(3):  # a scanner that follows it uses nothing up
        page = browser.get(path)
    assert page.heading == "伴走支援自治体アンケート"
    assert "/s/" not in page.path
    others = db.session.scalars(select(Invitation).where(Invitation.official_id.is_not(None))).all()
    assert browser.get(f"/answer/{others[0].public_id}").status == 404
    assert Browser(app).get(page.path).status == 404
    assert Browser(app).get("/s/nothing-of-the-kind").status == 404


def test_an_official_answers_anonymously_and_goes_on_elsewhere(app: Flask, team: Team) -> None:
    opened("official_eval", team.period)
    user = account_of(team.members[0].official)
    browser = Browser(app).sign_in_as(user)
    page = begin(browser)
    assert "回答は匿名です。" in browser.get("/2025/my-surveys").follow("回答する").text()
    page = page.submit("保存して後で続ける", overall="4", reasons=["field", "diverse"])
    code = page.text("code")
    draft = db.session.scalars(select(AnswerDraft)).one()
    assert draft.invitation_id is None
    assert draft.respondent == ""
    elsewhere = Browser(app).sign_in_as(user)
    start = elsewhere.get("/2025/my-surveys").follow("回答する")
    wrong = start.submit("続きを開く", code="違うコード")
    assert wrong.errors == [
        "再開用コード：このコードの回答は見つかりません。写し間違いがないか確かめてください。"
    ]
    page = wrong.submit("続きを開く", code=code).follow("続きから回答する")
    assert page.fields["overall"] == "4"
    page = page.submit("保存して次へ")
    page = page.submit("保存して次へ", backoffice="unused")
    assert page.heading == "回答の確認"
    assert page.submit("提出する").heading == "回答を受け付けました"
    assert stored() == [], "sealed until closing"
    with saved():
        close_round("official_eval", team.period, by=None)
    (answer,) = stored()
    assert answer.invitation_id is None
    assert answer.submitted_at is None
    assert answer.answers["reasons"] == ["field", "diverse"]


def test_two_tabs_overwrite_nothing_unseen(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    browser = town(app, team)
    first, second = begin(browser), begin(browser)
    first.submit("保存して次へ", overall="5", cont="dk")
    page = second.submit("保存して次へ", overall="1", cont="dk", change="二つ目の画面")
    assert page.status == 409
    assert "別の画面でこの回答が保存されています" in page.text()
    assert page.fields["change"] == "二つ目の画面", "what was typed is still there"
    assert "別の画面で保存された内容：問1 5（良い）問3 （無回答）" in page.notices[0]
    db.session.expire_all()
    assert db.session.scalars(select(AnswerDraft)).one().answers["overall"] == "5"
    assert page.submit("保存して次へ").heading == "回答の確認"


def test_handing_in_twice_is_one_answer(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    page = begin(town(app, team)).submit("保存して次へ", overall="5", cont="dk")
    assert page.submit("提出する").heading == "回答を受け付けました"
    assert page.submit("提出する").heading == "回答を受け付けました"
    assert len(stored()) == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"overall": "9", "cont": "dk"}, "問1"),
        ({"overall": "5", "cont": "perhaps"}, "問2"),
        ({"overall": "5", "cont": "dk", "change": "あ" * 30_000}, "問3"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(
    app: Flask, team: Team, typed: dict[str, str], message: str
) -> None:
    opened("municipality_eval", team.period)
    browser = town(app, team)
    page = begin(browser)
    page = browser.post(page.path, {"seen": page.fields["seen"], **typed})
    assert page.status == 422
    assert len(page.errors) == 1
    assert page.errors[0].startswith(message)
    assert stored() == []


def test_a_closed_survey_says_so(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    browser = town(app, team)
    page = begin(browser)
    with saved():
        close_round("municipality_eval", team.period, by=None)
    page = page.submit("保存して次へ", overall="5", cont="dk", change="書きかけ\n二行目")
    assert (page.status, page.heading) == (409, "伴走支援自治体アンケート")
    assert CLOSED in page.text("body")
    assert "書きかけ 二行目" in page.text(), "what was typed can be copied"
    assert stored() == []


def test_two_tabs_that_hand_in_are_one_answer_and_the_second_is_told(
    app: Flask, team: Team
) -> None:
    opened("municipality_eval", team.period)
    browser = town(app, team)
    first = begin(browser).submit("保存して次へ", overall="5", cont="dk")
    second = browser.get(first.path)
    assert first.submit("提出する").heading == "回答を受け付けました"
    told = second.submit("提出する")  # another form, so another key
    assert "この回答は提出済みです。" in told.text("body")
    assert [answer.answers["overall"] for answer in stored()] == ["5"]


def test_an_answer_to_a_question_that_is_not_asked_is_left_out(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    page = begin(town(app, team))
    typed = {"overall": "5", "cont": "not_need", "cont_years": "y3", "unheard_of": "1"}
    seen = page.fields["seen"]
    page.browser.post(page.path, {"seen": seen, **typed})
    page = page.browser.get(page.path.replace("/1", "/check"))
    said = "問2-1は、ほかの回答から尋ねない設問になるので、提出に含めません。"
    assert said in page.notices[0]
    page.submit("提出する")
    assert stored()[0].answers == {"overall": "5", "cont": "not_need"}


def test_30000_characters_stay_on_the_page(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    page = begin(town(app, team))
    page = page.submit("保存して次へ", overall="5", cont="dk", change="あ" * 30_000)
    assert page.status == 422
    assert page.fields["change"] == "あ" * 30_000


@pytest.mark.parametrize("button", ["保存して次へ", "保存して後で続ける"])
def test_what_cannot_be_kept_overwrites_nothing_and_is_not_left(
    app: Flask, team: Team, button: str
) -> None:
    opened("municipality_eval", team.period)
    browser = town(app, team)
    page = begin(browser)
    page.submit("保存して後で続ける", change="先に書いた文")
    page = browser.get(page.path).submit(button, overall="5", change="い" * 1_001)
    assert (page.status, page.fields["change"]) == (422, "い" * 1_001)
    assert any("1,000文字以内" in error for error in page.errors)
    db.session.expire_all()
    kept = db.session.scalars(select(AnswerDraft)).one().answers
    assert kept == {"change": "先に書いた文", "overall": "5"}


def test_above_twenty_letters_their_number_is_typed(app: Flask, team: Team) -> None:
    for _ in range(6):
        make_team()
    coordinator = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = coordinator.get("/2025/surveys/official_eval/open")
    press = "21件に招待を送って開始する"
    for typed in ("", "20", "２２"):
        page = page.submit(press, typed_count=typed)
        assert page.errors == ["招待を送る件数：送る件数（21）を数字で入力してください。"]
        assert count_of(Letter) == 0
    page.submit(press, typed_count="21")
    assert count_of(Letter) == 21


def count_of(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_coordinator_opens_watches_closes_and_reads(app: Flask, team: Team) -> None:
    coordinator = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = coordinator.get("/2025/surveys")
    rows = {row["アンケート"][:15]: row["状態"] for row in page.table("アンケート 2種")}
    assert set(rows.values()) == {"未開始"}
    page = coordinator.get("/2025/surveys/municipality_eval/open")
    assert page.facts["対象"] == "1団体"
    late = page.submit("1件に招待を送って開始する", closes_on="2025-01-01")
    assert late.errors == ["締切日：締切は、いまより後の日時にしてください。"]
    page = late.submit("1件に招待を送って開始する", closes_on="2025-09-30", closes_time="18:00")
    assert page.heading == "伴走支援自治体アンケートの回収状況"
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 1
    results = page.path + "/results"
    assert "結果は、終了するまで表示しません" in coordinator.get(results).text()
    begin(town(app, team)).submit("保存して次へ", overall="5", cont="dk").submit("提出する")
    status = coordinator.get(page.path)
    assert [row["状態"] for row in status.table()] == ["提出"]
    read = status.follow("終了する").submit("終了して結果を見る")
    assert read.path == results
    assert "配布数 1" in read.text()
    assert "n=1" in read.text()
    assert {row["回答"]: row["回答数"] for row in read.table("全体評価")}["5（良い）"] == "1"


def test_an_auditor_sees_who_answered_but_not_what(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    with saved():
        closed = close_round("municipality_eval", team.period, by=None)
        path = f"/rounds/{closed.public_id}"
    auditor = Browser(app).sign_in_as(make_user(Role.AUDITOR))
    assert auditor.get("/2025/surveys").status == 200
    assert auditor.get(path).status == 200
    assert auditor.get(path + "/results").status == 404
    assert auditor.get("/2025/surveys/official_eval/open").status == 404


def test_lists_ask_the_database_a_fixed_number_of_times(app: Flask, team: Team) -> None:
    coordinator = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    opened("official_eval", team.period)
    survey_round = db.session.scalars(select(Invitation)).first().round.public_id
    for path, most in (("/2025/surveys", 8), (f"/rounds/{survey_round}", 7)):
        with count_queries() as few:
            coordinator.get(path)
        make_team(officials=[make_official(ministry_code="moj")])
        with count_queries() as more:
            coordinator.get(path)
        assert len(few) == len(more) <= most, path


def autosaved(browser: Browser, page: Page, **typed: str) -> Any:
    return browser.raw(
        "POST", f"{page.path}/draft", data={**page.fields.to_dict(flat=False), **typed}
    )


def test_each_answer_is_kept_as_it_is_given(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    browser, colleague = town(app, team), town(app, team)
    page = begin(browser)
    other = colleague.get(page.path)
    answer = autosaved(browser, page, overall="4", change="途中まで")
    assert answer.status_code == 200
    assert answer.get_json()["message"] == "入力した内容を保存しました。"
    again = browser.get(page.path)
    assert (again.fields["overall"], again.fields["change"]) == ("4", "途中まで")
    assert town(app, team).get(page.path).fields["overall"] == "4", "on any machine"
    late = autosaved(colleague, other, overall="1")
    assert late.status_code == 409, "nothing of another window is overwritten"
    assert late.get_json()["message"] == "別の画面でこの回答が保存されています。"
    # The form of the first window knows what it saved, and hands in without a warning.
    sent = {**again.fields.to_dict(flat=False), "cont": "dk"}
    assert browser.post(page.path, sent).heading == "回答の確認"
    assert autosaved(browser, again, overall="9").status_code in {200, 409}
    sent = again.fields.to_dict(flat=False)
    nobody = browser.raw("POST", "/answer/zzzzzzzzzzzzzzzz/1/draft", data=sent)
    assert nobody.status_code == 404


def test_going_back_keeps_what_was_typed(app: Flask, team: Team) -> None:
    opened("official_eval", team.period)
    browser = Browser(app).sign_in_as(account_of(team.members[0].official))
    page = begin(browser).submit("保存して次へ", overall="4", reasons=["field"])
    assert page.heading.startswith("後方支援等の評価")
    page = page.submit("保存して前へ", hours="12")
    assert page.fields["overall"] == "4"
    page = page.submit("保存して次へ")
    assert page.fields["hours"] == "12"


def test_the_receipt_shows_what_was_handed_in(app: Flask, team: Team) -> None:
    opened("municipality_eval", team.period)
    page = begin(town(app, team)).submit("保存して次へ", overall="5", cont="dk")
    page = page.submit("提出する", respondent="企画課 見本")
    assert page.heading == "回答を受け付けました"
    assert page.facts["受付日時"] == "令和7年9月2日（火）10:00"
    assert page.facts["記入した方"] == "企画課 見本"
    assert "わからない" in page.facts.values()
