"""An XLSForm workbook read as a definition's data; what has no place here is told with its cell."""

from __future__ import annotations

from collections.abc import Sequence

from companion.core.sheets import Sheet
from companion.surveys.draftdata import (
    Data,
)
from companion.surveys.parts import CODE, NAME
from companion.surveys.xlsformcells import Line, XlsFormFaults, lines_of_sheet, loaded, matches, yes
from companion.surveys.xlsformquestions import Reading


def read_choices(sheet: Sheet | None, faults: list[str]) -> dict[str, list[Data]]:
    """The lists of the sheet choices."""
    lists: dict[str, list[Data]] = {}
    for line in lines_of_sheet(sheet, faults) if sheet else []:
        name = line.text("list_name") or line.text("list name")
        choice: Data = {"name": line.text("name"), "label": line.words("label")}
        if not matches(CODE, choice["name"]):
            faults.append(
                f"{line.place('name')}：符号「{choice['name']}」は使えません。"
                "英小文字・数字・_ にしてください。"
            )
        choice["label"] = choice["label"] or choice["name"]
        for key in ("short_label", "short_label_en", "group", "missing"):
            if line.raw(key):
                choice[key] = line.raw(key)
        for key in ("exclusive", "other", "retired"):
            if yes(line.text(key)):
                choice[key] = True
        score = line.text("score")
        if score and matches(r"-?[0-9]+", score):
            choice["score"] = int(score)
        elif score:
            faults.append(f"{line.place('score')}：点数「{score}」を整数で書いてください。")
        lists.setdefault(name, []).append(choice)
    return lists


def survey_data(sheets: Sequence[Sheet], *, otherwise: Data) -> Data:
    """The data of a definition; `otherwise` is what the workbook does not say of the survey.

    Raises:
        XlsFormFaults: everything that cannot be taken, each with its sheet, row and column.
    """
    by_name = {sheet.name.strip().casefold(): sheet for sheet in sheets}
    faults: list[str] = []
    if "survey" not in by_name:
        raise XlsFormFaults(
            ["「survey」という名前のシートがありません。XLSFormのブックを選んでください。"]
        )
    reading = Reading(faults, read_choices(by_name.get("choices"), faults))
    for line in lines_of_sheet(by_name["survey"], faults):
        reading.line(line)
    for group in reading.groups:
        reading.fault(group.line, "type", "このグループに end_group がありません。")
    settings = lines_of_sheet(by_name.get("settings"), faults)
    data = {**otherwise, **_whole(settings[0], faults)} if settings else dict(otherwise)
    pages = [{k: v for k, v in page.items() if k != "_closed"} for page in reading.pages]
    if not any(page["questions"] for page in pages):
        faults.append("survey シート：設問がありません。")
    if faults:
        raise XlsFormFaults(faults)
    shared = {
        name: choices
        for name, choices in reading.choices.items()
        if name not in reading.own_lists and (name in reading.used or name != "companion_consent")
    }
    data.pop("choices", None)
    return data | ({"choices": shared} if shared else {}) | {"pages": pages}


def _whole(line: Line, faults: list[str]) -> Data:
    data = loaded(line, faults)
    title_en = data.pop("title_en", None)
    title = line.raw("form_title")
    if title:
        data["title"] = {"ja": title, "en": title_en} if title_en else title
    name = line.text("form_id")
    if name:
        data["id"] = name
        if not matches(NAME, name):
            faults.append(
                f"{line.place('form_id')}：「{name}」は使えません。"
                "英小文字で始め、英小文字・数字・_ にしてください。"
            )
    version = line.text("version")
    if version and matches(r"[0-9]+(\.[0-9]+)*", version):
        data["version"] = version
    return data


__all__ = ["XlsFormFaults", "survey_data"]
