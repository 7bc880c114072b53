"""SQLite on a network drive: nothing starts there, and what helps is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from companion import create_app, serving_app
from companion.commands import cli
from companion.core import disks
from companion.core.errors import Refused

pytestmark = pytest.mark.sqlite_only
MOUNTS = "a / ext4 rw 0 0\nserver:/x /srv nfs4 rw 0 0\n//s/x /mnt/the\\040office cifs rw 0 0\n"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/instance/x", "nfs4"),
        ("/home/x", "ext4"),
        ("/srvs/x", "ext4"),
        ("/mnt/the office/x", "cifs"),
    ],
)
def test_the_file_system_of_a_path_is_found(path: str, kind: str) -> None:
    assert disks.file_system(Path(path), MOUNTS) == kind
    assert disks.file_system(Path(path), "") == ""


@pytest.fixture
def drive(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application whose folder is said to be mounted from elsewhere."""
    mounts = folder / "mounts"
    mounts.write_text(f"a / ext4 rw 0 0\nserver:/x {folder.resolve()} nfs4 rw 0 0\n")
    monkeypatch.setattr(disks, "MOUNTS", mounts)
    monkeypatch.setenv("COMPANION_INSTANCE", str(folder / "instance"))
    return create_app(folder / "instance")


@pytest.mark.parametrize("command", ["init", "run", "work", "demo"])
def test_nothing_starts_on_a_network_drive(drive: Flask, command: str) -> None:
    done = drive.test_cli_runner().invoke(cli, [command])
    assert done.exit_code == 1
    assert "ネットワークドライブ（nfs4）" in done.stderr
    with pytest.raises(Refused, match="companion backup"):
        serving_app()
    assert not (Path(drive.instance_path) / "companion.sqlite3").exists()


def test_the_doctor_says_the_same(drive: Flask) -> None:
    done = drive.test_cli_runner().invoke(cli, ["doctor"])
    assert "× 置き場：SQLite のデータベースがネットワークドライブ（nfs4）にある" in done.stdout


def test_postgresql_may_be_anywhere(drive: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with drive.app_context():
        monkeypatch.setitem(drive.config, "SQLALCHEMY_DATABASE_URI", "postgresql+psycopg://a@b/c")
        assert disks.check_disk() is None
