"""The makers make what the tests rely on."""

from __future__ import annotations

import pytest
from flask import Flask

from companion.core.access import Role
from companion.teams.queries import teams_of
from tests.kit import makers
from tests.kit.makers import make_team, make_viewer


# Official codes with their check digits: 札幌市, 釧路市, 千代田区, 見附市, 那覇市.
@pytest.mark.parametrize("code", ["011002", "012068", "131016", "152111", "472018"])
def test_the_check_digit_is_the_official_one(code: str) -> None:
    assert makers.check_digit(code[:5]) == code[5]


def test_a_team_is_whole_and_visible(app: Flask) -> None:
    first, second = make_team(), make_team()
    seen = teams_of(first.period, make_viewer(Role.PREFECTURE))
    assert [team.number for team in seen] == [1, 2]
    assert [len(team.current_members) for team in seen] == [3, 3]
    assert first.challenge.lg_code != second.challenge.lg_code
