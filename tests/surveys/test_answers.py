"""The one validator: what each type takes, and the sentence for what it does not."""

from __future__ import annotations

from typing import Any

import pytest

from companion.surveys.answers import (
    check_all,
    check_page,
    offered_choices,
    relevant_questions,
    unanswered_soft,
)
from tests.surveys.makers import municipality_eval, official_eval, small

ALL_TYPES = small("""
- {name: s, type: scale5, label: S, required: true}
- {name: one, type: single, label: O, choices: [{name: a, label: A}, {name: b, label: B, retired: true}, {name: x, label: 他, other: true}]}
- name: m
  type: multi
  label: M
  min_selected: 2
  max_selected: 3
  choices: [{name: a, label: A}, {name: b, label: B}, {name: c, label: C}, {name: d, label: D}, {name: none, label: なし, exclusive: true}]
- {name: t, type: text, label: T, max_length: 5, publish: ask_consent}
- {name: p, type: text, label: P, pattern: "[0-9]{3}"}
- {name: n, type: number, label: N, min: 0, max: 160, step: 0.5, unit: 時間}
- {name: i, type: number, label: I, integer: true, constraint: . != 13, constraint_message: 13は使えません。}
- {name: g, type: matrix, label: G, rows: [{name: r1, label: 行1}, {name: r2, label: 行2}], columns: [{name: a, label: A}, {name: b, label: B}], all_rows_required: true, relevant: "${s} = '1'"}
- {name: w, type: text, label: W, required: soft}
- {name: q, type: text, label: Q, required: "${s} = '2'"}
""")  # noqa: E501

ACCEPTED: list[tuple[str, Any, Any]] = [
    ("s", "5", "5"),
    ("s", ["5"], "5"),
    ("one", " a ", "a"),
    ("m", ["c", "a"], ["a", "c"]),
    ("m", ["none"], ["none"]),
    ("m", [], None),
    ("t", "あいうえお", "あいうえお"),
    ("t", " a\r\nb ", "a\nb"),
    ("t", "a\x0bb\x00", "ab"),
    ("t", "   ", None),
    ("p", "123", "123"),
    ("n", "16.5", "16.5"),
    ("n", "１６．５０", "16.5"),
    ("n", "0", "0"),
    ("n", "160.0", "160"),
    ("n", "", None),
    ("i", "1,234", "1234"),
    ("i", "-0", "0"),
]


@pytest.mark.parametrize(("name", "sent", "kept"), ACCEPTED)
def test_what_is_taken_and_how_it_is_kept(name: str, sent: Any, kept: Any) -> None:
    values, errors = check_page(ALL_TYPES, 0, {"s": "3", name: sent})
    assert errors == {}
    assert values.get(name) == kept


REFUSED: list[tuple[str, Any, str]] = [
    ("s", "", "問1に回答してください。"),
    ("s", "6", "問1の「6」という選択肢はありません。選び直してください。"),
    ("s", ["5", "4"], "問1は1つだけ選んでください。"),
    ("one", "b", "問2の「b」という選択肢はありません。選び直してください。"),
    ("m", ["a"], "問3は2つ以上選んでください（現在1つ）。"),
    ("m", ["a", "b", "c", "d"], "問3は3つまで選べます（現在4つ）。"),
    ("m", ["a", "none"], "問3の「なし」は、ほかの選択肢と一緒に選べません。"),
    ("m", ["a", "zz"], "問3の「zz」という選択肢はありません。選び直してください。"),
    ("t", "あいうえおか", "問4は5文字以内で入力してください（現在6文字）。"),
    ("t", "あ" * 30000, "問4は5文字以内で入力してください（現在30,000文字）。"),
    ("p", "12", "問5は決められた形で入力してください。"),
    ("n", "約10", "問6は数字で入力してください。"),
    ("n", "1e9", "問6は数字で入力してください。"),
    ("n", "-1", "問6は0時間以上で入力してください。"),
    ("n", "160.5", "問6は160時間以下で入力してください。"),
    ("n", "1.25", "問6は0.5時間きざみで入力してください。"),
    ("n", "9" * 40, "問6は数字で入力してください。"),
    ("i", "1.5", "問7は整数で入力してください。"),
    ("i", "13", "13は使えません。"),
]


@pytest.mark.parametrize(("name", "sent", "sentence"), REFUSED)
def test_what_is_refused_is_told_in_one_sentence(name: str, sent: Any, sentence: str) -> None:
    values, errors = check_page(ALL_TYPES, 0, {"s": "3", name: sent})
    assert errors == {name: sentence}
    assert name not in values


def test_a_required_rule_of_conditions() -> None:
    assert check_page(ALL_TYPES, 0, {"s": "2"})[1] == {"q": "問10に回答してください。"}
    assert check_page(ALL_TYPES, 0, {"s": "2", "q": "x"})[1] == {}


