"""Two periods beside each other, how answers came in, the tidy sheet, and the 報告会."""

from __future__ import annotations

import datetime as dt
import io
import random

import openpyxl
import pytest
from flask import Flask

from companion.briefings.actions import SessionWords, make_sessions, propose, publish_programme
from companion.core.clock import at_jst
from companion.core.db import db, saved
from companion.demo.answers import municipality_answers, official_answers, spread_arrivals
from companion.periods.models import Period
from companion.reports.actions import Wanted, build_report
from companion.reports.routes.showing import cell_words
from companion.reports.tables import Report, Table
from companion.reports.terms import Edition
from companion.reports.wording import shown
from companion.reports.workbook import make_book
from companion.surveys.actions import close_round, open_round, record_answer_sets
from companion.teams.actions import fix_theme
from tests.kit.makers import (
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_team,
    make_user,
    viewer_as,
)


def programme(year: int, teams: int) -> Period:
    period = make_period(year)
    for number in range(teams):
        town = make_municipality(prefecture_code="01" if number < 2 else "20")
        make_team(
            make_challenge(town, period=period),
            [make_official(period=period) for _ in range(3)],
        )
    return period


def ask(period: Period, survey_id: str, answers: list) -> None:
    with saved():
        survey_round = open_round(survey_id, period, by=None)
        record_answer_sets(survey_round, answers)
        spread_arrivals(survey_round, random.Random(1))
        close_round(survey_id, period, by=None)


def table(report: Report, key: str) -> Table:
    found = report.table(key)
    assert found is not None, [one.key for one in report.tables]
    return found


def two_periods() -> Period:
    """20 municipalities rated 5 before; 20 of 57 answers of the second period."""
    before, now = programme(2025, 20), programme(2026, 20)
    given = municipality_answers(random.Random(1))
    fives = [one for one in given if one["overall"] == "5"][:20]
    mixed = fives[:15] + [one for one in given if one["overall"] == "4"][:5]
    ask(before, "municipality_eval", fives)
    ask(now, "municipality_eval", mixed)
    return now


def test_last_year_stands_beside_where_the_question_is_the_same(app: Flask) -> None:
    period = two_periods()
    report = build_report(period, Wanted("satisfaction"))
    rows = {row[0]: row for row in table(report, "総括表").rows}
    columns = table(report, "総括表").columns
    assert columns[3].label == "令和7年度"
    words = {
        name: [cell_words(cell, column.style) for cell, column in zip(row, columns, strict=True)]
        for name, row in rows.items()
    }
    assert words["伴走支援自治体　全体評価"][1:6] == ["4.8", "20", "5.0", "－0.2", "点"]
    rate = words["伴走支援自治体　回収率"]
    assert rate[1:6] == ["100.0％", "20", "100.0％", "±0.0", "ポイント"]
    first = build_report(
        db.session.scalars(db.select(Period).order_by(Period.id)).first(), Wanted("satisfaction")
    )
    assert {row[3] for row in table(first, "総括表").rows} == {"…"}


def test_shares_of_two_periods_differ_in_points(app: Flask) -> None:
    period = two_periods()
    found = table(build_report(period, Wanted("comparison")), "比較_アンケート")
    assert [column.key for column in found.columns] == [
        "item", "y2025", "n2025", "y2026", "n2026", "change",
    ]  # fmt: skip
    rows = {row[0]: row for row in found.rows}
    five, four = (rows[f"伴走支援自治体　全体評価：{w}"] for w in ("5（良い）", "4"))
    assert (five[2], five[4], float(five[5]), float(four[5])) == (20, 20, -25.0, 25.0)
    assert make_book(build_report(period, Wanted("comparison"))).rows


@pytest.mark.parametrize(("value", "said"), [(36, "＋36"), (-1200, "－1,200"), (0, "±0")])
def test_a_change_of_a_count_has_a_sign(value: int, said: str) -> None:
    assert shown(value, "change") == said


