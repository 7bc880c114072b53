"""Four processes send letters on one database while they are killed, the clock jumps by two days
both ways and a week is lost: letters sent twice, letters lost without a word (both must be 0).

    python -m bench.reminders [--kills 200] [--seed 1] [--url postgresql://…]

The alternative is sending again by itself whatever was cut off: `left_though_cut_off` letters of
the same run would have left twice.
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
from companion.core.errors import log
from companion.people.actions import seed_masters as seed_people
from companion.periods.actions import seed_masters as seed_periods
from tests.kit.postmen import kill_postmen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url")
    asked = parser.parse_args()
    log.setLevel("CRITICAL")
    with tempfile.TemporaryDirectory() as space:
        settings = {"SQLALCHEMY_DATABASE_URI": database_url(asked.url)} if asked.url else {}
        app = create_app(Path(space) / "instance", **settings)
        with app.app_context():
            upgrade(directory=app.root_path + "/migrations")
            with saved():
                seed_people()
                seed_periods()
            chance, began = random.Random(asked.seed), time.monotonic()  # noqa: S311 - moments
            found = kill_postmen(app, Path(space), asked.kills, chance)
            print(f"{found} in {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