def test_a_matrix_is_read_from_a_map_or_from_fields_and_told_row_by_row() -> None:
    mapped = check_page(ALL_TYPES, 0, {"s": "1", "g": {"r1": "a", "r2": "b"}})
    fields = check_page(ALL_TYPES, 0, {"s": "1", "g/r1": "a", "g/r2": ["b"]})
    assert mapped == fields == ({"s": "1", "g": {"r1": "a", "r2": "b"}}, {})
    values, errors = check_page(ALL_TYPES, 0, {"s": "1", "g/r1": "a"})
    assert errors == {"g/r2": "問8の「行2」に回答してください。"}
    assert values["g"] == {"r1": "a"}
    _, errors = check_page(ALL_TYPES, 0, {"s": "1", "g/r1": ["a", "b"], "g/r2": "z"})
    assert errors == {
        "g/r1": "問8の「行1」は1つだけ選んでください。",
        "g/r2": "問8の「z」という選択肢はありません。選び直してください。",
    }


def test_hidden_answers_stay_in_the_draft_and_go_at_submission() -> None:
    raw = {"s": "5", "g/r1": "a", "g/r2": "zz"}
    values, errors = check_page(ALL_TYPES, 0, raw)
    assert (values["g"], errors) == ({"r1": "a"}, {})
    assert check_all(ALL_TYPES, {"s": "5", "g": {"r1": "a"}}) == ({"s": "5"}, {})


def test_other_words_and_consent_are_kept_only_where_they_belong() -> None:
    beside = {"one__other": " 理由 ", "t": "本文", "t__consent": "yes"}
    values, errors = check_page(ALL_TYPES, 0, {"s": "3", "one": "x", **beside})
    assert errors == {}
    assert (values["one__other"], values["t__consent"]) == ("理由", "yes")
    values, _ = check_page(ALL_TYPES, 0, {"s": "3", "one": "a", **beside, "t": ""})
    assert "one__other" not in values
    assert "t__consent" not in values
    _, errors = check_page(ALL_TYPES, 0, {"s": "3", "one": "x", "one__other": "あ" * 201})
    assert errors == {"one__other": "問2のその他は200文字以内で入力してください（現在201文字）。"}


def test_conditions_look_at_the_pages_before() -> None:
    defn = official_eval()
    page2 = {"backoffice": "unused", "hours": "20"}
    assert check_page(defn, 1, page2)[1] == {}
    _, errors = check_page(defn, 1, {"backoffice": "4"})
    assert list(errors) == [f"backoffice_items/{row}" for row in ("tools", "windows", "cases")]
    assert [q.name for q in relevant_questions(defn, {})] == [
        "overall", "reasons_other", "backoffice", "backoffice_items", "hours",
    ]  # fmt: skip


def test_an_answer_to_a_question_not_asked_opens_nothing() -> None:
    defn = small("""
- {name: a, type: single, label: A, choices: [{name: y, label: はい}, {name: n, label: いいえ}]}
- {name: b, type: single, label: B, relevant: "${a} = 'y'", choices: [{name: y, label: はい}]}
- {name: c, type: text, label: C, relevant: "${b} = 'y'", required: true}
""")
    assert check_all(defn, {"a": "n", "b": "y", "c": "x"}) == ({"a": "n"}, {})


def test_the_municipalities_form_whole() -> None:
    defn = municipality_eval()
    _, errors = check_all(defn, {})
    assert errors == {"overall": "問1に回答してください。", "cont": "問2に回答してください。"}
    _, errors = check_all(defn, {"overall": "5", "cont": "need"})
    assert errors == {"cont_years": "問2-1に回答してください。"}
    full = {"overall": "5", "cont": "need", "cont_years": "y2", "change": "変化", "x": "?"}
    assert check_all(defn, full) == ({k: v for k, v in full.items() if k != "x"}, {})
    values, errors = check_all(defn, {"overall": "5", "cont": "dk", "cont_years": "y2"})
    assert (values, errors) == ({"overall": "5", "cont": "dk"}, {})


def test_choice_filter_offers_only_what_fits() -> None:
    defn = small("""
- {name: a, type: scale5, label: A}
- name: b
  type: multi
  label: B
  choice_filter: attr('choice.group') = 'up' and ${a} > 3 or attr('choice.group') = 'down'
  choices: [{name: u, label: U, group: up}, {name: d, label: D, group: down}]
""")
    question = defn.question("b")
    assert [c.name for c in offered_choices(defn, question, {"a": "5"})] == ["u", "d"]
    assert [c.name for c in offered_choices(defn, question, {"a": "1"})] == ["d"]
    assert "b" in check_all(defn, {"a": "1", "b": ["u"]})[1]


def test_a_read_only_answer_cannot_be_sent_from_a_form() -> None:
    defn = small("- {name: a, type: text, label: A, read_only: true}")
    assert check_page(defn, 0, {"a": "forged"}, {"a": "kept"}) == ({"a": "kept"}, {})


def test_soft_questions_are_only_remarked_on() -> None:
    assert [q.name for q in unanswered_soft(ALL_TYPES, {"s": "3"})] == ["w"]
    assert unanswered_soft(ALL_TYPES, {"s": "3", "w": "x"}) == []
