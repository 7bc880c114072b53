"""Seeded instances of the matching benchmark: made up, with the programme's proportions."""

from __future__ import annotations

import random

from companion.matching.problem import Challenge, Official, Place, Problem, Rules

REGIONS = ("北海道", "東北", "関東", "中部", "近畿", "中国", "四国", "九州")
# Share of municipalities that lie in the prefecture's region, by position in REGIONS.
PREFECTURE_REGIONS = [0] + [1] * 6 + [2] * 7 + [3] * 9 + [4] * 7 + [5] * 5 + [6] * 4 + [7] * 8
FIELDS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14")
RANKS = ("staff", "chief", "deputy", "office_head", "director", "counsellor")


def regions() -> dict[str, str]:
    """Region of each prefecture's two-digit code."""
    return {f"{p + 1:02d}": REGIONS[r] for p, r in enumerate(PREFECTURE_REGIONS)}


def make_problem(
    challenges: int,
    officials: int,
    teams: int,
    seed: int,
    *,
    ministries: int = 23,
    soft_cap: int | None = 4,
    consent: float = 0.97,
) -> Problem:
    """A problem of the given size; the same seed gives the same problem."""
    rng = random.Random(seed)  # noqa: S311
    region = regions()
    places = []
    counts: dict[str, int] = {}
    for _ in range(challenges):
        prefecture = f"{min(47, int(rng.triangular(1, 48, 1))):02d}"
        counts[prefecture] = counts.get(prefecture, 0) + 1
        places.append((prefecture, f"{prefecture}{counts[prefecture]:04d}"))
    made = []
    for prefecture, key in places:
        fields = rng.sample(FIELDS, rng.choice((1, 2, 2, 3, 3)))
        shares = {1: [100], 2: [65, 35], 3: [50, 30, 20]}[len(fields)]
        made.append(
            Challenge(
                key,
                prefecture,
                region[prefecture],
                dict(zip(fields, shares, strict=True)),
                merit=rng.randrange(0, 1001, 50),
                remoteness=rng.choices((0, 1, 2, 3), (4, 4, 2, 1))[0],
            )
        )
    sizes = [1 / (k + 2) for k in range(ministries)]
    people = []
    for k in range(officials):
        strong = rng.sample(FIELDS, rng.choice((1, 2, 2, 3, 4)))
        wishes: list[Place] = [
            ("municipality", rng.choice(places)[1]) for _ in range(rng.choice((0, 1, 2, 3, 3)))
        ]
        if rng.random() < 0.5:
            wishes.append(("region", rng.choice(REGIONS)))
        people.append(
            Official(
                f"o{k + 1:04d}@example.go.jp",
                f"府省{rng.choices(range(ministries), sizes)[0] + 1:02d}",
                rank_class=rng.choices(RANKS, (3, 5, 8, 4, 3, 1))[0],
                levels={f: 3 if i == 0 else rng.choice((1, 2, 3)) for i, f in enumerate(strong)},
                wishes=tuple(dict.fromkeys(wishes)),
                anywhere=rng.random() < 0.25,
                ties=tuple(
                    ("municipality", rng.choice(places)[1]) for _ in range(rng.choice((0, 1, 2)))
                ),
                excluded=(("region", rng.choice(REGIONS)),) if rng.random() < 0.1 else (),
                consented=rng.random() < consent,
                can_lead=rng.random() < 0.5,
                travel_days=rng.choice((None, 4, 6, 8, 12)),
            )
        )
    return Problem(
        tuple(made),
        tuple(people),
        Rules(teams, prefecture_soft_cap=soft_cap),
        regions=region,
    )
