"""Dates in the Japanese calendar (和暦), both ways.

Eras: 令和 from 2019-05-01, 平成 from 1989-01-08, 昭和 from 1926-12-25 (元号を改める政令).
"""

from __future__ import annotations

import datetime as dt
import re

from companion.core.text import squash

ERAS = (
    ("令和", "R", dt.date(2019, 5, 1), dt.date.max),
    ("平成", "H", dt.date(1989, 1, 8), dt.date(2019, 4, 30)),
    ("昭和", "S", dt.date(1926, 12, 25), dt.date(1989, 1, 7)),
)
WEEKDAYS = "月火水木金土日"
_ERA = {name: era for era in ERAS for name in (era[0], era[0][0], era[1])}
_WEEKDAY = re.compile(
    r"\s*(?:\(([月火水木金土日])(?:曜日?)?(?:[・･]?祝)?\)|([月火水木金土日])曜日?)$"
)
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_JAPANESE = re.compile(
    r"(令和|平成|昭和|令|平|昭|R|H|S)\s*(元|\d{1,2})\s*(?:年|[./-])\s*(\d{1,2})\s*(?:月|[./-])"
    r"\s*(\d{1,2})\s*日?"
)
_WESTERN = re.compile(
    r"(?:西暦)?\s*(\d{4})\s*(?:年|[./-])\s*(\d{1,2})\s*(?:月|[./-])\s*(\d{1,2})\s*日?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
# Excel counts days from here; the range keeps ordinary numbers from becoming dates.
_SERIAL_EPOCH = dt.date(1899, 12, 30)
_SERIAL_FIRST, _SERIAL_LAST = 25569, 73050  # 1970-01-01 to 2099-12-31


class NotADate(ValueError):
    """The value is no date; the message says in Japanese what was found."""


def read_date(value: object) -> dt.date:
    """The day meant by 「令和7年4月9日」「R7.4.9」「2025/2/8（土）」, ISO, or a date cell of Excel.

    A weekday written beside the day must agree with it, and a day must lie in its era: either is
    the sign of a slip that must not pass.

    Raises:
        NotADate: none of these.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if float(value).is_integer() and len(str(int(value))) == 8:
            value = str(int(value))
        elif _SERIAL_FIRST <= value <= _SERIAL_LAST:
            return _SERIAL_EPOCH + dt.timedelta(days=int(value))
    if not isinstance(value, str):
        raise NotADate(
            f"「{value}」は日付として読めません。「令和7年4月9日」のように記入してください。"
        )
    text = squash(value).upper()
    weekday = _WEEKDAY.search(text)
    rest = _TIME.sub("", text[: weekday.start()] if weekday else text).strip()
    day = _parse(rest, value)
    named = (weekday[1] or weekday[2]) if weekday else ""
    if named and WEEKDAYS[day.weekday()] != named:
        raise NotADate(
            f"「{value}」の曜日が日付と合いません（{day:%Y/%m/%d}は{WEEKDAYS[day.weekday()]}曜日です）。"
        )
    return day


def _parse(text: str, value: str) -> dt.date:
    unreadable = NotADate(
        f"「{value}」は日付として読めません。「令和7年4月9日」のように記入してください。"
    )
    japanese = _JAPANESE.fullmatch(text)
    western = _WESTERN.fullmatch(text) or _COMPACT.fullmatch(text)
    try:
        if japanese:
            name, _, first, last = _ERA[japanese[1]]
            year = 1 if japanese[2] == "元" else int(japanese[2])
            day = dt.date(first.year + year - 1, int(japanese[3]), int(japanese[4]))
            if year < 1 or not first <= day <= last:
                raise NotADate(f"「{value}」は{name}の期間にない日付です。年を確かめてください。")
            return day
        if western:
            return dt.date(int(western[1]), int(western[2]), int(western[3]))
    except NotADate:
        raise
    except ValueError:
        raise NotADate(f"「{value}」は暦にない日付です。月日を確かめてください。") from None
    raise unreadable


def _era_year(day: dt.date) -> tuple[str, str, int]:
    for name, letter, first, _ in ERAS:
        if day >= first:
            return name, letter, day.year - first.year + 1
    raise NotADate(f"{day:%Y/%m/%d}は昭和より前の日付です。")


def wareki(day: dt.date, *, weekday: bool = True) -> str:
    """「令和7年4月9日（水）」; the first year of an era is 元年."""
    name, _, year = _era_year(day)
    text = f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return f"{text}（{WEEKDAYS[day.weekday()]}）" if weekday else text


def wareki_short(day: dt.date) -> str:
    """「R7.4.9」."""
    _, letter, year = _era_year(day)
    return f"{letter}{year}.{day.month}.{day.day}"


def wareki_with_western(day: dt.date) -> str:
    """「令和7年（2025年）4月9日」, for sheets that leave the office."""
    name, _, year = _era_year(day)
    return f"{name}{'元' if year == 1 else year}年（{day.year}年）{day.month}月{day.day}日"
