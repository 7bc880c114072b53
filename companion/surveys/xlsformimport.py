"""An XLSForm workbook becomes a draft."""

from __future__ import annotations

import datetime as dt

from companion.core.access import Viewer
from companion.core.sheets import read_workbook
from companion.surveys.composing import yaml_text
from companion.surveys.definition import understood
from companion.surveys.draftdata import (
    Data,
    next_version,
)
from companion.surveys.drafting import Draft, add_draft, newest_version
from companion.surveys.edits import (
    empty_survey,
)
from companion.surveys.faults import DefinitionFaults
from companion.surveys.placing import in_screen_words
from companion.surveys.shelf import number_of
from companion.surveys.source import read
from companion.surveys.xlsformreading import XlsFormFaults, survey_data


def workbook_data(data: bytes, filename: str, *, otherwise: Data) -> Data:
    """The data of a definition in a workbook; `otherwise` is what it does not say of the survey.

    Raises:
        InvalidWorkbook: not a workbook that can be taken.
        XlsFormFaults: what cannot be taken, each with its place.
    """
    found = survey_data(read_workbook(data, filename), otherwise=otherwise)
    try:
        understood(read(yaml_text(found), filename))
    except DefinitionFaults as error:
        raise XlsFormFaults(
            [
                (f"設問「{fault.question}」：" if fault.question else "")
                + in_screen_words(fault).message
                for fault in error.faults
            ]
        ) from error
    return found


def draft_of_workbook(
    data: bytes, filename: str, *, audience: str, year: int, today: dt.date, by: Viewer
) -> Draft:
    """A draft with what a workbook holds, its version newer than what is there.

    Raises:
        InvalidWorkbook, XlsFormFaults: as `workbook_data`.
        Refused: the survey has a draft already.
    """
    otherwise = empty_survey(audience, today) | {
        "id": "imported",
        "title": "取り込んだアンケート",
        "version": f"{year}.1",
    }
    found = workbook_data(data, filename, otherwise=otherwise)
    newest = newest_version(found["id"], "0")
    if number_of(found["version"]) <= number_of(newest):
        found["version"] = next_version(newest)
    return add_draft(found, by=by)
