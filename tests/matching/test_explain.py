"""Sentences come from the data, and say what the points say."""

from __future__ import annotations

from dataclasses import dataclass, field

from companion.matching.explain import explain_team, points_text
from companion.matching.problem import Challenge, Official, Problem, Rules
from companion.matching.score import score_team
from companion.matching.solution import Team


@dataclass
class _Names:
    challenges: dict[str, str] = field(default_factory=lambda: {"012025": "北海道函館市"})
    officials: dict[str, str] = field(
        default_factory=lambda: {"a": "甲さん", "b": "乙さん", "c": "丙さん"}
    )
    fields: dict[str, str] = field(default_factory=lambda: {"1": "観光", "2": "産業振興"})
    ministries: dict[str, str] = field(default_factory=lambda: {"mlit": "国土交通省"})


def _problem(**changes: object) -> Problem:
    return Problem(
        (
            Challenge(
                "012025", "01", "北海道", {"1": 60, "2": 40}, remoteness=1, last_members=("b",)
            ),
        ),
        (
            Official(
                "a",
                "mlit",
                rank_class="chief",
                levels={"1": 3},
                wishes=(("municipality", "012033"), ("municipality", "012025")),
                travel_days=3,
                can_lead=True,
            ),
            Official(
                "b",
                "meti",
                rank_class="staff",
                ties=(("prefecture", "01"),),
                travel_days=12,
                can_lead=False,
            ),
            Official("c", "mof", rank_class="staff", can_lead=False),
        ),
        Rules(1),
        **changes,  # type: ignore[arg-type]
    )


def _team(problem: Problem) -> Team:
    parts = score_team(problem, "012025", ("a", "b", "c"))
    return Team("012025", ("a", "b", "c"), sum(parts.values()), parts)


def test_every_part_has_its_sentence() -> None:
    problem = _problem()
    told = explain_team(problem, _team(problem), _Names())
    assert told.team == (
        "分野の適合 27.00／45.00点",
        "観光（配点27.00点）：国土交通省の応募者が上級",
        "産業振興（配点18.00点）：得意とする応募者がいない",
        "希望 5.67／20.00点：甲さんは第2希望の市町村、乙さんは希望に当たらない、"
        "丙さんは希望に当たらない",
        "縁 6.00／10.00点：乙さんは同じ都道府県に縁がある",
        "職位の組合せ 5.00／10.00点：3人の職位区分は2種類",
        "専門性の厚み 2.00／10.00点：甲さんは60％、乙さんは0％、丙さんは0％",
        "出張のしやすさ 3.33／5.00点（年6日が目安）：甲さんは年3日（50％）、"
        "乙さんは年12日（100％）、丙さんは出張可能日数の記載がない",
        "継続 3.33／10.00点：乙さんが前期から続けて担当",
        "基準の60.00点に届かないため、全体の得点から7.67点を引いている",
    )


def test_each_member_has_reasons_from_the_data() -> None:
    problem = _problem()
    told = explain_team(problem, _team(problem), _Names())
    assert told.members == {
        "a": (
            "観光が上級（チームで最も高い）",
            "第2希望の市町村",
            "チームでただ一人リーダーを務められる",
            "ほかの2人と職位区分が異なる",
        ),
        "b": ("同じ都道府県に縁がある", "前期から続けて担当"),
        "c": ("分野・希望・縁に当てはまる点はない（全体の得点による配置）",),
    }


def test_given_scores_are_named_as_such() -> None:
    problem = _problem(matrix={"012025": {"a": 150, "c": 75}})
    told = explain_team(problem, _team(problem), _Names())
    assert told.team == ("評点 2.25点（与えられた評点の合計）",)
    assert told.members["a"] == ("評点1.50点",)


def test_points_are_written_with_two_decimals() -> None:
    assert [points_text(v) for v in (0, 5, 6000, -750)] == ["0.00", "0.05", "60.00", "-7.50"]
