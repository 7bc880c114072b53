"""Whether an article stays on its sheet."""

from __future__ import annotations

from companion.cases.terms import WHOLE_WIDTH, Section

# Full-width characters in a line of the printed sheet (8 pt, margins of 15 mm).
LINE, HALF_LINE = 63, 30


def lines_on_paper(section: Section, text: str) -> int:
    """How many lines a text takes on the sheet at most; empty lines are not printed."""
    width = LINE if section in WHOLE_WIDTH else HALF_LINE
    return sum(-(-len(line) // width) for line in text.splitlines() if line.strip())
