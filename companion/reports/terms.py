"""Words of the reports: editions, file types, how often a report is made by itself."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum


class Edition(StrEnum):
    """For whom a report is: everybody, or the secretariat alone."""

    PUBLIC = "public"
    INTERNAL = "internal"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"public": "公表版", "internal": "内部版"}[self.value]

    @property
    def classification(self) -> str:
        """取扱区分, printed on every page."""
        return {"public": "公表版", "internal": "取扱注意"}[self.value]


class FileType(StrEnum):
    """What a report is handed out as."""

    XLSX = "xlsx"
    CSV = "csv"
    CSV_CP932 = "csv_cp932"
    JSON = "json"
    PPTX = "pptx"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "xlsx": "Excel",
            "csv": "CSV（UTF-8、ZIP）",
            "csv_cp932": "CSV（Shift_JIS、ZIP）",
            "json": "JSON",
            "pptx": "PowerPoint",
        }[self.value]

    @property
    def suffix(self) -> str:
        """End of the file's name; the sheets of a CSV come together in one archive."""
        return {"csv": "zip", "csv_cp932": "zip"}.get(self.value, self.value)

    @property
    def media_type(self) -> str:
        """What browsers are told."""
        office = "application/vnd.openxmlformats-officedocument."
        return {
            "xlsx": office + "spreadsheetml.sheet",
            "pptx": office + "presentationml.presentation",
            "json": "application/json",
            "zip": "application/zip",
        }[self.suffix]


class Rhythm(StrEnum):
    """How often a report is made by itself."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"weekly": "毎週月曜日", "monthly": "毎月1日"}[self.value]

    def due_on(self, today: dt.date) -> dt.date:
        """The latest day on which the report should have been made."""
        if self is Rhythm.WEEKLY:
            return today - dt.timedelta(days=today.weekday())
        return today.replace(day=1)
