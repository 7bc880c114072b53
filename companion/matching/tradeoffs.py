"""Weighing otherwise: what to try, and which answers no other one surpasses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from companion.matching.explain import points_text
from companion.matching.problem import Problem, Weights

# What somebody may weigh otherwise, and whether every part is nothing afterwards.
WEIGHED = ("coverage", "wishes", "ties", "mix", "depth", "travel", "continuity")


@dataclass(frozen=True)
class Variant:
    """A weighing to try: what it favours, and how it changes the weights or the mode."""

    key: str
    label: str
    weights: dict[str, int]
    mode: str | None = None


def variants(problem: Problem) -> list[Variant]:
    """The weighings that show what is given up for wishes, fields, spread and the weakest team."""
    weights = problem.weights
    return [
        Variant("wishes", "職員の希望を2倍に重く見る", {"wishes": 2 * weights.wishes}),
        Variant("coverage", "分野の適合を1.5倍に重く見る", {"coverage": weights.coverage * 3 // 2}),
        Variant(
            "spread",
            "都道府県の広がりを3倍に重く見る",
            {"prefecture_bonus": 3 * weights.prefecture_bonus, "over_cap": 3 * weights.over_cap},
        ),
        Variant("worst", "最も低いチームを先に引き上げる", {}, mode="worst_first"),
    ]


def changed_weight(weights: Weights, part: str, label: str, value: int) -> Variant | None:
    """One weight set to `value` (hundredths); None when every part would be worth nothing."""
    after = asdict(weights) | {part: value}
    if not any(after[name] for name in WEIGHED):
        return None
    before = points_text(getattr(weights, part))
    return Variant(
        "own", f"「{label}」を{before}点から{points_text(value)}点に変える", {part: value}
    )


def unsurpassed(figures: Sequence[tuple[int, ...]]) -> list[int | None]:
    """The Pareto set: for each row None, or the first row that is nowhere worse and somewhere
    better; larger is better.
    """

    def surpasses(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
        return a != b and all(x >= y for x, y in zip(a, b, strict=True))

    return [
        next((k for k, other in enumerate(figures) if surpasses(other, row)), None)
        for row in figures
    ]
