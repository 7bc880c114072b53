"""Backups under write load: how many of 20 can be restored, beside plain copies of the file.

python -m bench.backups [--times 20] [--writers 2] [--db sqlite] [--db postgresql]
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from bench.installation import DATABASES, installation, with_databases
from companion.core import audit, backup
from companion.core.chain import verify
from companion.core.db import db, saved


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--writers", type=int, default=2)
    with_databases(parser)
    asked = parser.parse_args()
    for database in asked.db or DATABASES:
        measure(database, asked.times, asked.writers)


def measure(database: str, times: int, writers: int) -> None:
    """Back up while others write; restore each into a place of its own and compare."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        app = stack.enter_context(installation(database))
        stop, written = threading.Event(), [0]

        def write() -> None:
            with app.app_context():
                while not stop.is_set():
                    with saved():
                        audit.record("bench.act", "x" * 150, by=None, text="y" * 400)
                    written[0] += 1

        threads = [threading.Thread(target=write) for _ in range(writers)]
        for writer in threads:
            writer.start()
        archives, copies = [], []
        began = time.perf_counter()
        for number in range(times):
            time.sleep(0.2)
            if database == "sqlite":
                copies.append(place / f"copy{number}.sqlite3")
                shutil.copy(str(db.engine.url.database), copies[-1])
            archives.append(backup.take(app, place / "kept"))
        seconds = time.perf_counter() - began
        stop.set()
        for writer in threads:
            writer.join()
        good = 0
        with installation(database) as other:
            for archive in archives:
                backup.restore(other, archive)
                good += verify(audit.all_lines()).holds
                db.session.remove()
        print(f"{database}: {written[0]} writes meanwhile, {seconds / times:.2f} s a backup")
        print(f"{database}: restorable with every table's hash: {good}/{times}")
        if copies:
            print(f"plain copies up to date and whole: {_usable(copies)}/{times}", flush=True)


def _usable(copies: list[Path]) -> int:
    good, seen = 0, 0
    for copy in copies:
        try:
            with sqlite3.connect(copy) as connection:
                sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                rows = connection.execute("SELECT count(*) FROM audit_lines").fetchone()[0]
        except sqlite3.Error:
            continue
        good += sound and rows > seen  # what was written since the copy before is in it
        seen = rows
    return good


if __name__ == "__main__":
    main()
