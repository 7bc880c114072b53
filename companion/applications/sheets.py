"""The two lists of applications in and out of Excel."""

from __future__ import annotations

from companion.applications.challenge_sheet import ChallengeRow, read_challenges
from companion.applications.official_sheet import OfficialRow, read_officials
from companion.applications.reading import Fault, Parsed, Reference

__all__ = [
    "ChallengeRow",
    "Fault",
    "OfficialRow",
    "Parsed",
    "Reference",
    "read_challenges",
    "read_officials",
]
