"""Kill -9 at random moments of posts and imports: acknowledged work lost, work half done.

    python -m bench.durability [--times 1000] [--url postgresql://…]

On PostgreSQL the processes that talk to it are killed; the server itself is not.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

from flask_migrate import upgrade

from companion import create_app
from companion.core.db import database_url, saved
from companion.people.actions import seed_masters as seed_people
from companion.periods.actions import seed_masters as seed_periods
from tests.kit.killing import kill_imports, kill_posts
from tests.kit.makers import make_period


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--url")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as space:
        settings = {"SQLALCHEMY_DATABASE_URI": database_url(asked.url)} if asked.url else {}
        app = create_app(Path(space) / "instance", **settings)
        with app.app_context():
            upgrade(directory=app.root_path + "/migrations")
            with saved():
                seed_people()
                seed_periods()
            make_period()
            chance = random.Random(time.time_ns())  # noqa: S311 - moments, nothing secret
            for name, kill in (("posts", kill_posts), ("imports", kill_imports)):
                print(name, kill(app, asked.times // 2, chance), flush=True)


if __name__ == "__main__":
    main()
