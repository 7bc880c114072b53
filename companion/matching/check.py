"""Does an answer obey every rule? Written apart from the solver, in the plainest way.

Shares only the types and the definition of points with the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from companion.matching.problem import Challenge, Official, Place, Problem
from companion.matching.score import programme_points, score_team
from companion.matching.solution import Solution


def violations(problem: Problem, solution: Solution) -> list[str]:
    """Sentences on every rule an answer breaks, and on every figure that is not right."""
    teams = [(team.challenge_key, team.official_keys) for team in solution.teams]
    found = rule_violations(problem, teams)
    if found:
        return found
    for team in solution.teams:
        parts = score_team(problem, team.challenge_key, team.official_keys)
        if parts != team.parts or sum(parts.values()) != team.score:
            found.append(f"{_name(problem, team.challenge_key)}の得点が計算と合いません。")
    programme = programme_points(problem, teams)
    if solution.objective != sum(programme.values()) or solution.programme != programme:
        found.append("全体の得点が計算と合いません。")
    if (
        solution.bound is not None
        and solution.objective is not None
        and solution.bound < solution.objective
    ):
        found.append("上界が得点を下回っています。")
    return found


def rule_violations(
    problem: Problem, teams: Sequence[tuple[str, Sequence[str]]], *, whole: bool = True
) -> list[str]:
    """Sentences on every hard rule that teams (challenge, officials) break.

    With `whole` false, rules about the whole answer (number of teams, who must be in) are left
    out: what is there must be legal, but it need not be complete.
    """
    found: list[str] = []
    seen = Counter(key for key, _ in teams)
    for key, times in seen.items():
        if times > 1:
            found.append(f"{_name(problem, key)}にチームが{times}つあります。")
    for key, members in teams:
        found += team_violations(problem, key, members)
    places = Counter(member for _, members in teams for member in members)
    for official in problem.officials:
        count = places[official.key]
        if count > official.capacity:
            found.append(
                f"{_name(problem, official.key)}が{count}チームに入っています"
                f"（{official.capacity}チームまで）。"
            )
        if whole and count < official.minimum:
            found.append(
                f"{_name(problem, official.key)}は{count}チームで、"
                f"最低の{official.minimum}チームに足りません。"
            )
    found += _ministry_limits(problem, teams)
    if whole:
        found += _whole(problem, teams)
    return found


def team_violations(problem: Problem, key: str, members: Sequence[str]) -> list[str]:
    """Sentences on every rule that one team alone breaks."""
    name = _name(problem, key)
    challenge = problem.challenge_by_key.get(key)
    if challenge is None:
        return [f"{name}は対象の市町村ではありません。"]
    unknown = [member for member in members if member not in problem.official_by_key]
    if unknown:
        return [f"{_name(problem, member)}は対象の応募者ではありません。" for member in unknown]
    rules, decisions = problem.rules, problem.decisions
    officials = [problem.official_by_key[member] for member in members]
    found: list[str] = []
    if len(members) != rules.team_size or len(set(members)) != len(members):
        found.append(f"{name}のチームは{len(set(members))}人です（{rules.team_size}人）。")
    if rules.distinct_ministries:
        ministries = Counter(_ministry(problem, official) for official in officials)
        for ministry, count in ministries.items():
            if count > 1:
                found.append(
                    f"{name}のチームに同じ府省庁（{_name(problem, ministry)}）が{count}人います。"
                )
    if rules.needs_leader and not any(official.can_lead for official in officials):
        found.append(f"{name}のチームにリーダーを務められる人がいません。")
    for official in officials:
        found += _member(problem, challenge, official)
    for locked, team in decisions.locks:
        if locked == key and set(team) != set(members):
            found.append(f"{name}の固定チームが変わっています。")
    for place, member in decisions.members:
        if place == key and member not in members:
            found.append(f"{_name(problem, member)}が指定の{name}に置かれていません。")
    if key in decisions.challenges_out:
        found.append(f"{name}は選ばない指定を受けています。")
    return found


def _member(problem: Problem, challenge: Challenge, official: Official) -> list[str]:
    name, place = _name(problem, official.key), _name(problem, challenge.key)
    found: list[str] = []
    if problem.rules.needs_consent and not official.consented:
        found.append(f"{name}は上司の同意がありません。")
    if any(_covers(area, challenge) for area in official.excluded):
        found.append(f"{name}は{place}を対応困難としています。")
    if any(_covers(area, challenge) for area in official.conflicts):
        found.append(f"{name}は{place}と利害関係があります。")
    if (challenge.key, official.key) in problem.decisions.bans:
        found.append(f"{name}を{place}に置くことは禁じられています。")
    if official.key in problem.decisions.officials_out:
        found.append(f"{name}は対象から外されています。")
    return found


def _whole(problem: Problem, teams: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    rules, decisions = problem.rules, problem.decisions
    found: list[str] = []
    chosen = {key for key, _ in teams}
    if len(teams) != rules.team_count:
        found.append(f"{len(teams)}チームです（{rules.team_count}チームのはずです）。")
    must = [
        *decisions.challenges_in,
        *(key for key, _ in decisions.members),
        *(key for key, _ in decisions.locks),
    ]
    for key in dict.fromkeys(must):
        if key not in chosen:
            found.append(f"必ず選ぶ{_name(problem, key)}が選ばれていません。")
    if problem.keep.max_changes is not None:
        now = {(key, member) for key, members in teams for member in members}
        gone = sum(
            (key, member) not in now
            for key, members in problem.keep.teams.items()
            for member in members
        )
        if gone > problem.keep.max_changes:
            found.append(f"変更が{gone}席あります（{problem.keep.max_changes}席まで）。")
    return found


def _ministry_limits(problem: Problem, teams: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    seats = Counter(
        _ministry(problem, problem.official_by_key[member])
        for _, members in teams
        for member in members
        if member in problem.official_by_key
    )
    found: list[str] = []
    for ministry, count in sorted(seats.items()):
        limit = problem.rules.ministry_limits.get(ministry, problem.rules.ministry_limit)
        if limit is not None and count > limit:
            found.append(f"{_name(problem, ministry)}が{count}人います（{limit}人まで）。")
    return found


def _ministry(problem: Problem, official: Official) -> str:
    together = not problem.rules.agencies_apart
    return official.parent_ministry if together and official.parent_ministry else official.ministry


def _covers(place: Place, challenge: Challenge) -> bool:
    kind, name = place
    of_kind = {
        "municipality": challenge.key,
        "prefecture": challenge.prefecture_code,
        "region": challenge.region,
    }
    return name != "" and of_kind[kind] == name


def _name(problem: Problem, key: str) -> str:
    return problem.names.get(key, key)
