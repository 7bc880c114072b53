"""Made-up 統計指標 of the demo's municipalities."""

from __future__ import annotations

import random

from companion.core import clock
from companion.core.access import Viewer
from companion.core.db import db
from companion.core.sheets import Sheet
from companion.core.sheets.reader import CellValue
from companion.periods.models import Period
from companion.places.queries import all_municipalities
from companion.statistics.actions import keep_preview, take_upload
from companion.statistics.models import StatisticUpload

# Name, unit, least and most, decimals.
HEADS = (
    ("人口", "人", 1_800, 64_000, 0),
    ("65歳以上人口の割合", "％", 24, 52, 1),
    ("人口1万人当たりの事業所", "所", 280, 720, 1),
    ("財政力指数", "", 0.1, 0.9, 2),
)


def measure_places(period: Period, chance: random.Random, *, by: Viewer) -> int:
    """One list of figures for every municipality; returns how many values."""
    rows: list[list[CellValue]] = [
        ["団体コード", *(name for name, *_ in HEADS)],
        ["単位", *(unit for _, unit, *_ in HEADS)],
        ["年", *(2020 for _ in HEADS)],
        ["出典", *("架空の統計" for _ in HEADS)],
    ]
    for town in all_municipalities():
        values = [f"{chance.uniform(least, most):.{places}f}" for *_, least, most, places in HEADS]
        rows.append([town.lg_code, *values])
    sheets = [Sheet("統計指標", rows=rows)]
    upload = StatisticUpload(
        period_id=period.id, filename="架空の統計.xlsx", data=b"", created_at=clock.now()
    )
    db.session.add(upload)
    keep_preview(upload, sheets)
    return take_upload(upload, sheets, by=by)
