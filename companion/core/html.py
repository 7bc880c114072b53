"""How values read on screen: filters for templates. Only this module makes markup by itself."""

from __future__ import annotations

import datetime as dt
import re

from flask import Flask
from markupsafe import Markup, escape

from companion.core.clock import to_jst

WEEKDAYS = "月火水木金土日"
REIWA = dt.date(2019, 5, 1)
_BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")


def jdate(day: dt.date | None, form: str = "long") -> str:
    """「令和7年4月9日（水）」; `short` 「R7.4.9（水）」; nothing for None."""
    if day is None:
        return ""
    year, weekday = day.year - 2018, WEEKDAYS[day.weekday()]
    if day < REIWA:  # before 令和 the western year says it plainly
        return f"{day.year}年{day.month}月{day.day}日（{weekday}）"
    if form == "short":
        return f"R{year}.{day.month}.{day.day}（{weekday}）"
    return f"令和{'元' if year == 1 else year}年{day.month}月{day.day}日（{weekday}）"


def jst(moment: dt.datetime | None, form: str = "long") -> str:
    """An aware moment as clocks in Japan show it: `long`, `short` (R7.4.9) or only the `time`."""
    if moment is None:
        return ""
    local = to_jst(moment)
    clock = f"{local.hour}:{local.minute:02}"
    return clock if form == "time" else jdate(local.date(), form) + clock


def minutes(count: int | None) -> str:
    """150 → 「2時間30分」."""
    if count is None:
        return ""
    hours, rest = divmod(count, 60)
    if not hours:
        return f"{rest}分"
    return f"{hours}時間{rest}分" if rest else f"{hours}時間"


def percent_tenths(tenths: int | None) -> str:
    """928 → 「92.8％」; 「…」 for what is not available."""
    return "…" if tenths is None else f"{tenths // 10}.{tenths % 10}％"


def points(hundredths: int | None) -> str:
    """7250 → 「72.50」: points of the matcher."""
    if hundredths is None:
        return "…"
    sign, rest = ("-" if hundredths < 0 else ""), abs(hundredths)
    return f"{sign}{rest // 100:,}.{rest % 100:02}"


def paragraphs(text: str | None) -> Markup:
    """Plain text of people as paragraphs; line breaks stay, everything else is escaped."""
    plain = (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    made = [
        Markup("<p>")
        + Markup("<br>").join(escape(line) for line in block.split("\n"))
        + Markup("</p>")
        for block in _BETWEEN_PARAGRAPHS.split(plain)
        if block
    ]
    return Markup("").join(made)


def register(app: Flask) -> None:
    """Teach the templates these filters."""
    app.jinja_env.filters.update(
        jdate=jdate,
        jst=jst,
        minutes=minutes,
        percent_tenths=percent_tenths,
        points=points,
        paragraphs=paragraphs,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
