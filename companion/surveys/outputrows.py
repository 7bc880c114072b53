"""The cross tables and the tables of the workbook of a draft, as lines that are filled in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from companion.core.text import strip_forbidden
from companion.surveys.draftdata import Data, kinds_by_name, put, put_text, text_of
from companion.surveys.edits import fresh

CROSSED = frozenset({"scale5", "single", "multi", "number"})
COUNTED = CROSSED | {"matrix"}
_ID = re.compile(r"[0-9]+(-[0-9]+)*")
OF_OFFICIALS = frozenset({"ministry_group", "grade_band"})  # no town has a ministry or a grade
OVERLAPPING = "policy_field"  # a team counts in each of its fields


def fitting(data: Data, banners: Mapping[str, str]) -> dict[str, str]:
    """The banners that can cut this survey: towns are in no ministry."""
    towns = data.get("audience") == "municipality" and data.get("population") != "chosen"
    return {key: label for key, label in banners.items() if not (towns and key in OF_OFFICIALS)}


def crossed(data: Data, banners: Collection[str]) -> dict[str, set[str]]:
    """The questions cut by each banner."""
    found: dict[str, set[str]] = {banner: set() for banner in banners}
    for cross in data.get("crosstabs") or []:
        if cross.get("banner") in found:
            found[cross["banner"]] |= set(cross.get("of") or [])
    return found


def write_crossed(data: Data, fields: Mapping[str, str], banners: Collection[str]) -> None:
    """Put the ticked boxes `cross-<banner>-<question>` into the data; other banners stay."""
    names = [name for name, kind in kinds_by_name(data).items() if kind in CROSSED]
    standing = crossed(data, banners)
    crosses = list(data.get("crosstabs") or [])
    for banner in banners:
        wanted = [name for name in names if f"cross-{banner}-{name}" in fields]
        if set(wanted) == standing[banner]:
            continue
        mine = next((one for one in crosses if one.get("banner") == banner), None)
        if mine is None:
            mine = {"banner": banner} | ({"overlapping": True} if banner == OVERLAPPING else {})
            crosses.append(mine)
        # One line says it all: what else the banner had is in `wanted` or was unticked.
        crosses = [one for one in crosses if one.get("banner") != banner or one is mine]
        mine["of"] = wanted
        if not wanted:
            crosses.remove(mine)
    put(data, "crosstabs", crosses or None)


def tables_of(data: Data) -> list[Data]:
    """The tables of the workbook where they stand."""
    return (data.get("export") or {}).get("tables") or []


def questions_of(table: Data) -> list[str]:
    """The questions of one table."""
    of = table.get("of") or []
    return [of] if isinstance(of, str) else list(of)


def offered(data: Data, table: Data) -> list[str]:
    """The questions that may stand in a table: those that are counted, and what it has."""
    has = set(questions_of(table))
    kinds = kinds_by_name(data)
    return [name for name, kind in kinds.items() if kind in COUNTED or name in has]


def add_table(data: Data) -> None:
    """One more table, of the first question that can stand in one and has none yet."""
    tables = data.setdefault("export", {}).setdefault("tables", [])
    used = {name for table in tables for name in questions_of(table)}
    names = [name for name, kind in kinds_by_name(data).items() if kind in COUNTED]
    free = [name for name in names if name not in used] or names
    taken = {str(table.get("id")) for table in tables}
    stem = str(tables[-1].get("id")).rpartition("-") if tables else ("", "", "")
    number = fresh(stem[0] + stem[1], taken)  # 1-2 is followed by 1-3
    tables.append({"id": number, "of": free[0] if free else [], "title": "（表の題名）"})


def drop_table(data: Data, place: int) -> None:
    """Remove a table; without any, the data says nothing of tables."""
    tables = tables_of(data)
    if place < len(tables):
        del tables[place]
    if not tables:
        data.get("export", {}).pop("tables", None)
        if not data.get("export", True):
            del data["export"]


def write_tables(data: Data, fields: Mapping[str, str]) -> list[str]:
    """Put the typed lines into the tables they stand for; what cannot be taken, a sentence each."""
    faults = []
    for i, table in enumerate(tables_of(data)):
        if f"table-{i}-id" not in fields:
            continue
        number = strip_forbidden(fields[f"table-{i}-id"]).strip()[:20]
        if _ID.fullmatch(number):
            table["id"] = number
        else:
            faults.append(f"表の番号「{number}」は、「1」「2-1」のように半角で入力してください。")
        put_text(table, "title", strip_forbidden(fields.get(f"table-{i}-title", ""))[:5000])
        table.setdefault("title", "")
        put_text(table, "sheet", strip_forbidden(fields.get(f"table-{i}-sheet", ""))[:31])
        wanted = [name for name in offered(data, table) if f"table-{i}-of-{name}" in fields]
        if not wanted:
            faults.append(f"表{number}に載せる設問を1つ以上選んでください。")
        elif set(wanted) != set(questions_of(table)):
            table["of"] = wanted[0] if len(wanted) == 1 else wanted
    return faults


def tables_in_words(data: Data, names: Mapping[str, str], banners: Mapping[str, str]) -> str:
    """The cross tables and the tables, a line each, for the page that shows two texts."""
    lines = []
    for cross in data.get("crosstabs") or []:
        about = "、".join(names.get(name, name) for name in cross.get("of") or [])
        lines.append(f"{banners.get(cross.get('banner'), cross.get('banner'))}：{about}")
    for table in tables_of(data):
        about = "、".join(names.get(name, name) for name in questions_of(table))
        sheet = f"　シート名：{text_of(table['sheet'])}" if table.get("sheet") else ""
        lines.append(f"表{table.get('id')}　{text_of(table.get('title'))}（{about}）{sheet}")
    return "\n".join(lines)
