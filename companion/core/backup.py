"""Backups: the database as of one moment and the files of the instance, in one archive.

A copy of a database file under writing cannot be trusted; SQLite's own backup interface and
pg_dump on an exported snapshot can. Every table's content hash travels in the manifest, so that
restoring can prove that everything is back. The secret key is not in it: keep it elsewhere.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import URL, Connection, Engine

from companion.core import clock
from companion.core.db import db, known_revisions, revision_of
from companion.core.errors import Refused
from companion.core.keys import EARLIER, PRESENT

PREFIX, SUFFIX = "companion-", ".tar.gz"
STAMP = "%Y%m%dT%H%M%S%fZ"
DATABASE, MANIFEST, FILES = "database", "manifest.json", "instance"
LEFT_OUT = {PRESENT, EARLIER, "backups"}
Hashes = dict[str, list[Any]]


def _add(found: dict[str, tuple[int, int]], table: str, row: str) -> None:
    # A sum does not depend on the order of rows, which no table promises.
    count, total = found.get(table, (0, 0))
    digest = int.from_bytes(hashlib.sha256(row.encode("utf-8", "surrogatepass")).digest(), "big")
    found[table] = (count + 1, (total + digest) % 2**256)


def sqlite_hashes(path: Path) -> Hashes:
    """Rows and content hash of every table of a SQLite file; raises sqlite3.Error when broken."""
    found: dict[str, tuple[int, int]] = {}
    with closing(sqlite3.connect(path)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("integrity_check")
        tables = "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'"
        for (table,) in connection.execute(tables).fetchall():
            found[table] = (0, 0)
            for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - a table's name
                _add(found, table, repr(row))
    return {table: [count, f"{total:064x}"] for table, (count, total) in sorted(found.items())}


def postgresql_hashes(connection: Connection) -> Hashes:
    """Rows and content hash of every table, as this transaction sees them."""
    found: dict[str, tuple[int, int]] = {}
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    for table in connection.scalars(text(tables)).all():
        found[table] = (0, 0)
        rows = f'SELECT t::text FROM "{table}" t'  # noqa: S608 - a table's name
        for row in connection.execution_options(yield_per=1000).scalars(text(rows)):
            _add(found, table, row)
    return {table: [count, f"{total:064x}"] for table, (count, total) in sorted(found.items())}


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused(f"{name} が見つかりません。PostgreSQL のクライアントを入れてください。")
    return found


def check_programs() -> None:
    """Look for the programs a backup needs; on SQLite none.

    Raises:
        Refused: `pg_dump` or `pg_restore` is missing, or older than the server, which it then
            would not read.
    """
    if db.engine.dialect.name == "sqlite":
        return
    with db.engine.connect() as connection:
        server = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    for name in ("pg_dump", "pg_restore"):
        said = subprocess.run(  # noqa: S603 - found by name
            [_program(name), "--version"], capture_output=True, text=True
        ).stdout
        version = int(next(iter(re.findall(r"\d+", said)), 0))
        if version < server:
            raise Refused(
                f"{name}（{version}）がPostgreSQLサーバー（{server}）より古いため、控えを作れません。"
                "サーバーと同じ版のクライアントを入れてください。"
            )


def _call(program: str, url: URL, *arguments: str) -> None:
    address = url.set(drivername="postgresql", password=None).render_as_string()
    done = subprocess.run(  # noqa: S603 - found by name, arguments are ours
        [_program(program), f"--dbname={address}", *arguments],
        env=os.environ | {"PGPASSWORD": url.password or ""},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"終了コード{done.returncode}"])[-1]
        raise Refused(f"{program} が失敗しました：{said}")


def _dump(target: Path) -> Hashes:
    engine = db.engine
    if engine.dialect.name == "sqlite":
        with (
            closing(sqlite3.connect(str(engine.url.database), timeout=30)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        return sqlite_hashes(target)
    check_programs()
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        _call(
            *("pg_dump", engine.url, "--format=custom", "--no-owner"),
            *(f"--snapshot={snapshot}", f"--file={target}"),
        )
        return postgresql_hashes(connection)


def take(app: Flask, folder: Path) -> Path:
    """Make one backup in the folder; it appears there only when it is whole.

    Raises:
        Refused: a program that PostgreSQL needs is missing, or the database cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    instance, moment = Path(app.instance_path), clock.now()
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as space:
        dump, archive = Path(space) / DATABASE, Path(space) / "archive"
        manifest = {
            "at": moment.isoformat(),
            "dialect": db.engine.dialect.name,
            "revision": revision_of(),
            "tables": _dump(dump),
        }
        with tarfile.open(archive, "w:gz", compresslevel=3) as tar:
            written = json.dumps(manifest).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = len(written)
            tar.addfile(entry, io.BytesIO(written))
            tar.add(dump, DATABASE)
            for path in sorted(instance.iterdir()) if instance.exists() else []:
                is_database = path.name.startswith(Path(db.engine.url.database or "").name)
                if path.name in LEFT_OUT or is_database or path.resolve() == folder.resolve():
                    continue
                tar.add(path, f"{FILES}/{path.name}")
            for path in sorted(folder.glob("*.jsonl")):  # heads of the audit trail
                tar.add(path, f"anchors/{path.name}")
        archive.chmod(0o600)
        with archive.open("rb") as file:
            os.fsync(file.fileno())
        return archive.rename(folder / f"{PREFIX}{moment:{STAMP}}{SUFFIX}")


