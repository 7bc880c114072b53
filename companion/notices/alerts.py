"""When a team needs a look: the rules, each with its reason and the next step. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from companion.core.businessdays import is_business_day


class Rule(StrEnum):
    """What is watched."""

    KICKOFF = "kickoff"
    UNLOGGED = "unlogged"
    QUIET = "quiet"
    SILENT = "silent"
    NO_VISIT = "no_visit"
    ABSENT = "absent"
    LOAD = "load"
    OVERDUE = "overdue"
    OVERDUE_LONG = "overdue_long"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "kickoff": "顔合わせが未定",
            "unlogged": "記録待ち",
            "quiet": "間が空いている",
            "silent": "連絡が途絶えている",
            "no_visit": "訪問がない",
            "absent": "欠席が続く",
            "load": "負担の偏り",
            "overdue": "宿題の遅れ",
            "overdue_long": "宿題の大きな遅れ",
        }[self.value]

    @property
    def unit(self) -> str:
        """What the number of the setting counts."""
        return {
            "unlogged": "業務日",
            "absent": "回",
            "load": "か月",
        }.get(self.value, "日")

    @property
    def is_urgent(self) -> bool:
        """True when somebody should act this week."""
        return self in {Rule.SILENT, Rule.KICKOFF, Rule.OVERDUE_LONG}


# Days (or times, or months) after which a rule speaks; a cadence of 30 days stands behind two.
DEFAULTS: dict[Rule, int] = {
    Rule.KICKOFF: 10,
    Rule.UNLOGGED: 3,
    Rule.QUIET: 37,
    Rule.SILENT: 60,
    Rule.NO_VISIT: 120,
    Rule.ABSENT: 3,
    Rule.LOAD: 2,
    Rule.OVERDUE: 7,
    Rule.OVERDUE_LONG: 21,
}


@dataclass(frozen=True)
class Rest:
    """Days on which a team rested, both included; `last` is None while it still does."""

    first: dt.date
    last: dt.date | None


@dataclass(frozen=True)
class TeamFacts:
    """What is known of one team today; `overdue` holds (what, whose, due day)."""

    started_on: dt.date
    is_paused: bool = False
    rests: Sequence[Rest] = ()
    has_plan: bool = False
    last_contact: dt.date | None = None
    last_visit: dt.date | None = None
    oldest_unlogged: dt.date | None = None
    absences: Mapping[str, int] = field(default_factory=dict)  # name -> times running
    strained: Sequence[tuple[str, str]] = ()  # name, what
    overdue: Sequence[tuple[str, str, dt.date]] = ()


@dataclass(frozen=True)
class Alert:
    """One thing to look at: which rule, why, and what to do next."""

    rule: Rule
    reason: str
    step: str


def active_days(since: dt.date, today: dt.date, rests: Sequence[Rest]) -> int:
    """Days from `since` to today without those on which the team rested."""
    days = (today - since).days
    for rest in rests:
        first, last = max(rest.first, since), min(rest.last or today, today)
        days -= max(0, (last - first).days)
    return days


def business_days(since: dt.date, today: dt.date) -> int:
    """Business days after `since` up to today."""
    return sum(
        is_business_day(since + dt.timedelta(days=n + 1)) for n in range((today - since).days)
    )


def alerts_of(
    facts: TeamFacts, today: dt.date, limits: Mapping[Rule, int] = DEFAULTS
) -> list[Alert]:
    """Everything that needs a look at a team; nothing while it rests. A limit of 0 is off."""
    if facts.is_paused:
        return []
    found = [*_contact(facts, today, limits), *_people(facts, today, limits)]
    return [alert for alert in found if limits[alert.rule]]


def _contact(facts: TeamFacts, today: dt.date, limits: Mapping[Rule, int]) -> list[Alert]:
    found = []
    age = active_days(facts.started_on, today, facts.rests)
    if facts.last_contact is None and not facts.has_plan and age >= limits[Rule.KICKOFF]:
        found.append(
            Alert(
                Rule.KICKOFF,
                f"着任から{age}日たちましたが、会議の予定がありません。",
                "リーダーに連絡し、顔合わせの日程を決めてもらってください。",
            )
        )
    if facts.oldest_unlogged is not None:
        late = business_days(facts.oldest_unlogged, today)
        if late >= limits[Rule.UNLOGGED]:
            found.append(
                Alert(
                    Rule.UNLOGGED,
                    f"{facts.oldest_unlogged:%-m月%-d日}の予定の記録がありません"
                    f"（{late}業務日経過）。",
                    "記録するか、中止したことを登録してもらってください。",
                )
            )
    since = facts.last_contact or facts.started_on
    quiet = active_days(since, today, facts.rests)
    rule = next((r for r in (Rule.SILENT, Rule.QUIET) if limits[r] and quiet >= limits[r]), None)
    if rule is not None and not any(alert.rule is Rule.KICKOFF for alert in found):
        found.append(
            Alert(
                rule,
                f"最後の活動から{quiet}日たっています。",
                "自治体とリーダーの両方に、困りごとがないか聞いてください。"
                if rule is Rule.SILENT
                else "次の会議の予定を確かめてください。",
            )
        )
    unvisited = active_days(facts.last_visit or facts.started_on, today, facts.rests)
    if unvisited >= limits[Rule.NO_VISIT]:
        found.append(
            Alert(
                Rule.NO_VISIT,
                f"現地訪問が{unvisited}日ありません。",
                "訪問の計画と旅費の見込みをリーダーに確かめてください。",
            )
        )
    return found


def _people(facts: TeamFacts, today: dt.date, limits: Mapping[Rule, int]) -> list[Alert]:
    found = [
        Alert(
            Rule.ABSENT,
            f"{name}さんが{times}回続けて欠席しています。",
            "本人と府省庁の窓口に、業務の状況を確かめてください。",
        )
        for name, times in facts.absences.items()
        if times >= limits[Rule.ABSENT]
    ]
    found += [
        Alert(Rule.LOAD, f"{name}さん：{what}", "チームの中での分担を見直すよう伝えてください。")
        for name, what in facts.strained
    ]
    for what, whose, due in facts.overdue:
        late = (today - due).days
        rule = next(
            (r for r in (Rule.OVERDUE_LONG, Rule.OVERDUE) if limits[r] and late >= limits[r]), None
        )
        if rule is not None:
            found.append(
                Alert(
                    rule,
                    f"「{what}」（{whose}）が期限を{late}日過ぎています。",
                    "期限を延ばすか、取りやめるかを担当と決めてください。",
                )
            )
    return found
