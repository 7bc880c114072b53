"""Where SQLite's file lies: its locks hold on a disk of the machine, not on a network drive."""

from __future__ import annotations

import re
from pathlib import Path

from flask import current_app
from sqlalchemy.engine import make_url

from companion.core.errors import Refused

MOUNTS = Path("/proc/mounts")
NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "glusterfs", "ceph"}


def file_system(path: Path, mounts: str) -> str:
    """The kind of file system a path is on, from the text of /proc/mounts; "" when unknown."""
    best, kind = "", ""
    for line in mounts.splitlines():
        place, found = line.split()[1:3]
        # The kernel writes a blank in a name as \040.
        place = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), place)
        if (path.is_relative_to(place)) and len(place) >= len(best):
            best, kind = place, found
    return kind


def kind_of_disk() -> str | None:
    """The kind of file system SQLite's file is on, "" when unknown; None where there is no file
    of SQLite or the machine does not tell its mounts."""
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() != "sqlite" or not MOUNTS.exists():
        return None
    return file_system(Path(str(url.database)).resolve(), MOUNTS.read_text())


def check_disk() -> str | None:
    """What `kind_of_disk` says.

    Raises:
        Refused: SQLite's file is on a network drive, where two writers can spoil it.
    """
    kind = kind_of_disk()
    if kind in NETWORK:
        raise Refused(
            f"SQLite のデータベースがネットワークドライブ（{kind}）にあるため、起動しません。"
            "COMPANION_INSTANCE をこの機械のディスクにするか、PostgreSQL を使ってください。"
            "今の内容は `companion backup` と `companion restore` で移せます。"
        )
    return kind
