"""Random definitions and answers: the engine against an independent count by brute force.

The count below knows nothing of the engine, the expressions or the rounding: conditions are kept
as plain tuples beside the definition, and shares are compared as exact decimals.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from companion.surveys.answers import check_all, check_page, relevant_questions
from companion.surveys.checks import checks
from companion.surveys.definition import SurveyDefinition, canonical_json, from_canonical
from companion.surveys.expression import ExpressionFault, evaluate, parse_expression
from companion.surveys.tabulate import AnswerSet, tabulate, tabulate_all

STEADY = settings(derandomize=True, database=None, deadline=None, max_examples=150)

Rule = tuple[str, str, str]  # question, how, code
TYPES = ["scale5", "single", "multi", "number", "matrix", "text"]


@st.composite
def choices_of(draw: st.DrawFn, kind: str) -> list[dict[str, Any]]:
    if kind == "scale5":
        listed = [{"name": str(s), "label": str(s), "score": s} for s in (5, 4, 3, 2, 1)]
        if draw(st.booleans()):
            listed.append({"name": "unused", "label": "わからない", "missing": "dont_know"})
        return listed
    count = draw(st.integers(1, 5))
    listed = [{"name": f"c{i}", "label": f"選択肢{i}"} for i in range(count)]
    if draw(st.booleans()):
        listed[-1]["retired" if draw(st.booleans()) else "missing"] = True
        if "missing" in listed[-1]:
            listed[-1]["missing"] = "refused"
    return listed


@st.composite
def surveys(draw: st.DrawFn) -> tuple[SurveyDefinition, dict[str, list[Rule]]]:
    """A definition of up to six questions on two pages, and the plain form of its conditions."""
    pages: list[dict[str, Any]] = [{"title": title, "questions": []} for title in "一二"]
    rules: dict[str, list[Rule]] = {}
    coded: list[tuple[str, str, list[str]]] = []
    count = draw(st.integers(2, 6))
    cut = draw(st.integers(1, count - 1))
    for i in range(count):
        kind, name = draw(st.sampled_from(TYPES)), f"q{i}"
        question: dict[str, Any] = {"name": name, "type": kind, "label": name}
        question["analysis"] = {"base": draw(st.sampled_from(["relevant", "answered"]))}
        rules[name] = []
        if coded and draw(st.booleans()):
            other, other_kind, codes = draw(st.sampled_from(coded))
            code = draw(st.sampled_from(codes))
            how = "selected" if other_kind == "multi" else draw(st.sampled_from(["=", "!="]))
            rules[name] = [(other, how, code)]
            text = (
                f"selected(${{{other}}}, '{code}')"
                if how == "selected"
                else (f"${{{other}}} {how} '{code}'")
            )
            question["relevant"] = text
        if kind in {"scale5", "single", "multi"}:
            question["choices"] = draw(choices_of(kind))
            coded.append((name, kind, [c["name"] for c in question["choices"]]))
        if kind == "matrix":
            question["rows"] = [{"name": "r1", "label": "行1"}, {"name": "r2", "label": "行2"}]
            question["analysis"]["mean"] = True
            question["columns"] = draw(choices_of("scale5"))
        if kind == "number":
            question["analysis"]["bins"] = [0, 5, 10]
        pages[0 if i < cut else 1]["questions"].append(question)
    data = {
        "schema": "companion.survey/1", "id": "random", "version": "1", "title": "乱",
        "audience": "official", "unit": "person", "population": "all", "identity": "identified",
        "window": {"open": "2025-09-01T09:00", "close": "2025-09-19T18:00"}, "pages": pages,
    }  # fmt: skip
    return SurveyDefinition.model_validate(data), rules


@st.composite
def answers_to(draw: st.DrawFn, defn: SurveyDefinition) -> dict[str, Any]:
    """Answers to any of the questions, asked or not, some left empty."""
    out: dict[str, Any] = {}
    for question in defn.questions:
        codes = [choice.name for choice in question.choice_list(defn)]
        if not draw(st.integers(0, 3)):
            if draw(st.booleans()):
                out[question.name] = [] if question.type == "multi" else ""
            continue
        if question.type == "multi":
            picked = draw(st.sets(st.sampled_from(codes)))
            out[question.name] = [code for code in codes if code in picked]
        elif question.type == "matrix":
            cells = draw(st.fixed_dictionaries({"r1": st.sampled_from(["", *codes])}))
            out[question.name] = {**cells, "r2": draw(st.sampled_from(codes))}
        elif question.type == "number":
            out[question.name] = str(Decimal(draw(st.integers(0, 24))) / 2)
        elif question.type == "text":
            out[question.name] = draw(st.sampled_from(["あ", "い"]))
        else:
            out[question.name] = draw(st.sampled_from(codes))
    return out


@st.composite
def rounds(draw: st.DrawFn) -> tuple[SurveyDefinition, dict[str, list[Rule]], list[dict[str, Any]]]:
    defn, rules = draw(surveys())
    return defn, rules, draw(st.lists(answers_to(defn), min_size=0, max_size=12))


def visible(rules: dict[str, list[Rule]], answers: dict[str, Any]) -> list[str]:
    """The questions asked, by the plain rules alone."""
    shown: list[str] = []
    for name, conditions in rules.items():
        holds = True
        for other, how, code in conditions:
            value = answers.get(other) if other in shown else None
            if how == "selected":
                holds = holds and code in (value or [])
            elif how == "=":
                holds = holds and (value or "") == code
            else:
                holds = holds and (value or "") != code
        if holds:
            shown.append(name)
    return shown


def rounded(k: int, n: int) -> int | None:
    if not n:
        return None
    exact = Decimal(1000 * k) / Decimal(n)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def nothing(value: Any) -> bool:
    if isinstance(value, dict):
        return not any(value.values())
    return value in (None, "", [])


@settings(STEADY, max_examples=1000)
@given(rounds())
def test_every_count_equals_the_brute_force(made) -> None:
    defn, rules, sets = made
    for question in defn.questions:
        name = question.name
        table = tabulate(defn, name, sets, min_base=0)
        asked = [a.get(name) for a in sets if name in visible(rules, a)]
        empty = sum(map(nothing, asked))
        n = len(asked) - (empty if question.analysis.base == "answered" else 0)
        assert (table.n, table.no_answer) == (n, empty)
        assert table.not_asked == len(sets) - len(asked)
        if question.type in {"scale5", "single", "multi"}:
            compare_choices(defn, question, table, asked, n)
        elif question.type == "matrix":
            for row in ("r1", "r2"):
                part = next(p for p in table.parts if p.question.endswith(row))
                cells = [(answer or {}).get(row) if answer else None for answer in asked]
                blank = sum(map(nothing, cells))
                base = len(cells) - (blank if question.analysis.base == "answered" else 0)
                assert (part.n, part.no_answer) == (base, blank)
                compare_choices(defn, question, part, cells, base)
        elif question.type == "number":
            values = [Decimal(answer) for answer in asked if not nothing(answer)]
            low, high = (sum(a <= v < b for v in values) for a, b in ((0, 5), (5, 10)))
            high += sum(v == 10 for v in values)
            beyond = sum(v > 10 for v in values)
            found = [row.count for row in table.rows]
            assert found == [low, high] + ([beyond] if beyond else [])


def compare_choices(defn, question, table, asked, n) -> None:
    ticks = [x if isinstance(x, list) else [x] for x in asked if not nothing(x)]
    scores: list[int] = []
    for choice in question.choice_list(defn):
        count = sum(choice.name in ticked for ticked in ticks)
        row = next((row for row in table.rows if row.code == choice.name), None)
        if row is None:
            assert choice.retired
            assert count == 0
            continue
        assert (row.count, row.share_tenths) == (count, rounded(count, n))
        if choice.score is not None:
            scores += [choice.score] * count
    if question.type == "multi":
        total = sum(map(len, ticks))
        assert (table.mt_row.count_total, table.mt_row.mt_tenths) == (total, rounded(total, n))
    if question.type in {"scale5", "matrix"}:
        assert table.n_scored == len(scores)
        if len(scores) >= 5:
            mean = Decimal(10 * sum(scores)) / len(scores)
            assert table.mean_tenths == int(mean.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        else:
            assert table.mean_flag == ("x" if scores else "…")


@STEADY
@given(rounds())
def test_tables_of_any_round_pass_their_own_checks(made) -> None:
    defn, _, sets = made
    tables = tabulate_all(defn, sets, invited=len(sets) + 3)
    found = checks(defn, tables, valid=len(sets), invited=len(sets) + 3)
    assert [check for check in found if not check.ok] == []


@STEADY
@given(rounds())
def test_the_validator_keeps_only_what_was_asked_and_is_steady(made) -> None:
    defn, rules, sets = made
    for answers in sets:
        cleaned, errors = check_all(defn, answers)
        shown = visible(rules, answers)
        if not errors:
            assert [q.name for q in relevant_questions(defn, answers)] == shown
            assert set(cleaned) <= set(shown)
            assert check_all(defn, cleaned) == (cleaned, {})
            tables = [tabulate(defn, name, [cleaned], min_base=0) for name in rules]
            before = [tabulate(defn, name, [answers], min_base=0) for name in rules]
            assert tables == before


@STEADY
@given(rounds())
def test_page_by_page_gives_what_the_whole_gives(made) -> None:
    defn, _, sets = made
    for answers in sets:
        draft: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for page in range(len(defn.pages)):
            values, found = check_page(defn, page, answers, draft)
            draft |= values
            errors |= found
        whole, all_errors = check_all(defn, answers)
        assert errors == all_errors
        if not errors:
            assert check_all(defn, draft)[0] == whole


@STEADY
@given(surveys())
def test_any_definition_comes_back_from_its_canonical_text(made) -> None:
    defn, _ = made
    assert from_canonical(canonical_json(defn)) == defn


@STEADY
@given(st.text(alphabet="${}()'.,=<>! abnotrdselc-u1x", max_size=40))
def test_any_text_is_an_expression_or_refused_in_words(text: str) -> None:
    refused = ""
    truth = False
    try:
        truth = evaluate(parse_expression(text), {"a": "1"}, "x")
    except ExpressionFault as fault:
        refused = str(fault)
    assert truth in (True, False)
    assert not refused or "式" in refused


@STEADY
@given(rounds(), st.data())
def test_any_junk_sent_to_a_page_gives_sentences_not_failures(made, data) -> None:
    defn, _, _ = made
    junk = st.one_of(
        st.text(max_size=20),
        st.lists(st.text(max_size=5), max_size=3),
        st.dictionaries(st.sampled_from(["r1", "r2", "zz"]), st.text(max_size=3), max_size=2),
        st.none(),
        st.integers(),
    )
    raw = data.draw(st.dictionaries(st.sampled_from([q.name for q in defn.questions]), junk))
    values, errors = check_page(defn, 0, raw)
    assert all(message.endswith("。") for message in errors.values())
    assert not set(values) & {key for key in errors if "/" not in key}


def test_plain_maps_and_answer_sets_are_counted_alike() -> None:
    defn = SurveyDefinition.model_validate(
        {
            "schema": "companion.survey/1", "id": "s", "version": "1", "title": "t",
            "audience": "official", "unit": "person", "population": "all",
            "identity": "identified",
            "window": {"open": "2025-09-01T09:00", "close": "2025-09-19T18:00"},
            "pages": [{"title": "p", "questions": [{"name": "a", "type": "scale5", "label": "A"}]}],
        }
    )  # fmt: skip
    plain = [{"a": "5"}] * 12
    assert tabulate(defn, "a", plain) == tabulate(defn, "a", [AnswerSet(a) for a in plain])
