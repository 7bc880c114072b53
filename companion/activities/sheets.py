"""活動記録一覧: one row is one meeting or visit, as offices keep them in Excel."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from companion.activities.columns import (
    ACTIVITY_LIST,
    COLUMNS,
    KIND_WORDS,
    TEMPLATE_COLUMNS,
)
from companion.activities.rules import log_faults, part_minutes
from companion.activities.terms import ActivityKind, AttendanceStatus, GuestSide
from companion.activities.written import GuestLine, Log, Part, Serving, Setting
from companion.applications.blanks import blank_list
from companion.applications.challenge_sheet import place_of
from companion.applications.columns import LISTS
from companion.applications.reading import Parsed, Reference, RowReader
from companion.core.clock import at_jst, to_jst
from companion.core.sheets.guard import InvalidWorkbook
from companion.core.sheets.header import find_table
from companion.core.sheets.reader import Sheet
from companion.core.text import name_key, squash

_CLOCK = re.compile(r"(\d{1,2})(?::|時)(\d{2})?分?")
_TEXTS = ("present_state", "advice", "decisions", "until_next")
USUAL_START = dt.time(10, 0)


# team, beginning, kind: what tells one log from another
LogKey = tuple[int, dt.datetime, ActivityKind]


@dataclass(frozen=True)
class Roster:
    """A team of the period: its members by name, each with the days of service."""

    team_id: int
    town: str
    members: Mapping[int, Serving]

    def find(self, name: str) -> int | None:
        """The member of a name; the family name is enough when only one has it."""
        key = name_key(name)
        names = {member: name_key(row.name) for member, row in self.members.items()}
        whole = [member for member, full in names.items() if full == key]
        found = whole or [member for member, full in names.items() if key and full.startswith(key)]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Rosters:
    """The teams of the period by municipality code, what they have logged, the moment of reading.

    `spent` holds minutes by (member, Japanese day); reading adds to it, so that the rows of a list
    count together.
    """

    by_code: Mapping[str, Roster]
    now: dt.datetime
    known: Collection[LogKey] = ()
    spent: dict[tuple[int, dt.date], int] = field(default_factory=dict)


@dataclass
class LogRow:
    """One row as a log of a team."""

    sheet: str
    row: int
    team_id: int
    town: str
    log: Log
    cells: Mapping[str, str] = field(default_factory=dict)


def read_activities(
    sheets: Sequence[Sheet], *, reference: Reference, rosters: Rosters
) -> Parsed[LogRow]:
    """The logs of a workbook.

    Raises:
        InvalidWorkbook: the list is not in it, stands in it twice, or is empty.
    """
    lists = {ACTIVITY_LIST: COLUMNS, **LISTS}
    table = find_table(sheets, COLUMNS, title=ACTIVITY_LIST, others=lists)
    parsed: Parsed[LogRow] = Parsed()
    seen: dict[LogKey, int] = {}
    for record in table.records():
        reader = RowReader(table.sheet.name, record)
        row = _read(reader, reference, rosters)
        if row is not None:
            key = (row.team_id, row.log.start, row.log.kind)
            if key in seen:
                reader.refuse(
                    "day",
                    f"同じ日時・種別の記録が{seen[key]}行目にもあります。一方を除いてください。",
                )
            seen.setdefault(key, record.row)
        parsed.refused += reader.refused
        if row is not None and not reader.refused:
            parsed.warnings += reader.warnings
            parsed.rows.append(row)
    if not (parsed.rows or parsed.refused):
        raise InvalidWorkbook(
            f"{ACTIVITY_LIST}に記入された行がありません。記入してから選び直してください。"
        )
    return parsed


def _read(reader: RowReader, reference: Reference, rosters: Rosters) -> LogRow | None:
    place = place_of(reader, reference)
    roster = rosters.by_code.get(place.lg_code) if place else None
    if place and roster is None:
        reader.refuse(
            "name",
            f"{place.full_name}のチームはこの年度にありません。年度と市町村を確かめてください。",
        )
    title = reader.line("title", "内容", most=200)
    kind = _kind(reader, title)
    times = _times(reader)
    minutes = reader.number("minutes", "時間（分）", most=20_160, required=False)
    nights = reader.number("nights", "泊数", most=13, required=False)
    texts: dict[str, Any] = {n: reader.text(n, n, required=False) for n in _TEXTS}
    guests = [
        GuestLine(GuestSide.MUNICIPALITY, organisation=word[:100])
        for word in _words(reader.text("guests", "参加者", required=False))
    ]
    if roster is None or times is None or kind is None:
        return None
    day = to_jst(times[0]).date()
    parts = _parts(reader, roster, day, minutes)
    if reader.refused:
        return None
    log = Log(
        kind=kind,
        title=title,
        start=times[0],
        end=times[1],
        place=reader.line("place", "場所", most=200, required=False),
        medium=reader.line("medium", "手段", required=False),
        nights=nights,
        parts=parts,
        guests=guests,
        **texts,
    )
    if (roster.team_id, log.start, log.kind) not in rosters.known:
        _check(reader, log, roster, rosters, day)
    return LogRow(reader.sheet, reader.record.row, roster.team_id, roster.town, log, reader.cells)


def _check(reader: RowReader, log: Log, roster: Roster, rosters: Rosters, day: dt.date) -> None:
    spent = {part.member_id: rosters.spent.get((part.member_id, day), 0) for part in log.parts}
    faults = log_faults(log, Setting(now=rosters.now, members=roster.members, other_minutes=spent))
    for fault in faults:
        reader.refuse(_COLUMN_OF.get(fault.field, "day"), fault.message)
    if not reader.refused:
        for part in log.parts:
            rosters.spent[part.member_id, day] = spent[part.member_id] + part_minutes(
                part, log.minutes
            )


# field of the form → column of the list
_COLUMN_OF = {"end_time": "end", "held_on": "day", "people": "minutes", "nights": "nights"}


def _kind(reader: RowReader, title: str) -> ActivityKind | None:
    """The kind from its own column, else from a theme such as 「【第2回オンライン会議】…」."""
    said = reader.line("kind", "種別", required=False)
    key = name_key(said)
    for kind in ActivityKind:
        if key and key == name_key(kind.label):
            return kind
    marked = re.search(r"【([^】]*)】", title)
    searched = key or name_key(marked[1] if marked else title)
    for kind, words in KIND_WORDS:
        if any(name_key(word) in searched for word in words):
            return kind
    labels = "、".join(kind.label for kind in ActivityKind)
    reader.refuse("kind", f"種別が読めません。次から選んでください：{labels}。")
    return None


def _clock(reader: RowReader, key: str, what: str) -> dt.time | None:
    raw = reader.record.raw(key)
    if raw is None or reader.record.text(key) == "":
        return None
    if isinstance(raw, dt.datetime):
        return raw.time()
    if isinstance(raw, dt.time):
        return raw
    if isinstance(raw, int | float) and 0 <= raw < 1:
        total = int(raw * 1440 + 0.5)
        return dt.time(total // 60 % 24, total % 60)
    found = _CLOCK.search(squash(str(raw)))
    if found and int(found[1]) < 24 and int(found[2] or 0) < 60:
        return dt.time(int(found[1]), int(found[2] or 0))
    reader.refuse(key, f"{what}が時刻として読めません。「13:00」のように記入してください。")
    return None


def _times(reader: RowReader) -> tuple[dt.datetime, dt.datetime] | None:
    day = reader.date("day", "実施日")
    last = reader.date("last_day", "最終日", required=False) or day
    start, end = _clock(reader, "start", "開始"), _clock(reader, "end", "終了")
    if day is None or last is None or reader.refused:
        return None
    if start is None:
        start = USUAL_START
        reader.warn("start", "開始が空欄のため10:00としました。取り込んだ後で訂正できます。")
    begin = at_jst(day, start)
    if end is None:
        return begin, at_jst(last, start) + dt.timedelta(hours=1)
    return begin, at_jst(last, end)


def _words(text: str) -> list[str]:
    return [word.strip() for word in re.split(r"[、，,;；\n／/]+", text) if word.strip()][:30]


def _parts(reader: RowReader, roster: Roster, day: dt.date, minutes: int | None) -> list[Part]:
    """Attendance; without names everybody who served on that day was there."""
    found: dict[int, AttendanceStatus] = {}
    for key, status in (
        ("present", AttendanceStatus.PRESENT),
        ("absent", AttendanceStatus.EXCUSED),
    ):
        for name in _words(reader.text(key, "支援官", required=False)):
            member = roster.find(name)
            if member is None:
                names = "、".join(row.name for row in roster.members.values())
                reader.refuse(
                    key, f"「{name[:40]}」はこのチームの支援官ではありません（支援官：{names}）。"
                )
            else:
                found[member] = status
    if AttendanceStatus.PRESENT not in found.values() and not reader.refused:
        found |= {
            member: AttendanceStatus.PRESENT
            for member, row in roster.members.items()
            if member not in found and row.covers(day)
        }
        if not found:
            reader.refuse(
                "day",
                f"{day.year}年{day.month}月{day.day}日に{roster.town}のチームに在籍していた"
                "支援官がいません。日付を確かめてください。",
            )
    return [
        Part(member, status, minutes if status is AttendanceStatus.PRESENT else None)
        for member, status in found.items()
    ]


def activity_template(_reference: Reference) -> bytes:
    """An empty 活動記録一覧."""
    choices = {"kinds": [kind.label for kind in ActivityKind]}
    return blank_list("地方創生伴走支援制度　活動記録一覧", "活動記録", TEMPLATE_COLUMNS, choices)
