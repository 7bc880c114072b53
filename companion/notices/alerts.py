"""When a team needs a look: the rules, each with its reason and the next step. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from companion.core.businessdays import is_business_day
from companion.inquiries.terms import OFFERED


class Rule(StrEnum):
    """What is watched."""

    KICKOFF = "kickoff"
    UNLOGGED = "unlogged"
    QUIET = "quiet"
    SILENT = "silent"
    NO_VISIT = "no_visit"
    NO_VISIT_HALF = "no_visit_half"
    ABSENT = "absent"
    LOAD = "load"
    OVERDUE = "overdue"
    OVERDUE_LONG = "overdue_long"
    UNUSED = "unused"
    UNUSED_LONG = "unused_long"
    NO_INQUIRY = "no_inquiry"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "kickoff": "顔合わせが未定",
            "unlogged": "記録待ち",
            "quiet": "間が空いている",
            "silent": "連絡が途絶えている",
            "no_visit": "訪問がない",
            "no_visit_half": "半期に訪問がない",
            "absent": "欠席が続く",
            "load": "負担の偏り",
            "overdue": "宿題の遅れ",
            "overdue_long": "宿題の大きな遅れ",
            "unused": "未使用のアカウント",
            "unused_long": "長く未使用のアカウント",
            "no_inquiry": "後方支援が未利用",
        }[self.value]

    @property
    def unit(self) -> str:
        """What the number of the setting counts."""
        return {
            "unlogged": "業務日",
            "no_visit_half": "半期末の日前",
            "absent": "回",
            "load": "か月",
        }.get(self.value, "日")

    @property
    def is_urgent(self) -> bool:
        """True when somebody should act this week."""
        return self in {Rule.SILENT, Rule.KICKOFF, Rule.OVERDUE_LONG, Rule.UNUSED_LONG}


# Days (or times, or months) after which a rule speaks; a cadence of 30 days stands behind two.
DEFAULTS: dict[Rule, int] = {
    Rule.KICKOFF: 10,
    Rule.UNLOGGED: 3,
    Rule.QUIET: 37,
    Rule.SILENT: 60,
    Rule.NO_VISIT: 120,
    Rule.NO_VISIT_HALF: 21,
    Rule.ABSENT: 3,
    Rule.LOAD: 2,
    Rule.OVERDUE: 7,
    Rule.OVERDUE_LONG: 21,
    Rule.UNUSED: 7,
    Rule.UNUSED_LONG: 14,
    Rule.NO_INQUIRY: 60,
}

FIRST_VISIT_DAYS = 60
# Days after which a letter may mention the same thing again.
REPEAT_DAYS = 14


@dataclass(frozen=True)
class Rest:
    """Days on which a team rested, both included; `last` is None while it still does."""

    first: dt.date
    last: dt.date | None


class Overdue(NamedTuple):
    """A next action whose day has passed."""

    what: str
    whose: str
    due_on: dt.date


@dataclass(frozen=True)
class TeamFacts:
    """What is known of one team today."""

    started_on: dt.date
    is_paused: bool = False
    rests: Sequence[Rest] = ()
    has_plan: bool = False
    last_contact: dt.date | None = None
    last_visit: dt.date | None = None
    oldest_unlogged: dt.date | None = None
    absences: Mapping[str, int] = field(default_factory=dict)  # name -> times running
    strained: Sequence[tuple[str, str]] = ()  # name, what
    overdue: Sequence[Overdue] = ()
    unused: Sequence[tuple[str, dt.date]] = ()  # whose account, invited on
    kicked_off_on: dt.date | None = None
    has_asked: bool = False


@dataclass(frozen=True)
class Alert:
    """One thing to look at: which rule, why, and what to do next."""

    rule: Rule
    reason: str
    step: str
    subject: str = ""  # whose or what, where a team may have several of a rule


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
    found = [
        *_contact(facts, today, limits),
        *_people(facts, today, limits),
        *_beginnings(facts, today, limits),
    ]
    return [alert for alert in found if limits[alert.rule]]


def _contact(facts: TeamFacts, today: dt.date, limits: Mapping[Rule, int]) -> list[Alert]:
    found = []
    age = active_days(facts.started_on, today, facts.rests)
    kickoff = limits[Rule.KICKOFF]
    if kickoff and facts.last_contact is None and not facts.has_plan and age >= kickoff:
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
    elif (left := _days_left_in_half(facts, today)) is not None and left <= limits[
        Rule.NO_VISIT_HALF
    ]:
        found.append(
            Alert(
                Rule.NO_VISIT_HALF,
                f"今の半期（4～9月、10～3月）に現地訪問がまだありません。残り{left}日です。",
                "半期のうちに訪問できるかを、リーダーに確かめてください。",
            )
        )
    return found


def _days_left_in_half(facts: TeamFacts, today: dt.date) -> int | None:
    """Days to the end of this half of the fiscal year; None after a visit in it, or a late start.

    A team that began within the last 60 days of activity is not asked for its first visit so.
    """
    is_first = 4 <= today.month <= 9
    year = today.year if is_first or today.month >= 10 else today.year - 1
    first = dt.date(year, 4 if is_first else 10, 1)
    last = dt.date(year, 9, 30) if is_first else dt.date(year + 1, 3, 31)
    if facts.last_visit is not None and facts.last_visit >= first:
        return None
    if active_days(max(facts.started_on, first), today, facts.rests) < FIRST_VISIT_DAYS:
        return None
    return (last - today).days


def _people(facts: TeamFacts, today: dt.date, limits: Mapping[Rule, int]) -> list[Alert]:
    found = [
        Alert(
            Rule.ABSENT,
            f"{name}さんが{times}回続けて欠席しています。",
            "本人と府省庁の窓口に、業務の状況を確かめてください。",
            subject=name,
        )
        for name, times in facts.absences.items()
        if times >= limits[Rule.ABSENT]
    ]
    found += [
        Alert(
            Rule.LOAD,
            f"{name}さん：{what}",
            "チームの中での分担を見直すよう伝えてください。",
            subject=name,
        )
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
                    subject=what,
                )
            )
    return found


def _beginnings(facts: TeamFacts, today: dt.date, limits: Mapping[Rule, int]) -> list[Alert]:
    """What has not been begun to be used: accounts, and the help of the secretariat."""
    found = []
    for whose, invited_on in facts.unused:
        days = active_days(invited_on, today, facts.rests)
        rule = next(
            (r for r in (Rule.UNUSED_LONG, Rule.UNUSED) if limits[r] and days >= limits[r]), None
        )
        if rule is not None:
            found.append(
                Alert(
                    rule,
                    f"{whose}のアカウントが、招待から{days}日たっても使われていません。",
                    "招待の手紙が届いているかを確かめ、「アカウント」から送り直してください。",
                    subject=whose,
                )
            )
    if facts.kicked_off_on is not None and not facts.has_asked:
        days = active_days(facts.kicked_off_on, today, facts.rests)
        if days >= limits[Rule.NO_INQUIRY]:
            found.append(
                Alert(
                    Rule.NO_INQUIRY,
                    f"顔合わせから{days}日たちますが、後方支援をまだ利用していません。",
                    OFFERED,
                )
            )
    return found
