"""Definitions: the two surveys load whole; every fault is told with its line and a way out."""

from __future__ import annotations

import pytest

from companion.surveys.definition import (
    DefinitionFaults,
    canonical_json,
    from_canonical,
    parse,
    sha256,
)
from tests.surveys.makers import FOLDER, municipality_eval, official_eval, small, small_text

OFFICIAL = (FOLDER / "official_eval.yaml").read_text(encoding="utf-8")


def faults_of(text: str) -> list[str]:
    with pytest.raises(DefinitionFaults) as caught:
        parse(text, "x.yaml")
    return [str(fault) for fault in caught.value.faults]


def test_both_surveys_load_with_their_questions_in_order() -> None:
    official, municipality = official_eval(), municipality_eval()
    assert list(official.numbers.values()) == ["1", "1-1", "1-2", "2", "2-1", "3"]
    assert [q.name for q in municipality.questions] == ["overall", "cont", "cont_years", "change"]
    reasons = official.question("reasons")
    assert len(reasons.choice_list(official)) == 12
    assert reasons.published[0].value.as_tuple().digits == (2, 9, 0)
    assert [c.name for c in official.question("backoffice_items").choice_list(official)] == [
        "5", "4", "3", "2", "1", "unused",
    ]  # fmt: skip
    assert official.window.closes_at.isoformat() == "2025-09-19T09:00:00+00:00"
    assert official.page_of("hours") == 1


@pytest.mark.parametrize("make", [official_eval, municipality_eval])
def test_the_canonical_text_comes_back_equal(make) -> None:
    defn = make()
    text = canonical_json(defn)
    again = from_canonical(text)
    assert again == defn
    assert canonical_json(again) == text
    assert sha256(again) == sha256(defn)
    assert len(sha256(defn)) == 64


def test_comments_and_order_of_keys_do_not_change_the_hash() -> None:
    moved = OFFICIAL.replace("unit: person  ", "# a remark\nunit: person  ", 1)
    assert sha256(parse(moved, "a")) == sha256(official_eval())


def test_every_fault_is_told_at_once() -> None:
    text = (
        OFFICIAL.replace("required: true", "requird: true", 1)
        .replace('- {name: "5", label: 5（良い）', "- {name: 5, label: 5（良い）", 1)
        .replace("type: multi", "type: mult", 1)
        .replace("grace_hours: 72", "grace_hours: x")
    )
    assert faults_of(text) == [
        "x.yaml:10: 「grace_hours」は整数で書いてください。",
        "x.yaml:22: 「name」は文字列で書いてください。"
        '数字やtrueのように読める語は引用符で囲みます（例: "5"）。',
        "x.yaml:55: 質問「overall」: 項目「requird」は使えません。"
        "もしかして「required」ではありませんか。",
        "x.yaml:58: 質問「reasons」: 「mult」は使えません（使えるのは scale5、single、multi、"
        "text、number、matrix、note）。もしかして「multi」ではありませんか。",
    ]


BROKEN = [
    ("a: 1\na: 2\n", "項目「a」が1行目にもあります"),
    ("a: &x 1\nb: *x\n", "アンカー"),
    ("a: !!python/object:os.system x\n", "型の指定"),
    ("a: [1\n", "YAMLの書き方"),
    ("", "定義が空です"),
    ("- a\n", "「項目: 値」"),
    ("a: 1\n---\nb: 2\n", "YAMLの書き方"),
    ("[" * 100_000, "YAML"),
    ("a: \x00\n", "YAML"),
]


@pytest.mark.parametrize(("text", "words"), BROKEN)
def test_text_that_yaml_cannot_hold_is_refused_in_words(text: str, words: str) -> None:
    assert any(words in fault for fault in faults_of(text))


# ruff: noqa: E501
SCALE = "- {name: a, type: scale5, label: A}\n"
REFERENCES = [
    ("- {name: a, type: single, label: A, choices: nothing}", "選択肢の一覧「nothing」がありません"),
    (SCALE + "- {name: a, type: note, label: A}", "質問名「a」が重複"),
    ("- {name: a__b, type: note, label: A}", "「__」は使えません"),
    (SCALE + "- {name: b, type: text, label: B, relevant: \"${aa} = '5'\"}", "もしかして「a」"),
    ("- {name: b, type: text, label: B, relevant: \"${a} = '5'\"}\n" + SCALE, "後の質問「a」"),
    ("- {name: b, type: text, label: B, relevant: \"${b} = '5'\"}", "自分自身"),
    (SCALE + "- {name: b, type: text, label: B, relevant: \". = '5'\"}", "「.」は"),
    (SCALE + "- {name: b, type: text, label: B, relevant: \"${a} = '5\"}", "読めません"),
    (SCALE + "- {name: b, type: text, label: B, relevant: \"selected(${a}, '6')\"}", "「6」がありません"),
    ("- {name: a, type: scale5, label: A, analysis: {top_box: [\"9\"]}}", "「9」がありません"),
    ("- {name: a, type: scale5, label: A, choices: [{name: x, label: X, score: 5}]}", "5段階には"),
    ("- {name: a, type: multi, label: A, choices: []}", "選択肢がありません"),
    ("- {name: a, type: multi, label: A, choices: [{name: x, label: X}], min_selected: 2}", "1個"),
    ("- {name: a, type: number, label: A, min: 3, max: 1}", "下限（min）"),
    ("- {name: a, type: number, label: A, analysis: {bins: [3, 1]}}", "小さい順"),
    ("- {name: a, type: text, label: A, pattern: \"(\"}", "正規表現"),
    ("- {name: a, type: single, label: A, choices: [{name: x, label: X}, {name: x, label: Y}]}",
     "コード「x」が重複"),
    ("- {name: a, type: single, label: A, choices: [{name: x, label: X, score: 1, missing: refused}]}",
     "欠損"),
]  # fmt: skip


@pytest.mark.parametrize(("questions", "words"), REFERENCES)
def test_broken_references_are_told(questions: str, words: str) -> None:
    told = faults_of(small_text(questions))
    assert any(words in fault for fault in told), told


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("crosstabs: [{banner: x, of: [b]}]\n", "質問「b」がありません"),
        ("export: {tables: [{id: 1-1, of: b, title: T}]}\n", "質問「b」がありません"),
        ("export: {tables: [{id: 1-1, of: a, title: T}, {id: 1-1, of: a, title: U}]}\n", "1-1"),
        ("colour: red\n", "項目「colour」は使えません"),
    ],
)
def test_tables_of_questions_that_do_not_exist_are_told(extra: str, words: str) -> None:
    told = faults_of(small_text(SCALE, extra=extra))
    assert any(words in fault for fault in told), told


def test_thresholds_under_five_are_refused() -> None:
    assert any("5以上" in fault for fault in faults_of(small_text(SCALE, min_base=4)))


def test_two_languages_are_held_side_by_side() -> None:
    defn = small("- {name: a, type: scale5, label: {ja: 評価, en: Rating}}")
    assert (defn.question("a").label, defn.question("a").label_en) == ("評価", "Rating")


def test_a_scale_without_choices_takes_the_built_in_list() -> None:
    defn = small(SCALE)
    assert [c.score for c in defn.question("a").choice_list(defn)] == [5, 4, 3, 2, 1]
