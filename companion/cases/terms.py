"""Words of the good cases."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CaseState(StrEnum):
    """Where an article stands; everybody of the programme reads it while it is published."""

    DRAFT = "draft"
    ASKED = "asked"
    CONSENTED = "consented"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "draft": "下書き",
            "asked": "自治体の同意待ち",
            "consented": "同意済（公開待ち）",
            "published": "公開中",
            "withdrawn": "公開終了",
        }[self.value]

    @property
    def readers(self) -> str:
        """Who reads the article in this state."""
        if self is CaseState.PUBLISHED:
            return "この制度の利用者全員（支援官、自治体、都道府県、府省庁、事務局、監査）"
        return "このチームの支援官、自治体、事務局、監査"


class Section(StrEnum):
    """The parts of an article, in the order in which they are read."""

    BACKGROUND = "background"
    MEASURES = "measures"
    PEOPLE = "people"
    SCHEMES = "schemes"
    DURATION = "duration"
    COST = "cost"
    SITUATION_BEFORE = "situation_before"
    SITUATION_AFTER = "situation_after"
    TEAM_PART = "team_part"
    OBSTACLES = "obstacles"
    ADVICE = "advice"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return _LABELS[self]

    @property
    def most(self) -> int:
        """How many characters it may have: all together still fit on one sheet of A4."""
        return _MOST[self][0]

    @property
    def most_lines(self) -> int:
        """How many lines it may have on that sheet."""
        return _MOST[self][1]


_LABELS = {
    Section.BACKGROUND: "背景",
    Section.MEASURES: "取組の内容",
    Section.PEOPLE: "関わった人・団体",
    Section.SCHEMES: "使った制度",
    Section.DURATION: "期間",
    Section.COST: "費用",
    Section.SITUATION_BEFORE: "取組の前",
    Section.SITUATION_AFTER: "取組の後",
    Section.TEAM_PART: "チームの役割",
    Section.OBSTACLES: "つまずいたこと",
    Section.ADVICE: "ほかの地域への助言",
}
# Characters and lines on paper.
_MOST = {
    Section.BACKGROUND: (400, 7),
    Section.MEASURES: (600, 11),
    Section.PEOPLE: (200, 7),
    Section.SCHEMES: (200, 7),
    Section.DURATION: (60, 2),
    Section.COST: (60, 2),
    Section.SITUATION_BEFORE: (250, 9),
    Section.SITUATION_AFTER: (250, 9),
    Section.TEAM_PART: (250, 9),
    Section.OBSTACLES: (250, 9),
    Section.ADVICE: (250, 5),
}
# These stand over the whole width of the sheet, the others two beside each other.
WHOLE_WIDTH = frozenset({Section.BACKGROUND, Section.MEASURES, Section.ADVICE})
# Without these a municipality is not asked for its consent.
NEEDED = (Section.BACKGROUND, Section.MEASURES, Section.SITUATION_AFTER, Section.TEAM_PART)


@dataclass(frozen=True)
class ConsentAsked:
    """A municipality is asked whether an article about it may be published."""

    case_id: int


@dataclass(frozen=True)
class CaseMoved:
    """An article has been consented to, refused, given back, published or withdrawn."""

    case_id: int
