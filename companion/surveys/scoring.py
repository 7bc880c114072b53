"""Answers with scores: mean, median, boxes, and the range for those who did not respond."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from companion.surveys.counted import Counted
from companion.surveys.schema import Choice, Common, Scale5
from companion.surveys.shares import (
    HIDDEN,
    MEAN_NEEDS,
    UNAVAILABLE,
    deviation_tenths,
    half_up,
    mean_range,
    median_of,
    share_tenths,
)
from companion.surveys.tables import Box


def scores_of(choices: Iterable[Choice]) -> dict[str, int]:
    """The score of each choice that has one and is data."""
    return {c.name: c.score for c in choices if c.score is not None and not c.missing}


def share_of(k: int, n: int) -> int | None:
    """k of n in tenths of a per cent; None of nobody."""
    return share_tenths(k, n) if n else None


def scored(
    question: Common, choices: list[Choice], counts: Counter[str], counted: Counted
) -> dict[str, Any]:
    """Mean, median, boxes and the range for non-response of a question with scores."""
    score = scores_of(choices)
    given = [(points, counts[code]) for code, points in score.items()]
    n, scored_n = counted.n, sum(people for _, people in given)
    total = Fraction(sum(points * people for points, people in given))
    out: dict[str, Any] = {"n_scored": scored_n, "score_sum": total}
    out["mean_flag"] = UNAVAILABLE if not scored_n else HIDDEN if scored_n < MEAN_NEEDS else ""
    if out["mean_flag"]:
        return {**out, "score_sum": None}
    out["mean_tenths"] = half_up(10 * total / scored_n)
    out["median"] = median_of(given)
    out["deviation_tenths"] = deviation_tenths(given)
    ranked = sorted(score, key=lambda code: -score[code])
    steps = isinstance(question, Scale5) or sorted(score.values()) == [1, 2, 3, 4, 5]
    top = question.analysis.top_box or (ranked[:2] if steps else None)
    bottom = question.analysis.bottom_box or (ranked[-2:] if steps else None)
    for key, codes in (("top_box", top), ("bottom_box", bottom)):
        if codes:
            count = sum(counts[code] for code in codes)
            out[key] = Box(tuple(codes), count, share_of(count, n))
    # Only a question put to everybody can be carried over to those who did not respond.
    if counted.invited is not None and counted.is_for_everybody:
        told_why_not = sum(counts[choice.name] for choice in choices if choice.missing)
        reach = max(counted.invited - told_why_not, scored_n)
        span = (min(score.values()), max(score.values()))
        out["non_response_range"] = mean_range(int(total), scored_n, reach, *span)
    return out


def mean_notes(choices: list[Choice], counts: Counter[str], n: int, scored: int) -> list[str]:
    """Which answers the mean leaves out, and its own n."""
    left_out = [choice for choice in choices if choice.missing and counts[choice.name]]
    if not left_out or scored == n:
        return []
    labels = "".join(f"「{choice.label}」" for choice in left_out)
    return [f"平均は{labels}を除くn={scored}。"]
