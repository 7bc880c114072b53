"""Agreement of coders, the difference of a quote from its original, when a quote may be printed.

Agreement is computed with exact fractions. Cohen: A coefficient of agreement for nominal scales
(1960). Krippendorff: Content Analysis (2004), nominal data, missing codings allowed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction

from companion.freetexts.terms import Consent, Decision
from companion.surveys.shares import half_up


@dataclass(frozen=True)
class Agreement:
    """How far coders agree on one tag (or on all): units judged by two or more, and the measures.

    `percent` is over all pairs of judgements of the same unit; `kappa` stands for exactly two
    coders; a measure is None where it is not defined (no unit, or never more than one value).
    """

    n: int
    coders: int
    percent: Fraction | None
    kappa: Fraction | None
    alpha: Fraction | None


def agreement(units: Sequence[Mapping[int, bool]]) -> Agreement:
    """The agreement on units, each a map from coder to judgement."""
    both = [unit for unit in units if len(unit) > 1]
    coders = {coder for unit in both for coder in unit}
    pairs = same = 0
    for unit in both:
        values = list(unit.values())
        pairs += len(values) * (len(values) - 1) // 2
        same += sum(n * (n - 1) // 2 for n in Counter(values).values())
    kappa = None
    if len(coders) == 2:
        first, second = sorted(coders)
        kappa = cohen([(unit[first], unit[second]) for unit in both])
    percent = Fraction(same, pairs) if pairs else None
    return Agreement(len(both), len(coders), percent, kappa, krippendorff(both))


def cohen(pairs: Sequence[tuple[bool, bool]]) -> Fraction | None:
    """Cohen's kappa of two coders: agreement beyond what their shares alone would give."""
    n = len(pairs)
    if not n:
        return None
    observed = Fraction(sum(a == b for a, b in pairs), n)
    first, second = sum(a for a, _ in pairs), sum(b for _, b in pairs)
    expected = Fraction(first * second + (n - first) * (n - second), n * n)
    return (observed - expected) / (1 - expected) if expected != 1 else None


def krippendorff(units: Sequence[Mapping[int, bool]]) -> Fraction | None:
    """Krippendorff's alpha for nominal values, any number of coders, gaps allowed."""
    totals: Counter[bool] = Counter()
    observed = Fraction(0)
    for unit in units:
        values = Counter(unit.values())
        m = values.total()
        if m < 2:
            continue
        totals.update(values)
        observed += Fraction(sum(n * (m - n) for n in values.values()), m - 1)
    n = totals.total()
    expected = sum(c * (n - c) for c in totals.values())
    if n < 2 or not expected:
        return None
    return 1 - Fraction(n - 1) * observed / expected


def hundredths(value: Fraction | None) -> str:
    """A measure with two places, 四捨五入; 「…」 where it is not defined."""
    if value is None:
        return "…"
    size = half_up(100 * value)
    return f"{'-' if size < 0 else ''}{abs(size) // 100}.{abs(size) % 100:02d}"


def agreed_tags(codings: Sequence[Sequence[int]]) -> list[int]:
    """The tags that more than half of a text's coders gave."""
    counts = Counter(tag for tags in codings for tag in set(tags))
    return sorted(tag for tag, count in counts.items() if 2 * count > len(codings))


def difference(original: str, quote: str) -> list[tuple[str, str]]:
    """What was left (same), taken away (del) and added (ins), in the order of reading."""
    found: list[tuple[str, str]] = []
    matcher = SequenceMatcher(None, original, quote, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(("same", original[a:b]))
            continue
        found += [(k, words) for k, words in (("del", original[a:b]), ("ins", quote[c:d])) if words]
    return found


def why_not_printed(decision: Decision, consent: Consent, publish: str, quote: str) -> str:
    """Why the quote of a text may not be printed; empty when it may."""
    if consent is Consent.NO:
        return "回答者が、公表資料への掲載を「不可」としています。"
    if publish == "never":
        return "この設問の記述は、公表しないことになっています。"
    if consent is Consent.NOT_ASKED and publish != "always":
        return "回答者から、掲載の同意を得ていません。"
    if not quote.strip():
        return "掲載文がありません。原文を確かめ、掲載文を作ってください。"
    return "" if decision is Decision.PUBLISH else "掲載を決めていません。"
