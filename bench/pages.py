"""Every list page at 60 teams × 40 activities: queries, p50 and p95 of 200 requests to one worker.

    .venv/bin/python bench/pages.py

The data is the demo's, in a temporary folder, with its year of meetings made twice.

The alternative is the sign-in page in the same run: no list, no query beyond the session's. A
ratio of 3 says that a list of 60 teams costs three times a page that shows nothing.
"""

from __future__ import annotations

import http.cookiejar
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from sqlalchemy import event, select

from companion import create_app
from companion.core.db import db, saved
from companion.demo import PASSWORD
from companion.demo.year import make_year
from companion.navigation import ENTRIES
from companion.teams.models import Team

PORT = 8765
BASE = f"http://127.0.0.1:{PORT}"
REQUESTS = 200
EMAIL = "coordinator@demo.test"


def count_queries(path: str) -> int:
    """Statements one request sends, in this process, signed in as the coordinator."""
    app = create_app()
    client = app.test_client()
    page = client.get("/signin").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    client.post("/signin", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token[1]})
    counted: list[str] = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", lambda *args: counted.append(args[2]))
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return len(counted)


def sign_in(opener: urllib.request.OpenerDirector) -> None:
    """A session of the coordinator."""
    page = opener.open(BASE + "/signin").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    data = {"email": EMAIL, "password": PASSWORD, "csrf_token": token[1]}
    opener.open(BASE + "/signin", urllib.parse.urlencode(data).encode()).read()


def measure(opener: urllib.request.OpenerDirector, path: str) -> tuple[float, float, int]:
    """p50 and p95 in milliseconds, and bytes of the page."""
    times, size = [], 0
    for _ in range(REQUESTS):
        began = time.perf_counter()
        size = len(opener.open(BASE + path).read())
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.95) - 1], size


def fill(folder: str) -> None:
    """The demo's programme, and its meetings once more: about 40 activities a team."""
    os.environ["COMPANION_INSTANCE"] = folder
    os.environ.pop("DATABASE_URL", None)
    subprocess.run(
        [sys.executable, "-m", "companion", "demo", "--no-serve"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with create_app().app_context(), saved():
        teams = list(db.session.scalars(select(Team).order_by(Team.number)))
        count = make_year(teams, random.Random(1))  # noqa: S311 the same meetings every time
        print(f"{len(teams)} teams, {2 * count // len(teams)} activities each (about)")


def main() -> None:
    """Fill, measure, and print one line a page."""
    with tempfile.TemporaryDirectory() as folder:
        fill(folder)
        show_pages()


def show_pages() -> None:
    """Measure every page of the menu on the filled database."""
    app = create_app()
    with app.test_request_context():
        from companion.periods.queries import all_periods

        year = all_periods()[0].fiscal_year
        paths = [
            app.url_map.bind("localhost").build(
                endpoint,
                {"year": year} if app.url_map.is_endpoint_expecting(endpoint, "year") else {},
            )
            for endpoint, _, _ in ENTRIES
            if endpoint in app.view_functions and not endpoint.endswith("my_surveys")
        ]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "companion:create_app()", "--bind", f"127.0.0.1:{PORT}",
         "--workers", "1", "--log-level", "error"],
        env=os.environ,
    )  # fmt: skip
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(BASE + "/signin").read()
                break
            except OSError:
                time.sleep(0.1)
        plain = urllib.request.build_opener()
        floor, floor95, size = measure(plain, "/signin")
        show = "{:34} {:>7} {:9.1f} {:8.1f} {:6.1f} {:4.0f}".format
        print("{:34} queries    p50 ms   p95 ms  ratio   KB".format("page"))
        print(show("/signin (alternative)", "-", floor, floor95, 1.0, size / 1024))
        opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        sign_in(opener)
        for path in paths:
            p50, p95, size = measure(opener, path)
            print(show(path, count_queries(path), p50, p95, p50 / floor, size / 1024))
    finally:
        server.terminate()
        server.wait()


main()
