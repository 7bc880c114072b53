"""What the linter asks of a survey as a whole: sheet names, window, population, banners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

import jpholiday

from companion.core.clock import to_jst
from companion.surveys.faults import nearest
from companion.surveys.schema import Question, SurveyDefinition
from companion.surveys.source import Path

Finding = tuple[Path, str, str, str]  # place, question, sentence, severity
SHEET_NAME = 31


_BAD_IN_SHEET = set("[]:*?/\\")


def sheet_names(defn: SurveyDefinition) -> Iterator[Finding]:
    """Sheet names that Excel takes."""
    if defn.export.workbook and _BAD_IN_SHEET & set(defn.export.workbook):
        message = "ブック名に使えない文字（[ ] : * ? / \\）があります。"
        yield ("export", "workbook"), "", message, "error"
    for i, table in enumerate(defn.export.tables):
        at: Path = ("export", "tables", i, "sheet" if table.sheet else "title")
        sheet = f"表{table.id} {table.sheet or table.title}"
        if _BAD_IN_SHEET & set(sheet):
            yield at, "", "シート名に使えない文字（[ ] : * ? / \\）があります。", "error"
        if len(sheet) > SHEET_NAME:
            message = f"シート名「{sheet}」が{SHEET_NAME}文字を超えます（{len(sheet)}文字）。"
            yield at, "", message, "error"


def window_days(defn: SurveyDefinition) -> Iterator[Finding]:
    for key, moment in (("open", defn.window.opens_at), ("close", defn.window.closes_at)):
        day = to_jst(moment).date()
        if _is_off(day):
            word = "開始" if key == "open" else "締切"
            message = f"{word}の{day:%Y年%-m月%-d日}は土日祝日です。"
            yield ("window", key), "", message, "warning"
    sent = [reminder for reminder in defn.reminders if reminder.at != "open"]
    most = defn.reminder_limits.max_per_person
    if len(sent) > most:
        message = f"催促が{len(sent)}回あり、上限（{most}回）を超えます。"
        yield ("reminders",), "", message, "error"


def not_counted(defn: SurveyDefinition) -> Iterator[Finding]:
    """Settings the tables do not follow: a silent difference would be worse than a refusal."""
    if defn.weights != "none":
        message = "重み付け（weights）の集計はありません。none にしてください。"
        yield ("weights",), "", message, "error"
    for at, question in each_question(defn):
        if question.analysis.percent_of == "answers":
            message = (
                "割合の分母（percent_of）は respondents（回答者数）です。"
                "回答数に占める割合も示すときは both にしてください。"
            )
            yield (*at, "analysis", "percent_of"), question.name, message, "error"
    if defn.identity == "anonymous" and "paper" in defn.channels:
        message = "匿名の調査は、紙や電話の代理入力（paper）では受け付けられません。"
        yield ("channels",), "", message, "error"


def _is_off(day: dt.date) -> bool:
    return day.weekday() >= 5 or bool(jpholiday.is_holiday(day))


def known_names(
    defn: SurveyDefinition,
    populations: Collection[str] | None,
    banners: Collection[str] | None,
) -> Iterator[Finding]:
    if populations is not None and defn.population not in populations:
        message = f"対象「{defn.population}」がありません。{nearest(defn.population, populations)}"
        yield ("population",), "", message, "error"
    for i, cross in enumerate(defn.crosstabs):
        if banners is not None and cross.banner not in banners:
            message = f"区分「{cross.banner}」がありません。{nearest(cross.banner, banners)}"
            yield ("crosstabs", i, "banner"), "", message, "error"


def each_question(defn: SurveyDefinition) -> Iterator[tuple[Path, Question]]:
    """Every question with its place."""
    for p, page in enumerate(defn.pages):
        for q, question in enumerate(page.questions):
            yield ("pages", p, "questions", q), question
