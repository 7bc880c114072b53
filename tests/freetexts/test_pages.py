"""Reading, coding, quoting and deciding, as coordinators see it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core.access import Role
from companion.core.db import db, saved
from companion.freetexts.models import Coding, FreeText, TextTag
from companion.freetexts.queries import chosen_quotes, tag_table
from companion.reports.packs import satisfaction
from companion.reports.terms import Edition
from companion.surveys.actions import close_round, open_round, record_answer_sets
from companion.surveys.models import SurveyRound
from tests.kit.makers import make_period, make_team, make_user
from tests.kit.pages import Browser, count_queries

ALL = "記述 3件（並びは回答の順ではありません）"
WORDS = [
    ("国との距離が縮まり、庁内の会議が増えた。", "yes"),
    ("庁内の連携が進んだ。", "no"),
    ("住民と未来を話すようになった。", "yes"),
]


@pytest.fixture
def survey_round(app: Flask) -> SurveyRound:
    """Closed: three municipalities have written what changed, a fourth wrote nothing."""
    period = make_period()
    for _ in range(4):
        make_team()
    answers: list[dict[str, Any]] = [{"overall": "4", "cont": "dk"}]
    answers += [
        {"overall": "5", "cont": "dk", "change": words, "change__consent": consent}
        for words, consent in WORDS
    ]
    with saved():
        row = open_round("municipality_eval", period, by=None)
        record_answer_sets(row, answers)
        close_round("municipality_eval", period, by=None)
    return row


def reader(app: Flask) -> Browser:
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def listed(browser: Browser, survey_round: SurveyRound, **query: str) -> Any:
    rest = "&".join(f"{name}={value}" for name, value in query.items())
    return browser.get(f"/rounds/{survey_round.public_id}/texts?question=change&{rest}")


def text_with(words: str) -> FreeText:
    return next(one for one in db.session.scalars(select(FreeText)) if words in one.original)


def test_texts_are_laid_out_at_closing_and_read_one_after_the_other(
    app: Flask, survey_round: SurveyRound
) -> None:
    browser = reader(app)
    page = browser.get(f"/rounds/{survey_round.public_id}/results").follow(
        "自由記述を読む・分類する"
    )
    assert page.heading == "自由記述"
    assert len(page.table(ALL)) == 3
    page = page.follow("順に読んで分類する")
    seen = []
    for _ in range(3):
        seen.append(page.heading)
        page = page.submit("保存して次を読む", tags=[str(tag_id("庁内連携"))])
    assert seen == ["記述 1／3", "記述 2／3", "記述 3／3"]
    assert page.heading == "自由記述"
    assert {row["自分のタグ"] for row in page.table(ALL)} == {"庁内連携"}
    assert "あてはまる記述はありません" in listed(browser, survey_round, show="mine").text()


def tag_id(name: str) -> int:
    return db.session.scalars(select(TextTag.id).where(TextTag.name == name)).one()


def test_the_tags_of_another_are_shown_after_the_own(app: Flask, survey_round: SurveyRound) -> None:
    first, second = reader(app), reader(app)
    path = f"/texts/{text_with('距離').public_id}"
    first.get(path).submit("保存して次を読む", tags=[str(tag_id("国との関係"))])
    before = second.get(path)
    assert "ほかに1人が読んでいます。" in before.text()
    assert "：国との関係" not in before.text()
    before.submit("保存して次を読む", tags=[str(tag_id("庁内連携"))])
    assert "：国との関係" in second.get(path).text()
    lines = second.get(f"/rounds/{survey_round.public_id}/text-summary").table(
        "二人以上が読んだ記述での一致"
    )
    told = {row["タグ"]: (row["n"], row["一致率"]) for row in lines}
    assert told["国との関係"] == ("1", "0.00")
    assert told["意欲"] == ("1", "1.00")
    assert told["すべての判断"] == ("6", "0.67")


def test_a_quote_stands_beside_the_original_and_is_printed_by_consent_only(
    app: Flask, survey_round: SurveyRound
) -> None:
    browser = reader(app)
    path = f"/texts/{text_with('距離').public_id}"
    page = browser.get(path).submit(
        "掲載文を保存する", quote="国との距離が近くなった。", decision="publish"
    )
    assert "公表版の自由記述に、この掲載文が載ります。" in page.text()
    assert "国との距離が縮まり、庁内の会議が増えた。" in page.text(), "the original is as it was"
    refused = browser.get(f"/texts/{text_with('連携が進んだ').public_id}").submit(
        "掲載文を保存する", quote="連携が進んだ。", decision="publish"
    )
    assert refused.errors == ["掲載文：回答者が、公表資料への掲載を「不可」としています。"]
    assert "連携が進んだ。" in refused.form("掲載文を保存する").fields.values()
    quotes = chosen_quotes(survey_round)
    assert [one.words for one in quotes] == ["国との距離が近くなった。"]


def test_two_who_edit_a_quote_see_both(app: Flask, survey_round: SurveyRound) -> None:
    first, second = reader(app), reader(app)
    path = f"/texts/{text_with('住民').public_id}"
    one, other = first.get(path), second.get(path)
    one.submit("掲載文を保存する", quote="一つめ", decision="undecided")
    page = other.submit("掲載文を保存する", quote="二つめ", decision="undecided")
    assert page.status == 409
    assert "一つめ" in page.text()
    assert "二つめ" in page.text()


def test_the_code_book_grows_and_is_worded_anew(app: Flask, survey_round: SurveyRound) -> None:
    browser = reader(app)
    page = browser.get(f"/rounds/{survey_round.public_id}/codebook")
    assert len(page.table("タグ 6個")) == 6
    page = page.submit("加える", name="人材育成", meaning="職員が育ったという記述")
    assert {"タグ": "人材育成", "意味": "職員が育ったという記述"}.items() <= page.table("タグ 7個")[
        -1
    ].items()
    assert page.submit("加える", name="人材育成").errors == ["タグ：「人材育成」は既にあります。"]
    page = browser.get(page.path).follow("直す：人材育成")
    page = page.submit("保存する", name="育成")
    assert page.table("タグ 7個")[-1]["タグ"] == "育成"


def test_tags_are_counted_by_the_same_engine(app: Flask, survey_round: SurveyRound) -> None:
    tags = db.session.scalars(select(TextTag).order_by(TextTag.id)).all()
    user = make_user(Role.COORDINATOR)
    texts = db.session.scalars(select(FreeText)).all()
    assert tag_table(survey_round, "change") is None
    with saved():
        for text in texts:
            tagged = [tags[0].id] if "国" in text.original else []
            db.session.add(
                Coding(
                    text_id=text.id,
                    coder_id=user.id,
                    tag_ids=tagged,
                    coded_at=survey_round.closed_at,
                )
            )
    table = tag_table(survey_round, "change", min_base=0)
    assert table is not None
    assert (table.n, table.rows[0].count, table.rows[0].share_tenths) == (3, 1, 333)
    assert (table.no_answer, table.mt_row.count_total if table.mt_row else 0) == (2, 1)
    public = tag_table(survey_round, "change")
    assert public is not None
    assert public.hidden


def test_other_roles_find_nothing(app: Flask, survey_round: SurveyRound) -> None:
    auditor = Browser(app).sign_in_as(make_user(Role.AUDITOR))
    assert auditor.get(f"/rounds/{survey_round.public_id}/texts").status == 404


def test_the_list_needs_few_queries(app: Flask, survey_round: SurveyRound) -> None:
    browser = reader(app)
    with count_queries() as counted:
        listed(browser, survey_round)
    assert len(counted) <= 20


@pytest.mark.parametrize(("count", "is_shown"), [(9, False), (10, True)])
def test_texts_of_too_few_without_names_are_not_shown(
    app: Flask, count: int, is_shown: bool
) -> None:
    """Who has answered is known: of nine texts each would be one of nine people's."""
    period = make_period()
    for _ in range(12):
        make_team()
    answers = [
        {"overall": "4", "reasons": ["field"], "reasons_other": f"言葉{n}", "backoffice": "unused"}
        for n in range(count)
    ]
    with saved():
        row = open_round("official_eval", period, by=None)
        record_answer_sets(row, answers)
        close_round("official_eval", period, by=None)
    browser = reader(app)
    results = browser.get(f"/rounds/{row.public_id}/results").text()
    listing = browser.get(f"/rounds/{row.public_id}/texts").text()
    text = db.session.scalars(select(FreeText)).first()
    assert ("言葉1" in results, "言葉1" in listing) == (is_shown, is_shown)
    assert ("記述は示しません" in results, "記述は示しません" in listing) == (
        not is_shown,
        not is_shown,
    )
    assert (browser.get(f"/texts/{text.public_id}").status == 200) is is_shown
    names = [sheet.name for sheet in satisfaction.build(period, Edition.INTERNAL).data]
    assert ("データ_回答_official" in names) is is_shown