def backups(folder: Path) -> list[tuple[dt.datetime, Path]]:
    """The backups of a folder with their moments, the newest first."""
    found = []
    for path in folder.glob(f"{PREFIX}*{SUFFIX}"):
        try:
            stamp = path.name[len(PREFIX) : -len(SUFFIX)]
            found.append((dt.datetime.strptime(stamp, STAMP).replace(tzinfo=dt.UTC), path))
        except ValueError:
            continue
    return sorted(found, reverse=True)


def superfluous(moments: list[dt.datetime], now: dt.datetime) -> set[dt.datetime]:
    """Which backups may go: kept are all of two hours, one an hour for two days, one a day for
    35 days and one a month for 13 months."""
    kept: dict[tuple[str, str], dt.datetime] = {}
    for moment in sorted(moments):
        age = now - moment
        if age <= dt.timedelta(hours=2):
            kept["each", moment.isoformat()] = moment
        if age <= dt.timedelta(days=2):
            kept["hour", f"{moment:%Y%m%d%H}"] = moment
        if age <= dt.timedelta(days=35):
            kept["day", f"{clock.to_jst(moment):%Y%m%d}"] = moment
        if age <= dt.timedelta(days=400):
            kept["month", f"{clock.to_jst(moment):%Y%m}"] = moment
    return set(moments) - set(kept.values())


def keep(app: Flask, folder: Path, every: dt.timedelta) -> bool:
    """Make a backup when the newest is older than `every`, and clear away superfluous ones."""
    there = backups(folder)
    if there and clock.now() - there[0][0] < every:
        return False
    take(app, folder)
    there = backups(folder)
    gone = superfluous([moment for moment, _ in there], clock.now())
    for moment, path in there:
        if moment in gone:
            path.unlink()
    return True


def restore(app: Flask, archive: Path) -> int:
    """Put a backup in the place of the present database and files; returns the rows restored.

    Raises:
        Refused: the archive is damaged or of the other kind of database; nothing was changed.
    """
    engine = db.engine
    with tempfile.TemporaryDirectory(prefix="companion-restore-") as space:
        place = Path(space)
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(place, filter="data")
            manifest = json.loads((place / MANIFEST).read_text())
            wanted = manifest["tables"]
        except (tarfile.TarError, OSError, EOFError, ValueError, KeyError) as error:
            raise Refused(
                f"控えが壊れています（{type(error).__name__}）。別の控えを選んでください。"
            ) from error
        if manifest["dialect"] != engine.dialect.name:
            raise Refused(
                f"この控えは {manifest['dialect']} のものです。同じ種類へ戻してください。"
            )
        if manifest.get("revision") not in {None, *known_revisions()}:
            raise Refused(
                f"この控えは、このプログラムの知らない形です（{manifest['revision']}）。"
                "控えを作ったときと同じか、それより新しい版のプログラムで戻してください。"
            )
        db.session.remove()
        engine.dispose()
        if engine.dialect.name == "sqlite":
            _restore_sqlite(place / DATABASE, str(engine.url.database), wanted)
        else:
            _restore_postgresql(place / DATABASE, engine, wanted)
        instance = Path(app.instance_path)
        if (place / FILES).exists():
            shutil.copytree(place / FILES, instance, dirs_exist_ok=True)
    return sum(count for count, _ in wanted.values())


UNEQUAL = "控えの中身が記録と一致しません。別の控えを選んでください。"


def _restore_sqlite(source: Path, target: str, wanted: Hashes) -> None:
    try:
        if sqlite_hashes(source) != wanted:
            raise Refused(UNEQUAL)
    except sqlite3.Error as error:
        raise Refused("控えのデータベースが壊れています。別の控えを選んでください。") from error
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=WAL")
    if sqlite_hashes(Path(target)) != wanted:
        raise Refused("戻した内容が控えと一致しません。ディスクを確かめ、もう一度戻してください。")


def _restore_postgresql(source: Path, engine: Engine, wanted: Hashes) -> None:
    """Put the dump where the tables belong, those of now aside, and let these go only when the
    two are equal; otherwise, and when cut off, what was there comes back."""
    with engine.connect() as connection:
        schema = connection.scalar(text("SELECT current_schema()"))
        before = f"{schema}_before_restore"
        is_left = connection.scalar(text("SELECT to_regnamespace(:name)"), {"name": before})
    back = (f'DROP SCHEMA "{schema}" CASCADE', f'ALTER SCHEMA "{before}" RENAME TO "{schema}"')
    if is_left:  # by a restoring that was cut off
        _do(engine, *back)
    _do(engine, f'ALTER SCHEMA "{schema}" RENAME TO "{before}"', f'CREATE SCHEMA "{schema}"')
    try:
        _call("pg_restore", engine.url, "--no-owner", "--single-transaction", str(source))
        with engine.connect() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            if postgresql_hashes(connection) != wanted:
                raise Refused(UNEQUAL)
    except BaseException:
        _do(engine, *back)
        raise
    _do(engine, f'DROP SCHEMA "{before}" CASCADE')


def _do(engine: Engine, *steps: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        for step in steps:
            connection.execute(text(step))
