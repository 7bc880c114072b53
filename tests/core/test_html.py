"""How days, hours, shares and plain text read on screen."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask, render_template_string

from companion.core import html


@pytest.mark.parametrize(
    ("day", "form", "words"),
    [
        (dt.date(2025, 4, 9), "long", "令和7年4月9日（水）"),
        (dt.date(2025, 4, 9), "short", "R7.4.9（水）"),
        (dt.date(2019, 5, 1), "long", "令和元年5月1日（水）"),
        (dt.date(2019, 5, 1), "short", "R1.5.1（水）"),
        (dt.date(2019, 4, 30), "long", "2019年4月30日（火）"),
        (dt.date(2018, 12, 31), "short", "2018年12月31日（月）"),
        (None, "long", ""),
    ],
)
def test_a_day_reads_in_the_japanese_calendar(day: dt.date | None, form: str, words: str) -> None:
    assert html.jdate(day, form) == words


@pytest.mark.parametrize(
    ("moment", "form", "words"),
    [
        (dt.datetime(2025, 4, 9, 5, 3, tzinfo=dt.UTC), "long", "令和7年4月9日（水）14:03"),
        (dt.datetime(2025, 4, 9, 5, 3, tzinfo=dt.UTC), "short", "R7.4.9（水）14:03"),
        (dt.datetime(2025, 4, 9, 5, 3, tzinfo=dt.UTC), "time", "14:03"),
        # In Japan it is already the next day, and the next business year.
        (dt.datetime(2025, 3, 31, 15, 0, tzinfo=dt.UTC), "long", "令和7年4月1日（火）0:00"),
        (None, "long", ""),
    ],
)
def test_a_moment_reads_as_clocks_in_japan(
    moment: dt.datetime | None, form: str, words: str
) -> None:
    assert html.jst(moment, form) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (150, "2時間30分"),
        (120, "2時間"),
        (59, "59分"),
        (0, "0分"),
        (6001, "100時間1分"),
        (None, ""),
    ],
)
def test_minutes_read_as_hours(count: int | None, words: str) -> None:
    assert html.minutes(count) == words


@pytest.mark.parametrize(
    ("tenths", "words"),
    [(928, "92.8％"), (1000, "100.0％"), (5, "0.5％"), (0, "0.0％"), (None, "…")],
)
def test_tenths_read_as_percent(tenths: int | None, words: str) -> None:
    assert html.percent_tenths(tenths) == words


@pytest.mark.parametrize(
    ("hundredths", "words"),
    [(7250, "72.50"), (123456, "1,234.56"), (-5, "-0.05"), (0, "0.00"), (None, "…")],
)
def test_hundredths_read_as_points(hundredths: int | None, words: str) -> None:
    assert html.points(hundredths) == words


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("一行", "<p>一行</p>"),
        ("一行\n二行", "<p>一行<br>二行</p>"),
        ("一行\r\n二行\r三行", "<p>一行<br>二行<br>三行</p>"),
        ("一段\n\n二段", "<p>一段</p><p>二段</p>"),
        ("一段\n\n\n \n二段", "<p>一段</p><p>二段</p>"),
        ("<script>x</script> & 'a'", "<p>&lt;script&gt;x&lt;/script&gt; &amp; &#39;a&#39;</p>"),
        ("  \n ", ""),
        (None, ""),
    ],
)
def test_what_people_write_becomes_paragraphs_and_nothing_else(text: str | None, made: str) -> None:
    assert html.paragraphs(text) == made


def test_templates_know_the_filters() -> None:
    app = Flask(__name__)
    html.register(app)
    source = "{{ 150|minutes }} {{ none|jdate }} {{ none|jst }} {{ 928|percent_tenths }}"
    source += " {{ 50|points }} {{ '<'|paragraphs }}"
    with app.test_request_context():
        said = render_template_string(source)
    assert said.split() == ["2時間30分", "92.8％", "0.50", "<p>&lt;</p>"]
