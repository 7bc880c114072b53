"""Words of the hand work on a draft."""

from __future__ import annotations

from enum import StrEnum


class StepKind(StrEnum):
    """What was done to a draft."""

    BEGIN = "begin"
    SWAP = "swap"
    MOVE = "move"
    PIN = "pin"
    BAN = "ban"
    LOCK = "lock"
    PLACE_IN = "place_in"
    PLACE_OUT = "place_out"
    PERSON_OUT = "person_out"
    SOLVE = "solve"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "begin": "下書きの作成",
            "swap": "入れ替え・交代",
            "move": "市町村の差し替え",
            "pin": "席の固定",
            "ban": "組合せの禁止",
            "lock": "チームの固定",
            "place_in": "必ず選ぶ市町村",
            "place_out": "選ばない市町村",
            "person_out": "対象から外す職員",
            "solve": "解き直し",
        }[self.value]


# The list of a sketch that a decision goes into.
LIST_OF = {
    StepKind.PIN: "pins",
    StepKind.BAN: "bans",
    StepKind.LOCK: "locks",
    StepKind.PLACE_IN: "places_in",
    StepKind.PLACE_OUT: "places_out",
    StepKind.PERSON_OUT: "people_out",
}


class Closeness(StrEnum):
    """How dearly solving again keeps everybody where they are."""

    FEWEST = "fewest"
    PRICED = "priced"
    FREE = "free"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "fewest": "動かす席をできるだけ少なくする",
            "priced": "1席動かすごとに2点以上良くなるときだけ動かす",
            "free": "得点だけで決める（大きく変わることがあります）",
        }[self.value]

    @property
    def bonus(self) -> int:
        """Hundredths of a point for each member who stays.

        The largest is above everything 60 teams could gain, so fewer changes always come first.
        """
        return {"fewest": 1_000_000, "priced": 200, "free": 0}[self.value]
