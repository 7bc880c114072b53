"""The code from before a migration keeps working while and after the tables are migrated.

    python -m bench.deploying [--requests 1000] [--steps 1] [--db sqlite] [--db postgresql]

For each of the last `--steps` migrations, the program as it was before it (from git) records
meetings; after a third of them the tables are migrated by the program of now, and it goes on.
Printed is how many were acknowledged, how many of those are not there, and how many were refused.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import select

from bench.installation import DATABASES, installation, with_databases
from companion.activities.models import Activity
from companion.core import audit
from companion.core.chain import verify
from companion.core.db import db

HOUSE = Path(__file__).parent.parent
VERSIONS = "companion/migrations/versions"
# Runs inside the old program; knows no more of it than its makers and its page for a meeting.
OLD = """
import datetime as dt, sys
from pathlib import Path
from companion import create_app
from tests.kit.makers import account_of, make_challenge, make_official, make_period, make_team
from tests.kit.pages import Browser
url, folder, count, salt = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), "bench"
app = create_app(folder, SQLALCHEMY_DATABASE_URI=url, SECOND_STEP=False,
                 WTF_CSRF_ENABLED=False, SECURITY_PASSWORD_SALT=salt)
with app.app_context():
    make_period()
    team = make_team(make_challenge(), [make_official() for _ in range(3)])
    browser = Browser(app).sign_in_as(account_of(team.members[0].official))
    address = f"/logs/{team.public_id}/meeting"
    fields = browser.get(address).form("記録する").fields.to_dict(flat=False)
    first = dt.date.fromisoformat(fields["held_on"][0])
    for number in range(count):
        sent = {**fields, "title": f"会議{number}。", "form_key": f"key-of-{number}",
                "held_on": (first - dt.timedelta(days=number % 100)).isoformat()}
        sent |= {f"people-{place}-minutes": "5" for place in range(3)}
        status = browser.raw("POST", address, data=sent).status_code
        print("done" if status == 303 else f"refused{status}", number, flush=True)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000)
    parser.add_argument("--steps", type=int, default=1)
    with_databases(parser)
    asked = parser.parse_args()
    numbers = sorted(path.name[:3] for path in (HOUSE / VERSIONS).glob("[0-9]*.py"))
    for database in asked.db or DATABASES:
        for number in numbers[-asked.steps :]:
            print(database, number, deploy(database, number, asked.requests), flush=True)


def deploy(database: str, number: str, count: int) -> str:
    """What became of the requests that the program from before this migration took."""
    with tempfile.TemporaryDirectory() as space, installation(database, migrated=False) as app:
        old = Path(space)
        _program_before(number, old)
        folder = app.root_path + "/migrations"
        upgrade(directory=folder, revision=f"{int(number) - 1:03d}")
        url = db.engine.url.render_as_string(hide_password=False)
        _seed(old, url)
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", OLD, url, str(old / "instance"), str(count)],
            cwd=old,
            env=os.environ | {"PYTHONPATH": str(old)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        done, refused = set(), 0
        assert process.stdout is not None
        for line in process.stdout:
            word, index = line.split()
            if word == "done":
                done.add(f"会議{index}。")
            else:
                refused += 1
            if len(done) == count // 3:
                upgrade(directory=folder)  # the processes of before go on meanwhile
        assert process.wait() == 0
        there = set(db.session.scalars(select(Activity.title)))
        holds = verify(audit.all_lines()).holds
        return (
            f"{len(done)} acknowledged, {len(done - there)} lost, {refused} refused,"
            f" trail {'whole' if holds else 'BROKEN'}"
        )


def _program_before(number: str, place: Path) -> None:
    """The tree of the commit before the one that brought this migration."""
    (path,) = (HOUSE / VERSIONS).glob(f"{number}_*.py")
    name = str(path.relative_to(HOUSE))
    added = _git("log", "--diff-filter=A", "--format=%H", "-1", "--", name).decode().strip()
    with tarfile.open(fileobj=io.BytesIO(_git("archive", f"{added}^"))) as tar:
        tar.extractall(place, filter="data")


def _seed(old: Path, url: str) -> None:
    code = (
        "import sys; from companion import create_app; from companion.core.db import saved;"
        "from companion.people.actions import seed_masters as people;"
        "from companion.periods.actions import seed_masters as periods;"
        "from pathlib import Path;"
        "app = create_app(Path(sys.argv[2]), SQLALCHEMY_DATABASE_URI=sys.argv[1])\n"
        "with app.app_context(), saved(): people(); periods()"
    )
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, url, str(old / "instance")],
        cwd=old,
        env=os.environ | {"PYTHONPATH": str(old)},
        check=True,
    )


def _git(*words: str) -> bytes:
    return subprocess.run(
        ["git", *words],
        cwd=HOUSE,
        capture_output=True,
        check=True,
    ).stdout


if __name__ == "__main__":
    main()
