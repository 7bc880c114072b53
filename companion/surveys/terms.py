"""Words of the surveys: English codes are stored, Japanese labels are shown."""

from __future__ import annotations

import datetime as dt
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
                "内閣官房の担当者には、お名前（自治体は団体名）つきで届きます。"
                "ほかの支援官、所属府省庁、都道府県には届きません。"
                "監査担当者が読むのは、理由を示し、二人の承認を得た場合だけです。"
            ),
            "confidential": (
                "名前は回答の受付と督促だけに使い、終了の30日後に消します。結果は集計した形だけで示します。"
            ),
            "anonymous": (
                "回答は匿名です。だれが回答したかと、何を回答したかは、結び付けられない形で保存します。"
            ),
        }[self.value]


# Two coordinators let one auditor read the named answers of a closed round for so long.
DISCLOSURE = "surveys.disclose"
DISCLOSED_FOR = dt.timedelta(days=7)


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

    UNSENT = "unsent"
    SENT = "sent"
    OPENED = "opened"
    WRITING = "writing"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "unsent": "未送付",
            "sent": "送付済",
            "opened": "開封",
            "writing": "記入中",
            "submitted": "提出",
            "returned": "差戻し",
            "confirmed": "確定",
            "declined": "辞退",
            "unreachable": "宛先不明",
        }[self.value]


ANSWERED = frozenset({InvitationState.SUBMITTED, InvitationState.CONFIRMED})


# Nothing is owed any more, or nothing can be asked.
NOT_REMINDED = ANSWERED | {InvitationState.DECLINED, InvitationState.UNREACHABLE}
# Nothing has been written yet.
BEFORE_WRITING = frozenset({InvitationState.UNSENT, InvitationState.SENT, InvitationState.OPENED})


class ReminderOutcome(StrEnum):
    """What became of a step of the ladder for one respondent."""

    POSTED = "posted"
    TOO_SOON = "too_soon"
    ENOUGH = "enough"
    MISSED = "missed"
    STOPPED = "stopped"
    RESTING = "resting"
    NOT_MEANT = "not_meant"
    OVER = "over"
    NO_ADDRESS = "no_address"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "posted": "送付",
            "too_soon": "前の手紙から間がない",
            "enough": "上限の回数に達した",
            "missed": "停止していて時期を過ぎた",
            "stopped": "取りやめ",
            "resting": "チームが休止中",
            "not_meant": "対象外（開封済み）",
            "over": "受付が終わっている",
            "no_address": "宛先がない",
        }[self.value]


class Channel(StrEnum):
    """How an answer came in."""

    WEB = "web"
    EXCEL = "excel"
    PAPER = "paper"
    PHONE = "phone"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"web": "ウェブ", "excel": "Excel", "paper": "紙", "phone": "電話"}[self.value]


class Outcome(StrEnum):
    """What became of an Excel form that was handed in."""

    ACCEPTED = "accepted"
    SAME = "same"
    DIFFERS = "differs"
    FAULTY = "faulty"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "accepted": "受付済み",
            "same": "受付済みの回答と同じ",
            "differs": "確認が必要",
            "faulty": "要修正",
            "refused": "受付不可",
        }[self.value]


@dataclass(frozen=True)
class SurveyOpened:
    """A survey was opened and its population invited."""

    round_id: int


@dataclass(frozen=True)
class SurveyClosed:
    """A survey was closed; its results may be seen now."""

    round_id: int
