"""Every list page at 60 teams × 40 activities: queries, p50 and p95 of 200 requests to one worker.

    .venv/bin/python -m bench.pages [--db sqlite] [--requests 200]

The data is the demo's, in a temporary folder, with its year of meetings made twice.

The alternative is the sign-in page in the same run: no list, no query beyond the session's. A
ratio of 3 says that a list of 60 teams costs three times a page that shows nothing.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys

from sqlalchemy import select

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
from companion.core.db import db, saved
from companion.demo import PASSWORD
from companion.demo.year import make_year
from companion.navigation import ENTRIES
from companion.periods.queries import all_periods
from companion.teams.models import Team

EMAIL = "coordinator@demo.test"


def fill() -> None:
    """The demo's programme, and its meetings once more: about 40 activities a team."""
    command = [sys.executable, "-m", "companion", "demo", "--no-serve"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with create_app().app_context():
        with saved():
            teams = list(db.session.scalars(select(Team).order_by(Team.number)))
            count = make_year(teams, random.Random(1))  # noqa: S311 the same meetings every time
        print(f"{len(teams)} teams, {2 * count // len(teams)} activities each (about)")
        db.session.remove()
        db.engine.dispose()


def paths_of_the_menu() -> list[str]:
    """Every page of the coordinator's menu, in the newest period."""
    app = create_app()
    with app.test_request_context():
        year = all_periods()[0].fiscal_year
        links = app.url_map.bind("localhost")
        found = [
            links.build(
                endpoint,
                {"year": year} if app.url_map.is_endpoint_expecting(endpoint, "year") else {},
            )
            for endpoint, _, _ in ENTRIES
            if endpoint in app.view_functions
            and endpoint not in {"surveys.my_surveys", "audits.trail"}
        ]
        db.session.remove()
        db.engine.dispose()
    return found


def main() -> None:
    """Fill, measure, and print one line a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200)
    with_databases(parser)
    wanted = parser.parse_args()
    show = "{:11} {:34} {:>7} {:9.1f} {:8.1f} {:6.1f} {:4.0f}".format
    for kind in wanted.db or DATABASES:
        with environment(kind):
            fill()
            paths = paths_of_the_menu()
            counts = count_queries(paths, EMAIL, PASSWORD)
            with serving() as base:
                floor = sign_in_page(base, wanted.requests)
                head = "{:11} {:34} queries    p50 ms   p95 ms  ratio   KB"
                print(head.format("database", "page"))
                alone = "/signin (alternative)"
                print(show(kind, alone, "-", floor.p50, floor.p95, 1.0, floor.size))
                browser = signed_in(base, EMAIL, PASSWORD)
                for path, count in zip(paths, counts, strict=True):
                    took = measure(browser, base + path, wanted.requests)
                    ratio = took.p50 / floor.p50
                    print(show(kind, path, count, took.p50, took.p95, ratio, took.size), flush=True)


if __name__ == "__main__":
    main()
