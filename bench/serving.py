"""Asking pages of the installation that the environment names: one gunicorn worker, one browser.

`COMPANION_INSTANCE` and `DATABASE_URL` say which installation; `environment` sets them.
"""

from __future__ import annotations

import http.cookiejar
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event

from bench.installation import database_server
from companion import create_app
from companion.core.db import db

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@contextmanager
def environment(kind: str) -> Iterator[Path]:
    """An empty installation on a database of that kind, for this process and those it starts."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="companion-bench-")))
        os.environ["COMPANION_INSTANCE"] = str(folder / "instance")
        os.environ.pop("DATABASE_URL", None)
        if kind == "postgresql":
            os.environ["DATABASE_URL"] = stack.enter_context(database_server(folder))
        yield folder


@contextmanager
def serving() -> Iterator[str]:
    """One gunicorn worker; gives the address it answers at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "companion:create_app()", "--workers", "1"]
    server = subprocess.Popen([*command, "--bind", place, "--log-level", "error"])
    try:
        for _ in range(1_200):  # two minutes on a busy machine
            try:
                urllib.request.urlopen(f"http://{place}/signin").read()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://{place}"
    finally:
        server.terminate()
        server.wait()


def token_in(page: str) -> str:
    """What a form on a page must send back."""
    found = TOKEN.search(page)
    assert found, "no form"
    return found[1]


def signed_in(base: str, email: str, password: str) -> urllib.request.OpenerDirector:
    """A browser with a session."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(jar)
    token = token_in(opener.open(base + "/signin").read().decode())
    data = {"email": email, "password": password, "csrf_token": token}
    opener.open(base + "/signin", urllib.parse.urlencode(data).encode()).read()
    return opener


@dataclass(frozen=True)
class Times:
    """Milliseconds of a page asked many times, and its size in KB."""

    p50: float
    p95: float
    size: float


def measure(opener: urllib.request.OpenerDirector, address: str, requests: int) -> Times:
    """Ask a page; the first request warms up and is left out."""
    times, size = [], 0
    for _ in range(requests + 1):
        began = time.perf_counter()
        size = len(opener.open(address).read())
        times.append((time.perf_counter() - began) * 1000)
    times = sorted(times[1:])
    return Times(statistics.median(times), times[int(len(times) * 0.95) - 1], size / 1024)


def sign_in_page(base: str, requests: int) -> Times:
    """The alternative: a page without a list, and no query beyond the session's."""
    return measure(urllib.request.build_opener(), base + "/signin", requests)


def count_queries(paths: Sequence[str], email: str, password: str) -> list[int]:
    """Statements each page sends, in this process."""
    app = create_app()
    client = app.test_client()
    token = token_in(client.get("/signin").get_data(as_text=True))
    client.post("/signin", data={"email": email, "password": password, "csrf_token": token})
    counted: list[str] = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", lambda *args: counted.append(args[2]))
    found = []
    for path in paths:
        counted.clear()
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        found.append(len(counted))
    engine.dispose()
    return found
