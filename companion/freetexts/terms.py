"""Words of the free texts: English codes are stored, Japanese labels are shown."""

from __future__ import annotations

from enum import StrEnum


class Decision(StrEnum):
    """Whether the edited quote of a text may be printed."""

    UNDECIDED = "undecided"
    PUBLISH = "publish"
    WITHHOLD = "withhold"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"undecided": "未定", "publish": "掲載する", "withhold": "掲載しない"}[self.value]


class Consent(StrEnum):
    """What the respondent said about printing the text."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"yes": "可", "no": "不可", "not_asked": "同意の記録なし"}[self.value]
