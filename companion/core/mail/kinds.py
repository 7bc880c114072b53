"""The kinds of letters: what each is about, whether it waits for others, who may do without it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Manner:
    """How a kind of letter goes out.

    `life` is set for letters that somebody waits for: they leave at once, alone, at any hour, and
    are not sent any more when they are older. The others wait for business hours, and those of one
    person and day leave as one mail.
    """

    label: str
    may_stop: bool = False
    life: dt.timedelta | None = None


class LetterKind(StrEnum):
    """What a letter is about; the choice of who gets it is made by kind."""

    CODE = "code"
    INVITATION = "invitation"
    DEVICE = "device"
    AUDIT_HEAD = "audit_head"
    POST = "post"
    APPROVAL = "approval"
    CONSENT = "consent"
    TEAM = "team"
    SURVEY = "survey"
    REMINDER = "reminder"
    POLL = "poll"
    LOG = "log"
    ACTION = "action"
    INQUIRY = "inquiry"
    CASE = "case"
    MEMO = "memo"
    CONSULTATION = "consultation"
    BRIEFING = "briefing"
    TEAM_ALERT = "team_alert"
    DIGEST = "digest"

    @property
    def manner(self) -> Manner:
        """How letters of this kind go out."""
        return MANNERS[self]

    @property
    def label(self) -> str:
        """As shown on screen and in merged mails."""
        return self.manner.label

    @property
    def is_urgent(self) -> bool:
        """True when somebody waits for it: never merged, never held back."""
        return self.manner.life is not None


MANNERS = {
    LetterKind.CODE: Manner("サインインの確認コード", life=dt.timedelta(minutes=30)),
    LetterKind.INVITATION: Manner("利用開始の招待", life=dt.timedelta(days=3)),
    LetterKind.DEVICE: Manner("新しい端末の知らせ", life=dt.timedelta(days=3)),
    LetterKind.AUDIT_HEAD: Manner("監査記録の控え"),
    LetterKind.POST: Manner("送れなかった手紙の知らせ"),
    LetterKind.APPROVAL: Manner("承認の依頼と結果"),
    LetterKind.CONSENT: Manner("上司の同意の確認"),
    LetterKind.TEAM: Manner("チームの決定と交代"),
    LetterKind.CASE: Manner("好事例の同意と公開"),
    LetterKind.MEMO: Manner("内部メモが開かれた知らせ", life=dt.timedelta(days=3)),
    LetterKind.SURVEY: Manner("アンケートの回答のお願い"),
    LetterKind.REMINDER: Manner("アンケートの催促", may_stop=True),
    LetterKind.BRIEFING: Manner("報告会の日時"),
    LetterKind.POLL: Manner("日程調整", may_stop=True),
    LetterKind.LOG: Manner("活動記録の訂正", may_stop=True),
    LetterKind.ACTION: Manner("宿題の期限", may_stop=True),
    LetterKind.INQUIRY: Manner("後方支援の回答の依頼", may_stop=True),
    LetterKind.CONSULTATION: Manner("相談カルテの依頼と回答", may_stop=True),
    LetterKind.TEAM_ALERT: Manner("チームの週ごとの確認", may_stop=True),
    LetterKind.DIGEST: Manner("全チームの週のまとめ", may_stop=True),
}
URGENT = frozenset(kind for kind in LetterKind if kind.is_urgent)
MAY_STOP = tuple(kind for kind in LetterKind if kind.manner.may_stop)
