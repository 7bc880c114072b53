"""The reminders of a definition as people choose them: when, to whom, with whom in copy."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from companion.core.text import strip_forbidden
from companion.surveys.draftdata import Data
from companion.surveys.ladder import USUAL, steps_of
from companion.surveys.schema import Reminder, Window

WHENS = {
    "midpoint": "期間の中間",
    "open+": "開始の○業務日後",
    "close-": "締切の○業務日前",
    "close": "締切の日",
    "close+": "締切の○業務日後",
}
TO = {"not_submitted": "まだ提出していない人", "not_opened": "まだ開いていない人", "all": "全員"}
MOST = 12
_DAYS = re.compile(r"[1-9][0-9]?")
_AT = re.compile(r"(midpoint|open|close)(?:([+-])([0-9]+)bd)?")


@dataclass(frozen=True)
class Rung:
    """One reminder: `when` is a key of WHENS, `days` what stands for its ○."""

    when: str
    days: str = ""
    to: str = "not_submitted"
    tells_coordinators: bool = False

    @property
    def at(self) -> str:
        """As definitions say it: `close-3bd`."""
        return f"{self.when}{self.days}bd" if self.when[-1] in "+-" else self.when

    @property
    def words(self) -> str:
        """As the screens say it: 「締切の3業務日前：まだ提出していない人」."""
        copied = "、コーディネーターにも知らせる" if self.tells_coordinators else ""
        when = WHENS.get(self.when, self.when).replace("○", self.days or "○")
        return f"{when}：{TO.get(self.to, self.to)}{copied}"

    @property
    def fault(self) -> str:
        """What keeps the line from being a reminder; empty when nothing does."""
        if self.when[-1] in "+-" and not _DAYS.fullmatch(self.days):
            return f"「{WHENS[self.when]}」の日数は、1～99の半角の数で入力してください。"
        return ""


def rungs_of(reminders: Sequence[Data] | None) -> list[Rung]:
    """The reminders that are in force: the survey's own, else the usual ones."""
    found = []
    for one in reminders or [usual.model_dump() for usual in USUAL]:
        at = _AT.fullmatch(str(one.get("at")))
        if at and at[0] != "open":  # the letter at the opening is no reminder
            to, copied = str(one.get("to") or "all"), one.get("cc") == "coordinator"
            found.append(Rung(at[1] + (at[2] or ""), at[3] or "", to, copied))
    return found


def typed_rungs(fields: Mapping[str, str]) -> list[Rung]:
    """The reminders as they were chosen, empty lines left out."""
    found = []
    for i in range(MOST):
        when, to = fields.get(f"rung-{i}-when", ""), fields.get(f"rung-{i}-to", "")
        if when in WHENS:
            days = strip_forbidden(fields.get(f"rung-{i}-days", "")).strip()[:4]
            to = to if to in TO else "not_submitted"
            found.append(Rung(when, days, to, f"rung-{i}-cc" in fields))
    return found


def ladder_words(rungs: Sequence[Rung]) -> str:
    """The reminders, a line each."""
    return "\n".join(rung.words for rung in rungs)


def rung_faults(rungs: Sequence[Rung]) -> list[str]:
    """What keeps some lines from being a plan, a sentence each."""
    faults = [rung.fault for rung in rungs if rung.fault]
    if not faults and len({rung.at for rung in rungs}) < len(rungs):
        faults.append("同じ時期の催促が2つあります。どちらかを「（なし）」にしてください。")
    return faults


def write_rungs(data: Data, rungs: Sequence[Rung]) -> None:
    """Put the chosen reminders into the data; the usual ones need not be written."""
    if list(rungs) == rungs_of(data.get("reminders")):
        return
    written = [one for one in data.get("reminders") or [] if one.get("at") == "open"]
    for rung in rungs:
        one = {"at": rung.at}
        one |= {"to": rung.to} if rung.to != "all" else {}
        one |= {"cc": "coordinator"} if rung.tells_coordinators else {}
        written.append(one)
    if rungs and list(rungs) != rungs_of(None):
        data["reminders"] = written
    else:
        data.pop("reminders", None)


def days_of(rungs: Sequence[Rung], data: Data) -> dict[str, dt.date]:
    """The day of each reminder by `at`, as the survey's window stands; empty without a window."""
    try:
        window = Window.model_validate(data.get("window"))
    except ValueError:
        return {}
    reminders = [Reminder(at=rung.at) for rung in rungs if not rung.fault]
    return {step.rule: step.on for step in steps_of(reminders, window.opens_at, window.closes_at)}
