"""Words of the applications: English codes are stored, Japanese labels are shown."""

from __future__ import annotations

from enum import StrEnum


class ChallengeState(StrEnum):
    """Where a municipality's challenge stands."""

    SUBMITTED = "submitted"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    SELECTED = "selected"
    NOT_SELECTED = "not_selected"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "submitted": "応募",
            "eligible": "対象",
            "ineligible": "対象外",
            "selected": "選定",
            "not_selected": "選外",
            "withdrawn": "辞退",
        }[self.value]


class OfficialState(StrEnum):
    """Where an official's application stands."""

    SUBMITTED = "submitted"
    CONSENTED = "consented"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    ASSIGNED = "assigned"
    NOT_ASSIGNED = "not_assigned"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "submitted": "応募（同意未確認）",
            "consented": "上司同意済",
            "eligible": "対象",
            "ineligible": "対象外",
            "assigned": "配置",
            "not_assigned": "配置なし",
            "declined": "辞退",
        }[self.value]


class PopulationBasis(StrEnum):
    """What a population figure was counted by."""

    CENSUS = "census"
    REGISTER = "register"

    @property
    def label(self) -> str:
        """As written on the form."""
        return {"census": "国勢調査", "register": "住民基本台帳"}[self.value]


class RankClass(StrEnum):
    """Rank class of an official's post."""

    STAFF = "staff"
    CHIEF = "chief"
    DEPUTY = "deputy"
    OFFICE_HEAD = "office_head"
    DIRECTOR = "director"
    COUNSELLOR = "counsellor"

    @property
    def label(self) -> str:
        """As written on the roster."""
        return {
            "staff": "係員",
            "chief": "係長",
            "deputy": "課長補佐",
            "office_head": "室長・企画官",
            "director": "課長",
            "counsellor": "審議官級",
        }[self.value]


class PlaceRelation(StrEnum):
    """How an official is related to a place."""

    WISH = "wish"
    BIRTHPLACE = "birthplace"
    SECONDMENT = "secondment"
    EXCLUDED = "excluded"
    CONFLICT = "conflict"

    @property
    def label(self) -> str:
        """As written on the roster."""
        return {
            "wish": "希望",
            "birthplace": "出身地",
            "secondment": "地方勤務・出向",
            "excluded": "対応困難",
            "conflict": "利害関係",
        }[self.value]


class ImportKind(StrEnum):
    """Which list is taken in."""

    CODES = "codes"
    CHALLENGES = "challenges"
    OFFICIALS = "officials"
    ACTIVITIES = "activities"

    @property
    def label(self) -> str:
        """The name of the list."""
        return {
            "codes": "団体コード一覧",
            "challenges": "市町村応募一覧",
            "officials": "応募者名簿",
            "activities": "活動記録一覧",
        }[self.value]


class ImportState(StrEnum):
    """Where an upload stands."""

    STAGED = "staged"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {"staged": "確認待ち", "confirmed": "取込済み", "discarded": "取りやめ"}[self.value]
