"""Kill -9 at random moments of posts and imports: acknowledged work lost, work half done.

    python -m bench.durability [--times 1000] [--db sqlite] [--db postgresql]

On PostgreSQL the processes that talk to it are killed; the server itself is not.
"""

from __future__ import annotations

import argparse
import random
import time

from bench.installation import DATABASES, installation, with_databases
from tests.kit.killing import kill_imports, kill_posts
from tests.kit.makers import make_period


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1000, help="half of them posts")
    with_databases(parser)
    asked = parser.parse_args()
    for database in asked.db or DATABASES:
        with installation(database) as app:
            make_period()
            chance = random.Random(time.time_ns())  # noqa: S311 - moments, nothing secret
            for name, kill in (("posts", kill_posts), ("imports", kill_imports)):
                print(database, name, kill(app, asked.times // 2, chance), flush=True)


if __name__ == "__main__":
    main()
