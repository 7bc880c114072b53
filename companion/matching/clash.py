"""Why there is no answer: contradictions seen at once, or the smallest set of clashing rules."""

from __future__ import annotations

import time
from collections.abc import Callable

from companion.matching.feasible import Rule, all_rules, find_any
from companion.matching.problem import Official, Problem
from companion.matching.score import contains


def contradictions(problem: Problem) -> list[str]:
    """Sentences on what cannot be, seen by counting and by looking at each decision alone."""
    return [*_unknown(problem)] or [*_counts(problem), *_decisions(problem)]


def _name(problem: Problem, key: str) -> str:
    return problem.names.get(key, key)


def _unknown(problem: Problem) -> list[str]:
    decisions = problem.decisions
    challenges = [
        *(c for c, _ in decisions.members),
        *(c for c, _ in decisions.locks),
        *decisions.challenges_in,
    ]
    officials = [
        *(o for _, o in decisions.members),
        *(o for _, members in decisions.locks for o in members),
    ]
    return [
        f"指定された市町村{_name(problem, key)}は、対象の市町村にありません。"
        for key in dict.fromkeys(challenges)
        if key not in problem.challenge_by_key
    ] + [
        f"指定された応募者{_name(problem, key)}は、対象の応募者にいません。"
        for key in dict.fromkeys(officials)
        if key not in problem.official_by_key
    ]


def _able(problem: Problem) -> list[Official]:
    out = set(problem.decisions.officials_out)
    return [
        o
        for o in problem.officials
        if o.key not in out and (o.consented or not problem.rules.needs_consent)
    ]


def _counts(problem: Problem) -> list[str]:
    rules, decisions = problem.rules, problem.decisions
    able = _able(problem)
    places = len({c.key for c in problem.challenges} - set(decisions.challenges_out))
    found: list[str] = []
    if places < rules.team_count:
        found.append(
            f"{rules.team_count}チームを編成するには市町村が足りません（対象は{places}団体）。"
        )
    seats = rules.team_count * rules.team_size
    hands = sum(o.capacity for o in able)
    if hands < seats:
        consent = "上司の同意がある" if rules.needs_consent else ""
        found.append(
            f"{rules.team_count}チームに必要な{seats}席に対し、{consent}応募者は{hands}席分です。"
        )
    if rules.needs_leader and rules.team_count:
        leaders = sum(o.capacity for o in able if o.can_lead)
        if leaders < rules.team_count:
            found.append(
                f"リーダーを務められる応募者が{leaders}席分で、"
                f"{rules.team_count}チームに足りません。"
            )
    seats_by_ministry: dict[str, int] = {}
    for official in able:
        ministry = problem.ministry_of(official)
        seats_by_ministry[ministry] = seats_by_ministry.get(ministry, 0) + official.capacity
    ministries = len(seats_by_ministry)
    if rules.distinct_ministries and rules.team_count and ministries < rules.team_size:
        found.append(
            f"1チーム{rules.team_size}人を異なる府省庁から選ぶには府省庁が足りません"
            f"（応募者の府省庁は{ministries}）。"
        )
    elif rules.distinct_ministries and hands >= seats:
        usable = sum(min(count, rules.team_count) for count in seats_by_ministry.values())
        if usable < seats:
            crowded = [
                f"{_name(problem, m)} {count}席分"
                for m, count in sorted(seats_by_ministry.items())
                if count > rules.team_count
            ]
            found.append(
                f"同じ府省庁からは1チームに1人のため、{seats}席のうち{usable}席しか埋まりません"
                f"（{'、'.join(crowded)}は{rules.team_count}席まで）。"
            )
    forced = {c for c, _ in decisions.members} | {c for c, _ in decisions.locks}
    forced |= set(decisions.challenges_in)
    if len(forced) > rules.team_count:
        found.append(
            f"必ず選ぶ市町村が{len(forced)}団体あり、{rules.team_count}チームを超えています。"
        )
    for key in sorted(forced & set(decisions.challenges_out)):
        found.append(f"{_name(problem, key)}は、必ず選ぶ指定と選ばない指定の両方を受けています。")
    return found


def _decisions(problem: Problem) -> list[str]:
    rules, decisions = problem.rules, problem.decisions
    found: list[str] = []
    members: dict[str, set[str]] = {}
    for challenge, official in decisions.members:
        members.setdefault(challenge, set()).add(official)
    locked: dict[str, set[str]] = {}
    for challenge, team in decisions.locks:
        place = _name(problem, challenge)
        if len(set(team)) != rules.team_size:
            found.append(
                f"{place}の固定チームは{len(set(team))}人で、1チーム{rules.team_size}人と"
                "合いません。"
            )
        if challenge in locked and locked[challenge] != set(team):
            found.append(f"{place}に、異なる固定チームが二つ指定されています。")
        locked[challenge] = set(team)
        for official in sorted(members.get(challenge, set()) - set(team)):
            found.append(
                f"{_name(problem, official)}を{place}に置く指定が、{place}の固定チームと"
                "矛盾します。"
            )
        members.setdefault(challenge, set()).update(team)
    times: dict[str, list[str]] = {}
    for challenge, officials in sorted(members.items()):
        place = _name(problem, challenge)
        if len(officials) > rules.team_size:
            found.append(
                f"{place}に置く指定が{len(officials)}人分あり、"
                f"1チーム{rules.team_size}人を超えています。"
            )
        by_ministry: dict[str, list[str]] = {}
        for key in sorted(officials):
            times.setdefault(key, []).append(challenge)
            person = problem.official_by_key[key]
            found += _cannot(problem, challenge, person)
            by_ministry.setdefault(problem.ministry_of(person), []).append(key)
        for ministry, keys in by_ministry.items():
            if rules.distinct_ministries and len(keys) > 1:
                names = "と".join(_name(problem, key) for key in keys)
                found.append(
                    f"{place}に置く指定の{names}は同じ府省庁（{_name(problem, ministry)}）です。"
                )
        if (
            rules.needs_leader
            and len(officials) == rules.team_size
            and not any(problem.official_by_key[key].can_lead for key in officials)
        ):
            found.append(f"{place}に置く指定の全員が、リーダーを務められません。")
    for key, challenges in sorted(times.items()):
        capacity = problem.official_by_key[key].capacity
        if len(challenges) > capacity:
            places = "、".join(_name(problem, c) for c in challenges)
            found.append(
                f"{_name(problem, key)}は{capacity}チームまでですが、"
                f"{len(challenges)}チーム（{places}）に指定されています。"
            )
    return found


