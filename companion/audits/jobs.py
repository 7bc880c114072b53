"""Keeping heads of the chain elsewhere: a file beside the backups, a letter to the auditors."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

from companion.audits.queries import auditors
from companion.core import audit, clock, mail
from companion.core.chain import Anchor, Verdict, read_anchors, verify
from companion.core.db import saved

EVERY = dt.timedelta(hours=1)
NAME = "audit-anchors.jsonl"


def anchor_file(backups: Path) -> Path:
    """Where the heads are kept."""
    return backups / NAME


def newest_anchor_at(backups: Path) -> dt.datetime | None:
    """When a head was last kept."""
    try:
        lines = anchor_file(backups).read_text().splitlines()
        return dt.datetime.fromisoformat(json.loads(lines[-1])["at"])
    except (OSError, IndexError, ValueError, KeyError):
        return None


def write_anchor(backups: Path) -> Anchor | None:
    """Add the present head to the file and have it on the disk before returning."""
    with saved():
        head = audit.head()
    if head is None:
        return None
    backups.mkdir(parents=True, exist_ok=True)
    entry = {"at": clock.now().isoformat(), "id": head.id, "hash": head.hash}
    handle = os.open(anchor_file(backups), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a") as file:
        file.write(json.dumps(entry) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return head


def close_anchors(backups: Path) -> None:
    """Put the heads aside after a restore: the trail begins again at the backup's end.

    What was kept stays beside it for whoever has to explain the lines after the backup.
    """
    kept = anchor_file(backups)
    if kept.exists():
        stamp = clock.to_jst(clock.now())
        kept.rename(kept.with_suffix(f".before-restore-{stamp:%Y%m%d%H%M%S}.jsonl"))


def keep_anchor(backups: Path) -> bool:
    """Keep the head when an hour has passed since the last; True when it was kept."""
    last = newest_anchor_at(backups)
    if last is not None and clock.now() - last < EVERY:
        return False
    return write_anchor(backups) is not None


def send_monthly_letters() -> int:
    """One letter a month to each auditor with the head; how many were put into the outbox."""
    today = clock.today()
    with saved():
        head = audit.head()
        if head is None:
            return 0
        sent = [
            mail.post(
                f"audit-head/{today:%Y-%m}/{user.id}",
                mail.LetterKind.AUDIT_HEAD,
                to=user.email,
                subject=f"監査記録の控え（{today.year}年{today.month}月）",
                body=(
                    "監査記録の先頭からの連鎖の、現在の末尾は次のとおりです。\n"
                    "この手紙を保管してください。後日、記録が変えられていないことを確かめられます。\n\n"
                    f"番号：{head.id}\nハッシュ：{head.hash}\n"
                ),
            )
            for user in auditors()
        ]
    return sum(letter is not None for letter in sent)


def check_trail(backups: Path) -> Verdict:
    """Verify the whole trail against every head that was kept."""
    path = anchor_file(backups)
    anchors = read_anchors(path.read_text()) if path.exists() else []
    return verify(audit.all_lines(), anchors)
