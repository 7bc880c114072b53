"""The screening as a coordinator does it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from companion.applications.models import Challenge, Official, OfficialPlace
from companion.applications.terms import ChallengeState, OfficialState, PlaceRelation
from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.mail import Letter
from companion.matching.queries.freezing import freeze
from companion.people.models import User
from companion.screening.actions import prepare_criteria
from tests.kit.makers import (
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_team,
    make_user,
)
from tests.kit.pages import Browser, Page, count_queries


@pytest.fixture
def coordinator(app: Flask) -> User:
    make_period()
    return make_user(Role.COORDINATOR, name="審査 一郎")


@pytest.fixture
def criteria(coordinator: User) -> list[int]:
    with saved():
        return [row.id for row in prepare_criteria(make_period(), by=None)]


def opened(app: Flask, user: User, path: str = "/2025/screening") -> Page:
    return Browser(app).sign_in_as(user).get(path)


def review(page: Page, criteria: list[int], level: int, note: str = "") -> Page:
    return page.submit(
        "評価を保存する", **{f"level_{key}": str(level) for key in criteria}, note=note
    )


def test_nothing_to_screen_is_said(app: Flask, coordinator: User) -> None:
    assert "審査する課題がまだありません" in opened(app, coordinator).text()
    assert "応募職員がまだいません" in opened(app, coordinator, "/2025/screening/officials").text()
    assert (
        "同意が未確認の職員はいません"
        in opened(app, coordinator, "/2025/screening/consents").text()
    )
    conflicts = opened(app, coordinator, "/2025/screening/conflicts")
    assert "利害関係の申告も登録もありません" in conflicts.text()


def test_criteria_begin_as_a_draft_and_are_weighed(app: Flask, coordinator: User) -> None:
    page = opened(app, coordinator, "/2025/screening/criteria").submit("たたき台の観点を作る")
    key = next(name for name in page.fields if name.startswith("weight_")).split("_")[1]
    bad = page.submit("保存して評点を計算し直す", **{f"weight_{key}": "101"})
    assert any("0～100の整数" in error for error in bad.errors)
    zero = {name: "0" for name in page.fields if name.startswith("weight_")}
    assert any(
        "重みがすべて0" in error for error in page.submit("保存して評点を計算し直す", **zero).errors
    )
    good = page.submit("保存して評点を計算し直す", **{f"weight_{key}": "50"})
    assert "完了 観点を保存しました。評点も計算し直しました。" in good.notices
    assert good.fields[f"weight_{key}"] == "50"


def test_two_reviewers_see_each_other_only_afterwards(
    app: Flask, coordinator: User, criteria: list[int]
) -> None:
    challenge = make_challenge(make_municipality("あさひ見本町"))
    second = make_user(Role.COORDINATOR, name="別の人")
    here = f"/challenges/{challenge.public_id}/screening"
    page = review(opened(app, coordinator, here), criteria, 5, "とてもよい")
    assert "完了 評価を保存しました。" in page.notices
    before = opened(app, second, here)
    assert "1人が評価しています" in before.text()
    assert "とてもよい" not in before.text()
    after = review(before, criteria, 2)
    assert [row["評価者"] for row in after.table("評価者ごとの評価")] == ["別の人", "審査 一郎"]
    assert "評価の開きが2段階以上あります" in after.text()
    row = opened(app, coordinator).table("課題1件の審査")[0]
    assert (row["評価者"], row["平均"], row["評点"], row["あなた"]) == ("2人", "3.50", "6.25", "済")
    assert row["開き"] == "3.00 要相談"
    db.session.expire_all()
    assert db.session.get_one(Challenge, challenge.id).merit == 625
    assert freeze(make_period(), team_count=1).problem.challenges[0].merit == 625


def test_a_criterion_left_out_is_named_and_the_rest_stays(
    app: Flask, coordinator: User, criteria: list[int]
) -> None:
    challenge = make_challenge()
    page = opened(app, coordinator, f"/challenges/{challenge.public_id}/screening")
    page = page.submit("評価を保存する", **{f"level_{criteria[0]}": "4"}, note="途中")
    assert page.status == 422
    assert len(page.errors) >= 3
    assert page.form("評価を保存する").fields["note"] == "途中"
    assert page.form("評価を保存する").fields[f"level_{criteria[0]}"] == "4"


def test_the_same_reviewer_in_two_tabs_sees_both_texts(
    app: Flask, coordinator: User, criteria: list[int]
) -> None:
    challenge = make_challenge()
    first = opened(app, coordinator, f"/challenges/{challenge.public_id}/screening")
    second = first.browser.get(first.path)
    review(first, criteria, 4, "一つ目のタブ")
    page = review(second, criteria, 3, "二つ目のタブ")
    assert page.status == 409
    assert "一つ目のタブ" in page.text()
    assert "二つ目のタブ" in page.text()


def test_turning_down_needs_a_reason_and_can_be_taken_back(app: Flask, coordinator: User) -> None:
    challenge = make_challenge(population=120_000)
    page = opened(app, coordinator, f"/challenges/{challenge.public_id}/screening")
    assert "人口が目安（100,000人）以上です" in page.text()
    page = page.submit("判断を保存する", verdict="ineligible")
    assert any("理由を入力してください" in error for error in page.errors)
    page = page.submit("判断を保存する", reason="昨年度に支援済み", verdict="ineligible")
    row = page.table("これまでの判断")[0]
    assert (row["判断"], row["理由"]) == ("対象外", "昨年度に支援済み")
    assert freeze(make_period(), team_count=1).problem.challenges == ()
    page = page.submit("判断を保存する", verdict="reopened", reason="誤り")
    assert [row["判断"] for row in page.table("これまでの判断")] == ["判断を取り消し", "対象外"]
    assert len(freeze(make_period(), team_count=1).problem.challenges) == 1


def test_whom_nothing_speaks_against_is_accepted_at_one_stroke(
    app: Flask, coordinator: User
) -> None:
    clear, big = make_challenge(), make_challenge(population=100_000)
    agreed = make_official(has_consent=True, state=OfficialState.CONSENTED)
    missing = make_official(has_consent=False, state=OfficialState.SUBMITTED)
    page = opened(app, coordinator).submit("問題のない応募をまとめて対象にする")
    assert "完了 課題1件と職員1人を「対象」にしました。" in page.notices
    db.session.expire_all()
    states = [db.session.get_one(Challenge, row.id).state for row in (clear, big)]
    assert states == [ChallengeState.ELIGIBLE, ChallengeState.SUBMITTED]
    people = [db.session.get_one(Official, row.id).state for row in (agreed, missing)]
    assert people == [OfficialState.ELIGIBLE, OfficialState.SUBMITTED]


def test_consents_are_chased_once_a_day_and_noted(app: Flask, coordinator: User) -> None:
    waiting = make_official("同意 待子", has_consent=False, state=OfficialState.SUBMITTED)
    make_official(has_consent=True)
    page = opened(app, coordinator, "/2025/screening/consents")
    assert [row["氏名"] for row in page.table()] == ["同意 待子"]
    page = page.submit("1人にお願いの手紙を送る")
    assert page.table()[0]["お願いした回数"] == "1回"
    assert db.session.scalars(select(Letter.recipient)).all() == [waiting.email]
    again = page.submit("1人にお願いの手紙を送る")
    assert "今日はもう送っています。" in " ".join(again.notices)
    assert len(db.session.scalars(select(Letter.id)).all()) == 1
    done = again.submit("同意を記録する")
    assert "同意が未確認の職員はいません" in done.text()
    official = db.session.get_one(Official, waiting.id)
    assert (official.has_consent, official.state) == (True, OfficialState.CONSENTED)


def test_a_conflict_found_keeps_the_pair_apart_until_it_is_lifted(
    app: Flask, coordinator: User
) -> None:
    town = make_municipality("あさひ見本町", prefecture_code="20")
    make_challenge(town)
    official = make_official("利害 有人", conflict_note="補助金を担当")
    listed = opened(app, coordinator, "/2025/screening/conflicts")
    assert listed.table()[0]["確認"] == "場所が不明"
    page = listed.follow("利害 有人")
    page = page.submit("登録する", place="どこかの町", interest="補助金")
    assert any("市町村名でも都道府県名でもありません" in error for error in page.errors)
    assert page.form("登録する").fields["interest"] == "補助金"
    page = page.submit("登録する", place="長野県あさひ見本町", interest="補助金の採択")
    assert "完了 利害関係を登録しました。この組合せは編成されません。" in page.notices
    problem = freeze(make_period(), team_count=1).problem
    assert problem.officials[0].conflicts == (("municipality", town.lg_code),)
    page = page.submit("解除する", reason="担当が変わった")
    assert "完了 利害関係を解除しました。" in page.notices
    assert freeze(make_period(), team_count=1).problem.officials[0].conflicts == ()
    assert official.email not in page.text()


def test_the_auditor_reads_and_changes_nothing(app: Flask, criteria: list[int]) -> None:
    challenge = make_challenge()
    page = opened(app, make_user(Role.AUDITOR), f"/challenges/{challenge.public_id}/screening")
    assert page.buttons == []
    assert "まだ評価がありません" in page.text()


def test_the_list_takes_the_same_queries_for_few_and_many(app: Flask, coordinator: User) -> None:
    browser = Browser(app).sign_in_as(coordinator)
    make_challenge()
    with count_queries() as few:
        browser.get("/2025/screening")
    for _ in range(6):
        make_challenge()
    with count_queries() as many:
        browser.get("/2025/screening")
    assert len(many) == len(few)
    assert len(many) <= 10


def test_who_cannot_serve_islands_is_kept_away_once_the_place_is_marked(
    app: Flask, coordinator: User
) -> None:
    challenge = make_challenge(make_municipality("しま見本町", prefecture_code="46"))
    official = make_official()
    with saved():
        db.session.add(
            OfficialPlace(official_id=official.id, relation=PlaceRelation.EXCLUDED, words="離島")
        )
    assert freeze(make_period(), team_count=1).problem.officials[0].excluded == ()
    page = opened(app, coordinator, f"/challenges/{challenge.public_id}/screening")
    page = page.submit("遠さを保存する", remoteness="3")
    assert "完了 場所の遠さを保存しました。" in page.notices
    problem = freeze(make_period(), team_count=1).problem
    assert problem.challenges[0].remoteness == 3
    assert problem.officials[0].excluded == (("municipality", challenge.lg_code),)


def test_last_years_members_are_known_to_the_match(app: Flask, coordinator: User) -> None:
    town = make_municipality()
    team = make_team(make_challenge(town, period=make_period(2024)))
    make_challenge(town, period=make_period(2025))
    (challenge,) = freeze(make_period(2025), team_count=1).problem.challenges
    assert challenge.last_members == tuple(sorted(m.official.email for m in team.members))
