"""Who cannot be where when, and seats for sixty teams without clashes."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from companion.briefings.arrange import arrange, crowded, groups_of
from companion.briefings.rules import Party, Person, Plan, Sitting, clashes, obstacles, twice

START = dt.datetime(2025, 9, 10, 4, 30, tzinfo=dt.UTC)  # 13:30 in Japan
HOUR = dt.timedelta(hours=1)
DAY = dt.date(2025, 9, 10)


def sitting(key: int = 0, start: dt.datetime = START, size: int = 10) -> Sitting:
    return Sitting(key, f"第{key + 1}回", start, start + 2 * HOUR, size)


AOYAMA = Person("a@example.go.jp", "青山 一")
OBSTACLES = [
    (Party(1, "旭町"), ""),
    (Party(1, "旭町", away={DAY: "議会"}), "旭町は令和7年9月10日（水）の都合が悪い"),
    (Party(1, "旭町", away={DAY + dt.timedelta(days=1): "議会"}), ""),
    (
        Party(
            1, "旭町", people=(AOYAMA,), plans=(Plan(AOYAMA.email, "会議", START, START + HOUR),)
        ),
        "青山 一さんは、同じ時間に「会議」",
    ),
    # Ends as the session begins: no clash.
    (
        Party(
            1, "旭町", people=(AOYAMA,), plans=(Plan(AOYAMA.email, "会議", START - HOUR, START),)
        ),
        "",
    ),
    # Left the day before.
    (
        Party(
            1,
            "旭町",
            people=(Person(AOYAMA.email, "青山 一", ended_on=DAY - dt.timedelta(days=1)),),
            plans=(Plan(AOYAMA.email, "会議", START, START + HOUR),),
        ),
        "",
    ),
]


@pytest.mark.parametrize(("party", "said"), OBSTACLES)
def test_what_hinders_a_team_is_said_with_the_name(party: Party, said: str) -> None:
    found = " ".join(obstacles(party, sitting()))
    assert said in found
    assert bool(found) is bool(said)


@pytest.mark.parametrize(
    ("key", "start", "is_clash"),
    [
        (0, START, False),  # the same session: one after the other
        (1, START, True),
        (1, START + HOUR, True),
        (1, START + 2 * HOUR, False),
    ],
)
def test_nobody_is_in_two_sessions_at_the_same_time(
    key: int, start: dt.datetime, is_clash: bool
) -> None:
    here, there = Party(1, "旭町", people=(AOYAMA,)), Party(2, "緑町", people=(AOYAMA,))
    found = twice(here, sitting(), there, sitting(key, start))
    assert bool(found) is is_clash
    assert all("青山 一さんは、緑町のチームでも" in sentence for sentence in found)


def sixty(seed: int) -> tuple[list[Party], list[Sitting]]:
    """Sixty teams, every seventh sharing a person, in six sessions, two at a time."""
    chance = random.Random(seed)
    sittings = [sitting(n, START + dt.timedelta(days=n // 2)) for n in range(6)]
    days = [s.day for s in sittings[::2]]
    parties = []
    for number in range(60):
        people = [Person(f"{number}-{n}", f"人{number}-{n}") for n in range(3)]
        if number % 7 == 6:
            people[2] = Person(f"{number - 1}-0", "二役")
        away = {day: "" for day in days if chance.random() < 0.25}
        parties.append(
            Party(
                number,
                f"町{number}",
                (f"p{chance.randrange(38)}", f"f{min(chance.randrange(9), chance.randrange(9))}"),
                tuple(people),
                away if len(away) < 3 else {},
            )
        )
    return parties, sittings


@pytest.mark.parametrize("seed", range(5))
def test_sixty_teams_get_seats_without_clashes_evenly_spread(seed: int) -> None:
    parties, sittings = sixty(seed)
    found = arrange(parties, sittings, {})
    assert len(found.seats) == 60
    assert found.left == {}
    assert clashes(parties, sittings, found.seats) == {}
    assert found.crowded == crowded(parties, sittings, found.seats) <= 2
    for session in sittings:
        assert list(found.seats.values()).count(session.key) == 10
    assert arrange(parties, sittings, {}).seats == found.seats


def test_what_is_fixed_stays_and_who_cannot_come_is_told_why() -> None:
    parties = [Party(n, f"町{n}", away={DAY: "議会"} if n == 2 else {}) for n in range(3)]
    found = arrange(parties, [sitting(size=2)], {1: 0})
    assert found.seats == {0: 0, 1: 0}
    assert "出られる回がありません" in found.left[2]
    assert "町2は令和7年9月10日（水）の都合が悪い" in found.left[2]
    full = arrange([Party(n, f"町{n}") for n in range(3)], [sitting(size=2)], {})
    assert [("空きがありません" in why) for why in full.left.values()] == [True]


def test_without_sessions_or_teams_there_are_no_seats() -> None:
    assert arrange([], [sitting()], {}).seats == {}
    assert list(arrange([Party(1, "旭町")], [], {}).left) == [1]


def test_a_group_of_one_is_not_spread() -> None:
    parties = [Party(1, "旭町", ("p1",)), Party(2, "緑町", ("p1", "f1"))]
    assert groups_of(parties) == {"": [1, 2], "p1": [1, 2]}
