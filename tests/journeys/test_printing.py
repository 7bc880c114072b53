"""An article about a good case is one sheet of A4, as full as it may be."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from companion.cases.models import Case
from companion.cases.rules import lines_on_paper
from companion.cases.terms import CaseState, Section
from companion.core.access import Role
from companion.core.db import saved
from tests.journeys.conftest import Person
from tests.kit.cases import made_case
from tests.kit.makers import account_of, make_team, make_user, viewer_as

FULL = "町の" * 1000


def full(section: Section, *, by_lines: bool) -> str:
    """As many characters, or as many lines, as the part may have."""
    if not by_lines:
        return FULL[: section.most]
    line = FULL[: section.most // section.most_lines - 1]
    return "\n".join([line] * section.most_lines)


def sheets(somebody: Person, path: str) -> int:
    """How many sheets of A4 a page is on paper."""
    somebody.open(path)
    return len(re.findall(rb"/Type\s*/Page\b", somebody.page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("by_lines", [False, True])
def test_an_article_is_one_sheet(person: Callable[..., Person], by_lines: bool) -> None:
    team, boss = make_team(), make_user(Role.COORDINATOR)
    official = viewer_as(account_of(team.members[0].official))
    made = [
        made_case(team, CaseState.PUBLISHED, official, viewer_as(boss), FULL[:60]) for _ in range(2)
    ]
    with saved():
        for case in made:
            for section in Section:
                text = full(section, by_lines=by_lines)
                assert lines_on_paper(section, text) <= section.most_lines
                setattr(case, section.value, text)
    somebody = person()
    somebody.sign_in_as(boss)
    case: Case = made[0]
    assert sheets(somebody, f"/case-articles/{case.public_id}") == 1
    assert sheets(somebody, f"/cases/{case.public_id}") == 1
    assert sheets(somebody, "/2025/cases/print") == 1 + len(made), "a list before them"
