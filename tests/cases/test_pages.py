"""A good case from the first words to the reader: written, consented to, published, taken back."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from companion.cases.models import Case
from companion.cases.terms import NEEDED, CaseState, Section
from companion.core.access import Role
from companion.core.db import db
from companion.core.mail import Letter
from companion.teams.models import Team
from tests.kit.cases import made_case
from tests.kit.makers import (
    account_of,
    make_challenge,
    make_municipality,
    make_period,
    make_team,
    make_user,
    viewer_as,
)
from tests.kit.pages import Browser, Page, count_queries

TEXTS = {section.value: f"{section.label}について。" for section in NEEDED}
TITLE = "空き店舗を高校生と開く"


@pytest.fixture
def team(app: Flask) -> Team:
    return make_team(make_challenge(make_municipality("旭見本町")))


@pytest.fixture
def own(app: Flask, team: Team) -> Browser:
    return Browser(app).sign_in_as(account_of(team.members[0].official))


@pytest.fixture
def town(app: Flask, team: Team) -> Browser:
    user = make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)
    return Browser(app).sign_in_as(user)


@pytest.fixture
def boss(app: Flask) -> Browser:
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR, email="c@example.jp"))


def begun(own: Browser, team: Team, **values: str) -> Page:
    page = own.get(f"/teams/{team.public_id}").follow("好事例を書く")
    return page.submit("保存する", {"title": TITLE} | TEXTS | values)


def of(team: Team, state: CaseState, title: str = TITLE) -> Case:
    official = viewer_as(account_of(team.members[0].official))
    boss = viewer_as(make_user(Role.COORDINATOR))
    return made_case(team, state, official, boss, title)


def told(subject: str) -> set[str]:
    db.session.expire_all()
    return set(db.session.scalars(select(Letter.recipient).where(Letter.subject == subject)))


def state_of(case: Case) -> CaseState:
    db.session.expire_all()
    return db.session.get_one(Case, case.id).state


def test_from_the_first_words_to_every_reader(
    app: Flask, own: Browser, town: Browser, boss: Browser, team: Team
) -> None:
    assert "好事例はまだ書かれていません" in own.get("/2025/cases/drafts").text()
    page = begun(own, team)
    assert "下書き" in page.text()
    assert town.get(page.path).buttons == [], "a draft asks nothing of the municipality"
    asked = page.submit("自治体に同意を依頼する")
    assert "自治体の同意待ち" in asked.text()
    assert told("【好事例】公開への同意のお願い") == {team.challenge.contact_email}
    reading = town.get("/").follow(TITLE)
    agreed = reading.submit("公開に同意する")
    assert "同意済" in agreed.text()
    members = {member.official.email for member in team.members}
    assert told("【好事例】「同意済（公開待ち）」になりました") == {
        *members,
        team.challenge.contact_email,
        "c@example.jp",
    }
    shown = boss.get("/").follow("公開を待つ好事例").follow(TITLE).submit("公開する")
    assert "公開中" in shown.text()
    article = f"/case-articles/{page.path.rpartition('/')[2]}"
    for role in Role:
        browser = Browser(app).sign_in_as(make_user(role))
        (row,) = browser.get("/2025/cases").table("公開中の好事例 1件（新しい順）")
        assert (row["題名"], row["団体"]) == (TITLE, "長野県旭見本町")
        assert TEXTS["measures"] in browser.get("/2025/cases").follow(TITLE).text()
        assert TEXTS["measures"] in browser.get("/2025/cases/print").text()
        assert browser.get(article).buttons == []
    silent = boss.get(page.path).submit("公開を終える")
    assert any("理由を入力" in error for error in silent.errors)
    ended = boss.get(page.path).submit("公開を終える", comment="数字に誤りがあったため")
    assert "公開終了" in ended.text()
    assert own.get(article).status == 404
    assert "公開中の好事例はまだありません" in own.get("/2025/cases").text()


@pytest.mark.parametrize("role", [Role.PREFECTURE, Role.MINISTRY, Role.OFFICIAL, Role.MUNICIPALITY])
@pytest.mark.parametrize("state", [s for s in CaseState if s is not CaseState.PUBLISHED])
def test_what_is_not_published_is_out_of_reach_of_others(
    app: Flask, team: Team, role: Role, state: CaseState
) -> None:
    case = of(team, state)
    stranger = Browser(app).sign_in_as(
        account_of(make_team().members[0].official)
        if role is Role.OFFICIAL
        else make_user(role, municipality=make_municipality("野見本町"))
        if role is Role.MUNICIPALITY
        else make_user(role)
    )
    for path in ("cases", "case-articles"):
        assert stranger.get(f"/{path}/{case.public_id}").status == 404
    assert TITLE not in stranger.get("/2025/cases").text()


@pytest.mark.parametrize("missing", NEEDED, ids=lambda section: section.value)
def test_what_others_need_has_to_be_there_before_consent_is_asked(
    own: Browser, team: Team, missing: Section
) -> None:
    page = begun(own, team, **{missing.value: " "}).submit("自治体に同意を依頼する")
    assert any(missing.label in notice for notice in page.notices)
    assert told("【好事例】公開への同意のお願い") == set()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", " ", "入力してください"),
        ("title", "あ" * 61, "60文字以内"),
        ("measures", "あ" * 601, "600文字以内"),
        ("cost", "あ" * 61, "60文字以内"),
        ("cost", "あ\nあ\nあ", "2行に収まる"),
        ("measures", "あ\n" * 12, "11行に収まる"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_stays(
    own: Browser, team: Team, field: str, value: str, said: str
) -> None:
    page = begun(own, team, **{"advice": "助言", field: value})
    assert page.status == 422
    assert any(said in error for error in page.errors)
    assert page.fields["advice"] == "助言"


def test_a_municipality_refuses_with_a_note_and_the_team_learns_why(
    own: Browser, town: Browser, team: Team
) -> None:
    case = of(team, CaseState.ASKED)
    page = town.get(f"/cases/{case.public_id}")
    silent = page.submit("同意しない")
    assert any("理由を入力" in error for error in silent.errors)
    done = page.submit("同意しない", comment="商店の名前を消してください。")
    assert done.buttons == []
    seen = own.get("/").follow(TITLE)
    assert any("商店の名前を消してください。" in notice for notice in seen.notices)
    again = seen.submit("自治体に同意を依頼する")
    assert "自治体の同意待ち" in again.text()


@pytest.mark.parametrize("state", [CaseState.CONSENTED, CaseState.PUBLISHED])
def test_a_change_after_consent_asks_for_it_again(
    own: Browser, town: Browser, boss: Browser, team: Team, state: CaseState
) -> None:
    case = of(team, state)
    before = len(db.session.scalars(select(Letter)).all())
    page = boss.get(f"/cases/{case.public_id}").follow("直す")
    assert any("もう一度同意をお願いします" in notice for notice in page.notices)
    assert "同意" not in page.submit("保存する").notices[0].replace("同意済", "")
    assert state_of(case) is state, "the same words need no new consent"
    done = boss.get(page.path).submit("保存する", measures="別の進め方。")
    assert state_of(case) is CaseState.ASKED
    assert "公開する" not in done.buttons
    assert len(db.session.scalars(select(Letter)).all()) == before + 1
    assert own.get(f"/case-articles/{case.public_id}").status == 404
    assert "公開に同意する" in town.get(done.path).buttons


def test_a_municipality_takes_its_consent_back(own: Browser, town: Browser, team: Team) -> None:
    case = of(team, CaseState.PUBLISHED)
    town.get(f"/cases/{case.public_id}").submit("同意を取り消す", comment="事情が変わりました。")
    assert state_of(case) is CaseState.DRAFT
    assert own.get(f"/case-articles/{case.public_id}").status == 404


def test_consent_is_for_the_words_that_were_read(boss: Browser, town: Browser, team: Team) -> None:
    case = of(team, CaseState.ASKED)
    reading = town.get(f"/cases/{case.public_id}")
    boss.get(f"/cases/{case.public_id}/edit").submit("保存する", measures="読まれていない文。")
    late = reading.submit("公開に同意する")
    assert late.status == 409
    assert "読まれていない文。" in late.text()
    assert state_of(case) is CaseState.ASKED


def test_two_writers_see_both_texts(own: Browser, boss: Browser, team: Team) -> None:
    case = of(team, CaseState.DRAFT)
    page = own.get(f"/cases/{case.public_id}").follow("直す")
    boss.get(page.path).submit("保存する", advice="先の文")
    late = page.submit("保存する", advice="後の文")
    (row,) = [row for row in late.table() if row["項目"] == Section.ADVICE.label]
    assert (row["いま保存されている内容"], row["あなたが入力した内容"]) == ("先の文", "後の文")


def test_what_a_state_does_not_allow_is_refused(
    own: Browser, town: Browser, boss: Browser, team: Team
) -> None:
    case = of(team, CaseState.ASKED)
    path = f"/cases/{case.public_id}"
    reading, deciding = own.get(path), boss.get(path)
    town.get(path).submit("公開に同意する")
    assert any("取り下げられません" in n for n in reading.submit("同意の依頼を取り下げる").notices)
    assert deciding.submit("チームに差し戻す", comment="直してください。").status == 409
    boss.get(path).submit("公開する")
    assert not own.get(path).has(f'a[href="{path}/edit"]')
    writing = own.get(f"{path}/edit").submit("保存する", advice="勝手な文")
    assert any("事務局が直します" in error for error in writing.errors)
    assert writing.fields["advice"] == "勝手な文"
    for browser, verb in ((town, "publish"), (boss, "consent")):
        wrong = "consent" if browser is town else "decide"
        form = browser.get(path).fields
        answer = browser.raw("POST", f"{path}/{wrong}", data={**form, "act": verb})
        assert answer.status_code == 400
    assert state_of(case) is CaseState.PUBLISHED


def test_what_was_withdrawn_is_a_draft_again_once_it_is_written(own: Browser, team: Team) -> None:
    case = of(team, CaseState.WITHDRAWN)
    own.get(f"/cases/{case.public_id}").follow("直す").submit("保存する", advice="直した文")
    assert state_of(case) is CaseState.DRAFT


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("q=空き店舗", 1),
        ("q=空き店舗 バス", 0),
        ("q=野見本", 1),
        ("field=tourism", 2),
        ("field=industry", 0),
        ("field=nothing", 2),
        ("prefecture=20", 1),
        ("prefecture=30", 1),
        ("prefecture=99", 2),
        ("q=空き店舗&prefecture=30", 0),
    ],
)
def test_the_list_is_narrowed_and_so_is_what_is_printed(
    own: Browser, team: Team, query: str, count: int
) -> None:
    far = make_team(make_challenge(make_municipality("野見本町", prefecture_code="30")))
    of(team, CaseState.PUBLISHED)
    of(far, CaseState.PUBLISHED, "予約制のバス")
    of(far, CaseState.DRAFT, "空き店舗の下書き")
    page = own.get(f"/2025/cases?{query}")
    assert len(page.tables.get(f"公開中の好事例 {count}件（新しい順）", [])) == count
    assert ("あてはまるものはありません" in page.text()) is (count == 0)
    printed = own.get(f"/2025/cases/print?{query}")
    assert len(printed.soup.select("article.sheet")) == count


def test_earlier_years_are_read_too_and_later_ones_are_not(own: Browser, team: Team) -> None:
    before = make_team(make_challenge(period=make_period(2024)))
    after = make_team(make_challenge(period=make_period(2026)))
    for one, title in ((before, "前の年"), (team, "この年"), (after, "次の年")):
        of(one, CaseState.PUBLISHED, title)
    rows = own.get("/2025/cases").table("公開中の好事例 2件（新しい順）")
    assert [(row["題名"], row["年度"]) for row in rows] == [
        ("この年", "令和7年度"),
        ("前の年", "令和6年度"),
    ]


def test_the_auditor_reads_every_state_and_does_nothing(app: Flask, team: Team) -> None:
    case = of(team, CaseState.ASKED)
    auditor = Browser(app).sign_in_as(make_user(Role.AUDITOR))
    page = auditor.get("/2025/cases/drafts").follow(TITLE)
    assert page.path == f"/cases/{case.public_id}"
    assert page.buttons == []


def test_the_list_as_excel(boss: Browser, own: Browser, team: Team) -> None:
    of(team, CaseState.PUBLISHED)
    of(team, CaseState.DRAFT, "=1+1")
    page = boss.get("/2025/cases/drafts")
    form = page.form("Excelにする（状態によらずすべて）")
    answer = boss.raw("POST", form.action, data=form.fields)
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    head, first, second = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert head[:6] == ["団体コード", "団体", "政策分野", "題名", "状態", "公開日"]
    assert head[6:] == [section.label for section in Section]
    assert (first[1], first[3], first[4]) == ("長野県旭見本町", TITLE, "公開中")
    assert (second[3], second[5]) == ("=1+1", None)
    assert "Excelにする（状態によらずすべて）" not in own.get("/2025/cases/drafts").buttons


def test_the_lists_ask_as_often_for_many(boss: Browser, team: Team) -> None:
    of(team, CaseState.PUBLISHED)
    counts = []
    for _ in range(2):
        for path in ("/2025/cases", "/2025/cases/print", "/2025/cases/drafts", "/"):
            boss.get(path)
            with count_queries() as queries:
                boss.get(path)
            counts.append(len(queries))
        for number in range(3):
            of(make_team(), CaseState.PUBLISHED, f"{number}つめ")
    assert counts[:3] == counts[4:7]