def test_hidden_figures_stay_hidden_in_the_comparison(app: Flask) -> None:
    before, now = programme(2025, 4), programme(2026, 20)
    answers = official_answers(random.Random(1))
    ask(before, "official_eval", answers[:9])
    ask(now, "official_eval", answers[:40])
    found = table(build_report(now, Wanted("comparison")), "比較_アンケート")
    rows = [row for row in found.rows if "支援官　全体評価：" in str(row[0])]
    assert {(row[1], row[2], row[5]) for row in rows} == {("x", "x", "x")}
    told = table(build_report(now, Wanted("satisfaction")), "総括表")
    mean = next(row for row in told.rows if row[0] == "地方創生支援官　全体評価")
    assert mean[3:5] == ("x", "x")


def test_how_answers_came_in_by_day_region_and_channel(app: Flask) -> None:
    period = programme(2025, 20)
    ask(period, "municipality_eval", municipality_answers(random.Random(1))[:15])
    report = build_report(period, Wanted("satisfaction"))
    days = table(report, "回収_日別_municipality_eval")
    assert days.rows[-1][2] == days.total[1] == 15
    assert float(days.rows[-1][3]) == 0.75
    regions = table(report, "回収_地域別_municipality_eval")
    assert regions.total[1:3] == (20, 15)
    channels = table(report, "回収_方法別_municipality_eval")
    assert channels.total[2] == 15
    assert {row[1] for row in channels.rows} <= {"ウェブ", "Excel"}


def test_the_tidy_sheet_holds_every_count_once(app: Flask) -> None:
    period = two_periods()
    for edition in Edition:
        report = build_report(period, Wanted("satisfaction", edition))
        book = openpyxl.load_workbook(io.BytesIO(make_book(report).data))
        rows = list(book["データ_集計"].iter_rows(values_only=True))
        names = [str(name).partition("［")[0] for name in rows[0]]
        lines = [dict(zip(names, row, strict=True)) for row in rows[1:]]
        overall = [
            line for line in lines if line["設問コード"] == "overall" and line["区分"] == "全体"
        ]
        counts = {line["選択肢コード"]: line["回答数"] for line in overall if line["選択肢コード"]}
        assert counts == {"5": 15, "4": 5, "3": 0, "2": 0, "1": 0}
        assert [line["平均"] for line in overall if line["選択肢"] == "平均"] == [4.8]
        assert [line["平均"] for line in overall if line["選択肢"] == "標準偏差"] == [0.4]
        assert {line["表番号"] for line in overall} == {"1-1"}
        cut = [line for line in lines if line["区分軸"] == "region"]
        # Fewer than five scores hide a mean in either edition.
        hidden = [line for line in cut if line["選択肢コード"] and "x" in str(line["記号"])]
        assert bool(hidden) == (edition is Edition.PUBLIC)
        assert all(line["基数"] is None for line in hidden)


def test_the_programme_of_the_sessions_is_printed(app: Flask) -> None:
    period = programme(2025, 3)
    coordinator = viewer_as(make_user("coordinator"))
    report = build_report(period, Wanted("sessions"))
    assert "日程がまだ決まっていない" in report.missing[-1]
    starts = at_jst(dt.date(2025, 9, 10), dt.time(13, 30))
    with saved():
        make_sessions(period, 1, SessionWords(starts, 12, 10, "合同庁舎", ""), by=coordinator)
    with saved():
        propose(period, keeps_fixed=True, by=coordinator)
    public = build_report(period, Wanted("sessions", Edition.PUBLIC))
    assert "日程がまだ決まっていない" in public.missing[-1], "not before it is published"
    with saved():
        publish_programme(period, by=coordinator)
    shown = build_report(period, Wanted("sessions", Edition.PUBLIC)).tables[0]
    assert "令和7年9月10日" in shown.base
    assert "13:30" in shown.base
    assert "会場：合同庁舎" in shown.base
    assert [row[3] for row in shown.rows][:2] == ["13:30～13:42", "13:42～13:54"]


def test_a_fixed_theme_takes_the_place_of_the_challenge(app: Flask) -> None:
    team = make_team(make_challenge(title="応募時の課題"))
    period = team.period
    assert build_report(period, Wanted("teams")).tables[0].rows[0][5] == "応募時の課題"
    with saved():
        fix_theme(team, "滞在型の観光", is_final=True, by=viewer_as(make_user("coordinator")))
    report = build_report(period, Wanted("teams"))
    assert report.tables[0].rows[0][5] == "滞在型の観光"
    assert not any("確定していない" in words for words in report.missing)
