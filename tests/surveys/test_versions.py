"""Changes of a published definition: their class, and what becomes of answers given before."""

from __future__ import annotations

import pytest

from companion.surveys.carryover import carry_draft, read_as, unasked
from companion.surveys.definition import SurveyDefinition, parse
from companion.surveys.versions import ChangeClass, compare, gravest
from tests.surveys.makers import FOLDER, municipality_eval, small

TEXT = (FOLDER / "municipality_eval.yaml").read_text(encoding="utf-8")
SAFE, ADDITIVE, NEEDS_NOTE, BREAKING = ChangeClass


def changed(old: str, new: str, count: int = 1) -> SurveyDefinition:
    assert old in TEXT, old
    return parse(TEXT.replace(old, new, count), "x.yaml")


YEARS = "    - {name: y4, label: 4年以上}\n"
COLLAPSED = (
    "    - {name: y3, label: 3年程度, score: 3}\n    - {name: y4, label: 4年以上}\n",
    "    - {name: ge3, label: 3年以上}\n",
)

CHANGES = [
    ("title: 伴走支援自治体アンケート", "title: 伴走支援自治体アンケート（改）", SAFE),
    ("どのように評価していますか。5段階", "どのように評価していますか、5段階", SAFE),
    ("        rows: 6\n", "        rows: 8\n", SAFE),
    ("chart: column", "chart: bar", SAFE),
    ("min_base: 10", "min_base: 15", SAFE),
    ("close: \"2025-09-19T18:00\"", "close: \"2025-09-26T18:00\"", SAFE),
    (YEARS, YEARS + "    - {name: y9, label: 期間を定めない}\n", ADDITIVE),
    ("- {name: y4, label: 4年以上}", "- {name: y4, label: 4年以上, retired: true}", ADDITIVE),
    ("max_length: 1000", "max_length: 2000", ADDITIVE),
    ("crosstabs:\n", "      - {name: extra, type: text, label: その他}\ncrosstabs:\n", ADDITIVE),
    ("crosstabs:\n",
     "      - {name: extra, type: text, label: 他, required: true}\ncrosstabs:\n",
     NEEDS_NOTE),
    ("継続が必要と考えますか。", "継続を希望しますか。", NEEDS_NOTE),
    ("label: 継続は不要", "label: 継続を望まない", NEEDS_NOTE),
    ("max_length: 1000", "max_length: 500", NEEDS_NOTE),
    ("        required: true\n        choices: continue_yn", "        choices: continue_yn",
     NEEDS_NOTE),
    ("relevant: ${cont} = 'need'", "relevant: ${cont} != 'not_need'", NEEDS_NOTE),
    ("    - {name: y1, label: 1年程度, score: 1}\n    - {name: y2, label: 2年程度, score: 2}\n",
     "    - {name: y2, label: 2年程度, score: 2}\n    - {name: y1, label: 1年程度, score: 1}\n",
     NEEDS_NOTE),
    (YEARS, "    - {name: y0, label: 半年}\n" + YEARS, NEEDS_NOTE),
    ("min_base: 10", "min_base: 5", NEEDS_NOTE),
    ("visible_to: [coordinator]", "visible_to: [coordinator, auditor]", NEEDS_NOTE),
    (YEARS, "", BREAKING),
    ("score: 3}\n    - {name: y4", "score: 4}\n    - {name: y4", BREAKING),
    ("label: わからない, missing: dont_know", "label: わからない", BREAKING),
    ("name: change", "name: effect", BREAKING),
    ("identity: identified", "identity: confidential", BREAKING),
    ("unit: organisation", "unit: person", BREAKING),
    ("publish: ask_consent", "publish: always", BREAKING),
    ("publish: ask_consent", "publish: never", NEEDS_NOTE),
    ("analysis: {base: relevant}", "analysis: {base: answered}", BREAKING),
    (*COLLAPSED, BREAKING),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "kind"), CHANGES)
def test_the_class_of_a_change(old: str, new: str, kind: ChangeClass) -> None:
    found = compare(municipality_eval(), changed(old, new))
    assert gravest(found) is kind, found
    assert all(change.message.endswith("。") for change in found)


def test_no_change_is_no_class() -> None:
    assert compare(municipality_eval(), parse(TEXT + "# remark\n", "x")) == []
    assert gravest([]) is None
    assert [kind.label for kind in ChangeClass] == ["影響なし", "追加", "説明が必要", "互換性なし"]


def test_a_type_cannot_change_under_a_name() -> None:
    old = small("- {name: a, type: text, label: A}")
    new = small("- {name: a, type: number, label: A}")
    assert gravest(compare(old, new)) is BREAKING


def test_another_survey_is_not_a_version() -> None:
    with pytest.raises(ValueError, match="one survey"):
        compare(municipality_eval(), changed("id: municipality_eval", "id: other"))


def with_compat(text: str, compat: str) -> SurveyDefinition:
    return parse(text + f"compat: {compat}\n", "x.yaml")


def test_a_map_turns_a_breaking_change_into_one_that_needs_a_note() -> None:
    text = TEXT.replace("name: change", "name: effect")
    renamed = with_compat(text, "{rename: {change: effect}}")
    assert gravest(compare(municipality_eval(), renamed)) is NEEDS_NOTE
    merged = with_compat(TEXT.replace(*COLLAPSED), "{collapse: {y3: ge3, y4: ge3}}")
    assert gravest(compare(municipality_eval(), merged)) is NEEDS_NOTE


def test_a_name_cannot_take_over_anothers_answers() -> None:
    text = TEXT.replace("      - name: change\n", "      - name: x\n", 1)
    new = with_compat(text, "{rename: {change: overall}}")
    assert gravest(compare(municipality_eval(), new)) is BREAKING


def test_old_answers_are_read_under_the_new_names() -> None:
    text = TEXT.replace(*COLLAPSED).replace("name: change", "name: effect")
    new = with_compat(text, "{rename: {change: effect}, collapse: {y3: ge3, y4: ge3}}")
    old = {"cont": "need", "cont_years": "y4", "change": "変化", "change__consent": "yes"}
    assert read_as(new, old) == {
        "cont": "need", "cont_years": "ge3", "effect": "変化", "effect__consent": "yes",
    }  # fmt: skip
    assert unasked(municipality_eval(), new) == frozenset()


def test_new_questions_were_not_asked_before() -> None:
    new = changed("crosstabs:\n", "      - {name: extra, type: text, label: 他}\ncrosstabs:\n")
    assert unasked(municipality_eval(), new) == {"extra"}


def test_a_draft_is_carried_when_nothing_is_lost_and_otherwise_told() -> None:
    old = municipality_eval()
    draft = {"overall": "5", "cont": "need", "cont_years": "y4", "change": "あ" * 600, "x": ""}
    same = changed("title: 伴走支援自治体アンケート", "title: 改題")
    kept, lost = carry_draft(old, same, draft)
    assert (kept, lost) == ({k: v for k, v in draft.items() if v}, [])
    shorter = changed("max_length: 1000", "max_length: 500")
    kept, lost = carry_draft(old, shorter, draft)
    assert "change" not in kept
    assert lost == [old.question("change").short]
    kept, lost = carry_draft(old, changed(YEARS, ""), draft)
    assert lost == [old.question("cont_years").short]
    kept, lost = carry_draft(old, changed("name: change", "name: effect"), draft)
    assert lost == [old.question("change").short]
