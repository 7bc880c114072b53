"""Words of the screening, and the criteria a new period starts with."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Subject(StrEnum):
    """What a decision is about."""

    CHALLENGE = "challenge"
    OFFICIAL = "official"


class Verdict(StrEnum):
    """What the screening decided."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    REOPENED = "reopened"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"eligible": "対象", "ineligible": "対象外", "reopened": "判断を取り消し"}[
            self.value
        ]


class Stance(StrEnum):
    """What a prefecture says of a challenge, or a ministry of an application of its own."""

    RECOMMENDED = "recommended"
    NO_OBJECTION = "no_objection"
    CONCERN = "concern"
    AGREED = "agreed"
    CONDITIONAL = "conditional"
    DISAGREED = "disagreed"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "recommended": "推薦する",
            "no_objection": "支障なし",
            "concern": "懸念あり",
            "agreed": "同意",
            "conditional": "条件付き同意",
            "disagreed": "不同意",
        }[self.value]

    @property
    def is_warning(self) -> bool:
        """True when a person should read the words before the application is made eligible."""
        return self in {Stance.CONCERN, Stance.CONDITIONAL, Stance.DISAGREED}


OF_PREFECTURE = (Stance.RECOMMENDED, Stance.NO_OBJECTION, Stance.CONCERN)
OF_MINISTRY = (Stance.AGREED, Stance.CONDITIONAL, Stance.DISAGREED)


class CriterionRow(NamedTuple):
    """A criterion: label, what to look at, weight."""

    label: str
    description: str
    weight: int


# Nothing official is public about the criteria: these are our own proposal, marked provisional on
# screen until the secretariat edits them.
STARTING_CRITERIA: tuple[CriterionRow, ...] = (
    CriterionRow("課題の明確さ", "何に困っていて、何を変えたいかが具体的に書かれているか。", 30),
    CriterionRow("支援の必要性", "庁内だけでは進めにくく、伴走支援に向いた課題か。", 30),
    CriterionRow("受入体制", "担当課と首長が関わり、会議や訪問を受け入れられるか。", 20),
    CriterionRow("波及と継続", "成果がほかの地域の参考になり、支援の後も続けられるか。", 20),
)
# How far a municipality is from Tokyo by public transport: our own proposal.
REMOTENESS = (
    (0, "近い（日帰りできる）"),
    (1, "やや遠い（半日かかる）"),
    (2, "遠い（一日がかり）"),
    (3, "離島など（船や小型機）"),
)
ISLAND = 3
LEVELS = (
    (5, "5（とても良い）"),
    (4, "4（良い）"),
    (3, "3（ふつう）"),
    (2, "2（やや弱い）"),
    (1, "1（弱い）"),
)
