"""Editing a definition in the browser, as a coordinator who knows no YAML does it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.core.access import Role
from companion.core.db import db
from companion.surveys import draftdata, edits
from companion.surveys.composing import yaml_text
from companion.surveys.definition import from_canonical, parse
from companion.surveys.drafting import draft_of_survey
from companion.surveys.library import FOLDER
from companion.surveys.lint import lint_text
from companion.surveys.placing import placed
from companion.surveys.shelf import definition_named, versions_of
from companion.surveys.source import read
from tests.kit.makers import make_official, make_period, make_team, make_user
from tests.kit.pages import Browser, Page

EDIT = "/2025/surveys/municipality_eval/edit"


@pytest.fixture
def coordinator(app: Flask) -> Browser:
    make_period()
    return Browser(app).sign_in_as(make_user(Role.COORDINATOR))


def begun(browser: Browser) -> Page:
    return browser.get(EDIT).submit("下書きを作る")


def published(browser: Browser) -> None:
    page = browser.get("/2025/surveys/municipality_eval/versions")
    page.submit(f"版 {page.facts['いまの定義の版']} を公開する")


def data() -> dict[str, Any]:
    db.session.expire_all()
    draft = draft_of_survey("municipality_eval")
    assert draft is not None
    return draft.data


def test_a_question_is_worded_anew_compared_and_published(coordinator: Browser) -> None:
    published(coordinator)
    page = begun(coordinator)
    assert page.heading == "伴走支援自治体アンケートの編集"
    assert page.facts["版"] == "2025.2（公開済みは 2025.1）"
    page = page.follow("直す：問2")
    assert page.heading == "問2を直す"
    page = page.submit("保存する", label="次の年度も続けたいですか。", required="soft")
    assert "変更：説明が必要 質問文を" in page.text("#q-cont")
    page = page.follow("違いを見て公開する")
    assert page.facts["いちばん重い違い"] == "説明が必要"
    rows = {row["項目"]: row for row in page.table(page.texts("caption")[1])}
    assert rows["回答"] == {"項目": "回答", "公開済み": "必須", "下書き": "未回答なら確かめる"}
    page = page.submit("版 2025.2 を公開する")
    assert page.errors == [
        "「伴走支援自治体アンケート」には、公開済みの版と集計を分けて読む必要のある変更があります。"
        "「設問と版」の画面で、変更の理由を書いて公開してください。"
    ]
    page = page.submit("版 2025.2 を公開する", note="短くしました。")
    assert page.heading == "伴走支援自治体アンケートの版と公開"
    newest = versions_of("municipality_eval")[0]
    assert (newest.version, newest.note) == ("2025.2", "短くしました。")
    assert definition_named("municipality_eval") == from_canonical(newest.canonical)
    assert draft_of_survey("municipality_eval") is None


def test_order_is_changed_by_buttons_and_undone(coordinator: Browser) -> None:
    page = begun(coordinator)
    assert names(data()) == ["overall", "cont", "cont_years", "change"]
    page = page.submit("下へ：問1")
    assert names(data()) == ["cont", "overall", "cont_years", "change"]
    assert "番号「1」の順序が前後しています。" in page.text("#q-overall")
    page = page.submit("番号を順番どおりにする")
    assert "順序が前後" not in page.text()
    page = page.submit("ページを加える")
    page = page.submit("下へ：問4")
    assert [len(p["questions"]) for p in data()["pages"]] == [3, 2], "over the edge of a section"
    page = page.submit("上へ：2ページ目")
    assert names(data())[0] == "change"
    page = page.submit("削る：1ページ目")
    assert names(data()) == ["cont", "overall", "cont_years"]
    for _ in range(6):
        page = page.submit(next(text for text in page.buttons if text.startswith("元に戻す")))
    assert names(data()) == ["overall", "cont", "cont_years", "change"]
    assert not [text for text in page.buttons if text.startswith("元に戻す")]


def names(found: dict[str, Any]) -> list[str]:
    return [question["name"] for page in found["pages"] for question in page["questions"]]


def test_a_question_is_added_with_choices_and_a_condition(coordinator: Browser) -> None:
    page = begun(coordinator)
    page = page.submit("設問を加える（1ページ目）", {"kind-0": "single"})
    assert page.heading == "問5を直す"
    page = page.submit(
        "選択肢を加える",
        {"label": "支援の頻度はどうですか。", "choice-0-label": "多い", "choice-1-label": "少ない"},
    )
    page = page.submit(
        "保存する",
        {
            "choice-2-label": "わからない",
            "choice-2-missing": "dont_know",
            "line-0-what": "cont=need",
        },
    )
    assert "1つ選ぶ・任意・問2が「継続が必要」のとき" in page.text("#q-q1")
    assert "変更：" not in page.text(), "nothing is published yet"
    page = page.follow("直す：問5")
    page = page.submit(
        "保存する", {"line-1-what": "overall=1", "line-1-how": "isnt", "joiner": "or"}
    )
    question = data()["pages"][0]["questions"][4]
    assert question == {
        "name": "q1",
        "type": "single",
        "label": "支援の頻度はどうですか。",
        "choices": [
            {"name": "c1", "label": "多い"},
            {"name": "c2", "label": "少ない"},
            {"name": "c3", "label": "わからない", "missing": "dont_know"},
        ],
        "relevant": "${cont} = 'need' or ${overall} != '1'",
    }
    page = page.follow("直す：問5")
    page = page.submit("保存する", {"line-0-what": "", "line-1-what": ""})
    assert "relevant" not in data()["pages"][0]["questions"][4]


def test_every_kind_of_question_is_usable_once_it_is_worded(coordinator: Browser) -> None:
    page = begun(coordinator)
    for kind in ("scale5", "single", "multi", "text", "number", "matrix", "note"):
        page = coordinator.get(EDIT).submit("設問を加える（1ページ目）", {"kind-0": kind})
        page = page.submit("保存する", label=f"{kind}の質問")
        assert page.facts["確認"] == "誤りはありません", kind


def test_published_choices_are_retired_not_removed(coordinator: Browser) -> None:
    published(coordinator)
    page = begun(coordinator).follow("直す：問2-1")
    assert not [text for text in page.buttons if text.startswith("削る")]
    page = page.submit("選択肢を加える")
    assert [text for text in page.buttons if text.startswith("削る")] == ["削る：選択肢5"]
    page = page.submit("削る：選択肢5", {"choice-0-retired": True})
    page = page.submit("保存する")
    assert "変更：追加 選択肢「1年程度」を廃止しました。" in page.text("#q-cont_years")


def test_removing_a_published_question_cannot_be_published(coordinator: Browser) -> None:
    published(coordinator)
    page = begun(coordinator).submit("削る：問3")
    assert "変更：互換性なし 「change」：質問を削りました。" in page.text()
    page = page.follow("違いを見て公開する")
    assert "公開できません" in page.text()
    assert page.buttons == []


def test_a_shared_list_says_so_and_can_be_made_ones_own(coordinator: Browser) -> None:
    coordinator.get("/2025/surveys/official_eval/edit").submit("下書きを作る")
    page = coordinator.get("/2025/surveys/official_eval/edit").follow("直す：問2")
    assert "この選択肢は問2-1と共通です。" in page.text()
    page = page.submit("この設問だけの選択肢にする", {"choice-5-label": "使っていない"})
    assert "共通です" not in page.text()
    found = draft_of_survey("official_eval")
    assert found is not None
    questions = found.data["pages"][1]["questions"]
    assert questions[0]["choices"][5]["label"] == "使っていない"
    assert found.data["choices"]["backoffice"][5]["label"] == "使っていない", "typed before parting"


def test_nothing_typed_is_lost_when_two_people_edit(app: Flask, coordinator: Browser) -> None:
    begun(coordinator)
    second = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    mine = coordinator.get(f"{EDIT}/questions/1")
    other = second.get(f"{EDIT}/questions/2")
    second.get(f"{EDIT}/questions/1").submit("保存する", label="先に保存した文")
    assert other.submit("保存する", label="別の設問").heading.endswith("の編集"), "no conflict"
    page = mine.submit("保存する", label="後から保存した文")
    assert page.status == 409
    assert page.table() == [
        {
            "項目": "質問文",
            "いま保存されている内容": "先に保存した文",
            "あなたが入力した内容": "後から保存した文",
        }
    ]
    stale = coordinator.get(EDIT)
    second.get(EDIT).submit("下へ：問1")
    page = stale.submit("削る：問1")
    assert "ほかの人が先に変更しました。" in page.text()
    assert len(names(data())) == 4
    settings = coordinator.get(f"{EDIT}/settings")
    second.get(f"{EDIT}/settings").submit("保存する", title="先の題名")
    assert settings.submit("保存する", title="後の題名").status == 409


@pytest.mark.parametrize(
    ("number", "typed", "error"),
    [
        (1, {"choice-0-label": "とても良い", "hint": "あ" * 5001}, "5000 文字"),
        (4, {"max_length": "99999", "label": "変わったこと"}, "1～10000で入力してください。"),
    ],
)
def test_what_cannot_be_saved_stays_on_the_page(
    coordinator: Browser, number: int, typed: dict[str, str], error: str
) -> None:
    begun(coordinator)
    before = data()
    page = coordinator.get(f"{EDIT}/questions/{number}").submit("保存する", typed)
    assert page.status == 422
    assert error in page.errors[0]
    assert typed.items() <= page.form("保存する").fields.to_dict().items()
    assert data() == before


def test_the_draft_is_read_and_downloaded_as_yaml(coordinator: Browser) -> None:
    page = begun(coordinator).follow("YAMLで見る")
    assert "name: cont_years" in page.text()
    file = coordinator.raw("GET", f"{EDIT}/file")
    assert parse(file.get_data(as_text=True), "x").version == "2025.2"
    page = coordinator.get(f"{EDIT}/discard").submit("下書きを破棄する")
    assert page.heading == "アンケート"
    assert draft_of_survey("municipality_eval") is None


@pytest.mark.parametrize("copied", ["", "municipality_eval"])
def test_a_survey_of_ones_own_is_made_and_opened(app: Flask, copied: str) -> None:
    make_team(officials=[make_official() for _ in range(3)])
    coordinator = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = coordinator.get("/2025/surveys").follow("アンケートを作る")
    assert page.submit("下書きを作る", title="訪問", survey_id="municipality_eval").status == 422
    page = page.submit("下書きを作る", title="訪問の後に", survey_id="visit", copied=copied)
    assert page.heading == "訪問の後にの編集"
    assert "訪問の後に" in coordinator.get("/2025/surveys").links
    if not copied:
        page = page.follow("直す：問1").submit("保存する", label="役に立ちましたか。")
    page = page.follow("違いを見て公開する").submit("版 2025.1 を公開する")
    row = coordinator.get("/2025/surveys").table()[-1]
    assert row["アンケート"] == "訪問の後に版 2025.1"
    page = coordinator.get("/2025/surveys/visit/open")
    assert page.heading == "アンケートを開始する"
    page = page.submit(closes_on="2025-10-01")
    assert page.heading == "訪問の後にの回収状況"


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_any_edits_keep_text_and_data_the_same(seed: int) -> None:
    chance = random.Random(seed)
    found = read(chance.choice(BOOKS), "x").data
    for _ in range(chance.randrange(1, 12)):
        edit_at_random(found, chance)
        text = yaml_text(found)
        assert read(text, "x").data == found
        placed(read(text, "x"), lint_text(text, "x"))


BOOKS = [path.read_text() for path in sorted(FOLDER.glob("*.yaml"))]


def edit_at_random(found: draftdata.Data, chance: random.Random) -> None:
    """One edit as the editor makes it, at a random place."""
    p = chance.randrange(len(found["pages"]))
    questions = found["pages"][p]["questions"]
    act = chance.choice(["page", "drop-page", "move-page", "add", "drop", "move", "choice", "own"])
    if act == "page":
        edits.add_page(found)
    elif act == "drop-page" and len(found["pages"]) > 1:
        edits.drop_page(found, p)
    elif act == "move-page":
        edits.move_page(found, p, chance.choice([-1, 1]))
    elif act == "add" or not questions:
        edits.add_question(found, p, chance.choice(list(edits.KINDS)))
    elif act == "drop":
        edits.drop_question(found, p, chance.randrange(len(questions)))
    elif act == "move":
        edits.move_question(found, p, chance.randrange(len(questions)), chance.choice([-1, 1]))
    else:
        question = chance.choice(questions)
        if act == "own":
            edits.own_list(found, question)
        elif draftdata.listed(question):
            edits.add_choice(found, question)
        draftdata.put_text(
            question, "label", chance.choice(["no", "012", "12:30", "a: b", "あ\n# い"])
        )
