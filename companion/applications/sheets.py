"""The two lists of applications in and out of Excel."""

from __future__ import annotations

from companion.applications.blanks import challenge_template, official_template
from companion.applications.challenge_sheet import ChallengeRow, read_challenges
from companion.applications.official_sheet import OfficialRow, read_officials
from companion.applications.reading import Fault, Parsed, Reference
from companion.core.sheets.marking import mark_refused

__all__ = [
    "ChallengeRow",
    "Fault",
    "OfficialRow",
    "Parsed",
    "Reference",
    "challenge_template",
    "mark_refused",
    "official_template",
    "read_challenges",
    "read_officials",
]
