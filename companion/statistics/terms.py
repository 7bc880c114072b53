"""Words of the 統計指標."""

from __future__ import annotations

from enum import StrEnum

NATION = "00"  # stands in the place of a prefecture's code


class UploadState(StrEnum):
    """Where a workbook that was sent stands."""

    READING = "reading"
    READ = "read"
    FAULTY = "faulty"
    TAKING = "taking"
    TAKEN = "taken"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "reading": "読み取り中",
            "read": "確認待ち",
            "faulty": "読めません",
            "taking": "取込中",
            "taken": "取込済み",
            "discarded": "取りやめ",
        }[self.value]


# What stands under every comparison.
NO_CAUSE = (
    "中央値は、比べるための目安です。差の理由や、取組の良し悪しを示すものではありません。"
    "年や出典が違う数は、そのままでは比べられません。"
)