def _cannot(problem: Problem, challenge_key: str, official: Official) -> list[str]:
    challenge = problem.challenge_by_key[challenge_key]
    decisions = problem.decisions
    said = f"{_name(problem, official.key)}を{_name(problem, challenge_key)}に置く指定"
    found: list[str] = []
    if problem.rules.needs_consent and not official.consented:
        found.append(f"{said}は、上司の同意がないため実行できません。")
    if any(contains(place, challenge) for place in official.conflicts):
        found.append(f"{said}は、利害関係があるため実行できません。")
    if any(contains(place, challenge) for place in official.excluded):
        found.append(f"{said}は、本人が対応困難とした地域のため実行できません。")
    if (challenge_key, official.key) in decisions.bans:
        found.append(f"{said}は、同じ組合せを禁じる指定と矛盾します。")
    if official.key in decisions.officials_out:
        found.append(f"{said}は、この応募者を対象から外す指定と矛盾します。")
    return found


def smallest_clash(
    problem: Problem,
    *,
    seconds: float,
    cancel: Callable[[], bool] | None = None,
) -> list[str]:
    """Sentences for a set of rules that clash, none of which could be left out of the set.

    Rules are taken away one by one and stay away if the clash remains (deletion filter).
    """
    until = time.monotonic() + seconds
    away: list[Rule] = []
    remaining = all_rules(problem)
    # The rules at the end of the list are the ones most easily changed: they are kept longest
    # where there is a choice, so the sentences name what a person can act on.
    for rule in list(remaining):
        left = until - time.monotonic()
        if left <= 0 or (cancel is not None and cancel()):
            break
        answer = find_any(problem, [*away, rule], seconds=left, cancel=cancel)
        if answer.exists is False:
            away.append(rule)
            remaining.remove(rule)
    return [_sentence(problem, rule) for rule in remaining]


def _sentence(problem: Problem, rule: Rule) -> str:
    name, k = rule
    rules, decisions = problem.rules, problem.decisions
    if name == "count":
        return f"{rules.team_count}チームを編成する。"
    if name == "capacity":
        most = max((o.capacity for o in problem.officials), default=1)
        return f"1人が入るチームは{most}つまで。"
    if name == "distinct":
        return f"1チーム{rules.team_size}人は、すべて異なる府省庁とする。"
    if name == "leader":
        leaders = sum(o.can_lead for o in problem.officials)
        return f"どのチームにもリーダーを務められる人を入れる（務められる応募者は{leaders}人）。"
    if name == "consent":
        missing = sum(not o.consented for o in problem.officials)
        return f"上司の同意がない応募者は置かない（{missing}人）。"
    if name == "excluded":
        people = sum(bool(o.excluded) for o in problem.officials)
        return f"本人が対応困難とした地域には置かない（該当する応募者は{people}人）。"
    if name == "conflicts":
        people = sum(bool(o.conflicts) for o in problem.officials)
        return f"利害関係のある市町村には置かない（該当する応募者は{people}人）。"
    if name == "minimum":
        return "最低限のチーム数が決まっている応募者は、その数だけ置く。"
    if name == "limits":
        words = "、".join(
            f"{_name(problem, ministry)}は{limit}人"
            for ministry, limit in sorted(rules.ministry_limits.items())
        )
        if rules.ministry_limit is not None:
            words += f"{'、ほかは' if words else ''}{rules.ministry_limit}人"
        return f"府省庁ごとの人数の上限を守る（{words}まで）。"
    if name == "changes":
        return f"変更は{problem.keep.max_changes}席までとする。"
    if name == "out":
        return (
            f"対象から外した市町村（{len(decisions.challenges_out)}団体）と"
            f"応募者（{len(decisions.officials_out)}人）は使わない。"
        )
    if name == "ban":
        challenge, official = decisions.bans[k]
        return f"{_name(problem, official)}を{_name(problem, challenge)}に置かない。"
    if name == "in":
        return f"{_name(problem, decisions.challenges_in[k])}を必ず選ぶ。"
    if name == "lock":
        challenge, team = decisions.locks[k]
        members = "、".join(_name(problem, key) for key in team)
        return f"{_name(problem, challenge)}のチームを{members}に固定する。"
    challenge, official = decisions.members[k]
    return f"{_name(problem, official)}を{_name(problem, challenge)}に置く。"
