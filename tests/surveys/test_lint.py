"""The linter: the shipped definitions are clean, and each poor one is told with its line."""

from __future__ import annotations

import pytest

from companion.surveys.conditions import always
from companion.surveys.lint import lint, lint_text
from tests.surveys.makers import FOLDER, official_eval, small, small_text

SHIPPED = sorted(FOLDER.glob("*.yaml"))
SCALE = "- {name: a, type: scale5, label: A}\n"


def test_the_shipped_definitions_have_no_findings() -> None:
    assert SHIPPED
    assert [str(fault) for fault in lint(SHIPPED)] == []


POOR = [
    (SCALE.replace("type", "number: '2', type") + "- {name: b, type: text, label: B, number: '1'}",
     "順序が前後", "error"),
    (SCALE.replace("type", "number: '1', type") + "- {name: b, type: text, label: B, number: '1'}",
     "質問「a」と同じ", "error"),
    ("- {name: a, type: single, label: A, choices: [{name: x, label: X, score: 1}, "
     "{name: y, label: Y, score: 1}]}",
     "同じ点数", "error"),
    ("- {name: a, type: single, label: A, choices: [{name: x, label: X, retired: true}]}",
     "すべて retired", "error"),
    (SCALE + "- {name: b, type: text, label: B, relevant: \"${a} = '5' or ${a} != '5'\"}",
     "常に成り立ちます", "error"),
    (SCALE + "- {name: b, type: text, label: B, relevant: \"${a} = '5' and ${a} = '4'\"}",
     "常に成り立ちません", "error"),
    (SCALE + "- {name: b, type: text, label: B, relevant: \"${a} > 5\"}",
     "常に成り立ちません", "error"),
    ("- {name: a, type: number, label: A, constraint: . <= 5}", "constraint_message", "warning"),
    (f"- {{name: a, type: text, label: {'あ' * 256}}}", "255文字", "warning"),
    ("- {name: a, type: single, label: A, choices: [{name: no, label: いいえ}]}",
     "「no」", "warning"),
    ("- {name: a, type: text, label: 12:30}", "「12:30」", "warning"),
    ("- {name: a, type: note, label: A, required: true}", "説明文", "error"),
]  # fmt: skip


@pytest.mark.parametrize(("questions", "words", "severity"), POOR)
def test_poor_questions_are_told(questions: str, words: str, severity: str) -> None:
    found = lint_text(small_text(questions), "x.yaml")
    assert [(words in f.message, f.severity) for f in found] == [(True, severity)], found
    assert found[0].line == 14 + questions.count("\n")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('close: "2025-09-19T18:00"', 'close: "2025-09-23T18:00"', "土日祝日"),
        ('close: "2025-09-19T18:00"', 'close: "2025-08-19T18:00"', "締切が開始より前"),
        ("max_per_person: 4", "max_per_person: 3", "上限（3回）"),
        ("sheet: 支援官評価", "sheet: 評価/全体", "使えない文字"),
        ("sheet: 支援官評価", f"sheet: {'評' * 30}", "31文字を超え"),
        ("workbook: 支援官アンケート集計", "workbook: 集計:案", "ブック名"),
        ("pii_hint: true", "pii_hint: false", "pii_hint"),
        ("choices: scale5_good\n", "choices: backoffice\n", "使われていません"),
        ("min_base: 10", "min_base: 3", "5以上"),
        ("unit: person ", "unit: 012 ", "「12」は使えません"),
        ("id: official_eval", "id: other_eval", "ファイル名"),
    ],
)
def test_poor_surveys_are_told(old: str, new: str, words: str, tmp_path) -> None:
    text = (FOLDER / "official_eval.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "official_eval.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = lint([path])
    assert any(words in fault.message for fault in found), found


def test_names_the_application_does_not_know_are_told_with_the_nearest() -> None:
    path = FOLDER / "official_eval.yaml"
    told = lint([path], populations=["cohort_official"], banners=["policy_field", "grade_band"])
    assert [fault.message for fault in told] == [
        "対象「cohort_officials」がありません。もしかして「cohort_official」ではありませんか。",
        "区分「ministry_group」がありません。",
    ]


def test_the_same_id_twice_and_files_that_cannot_be_read(tmp_path) -> None:
    text = (FOLDER / "official_eval.yaml").read_text(encoding="utf-8")
    for name in ("official_eval.yaml", "copy.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "sjis.yaml").write_bytes("題: 調査".encode("shift_jis"))
    told = [fault.message for fault in lint(sorted(tmp_path.iterdir()))]
    assert any("でも使われています" in message for message in told)
    assert any("ファイルが読めません" in message for message in told)


def test_codes_compared_with_must_be_in_the_list() -> None:
    questions = SCALE + "- {name: b, type: text, label: B, relevant: \"${a} != '6'\"}"
    assert any("「6」がありません" in f.message for f in lint_text(small_text(questions), "x"))


MULTI = small("""
- {name: m, type: multi, label: M, choices: [{name: a, label: A}, {name: b, label: B}]}
- {name: n, type: number, label: N}
- {name: t, type: text, label: T}
- {name: g, type: matrix, label: G, rows: [{name: r, label: R}], columns: [{name: a, label: A}]}
""")


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("selected(${m}, 'a')", None),
        ("count-selected(${m}) >= 0", True),
        ("count-selected(${m}) > 2", False),
        ("count-selected(${m}) = 2", None),
        ("${n} > 5 and ${n} < 5", False),
        ("${n} >= 5 or ${n} < 5", None),  # empty is neither
        ("${t} = 'x'", None),
        ("${g} != ''", None),
        ("attr('team.kind') = 'a'", None),
        ("attr('team.kind') = 'a' and attr('team.kind') = 'b'", False),
        ("1 = 1", True),
    ],
)
def test_conditions_that_cannot_go_either_way(text: str, settled: bool | None) -> None:
    assert always(MULTI, text) is settled


def test_a_rule_at_its_own_question() -> None:
    defn = official_eval()
    assert always(defn, ". <= 160", defn.question("hours")) is None
    assert always(defn, ". = .", defn.question("hours")) is True


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("weights: team\n", "重み付け（weights）の集計はありません。"),
        ("", "割合の分母（percent_of）は respondents"),
    ],
)
def test_settings_the_tables_do_not_follow_are_refused(extra: str, message: str) -> None:
    analysis = "" if extra else "\n  analysis: {percent_of: answers}"
    question = "- name: q\n  type: multi\n  label: 問\n  choices: [{name: a, label: 甲}]" + analysis
    found = lint_text(small_text(question, extra=extra), "sample.yaml")
    assert [f for f in found if f.severity == "error" and f.message.startswith(message)]
