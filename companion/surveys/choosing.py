"""Who is asked in a short survey: all, those of a policy field, or a list of checked names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from companion.applications.models import Official
from companion.core.errors import Refused
from companion.core.text import name_key, squash
from companion.periods.models import Period
from companion.surveys.definition import SurveyDefinition
from companion.surveys.queries import population
from companion.teams.models import Team

CHOSEN = "chosen"
WHOLE = {"official": "cohort_officials", "municipality": "cohort_municipalities"}
AUDIENCES = {"municipality": "伴走支援自治体", "official": "地方創生支援官"}
_SHOWN = 10  # faulty names told at once

Person = tuple[Team, Official | None]


@dataclass(frozen=True)
class Whom:
    """Everybody of the audience; with `field_code` those of a policy field; with `teams` (public
    ids) or `names` (e-mail, name, municipality, code, one each) those named only.

    `audience` is a key of AUDIENCES; without one it is the definition's.
    """

    audience: str = ""
    field_code: str = ""
    teams: frozenset[str] = field(default_factory=frozenset)
    names: tuple[str, ...] = ()


def names_in(text: str) -> tuple[str, ...]:
    """The names of a pasted list: one a line, or divided by commas and tabs."""
    found = (squash(part) for part in re.split(r"[\n\r\t,、，;；]+", text))
    return tuple(dict.fromkeys(name for name in found if name))


def people_of(defn: SurveyDefinition, period: Period, whom: Whom) -> list[Person]:
    """Those who are asked, each once, in the order of the teams.

    Raises:
        Refused: names that are nobody's or several people's are told; or nobody is left.
    """
    audience = whom.audience or defn.audience
    everybody = population(WHOLE.get(audience, defn.population), period)
    if whom.field_code:
        everybody = [
            one
            for one in everybody
            if any(row.field_code == whom.field_code for row in one[0].challenge.fields)
        ]
    if whom.teams or whom.names:
        wanted = _named(everybody, whom.names)
        everybody = [
            (team, official)
            for place, (team, official) in enumerate(everybody)
            if team.public_id in whom.teams or place in wanted
        ]
    if not everybody:
        raise Refused("対象者がいません。分野や一覧を確かめてください。")
    return everybody


def _named(everybody: list[Person], names: tuple[str, ...]) -> set[int]:
    """The places of the people meant by the names."""
    by_key: dict[str, set[int]] = {}
    for place, (team, official) in enumerate(everybody):
        for word in _called(team, official):
            by_key.setdefault(name_key(word), set()).add(place)
    found: set[int] = set()
    faults: list[str] = []
    for name in names:
        meant = by_key.get(name_key(name), set())
        if len(meant) == 1:
            found |= meant
        elif meant:
            faults.append(f"「{name}」は{len(meant)}件あり、決められません。")
        else:
            faults.append(f"「{name}」は今期の対象者にいません。")
    if faults:
        more = f"ほか{len(faults) - _SHOWN}件。" if len(faults) > _SHOWN else ""
        raise Refused("".join(faults[:_SHOWN]) + more)
    return found


def _called(team: Team, official: Official | None) -> list[str]:
    if official is not None:
        return [official.email, official.name]
    place = team.challenge.municipality
    return [place.lg_code, place.lg_code[:5], place.name, place.full_name]
