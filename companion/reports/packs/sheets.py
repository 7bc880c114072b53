"""R12 相談カルテ台帳: every sheet of the year, who was asked, who has replied, how long it took."""

from __future__ import annotations

from collections import Counter

from companion.consultations.models import Consultation
from companion.consultations.queries import register_of
from companion.consultations.terms import Axis, ConsultationState
from companion.core.clock import to_jst
from companion.periods.models import Period
from companion.places.prefectures import PREFECTURE_NAMES
from companion.reports.packs.base import begin
from companion.reports.tables import Column, DataSheet, PrintSheet, Report, Row, Table
from companion.reports.terms import Edition

TITLE = "相談カルテ台帳"
COLUMNS = (
    Column("number", "No.", "number", width=5),
    Column("received", "受付日", "date", width=12),
    Column("lg_code", "団体コード", "code", in_print=False),
    Column("prefecture", "都道府県", in_print=False),
    Column("name", "市町村", in_print=False),
    Column("town", "団体", width=18, in_data=False),
    Column("subject", "件名", width=32),
    Column("parts", "組み合わせ", width=32, in_data=False),
    Column("measure", Axis.MEASURE.label, in_print=False),
    Column("actor", Axis.ACTOR.label, in_print=False),
    Column("people", Axis.PEOPLE.label, in_print=False),
    Column("stage", "段階", width=11),
    Column("way", "希望する方法", in_print=False),
    Column("state", "状態", width=12),
    Column("asked", "共有した府省庁", width=22),
    Column("waiting", "回答待ちの府省庁", width=18),
    Column("due", "期限", "date", width=12),
    Column("answered", "回答日", "date", width=12),
    Column("days", "受付から回答まで", "number", "日", 9),
)
WORDS = (
    Column("number", "No.", "number"),
    Column("subject", "件名"),
    Column("situation", "現状と課題"),
    Column("partners", "いっしょに取り組む相手"),
    Column("question", "相談したいこと"),
    Column("answer", "自治体への回答"),
)


def build(period: Period, edition: Edition) -> Report:
    """The register, and how many sheets stand where; an answer counts from its last sending."""
    sheets = register_of(period)
    states = Counter(sheet.state for sheet in sheets)
    told = "、".join(f"{state.label} {states[state]}" for state in ConsultationState)
    base = f"対象：{period.name}に受け付けた相談カルテ　n={len(sheets)}件（{told}）"
    rows = [_row(number, sheet) for number, sheet in enumerate(sheets, 1)]
    table = Table(
        "相談カルテ",
        TITLE,
        COLUMNS,
        rows,
        base=base,
        n=len(sheets),
        notes=("「受付から回答まで」は暦日。追加の相談に回答したものは、最後に回答した日まで。",),
    )
    return begin(
        "consultations",
        TITLE,
        period,
        edition,
        sheets=(PrintSheet(TITLE, (table,)),),
        data=(
            DataSheet(
                "データ_相談カルテ本文", WORDS, [_words(n, s) for n, s in enumerate(sheets, 1)]
            ),
        ),
        facts=(("対象", f"相談カルテ {len(sheets):,}件"),),
        missing=() if sheets else ("相談カルテはまだ届いていません。",),
    )


def _row(number: int, sheet: Consultation) -> Row:
    received = to_jst(sheet.received_at).date()
    answered = to_jst(sheet.answered_at).date() if sheet.answered_at else None
    return (
        number,
        received,
        sheet.lg_code,
        PREFECTURE_NAMES[sheet.municipality.prefecture_code],
        sheet.municipality.name,
        sheet.municipality.full_name,
        sheet.subject,
        " × ".join(filter(None, (sheet.labels_on(axis) for axis in Axis))),
        *(sheet.labels_on(axis) for axis in Axis),
        sheet.stage.label,
        sheet.wished_way.label,
        sheet.state.label,
        "、".join(routing.ministry.name for routing in sheet.routings),
        "、".join(ministry.name for ministry in sheet.waits_for)
        if sheet.state.takes_replies
        else "",
        sheet.due_on,
        answered,
        (answered - received).days if answered else None,
    )


def _words(number: int, sheet: Consultation) -> Row:
    names = ("subject", "situation", "partners", "question", "answer")
    return (number, *(getattr(sheet, name) for name in names))
