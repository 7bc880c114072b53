"""What else happens in a team's year, invented: themes, the 報告会, indicators, reports."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from companion.activities.actions.scheduling import ask_for_date
from companion.activities.terms import ActivityKind
from companion.activities.written import Plan
from companion.briefings.actions import (
    SessionWords,
    add_unsuitable_day,
    make_sessions,
    propose,
    publish_programme,
)
from companion.core import clock
from companion.core.access import Viewer
from companion.core.clock import at_jst
from companion.core.db import db, saved
from companion.indicators.actions import IndicatorWords, add_indicator, enter_value
from companion.inquiries.actions import Question, ask_secretariat, handle
from companion.inquiries.terms import InquiryKind, InquiryState
from companion.memos.actions import write_entry
from companion.periods.models import Period
from companion.teamreports.actions import (
    accept_report,
    begin_report,
    confirm_report,
    hand_in,
    return_report,
)
from companion.teamreports.terms import ReportKind, ReportState
from companion.teams.actions import fix_theme
from companion.teams.models import Team
from companion.teams.terms import Visibility

THEMES = {
    "tourism": "滞在型の観光と受入れの体制づくり",
    "industry": "地域の産品を生かした新しい事業づくり",
    "town": "駅前と空き店舗を生かしたにぎわいづくり",
    "farming": "担い手の確保と販路の拡大",
    "digital": "窓口と地域の仕事のデジタル化",
}
FIRST_SESSION = dt.date(2025, 9, 10)


def at(year: int, month: int, day: int) -> dt.datetime:
    """Ten in the morning in Japan."""
    return at_jst(dt.date(year, month, day), dt.time(10))


def fix_themes(teams: list[Team], *, by: Viewer) -> None:
    """Every team but three agrees on its theme in summer."""
    with clock.held(at(2025, 8, 8)), saved():
        for team in teams:
            words = THEMES.get(team.challenge.main_field.code, "地域の担い手を広げる仕組みづくり")
            fix_theme(team, words, team.number % 20 != 0, by=by)


def hold_briefings(period: Period, teams: list[Team], chance: random.Random, *, by: Viewer) -> int:
    """Six sessions of ten teams in September; returns how many teams have a seat."""
    with clock.held(at(2025, 8, 20)), saved():
        starts_at = at_jst(FIRST_SESSION, dt.time(13, 30))
        first = SessionWords(starts_at, 12, 10, "中央合同庁舎 会議室", "https://meeting.example/r7")
        make_sessions(period, 6, first, by=by)
        for team in teams:
            if chance.random() < 0.2:
                day = FIRST_SESSION + dt.timedelta(days=chance.randrange(8))
                add_unsuitable_day(team, day, "議会", by=by)
    with clock.held(at(2025, 8, 21)), saved():
        found = propose(period, keeps_fixed=True, by=by)
        publish_programme(period, by=by)
    return len(found.seats)


def write_reports(teams: list[Team], *, by: Viewer) -> int:
    """Interim reports in every state, final ones of some teams; returns how many."""
    count = 0
    for team in teams:
        with clock.held(at(2025, 11, 25)), saved():
            if team.number % 12 == 11:
                continue  # late
            report = begin_report(team, ReportKind.INTERIM, by=by)
            count += 1
            if team.number % 12 != 10:
                hand_in(report, by=by)
        with clock.held(at(2025, 12, 2)), saved():
            report = db.session.merge(report)
            if team.number % 12 == 9 and report.state is ReportState.SUBMITTED:
                return_report(
                    report,
                    "訪問の日付を確かめてください。",
                    waiting={ReportState.SUBMITTED},
                    by=by,
                )
            elif team.number % 12 < 8 and report.state is ReportState.SUBMITTED:
                confirm_report(report, "", by=by)
                if team.number % 12 < 6:
                    accept_report(report, "", by=by)
        if team.number % 4 == 0:
            with clock.held(at(2026, 3, 10)), saved():
                hand_in(begin_report(team, ReportKind.FINAL, by=by), by=by)
                count += 1
    return count


# Name, unit, baseline, target, values in July, October and January, by main field of policy.
FIGURES = {
    "tourism": (
        "年間の宿泊者数（直近12か月）",
        "人",
        18_000,
        22_000,
        (18_300, 19_100, 19_800),
        "町の観光統計",
    ),
    "industry": ("新しく始まった事業", "件", 0, 6, (1, 2, 3), "商工会の調べ"),
    "town": ("駅前の空き店舗", "店", 14, 9, (14, 12, 11), "商店街の調べ"),
}
OTHER = ("庁内外の検討会の参加者", "人", 10, 30, (12, 18, 24), "事務局の記録")


def measure(teams: list[Team], *, by: Viewer) -> int:
    """One or two indicators for two teams out of three; returns how many."""
    count = 0
    for team in teams:
        if team.number % 3 == 0:
            continue
        own = FIGURES.get(team.challenge.main_field.code)
        for name, unit, baseline, target, values, source in filter(None, (own, OTHER)):
            with clock.held(at(2025, 6, 2)), saved():
                words = IndicatorWords(
                    name=name,
                    unit=unit,
                    baseline=Decimal(baseline),
                    baseline_on=dt.date(2025, 4, 1),
                    target=Decimal(target),
                    target_on=dt.date(2026, 3, 31),
                    source=source,
                )
                row = add_indicator(team, words, by=by)
            with clock.held(at(2026, 2, 2)), saved():
                row = db.session.merge(row)
                for month, value in zip((7, 10, 1), values, strict=True):
                    day = dt.date(2025 if month > 3 else 2026, month, 31)
                    enter_value(row, day, Decimal(value), "", by=by)
            count += 1
    return count


QUESTIONS = [
    (InquiryKind.SCHEME, "使える交付金について", "空き店舗の改修に使える交付金と締切を知りたい。"),
    (InquiryKind.EXAMPLE, "似た規模の町の事例", "人口1万人ほどの町で、続いている事例を知りたい。"),
    (InquiryKind.DATA, "来訪者のデータ", "月別の来訪者の数がわかるデータはありますか。"),
]


def ask_for_help(teams: list[Team], *, by: Viewer) -> int:
    """Seven teams of ten use the 後方支援; most are answered; returns how many inquiries."""
    count = 0
    for team in teams:
        if team.number % 10 >= 7:
            continue
        for number, (kind, subject, question) in enumerate(QUESTIONS[: 1 + team.number % 3]):
            with clock.held(at(2025, 6 + 3 * number, 10)), saved():
                seen_by = Visibility.TEAM if team.number % 2 else Visibility.ALL_TEAMS
                asked = Question(kind, subject, question, visibility=seen_by)
                row = ask_secretariat(team, asked, by=by)
                count += 1
            if number < 2:
                with clock.held(at(2025, 6 + 3 * number, 20)), saved():
                    row = db.session.merge(row)
                    words = "該当するものを二つ、資料とともに送りました。"
                    handle(row, InquiryState.ANSWERED, words, "", row.due_on, by=by)
    return count


MEMOS = (
    (
        dt.date(2025, 7, 18),
        "町長は観光より、高校生の通学の足を気にしている。次の会議の議題に入れる。\n"
        "企画課の負担が大きいので、宿題は月二つまでにする。",
    ),
    (dt.date(2026, 2, 3), "来年度の補正の見通しは3月に再確認。町にはまだ話していない。"),
)


def note_for_the_team(team: Team, *, by: Viewer) -> int:
    """Two notes that the officials keep to themselves; returns how many."""
    for day, words in MEMOS:
        with clock.held(at(day.year, day.month, day.day)), saved():
            write_entry(team, words, by=by)
    return len(MEMOS)


def ask_for_a_date(team: Team) -> None:
    """The first team looks for a date for its last meeting of the year."""
    with clock.held(at(2026, 3, 18)), saved():
        start = at(2026, 3, 25)
        plan = Plan(
            ActivityKind.ONLINE_MEETING, start, start + dt.timedelta(hours=1), "年度の振り返り"
        )
        ask_for_date(team, plan, [start, start + dt.timedelta(days=1)], by=None)
