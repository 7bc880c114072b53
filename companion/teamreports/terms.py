"""Words of the teams' reports."""

from __future__ import annotations

from enum import StrEnum


class ReportKind(StrEnum):
    """Which of the two reports of a year."""

    INTERIM = "interim"
    FINAL = "final"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"interim": "中間報告", "final": "成果報告"}[self.value]


class ReportState(StrEnum):
    """Where a report stands: written by the team, confirmed by the municipality, accepted."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    ACCEPTED = "accepted"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "draft": "作成中",
            "submitted": "自治体の確認待ち",
            "confirmed": "受理待ち",
            "returned": "差し戻し",
            "accepted": "受理",
        }[self.value]

    @property
    def is_open(self) -> bool:
        """True while the team may write."""
        return self in {ReportState.DRAFT, ReportState.RETURNED}


class Section(StrEnum):
    """The headings of a report, in their order; the code is the column's name."""

    THEME = "theme"
    COURSE = "course"
    DECISIONS = "decisions"
    OUTCOME = "outcome"
    REMAINING = "remaining"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "theme": "支援テーマ",
            "course": "取組の経過",
            "decisions": "決定事項",
            "outcome": "成果（指標の推移）",
            "remaining": "残る課題・次の行動",
        }[self.value]
