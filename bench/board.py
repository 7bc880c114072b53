"""The coordinator's board and lists at 60 teams and at the whole country: queries, times, growth.

    .venv/bin/python -m bench.board [--db sqlite] [--requests 100] [--periods 5]

Databases of their own with 60 and with 1,741 teams × 40 activities × 5 periods (348,200 activities
and three attendances each), one gunicorn worker. The alternative is the sign-in page of the same
run: no list, no query beyond the session's. `growth` is p50 at 1,741 teams over p50 at 60.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import insert, text

from bench.installation import DATABASES, with_databases
from bench.serving import (
    count_queries,
    environment,
    measure,
    serving,
    sign_in_page,
    signed_in,
)
from companion import create_app
from companion.activities.models import Activity, Attendance, NextAction
from companion.applications.models import Challenge, ChallengeField, Official
from companion.core import clock
from companion.core.access import Role
from companion.core.db import db, new_public_id, saved
from companion.people.actions import add_user
from companion.people.actions import seed_masters as seed_people
from companion.periods.actions import open_period
from companion.periods.actions import seed_masters as seed_periods
from companion.places.models import Municipality
from companion.teams.models import Team, TeamMember

EMAIL, PASSWORD = "coordinator@demo.test", "bench-holds-still-2025"
PERIODS, ACTIVITIES, SIZES = 5, 40, (60, 1741)
PAGES = (
    "/",
    "/?sort=last",
    "/{year}/alerts",
    "/{year}/alerts?rule=load",
    "/{year}/teams",
    "/{year}/teams?sort=-last",
    "/{year}/activities/overview",
    "/{year}/activities/overview?sort=-minutes",
    "/{year}/load",
)


def rows_of(period: Any, number: int, teams: int) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Everything of one period; `number` keeps the ids of the periods apart."""
    start = dt.datetime(period.fiscal_year, 4, 1, 1, tzinfo=dt.UTC)
    for n in range(1, teams + 1):
        team, code = number * teams + n, f"{n % 47 + 1:02}{n:04}"
        yield Challenge, {
            "id": team, "public_id": new_public_id(), "period_id": period.id, "lg_code": code,
            "state": "selected", "population": 9000, "population_basis": "census",
            "population_on": dt.date(2020, 10, 1), "division": "企画課", "contact_name": "見本",
            "contact_phone": "0", "contact_email": "a@example.jp", "title": "交流の拡大",
            "present_state": "", "wished_support": "",
        }  # fmt: skip
        yield ChallengeField, {"challenge_id": team, "field_code": "tourism", "position": 0}
        yield Team, {
            "id": team, "public_id": new_public_id(), "period_id": period.id, "number": n,
            "challenge_id": team, "state": "active",
        }  # fmt: skip
        for seat in range(3):
            key = 3 * team + seat
            yield Official, {
                "id": key, "public_id": new_public_id(), "period_id": period.id,
                "email": f"o{key}@example.jp", "name": f"見本{key}", "ministry_code": "mic",
                "division": "課", "post": "係長", "rank_class": "chief", "share_percent": 15,
            }  # fmt: skip
            yield TeamMember, {
                "id": key, "public_id": new_public_id(), "team_id": team, "official_id": key,
                "position": seat,
                "role": "leader" if seat == 0 else "member", "started_on": period.first_day,
            }  # fmt: skip
        for k in range(ACTIVITIES):
            key, began = ACTIVITIES * team + k, start + dt.timedelta(days=9 * k)
            yield Activity, {
                "id": key, "public_id": new_public_id(), "team_id": team,
                "kind": "site_visit" if k % 10 == 0 else "online_meeting", "state": "recorded",
                "title": f"第{k + 1}回", "held_start": began,
                "held_end": began + dt.timedelta(hours=1),
            }  # fmt: skip
            for seat in range(3):
                yield (
                    Attendance,
                    {
                        "activity_id": key,
                        "member_id": 3 * team + seat,
                        "status": "present",
                        "minutes": 240,
                    },
                )
        yield NextAction, {
            "public_id": new_public_id(), "team_id": team, "text": "資料を送る",
            "owner_kind": "official", "state": "open",
            "due_on": period.last_day - dt.timedelta(days=n % 30),
        }  # fmt: skip


def fill(teams: int, periods: int = PERIODS) -> int:
    """Fill the database of the environment; gives the newest fiscal year."""
    app = create_app()
    with app.app_context():
        upgrade(directory=app.root_path + "/migrations")
        with saved():
            seed_people()
            seed_periods()
            add_user(email=EMAIL, name="計測", password=PASSWORD, roles=[Role.COORDINATOR], by=None)
            places = [
                {"lg_code": f"{n % 47 + 1:02}{n:04}", "prefecture_code": f"{n % 47 + 1:02}",
                 "name": f"見本{n}町", "kana": ""}
                for n in range(1, teams + 1)
            ]  # fmt: skip
            db.session.execute(insert(Municipality), places)
        newest = clock.fiscal_year(clock.today())
        for number in range(periods):
            with saved():
                period = open_period(f"{newest - periods + 1 + number}年度", by=None)
                found: dict[Any, list[dict[str, Any]]] = {}
                for kind, row in rows_of(period, number, teams):
                    found.setdefault(kind, []).append(row)
                for kind, rows in found.items():
                    db.session.execute(insert(kind), rows)
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        db.session.remove()
        db.engine.dispose()
    return newest


def main() -> None:
    """Fill, measure, print one line a page and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--periods", type=int, default=PERIODS)
    with_databases(parser)
    wanted = parser.parse_args()
    show = "{:11} {:26} {:>6} {:>8} {:>9} {:>9} {:>7} {:>7} {:>6}".format
    print(show("database", "page", "teams", "queries", "p50 ms", "p95 ms", "ratio", "growth", "KB"))
    for kind in wanted.db or DATABASES:
        small: dict[str, float] = {}
        for teams in SIZES:
            with environment(kind):
                newest = fill(teams, wanted.periods)
                paths = [page.format(year=newest) for page in PAGES]
                counts = count_queries(paths, EMAIL, PASSWORD)
                with serving() as base:
                    floor = sign_in_page(base, wanted.requests)
                    browser = signed_in(base, EMAIL, PASSWORD)
                    for path, count in zip(paths, counts, strict=True):
                        took = measure(browser, base + path, wanted.requests)
                        growth = f"{took.p50 / small[path]:.1f}" if path in small else ""
                        small.setdefault(path, took.p50)
                        ms = (f"{took.p50:.1f}", f"{took.p95:.1f}", f"{took.p50 / floor.p50:.1f}")
                        line = show(kind, path, teams, count, *ms, growth, f"{took.size:.0f}")
                        print(line, flush=True)


if __name__ == "__main__":
    main()
