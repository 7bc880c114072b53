"""What a prefecture says of a challenge and a ministry of its officials: who writes, who reads."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from companion.applications.models import Challenge, Official
from companion.applications.terms import ChallengeState, OfficialState
from companion.audits.terms import label_of
from companion.core.access import Role
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.screening.actions.opinions import give_opinion
from companion.screening.models import Opinion
from companion.screening.terms import Stance
from tests.kit.makers import (
    account_of,
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_user,
    viewer_as,
)
from tests.kit.pages import Browser, Page, count_queries

CHALLENGES = "管内の課題1件（意見を待つものが先）"
VERSIONS = "意見（新しい版が先）"


@pytest.fixture
def challenge(app: Flask) -> Challenge:
    make_period()
    return make_challenge(make_municipality("あさひ見本町", prefecture_code="20"))


@pytest.fixture
def applicant(app: Flask) -> Official:
    make_period()
    return make_official("応募 一郎", ministry_code="mlit", state=OfficialState.CONSENTED)


def signed_in(app: Flask, role: Role, **values: object) -> Browser:
    return Browser(app).sign_in_as(make_user(role, **values))  # type: ignore[arg-type]


@pytest.fixture
def prefecture(app: Flask) -> Browser:
    return signed_in(app, Role.PREFECTURE, prefecture_code="20", name="県 花子")


@pytest.fixture
def ministry(app: Flask) -> Browser:
    return signed_in(app, Role.MINISTRY, ministry_code="mlit", name="窓口 太郎")


@pytest.fixture
def boss(app: Flask) -> Browser:
    return signed_in(app, Role.COORDINATOR)


def said(page: Page, stance: str, note: str = "", button: str = "意見を保存する") -> Page:
    return page.submit(button, stance=stance, note=note)


def opinion_of(browser: Browser, row: Challenge | Official) -> Page:
    kind = "challenges" if isinstance(row, Challenge) else "officials"
    return browser.get(f"/{kind}/{row.public_id}/opinion")


def test_a_prefecture_says_what_it_thinks_and_the_screening_reads_it(
    app: Flask, challenge: Challenge, prefecture: Browser, boss: Browser
) -> None:
    home = prefecture.get("/")
    assert "意見を待っている課題：1件" in home.text()
    listed = prefecture.get(home.links["意見を待っている課題"])
    assert listed.table(CHALLENGES)[0]["意見"] == "待っています"
    page = prefecture.get(listed.links["あさひ見本町"])
    assert page.facts["課題名"] == challenge.title
    assert "見本 花子" not in page.text()  # contacts are known once the team is announced
    page = said(page, "concern", "広域の計画と重なる。")
    assert "完了 意見を保存しました。審査で事務局が読みます。" in page.notices
    assert "意見を待っている課題" not in prefecture.get("/").text()
    page = said(page, "recommended", "計画を直すと聞いた。", "意見を直す")
    rows = page.table(VERSIONS)
    assert [(row["版"], row["意見"]) for row in rows] == [
        ("2（いまの意見）", "推薦する"),
        ("1", "懸念あり"),
    ]
    assert rows[0]["書いた人"] == "県 花子"
    for reader in (boss, signed_in(app, Role.AUDITOR)):
        shown = reader.get(f"/challenges/{challenge.public_id}/screening")
        rows = shown.table(VERSIONS)
        assert [row["理由や条件"] for row in rows] == [
            "計画を直すと聞いた。",
            "広域の計画と重なる。",
        ]
        assert reader.get("/2025/screening").table("課題1件の審査")[0]["都道府県"] == "推薦する"


def test_a_ministry_writes_about_its_own_officials(
    applicant: Official, ministry: Browser, boss: Browser
) -> None:
    make_official("別の 省", ministry_code="env", state=OfficialState.CONSENTED)
    home = ministry.get("/")
    assert "意見を待っている応募：1人" in home.text()
    listed = ministry.get(home.links["意見を待っている応募"])
    assert [row["氏名"] for row in listed.table()] == ["応募 一郎"]
    page = ministry.get(listed.links["応募 一郎"])
    bare = said(page, "disagreed")
    assert bare.status == 422
    assert any("理由や条件を入力してください" in error for error in bare.errors)
    assert bare.form("意見を保存する").fields["stance"] == "disagreed"
    said(bare, "disagreed", "国会対応と重なる。")
    rows = boss.get("/2025/screening/officials").table()
    assert {row["氏名"]: row["府省庁の意見"] for row in rows} == {
        "応募 一郎": "不同意",
        "別の 省": "－",
    }
    shown = boss.get(f"/officials/{applicant.public_id}/screening")
    assert "府省庁の意見は「不同意」です" in shown.text()
    assert shown.table(VERSIONS)[0]["理由や条件"] == "国会対応と重なる。"
    actions = set(db.session.scalars(select(AuditLine.action)))
    assert "official.opinion" in actions
    assert label_of("official.opinion") == "応募職員：意見の記入"
    assert label_of("challenge.opinion") == "市町村の課題：意見の記入"


def test_whom_somebody_warns_of_is_not_accepted_with_the_clear_ones(
    challenge: Challenge, applicant: Official, prefecture: Browser, ministry: Browser, boss: Browser
) -> None:
    said(opinion_of(prefecture, challenge), "concern", "懸念")
    said(opinion_of(ministry, applicant), "conditional", "4月から")
    page = boss.get("/2025/screening").submit("問題のない応募をまとめて対象にする")
    assert "完了 課題0件と職員0人を「対象」にしました。" in page.notices
    said(opinion_of(prefecture, challenge), "no_objection", "", "意見を直す")
    said(opinion_of(ministry, applicant), "agreed", "", "意見を直す")
    page = boss.get("/2025/screening").submit("問題のない応募をまとめて対象にする")
    assert "完了 課題1件と職員1人を「対象」にしました。" in page.notices


@pytest.mark.parametrize("state", [s for s in ChallengeState if s is not ChallengeState.SUBMITTED])
def test_after_the_decision_a_prefecture_only_reads(
    challenge: Challenge, prefecture: Browser, state: ChallengeState
) -> None:
    open_page = opinion_of(prefecture, challenge)
    said(open_page, "recommended", "よい課題")
    stale = opinion_of(prefecture, challenge)
    with saved():
        db.session.get_one(Challenge, challenge.id).state = state
    page = opinion_of(prefecture, challenge)
    if state is ChallengeState.WITHDRAWN:
        assert page.status == 404
        assert (
            "管内の市町村の課題はまだありません"
            in prefecture.get("/2025/challenges/opinions").text()
        )
        return
    assert "意見の受付は終わりました" in page.text()
    assert "意見を直す" not in page.buttons
    assert page.table(VERSIONS)[0]["理由や条件"] == "よい課題"
    late = said(stale, "concern", "遅れて気づいた。", "意見を直す")
    assert late.status == 422
    assert any("判断が済んだため" in error for error in late.errors)
    assert "遅れて気づいた。" in late.text()
    assert len(db.session.scalars(select(Opinion)).all()) == 1


@pytest.mark.parametrize("state", list(OfficialState))
def test_a_ministry_writes_while_nobody_has_decided(
    applicant: Official, state: OfficialState
) -> None:
    contact = viewer_as(make_user(Role.MINISTRY, ministry_code="mlit"))
    applicant = db.session.get_one(Official, applicant.id)
    with saved():
        applicant.state = state
    if state in {OfficialState.SUBMITTED, OfficialState.CONSENTED}:
        assert give_opinion(applicant, Stance.AGREED, "", seen=0, by=contact).version == 1
        with pytest.raises(Refused, match="変わったところがありません"):
            give_opinion(applicant, Stance.AGREED, " ", seen=1, by=contact)
    else:
        with pytest.raises(Refused, match="判断が済んだため"):
            give_opinion(applicant, Stance.AGREED, "", seen=0, by=contact)


def test_taking_a_decision_back_opens_the_opinion_again(
    challenge: Challenge, prefecture: Browser, boss: Browser
) -> None:
    page = boss.get(f"/challenges/{challenge.public_id}/screening")
    page = page.submit("判断を保存する", verdict="eligible")
    assert "意見を待っている課題" not in prefecture.get("/").text()
    page.submit("判断を保存する", verdict="reopened", reason="誤り")
    assert "意見を待っている課題：1件" in prefecture.get("/").text()


def test_two_contacts_at_once_see_both_texts(
    app: Flask, challenge: Challenge, prefecture: Browser
) -> None:
    other = signed_in(app, Role.PREFECTURE, prefecture_code="20")
    mine, theirs = opinion_of(prefecture, challenge), opinion_of(other, challenge)
    said(mine, "recommended", "わたしの意見")
    page = said(theirs, "concern", "別の意見")
    assert page.status == 409
    assert (
        page.table()[0]["あなたが入力した内容"],
        page.table()[1]["いま保存されている内容"],
    ) == ("懸念あり", "わたしの意見")


def test_out_of_reach_is_not_there(
    app: Flask, challenge: Challenge, applicant: Official, prefecture: Browser, ministry: Browser
) -> None:
    town = challenge.municipality
    strangers = [
        signed_in(app, Role.PREFECTURE, prefecture_code="30"),
        signed_in(app, Role.MINISTRY, ministry_code="env"),
        signed_in(app, Role.MUNICIPALITY, municipality=town),
        Browser(app).sign_in_as(account_of(applicant)),
        signed_in(app, Role.COORDINATOR),
        signed_in(app, Role.AUDITOR),
    ]
    for browser in strangers:
        assert opinion_of(browser, challenge).status == 404
        assert opinion_of(browser, applicant).status == 404
    assert opinion_of(prefecture, applicant).status == 404
    assert opinion_of(ministry, challenge).status == 404


def test_who_applied_never_reads_it(
    app: Flask, challenge: Challenge, applicant: Official, prefecture: Browser, ministry: Browser
) -> None:
    said(opinion_of(prefecture, challenge), "concern", "市には言えない。")
    said(opinion_of(ministry, applicant), "disagreed", "本人には言えない。")
    town = signed_in(app, Role.MUNICIPALITY, municipality=challenge.municipality)
    person = Browser(app).sign_in_as(account_of(applicant))
    for browser, path in (
        (town, f"/challenges/{challenge.public_id}"),
        (town, "/"),
        (person, f"/officials/{applicant.public_id}"),
        (person, "/"),
    ):
        text = browser.get(path).text()
        assert "言えない" not in text
        assert "意見" not in text


def test_lists_cost_the_same_however_long_they_are(
    challenge: Challenge, prefecture: Browser
) -> None:
    with count_queries() as few:
        prefecture.get("/2025/challenges/opinions")
    for number in range(5):
        make_challenge(make_municipality(f"第{number}見本町", prefecture_code="20"))
    with count_queries() as many:
        prefecture.get("/2025/challenges/opinions")
    assert len(many) == len(few)


def test_nothing_to_say_yet_is_said(app: Flask, prefecture: Browser, ministry: Browser) -> None:
    make_period()
    assert (
        "管内の市町村の課題はまだありません" in prefecture.get("/2025/challenges/opinions").text()
    )
    assert "貴府省庁の職員の応募はまだありません" in ministry.get("/2025/officials/opinions").text()
