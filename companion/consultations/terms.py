"""Words of the 相談カルテ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Axis(StrEnum):
    """Along what a new combination is made; the three axes are the programme's own."""

    MEASURE = "measure"
    ACTOR = "actor"
    PEOPLE = "people"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"measure": "施策", "actor": "主体", "people": "人材"}[self.value]


class Element(StrEnum):
    """What is combined; the codes are stable."""

    INDUSTRY = "industry"
    RESOURCE = "resource"
    GREEN = "green"
    DIGITAL = "digital"
    OVERSEAS = "overseas"
    BUSINESS = "business"
    GOVERNMENT = "government"
    ACADEMIA = "academia"
    FINANCE = "finance"
    LABOUR = "labour"
    MEDIA = "media"
    PROFESSION = "profession"
    SIDE_JOB = "side_job"
    RELATED = "related"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return _ELEMENTS[self][1]

    @property
    def axis(self) -> Axis:
        """The axis it stands on."""
        return _ELEMENTS[self][0]


_ELEMENTS = {
    Element.INDUSTRY: (Axis.MEASURE, "産業"),
    Element.RESOURCE: (Axis.MEASURE, "埋もれた地域資源"),
    Element.GREEN: (Axis.MEASURE, "環境・GX"),
    Element.DIGITAL: (Axis.MEASURE, "デジタル・新技術"),
    Element.OVERSEAS: (Axis.MEASURE, "海外展開"),
    Element.BUSINESS: (Axis.ACTOR, "産"),
    Element.GOVERNMENT: (Axis.ACTOR, "官"),
    Element.ACADEMIA: (Axis.ACTOR, "学"),
    Element.FINANCE: (Axis.ACTOR, "金"),
    Element.LABOUR: (Axis.ACTOR, "労"),
    Element.MEDIA: (Axis.ACTOR, "言"),
    Element.PROFESSION: (Axis.ACTOR, "士師"),
    Element.SIDE_JOB: (Axis.PEOPLE, "副業・兼業"),
    Element.RELATED: (Axis.PEOPLE, "関係人口"),
}


def elements_on(axis: Axis) -> list[Element]:
    """The elements of an axis in their order."""
    return [element for element in Element if element.axis is axis]


class Stage(StrEnum):
    """How far the municipality is."""

    IDEA = "idea"
    PLANNING = "planning"
    TRIAL = "trial"
    IMPLEMENTATION = "implementation"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "idea": "構想",
            "planning": "計画づくり",
            "trial": "準備・試行",
            "implementation": "実施",
        }[self.value]


class WishedWay(StrEnum):
    """How the municipality wishes to be answered."""

    WRITTEN = "written"
    ONLINE = "online"
    IN_PERSON = "in_person"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"written": "書面", "online": "オンライン", "in_person": "対面"}[self.value]


class ConsultationState(StrEnum):
    """Where a sheet stands."""

    RECEIVED = "received"
    SHARED = "shared"
    ANSWERING = "answering"
    ANSWERED = "answered"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "received": "受付",
            "shared": "府省庁に共有",
            "answering": "回答の取りまとめ中",
            "answered": "回答済",
            "follow_up": "追加の相談",
            "closed": "完了",
        }[self.value]

    @property
    def is_waiting(self) -> bool:
        """True while the municipality waits for an answer."""
        return self not in {ConsultationState.ANSWERED, ConsultationState.CLOSED}

    @property
    def takes_replies(self) -> bool:
        """True while the ministries it was shared with may write or change what they say."""
        return self.is_waiting and self is not ConsultationState.RECEIVED


@dataclass(frozen=True)
class ConsultationReceived:
    """A municipality has handed in a sheet, or asks on (`again`)."""

    consultation_id: int
    again: bool = False


@dataclass(frozen=True)
class ConsultationRouted:
    """A ministry's contacts are asked for what they can say, or for more of it."""

    consultation_id: int
    ministry_code: str


@dataclass(frozen=True)
class ConsultationReplied:
    """A ministry has said what it can, or changed it."""

    consultation_id: int
    ministry_code: str


@dataclass(frozen=True)
class ConsultationAnswered:
    """The secretariat has sent the gathered answer to the municipality."""

    consultation_id: int


# What the sheet is for, for those who have never used it.
OFFERED = (
    "相談カルテでは、施策・主体・人材の新しい組み合わせ（新結合）について、関係する府省庁にまとめて相談できます。"
    "伴走支援チームのない自治体も使えます。"
)
