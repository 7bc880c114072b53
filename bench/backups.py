"""Backups under write load: how many of 20 can be restored, beside plain copies of the file.

python -m bench.backups [--times 20] [--writers 2]
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import tempfile
import threading
import time
from pathlib import Path

from flask_migrate import upgrade

from companion import create_app
from companion.core import audit, backup
from companion.core.chain import verify
from companion.core.db import db, saved


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--writers", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as space:
        place = Path(space)
        address = f"sqlite:///{place / 'source.sqlite3'}"
        app = create_app(place / "one", SQLALCHEMY_DATABASE_URI=address)
        with app.app_context():
            upgrade(directory=app.root_path + "/migrations")
        stop, written = threading.Event(), [0]

        def write() -> None:
            with app.app_context():
                while not stop.is_set():
                    with saved():
                        audit.record("bench.act", "x" * 150, by=None, text="y" * 400)
                    written[0] += 1

        writers = [threading.Thread(target=write) for _ in range(asked.writers)]
        for writer in writers:
            writer.start()
        archives, copies = [], []
        began = time.perf_counter()
        for number in range(asked.times):
            time.sleep(0.2)
            copies.append(place / f"copy{number}.sqlite3")
            shutil.copy(place / "source.sqlite3", copies[-1])
            with app.app_context():
                archives.append(backup.take(app, place / "kept"))
        seconds = time.perf_counter() - began
        stop.set()
        for writer in writers:
            writer.join()
        good = 0
        other = create_app(
            place / "two", SQLALCHEMY_DATABASE_URI=f"sqlite:///{place / 'target.sqlite3'}"
        )
        for archive in archives:
            with other.app_context():
                backup.restore(other, archive)
                good += verify(audit.all_lines()).holds
                db.session.remove()
        print(f"{written[0]} writes meanwhile, {seconds / asked.times:.2f} s a backup")
        print(f"backups restorable with every table's hash: {good}/{asked.times}")
        print(f"plain copies up to date and whole: {_usable(copies)}/{asked.times}")


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
