"""Words of the surveys: English codes are stored, Japanese labels are shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Identity(StrEnum):
    """What binds an answer to who gave it; fixed when a version is published."""

    IDENTIFIED = "identified"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"identified": "記名", "confidential": "秘匿", "anonymous": "匿名"}[self.value]

    @property
    def promise(self) -> str:
        """The one sentence at the top of the questionnaire."""
        return {
            "identified": (
                "内閣官房の担当者には団体名つきで届きます。支援官、所属府省庁、都道府県には届きません。"
            ),
            "confidential": (
                "名前は回答の受付と督促だけに使い、終了の30日後に消します。結果は集計した形だけで示します。"
            ),
            "anonymous": (
                "回答は匿名です。だれが回答したかと、何を回答したかは、結び付けられない形で保存します。"
            ),
        }[self.value]


class RoundState(StrEnum):
    """Where a survey of a period stands."""

    OPEN = "open"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"open": "回答受付中", "closed": "終了"}[self.value]


class InvitationState(StrEnum):
    """How far somebody who was invited has come."""

    SENT = "sent"
    WRITING = "writing"
    SUBMITTED = "submitted"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "sent": "送付済",
            "writing": "記入中",
            "submitted": "提出",
            "declined": "辞退",
            "unreachable": "宛先不明",
        }[self.value]


@dataclass(frozen=True)
class SurveyOpened:
    """A survey was opened and its population invited."""

    round_id: int


@dataclass(frozen=True)
class SurveyClosed:
    """A survey was closed; its results may be seen now."""

    round_id: int
