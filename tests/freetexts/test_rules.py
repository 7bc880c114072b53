"""Agreement against published examples and brute force, differences, words, who may be quoted."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import permutations

import pytest

from companion.freetexts.keywords import keywords, plain_words
from companion.freetexts.rules import (
    agreed_tags,
    agreement,
    cohen,
    difference,
    hundredths,
    krippendorff,
    why_not_printed,
)
from companion.freetexts.terms import Consent, Decision


def test_cohens_own_kind_of_example() -> None:
    """20 both yes, 15 both no, 5 and 10 apart: 0.7 observed, 0.5 expected, kappa 0.4."""
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    assert cohen(pairs) == Fraction(2, 5)


def test_krippendorffs_own_example_of_two_observers() -> None:
    """Ten units, two observers, binary (Computing Krippendorff's Alpha, section A): 0.095."""
    first, second = "0100000010", "1110010000"
    units = [{1: a == "1", 2: b == "1"} for a, b in zip(first, second, strict=True)]
    assert hundredths(krippendorff(units)) == "0.10"
    assert round(float(krippendorff(units) or 0), 3) == 0.095
    assert agreement(units).percent == Fraction(6, 10)


def test_alpha_equals_the_definition_by_pairs() -> None:
    """Disagreement inside units over disagreement of any two values, pair by pair."""
    for seed in range(200):
        chance = random.Random(seed)
        units = [
            {coder: chance.random() < 0.4 for coder in range(4) if chance.random() < 0.7}
            for _ in range(chance.randint(1, 9))
        ]
        both = [list(unit.values()) for unit in units if len(unit) > 1]
        values = [value for unit in both for value in unit]
        inside = sum(
            Fraction(sum(a != b for a, b in permutations(unit, 2)), len(unit) - 1) for unit in both
        )
        any_two = sum(a != b for a, b in permutations(values, 2))
        expected = None
        if any_two:
            expected = 1 - (inside / len(values)) / Fraction(
                any_two, len(values) * (len(values) - 1)
            )
        assert krippendorff(units) == expected, seed


def test_measures_that_are_not_defined_say_so() -> None:
    assert agreement([]).n == 0
    alike = agreement([{1: True, 2: True}] * 3)
    assert (alike.percent, alike.kappa, alike.alpha) == (1, None, None)
    assert [hundredths(value) for value in (None, Fraction(-1, 3), Fraction(1, 8))] == [
        "…", "-0.33", "0.13",
    ]  # fmt: skip
    three = agreement([{1: True, 2: True, 3: False}, {1: False}])
    assert (three.n, three.coders, three.kappa) == (1, 3, None)


@pytest.mark.parametrize(
    ("codings", "tags"),
    [([], []), ([[1, 2]], [1, 2]), ([[1], [2]], []), ([[1], [1, 2]], [1]), ([[1], [1], []], [1])],
)
def test_a_tag_counts_where_more_than_half_gave_it(codings: list, tags: list) -> None:
    assert agreed_tags(codings) == tags


def test_the_difference_gives_both_texts_back() -> None:
    original, quote = (
        "○○町の山田さんと話し、視点が変わった。",
        "担当者と話し、視点が大きく変わった。",
    )
    pieces = difference(original, quote)
    assert "".join(words for kind, words in pieces if kind != "ins") == original
    assert "".join(words for kind, words in pieces if kind != "del") == quote
    assert ("ins", "大きく") in pieces


@pytest.mark.parametrize(
    ("decision", "consent", "publish", "quote", "said"),
    [
        (Decision.PUBLISH, Consent.YES, "ask_consent", "文", ""),
        (Decision.PUBLISH, Consent.NO, "always", "文", "不可"),
        (Decision.PUBLISH, Consent.NOT_ASKED, "ask_consent", "文", "同意"),
        (Decision.PUBLISH, Consent.NOT_ASKED, "always", "文", ""),
        (Decision.PUBLISH, Consent.YES, "never", "文", "公表しない"),
        (Decision.PUBLISH, Consent.YES, "ask_consent", " ", "掲載文がありません"),
        (Decision.UNDECIDED, Consent.YES, "ask_consent", "文", "決めていません"),
    ],
)
def test_what_may_be_printed(decision, consent, publish, quote, said) -> None:
    reason = why_not_printed(decision, consent, publish, quote)
    assert said in reason
    assert bool(reason) is bool(said)


def test_words_are_found_with_and_without_the_dictionary() -> None:
    texts = [
        "観光協会とデータを共有した。",
        "データの見方が分かり、観光協会も変わった。",
        "特になし",
    ]
    assert plain_words(texts[0]) == {"観光協会", "データ", "共有"}
    assert keywords(texts, split=plain_words) == [("データ", 2), ("観光協会", 2)]
    assert "データ" in dict(keywords(texts))
    assert keywords([]) == []


def test_nouns_side_by_side_are_one_word() -> None:
    """The parts of 関係人口 stand nowhere else, so they are not listed beside it."""
    texts = ["関係人口の創出に取り組み、空き家を使った。", "空き家バンクと関係人口に力を入れた。"]
    pytest.importorskip("sudachipy")
    assert dict(keywords(texts)) == {"関係人口": 2, "空き家": 2}
    assert dict(keywords(texts, split=plain_words)) == {"関係人口": 2}
