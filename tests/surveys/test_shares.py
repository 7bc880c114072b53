"""四捨五入 and its words: every pair up to 200 against exact arithmetic, and how it is printed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from companion.surveys.grim import grim_mean, grim_share
from companion.surveys.shares import (
    about_wari,
    deviation_tenths,
    format_count,
    format_mean,
    format_n,
    format_percent,
    format_share,
    half_up,
    majority_word,
    mean_range,
    mean_range_from_printed,
    mean_tenths,
    response_rate,
    share_range,
    share_tenths,
)


def exact_tenths(value: Fraction) -> int:
    """Half up through `decimal`, an arithmetic of its own; 60 digits hold k/n for n <= 200."""
    from decimal import localcontext

    with localcontext() as context:
        context.prec = 60
        decimal = Decimal(value.numerator) / Decimal(value.denominator)
        return int(decimal.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def test_all_shares_up_to_200_equal_exact_arithmetic() -> None:
    for n in range(1, 201):
        for k in range(n + 1):
            assert share_tenths(k, n) == exact_tenths(Fraction(1000 * k, n)), (k, n)


def test_all_five_point_means_up_to_200_equal_exact_arithmetic() -> None:
    for n in range(1, 201):
        for total in range(n, 5 * n + 1):
            assert mean_tenths(total, n) == exact_tenths(Fraction(10 * total, n)), (total, n)


@pytest.mark.parametrize(
    ("counted", "tenths"),
    [
        ([(5, 15), (4, 5)], 4),  # 0.4330
        ([(5, 1), (1, 1)], 20),
        ([(4, 7)], 0),
        ([(5, 3), (4, 2), (3, 0), (1, 1)], 14),  # 1.4142
        ([(Fraction(0), 1), (Fraction(1, 2), 1)], 3),  # 0.25 exactly
        ([], None),
    ],
)
def test_standard_deviations(counted: list[tuple[Fraction | int, int]], tenths: int | None) -> None:
    assert deviation_tenths(counted) == tenths


def test_halves_go_away_from_zero() -> None:
    halves = [Fraction(1, 2), Fraction(-1, 2), Fraction(5, 2), Fraction(-5, 2), Fraction(-2, 5)]
    assert [half_up(half) for half in halves] == [1, -1, 3, -3, 0]
    assert share_tenths(1, 2000) == 1  # 0.05 % is 0.1
    assert share_tenths(1, 2001) == 0


@pytest.mark.parametrize(
    ("tenths", "count", "flag", "printed"),
    [
        (928, 116, "", "92.8"),
        (1000, 5, "", "100.0"),
        (0, 0, "", "－"),
        (0, 1, "", "0.0"),
        (None, 0, "x", "x"),
        (None, 0, "…", "…"),
        (None, None, "", "…"),
    ],
)
def test_symbols(tenths: int | None, count: int | None, flag: str, printed: str) -> None:
    assert format_share(tenths, count, flag) == printed


def test_a_symbol_stands_without_the_sign() -> None:
    shown = [format_percent(928), format_percent(0, 0), format_percent(None, 1, "x")]
    assert [*shown, format_percent(None)] == ["92.8％", "－", "x", "…"]


def test_how_means_counts_and_bases_are_printed() -> None:
    assert [format_mean(46), format_mean(None), format_mean(None, "x")] == ["4.6", "…", "x"]
    assert [format_count(1234), format_count(0), format_count(None)] == ["1,234", "－", "…"]
    assert [format_n(29), format_n(30), format_n(0), format_n(3, "x")] == ["29＊", "30", "0", "x"]
    assert [response_rate(57, 60), response_rate(125, 180), response_rate(0, 0)] == [950, 694, None]


def test_what_the_silent_could_do_to_the_figures() -> None:
    assert mean_range_from_printed(46, 57, 60) == (44, 47)
    assert mean_range_from_printed(43, 125, 180) == (33, 45)
    assert mean_range(262, 57, 60) == (44, 46)
    assert mean_range_from_printed(46, 1, 2) is None
    assert share_range(116, 125, 180) == (644, 950)


@pytest.mark.parametrize(
    ("k", "n", "shade", "words"),
    [
        (116, 125, False, "約9割（92.8％、116人）"),
        (116, 125, True, "9割強（92.8％、116人）"),
        (36, 125, True, "3割弱（28.8％、36人）"),
        (36, 125, False, "約3割（28.8％、36人）"),
        (1, 2, True, "5割（50.0％、1人）"),
        (45, 100, True, "約5割（45.0％、45人）"),
        (0, 9, False, "なし（0.0％、0人）"),
        (9, 9, False, "すべて（100.0％、9人）"),
        (97, 100, False, "ほぼすべて（97.0％、97人）"),
        (4, 100, False, "1割未満（4.0％、4人）"),
    ],
)
def test_shares_in_words_carry_their_figure(k: int, n: int, shade: bool, words: str) -> None:
    assert about_wari(k, n, shade=shade) == words


def test_majorities_are_exact() -> None:
    pairs = [(1, 2), (51, 100), (74, 100), (75, 100), (0, 0)]
    assert [majority_word(k, n) for k, n in pairs] == ["", "過半数", "過半数", "大半", ""]


def test_the_published_29_percent_cannot_be() -> None:
    finding = grim_share(290, 125, 36)
    assert not finding.possible
    assert finding.message == (
        "29.0 は n=125 では生じない（刻み0.8pt、近い値 28.8／29.6）。"
        "36/124=29.03 または整数丸めの可能性"
    )
    others = [928, 616, 456, 224, 128, 96, 64, 48, 32, 16]
    assert all(grim_share(tenths, 125).possible for tenths in others)
    assert grim_mean(46, 57).counts == tuple(range(260, 266))
    assert grim_mean(43, 125).counts == tuple(range(532, 544))


def test_grim_agrees_with_all_counts() -> None:
    for n in range(1, 61):
        reachable = {share_tenths(k, n) for k in range(n + 1)}
        for tenths in range(0, 1001, 7):
            assert grim_share(tenths, n).possible is (tenths in reachable)
