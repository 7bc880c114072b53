"""Runs what touches a workbook from outside in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from companion.core.sheets.guard import BROKEN, InvalidWorkbook


def run_apart(
    child: Path, sent: bytes, seconds: int, too_slow: str = BROKEN, *, is_plain: bool = False
) -> bytes:
    """What the program `child` answers to what is sent to it, without our modules and secrets.

    `is_plain`: it knows the standard library only, so that nothing installed is looked for.

    Raises:
        InvalidWorkbook: it failed, or took longer (told in the words of `too_slow`).
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and file, no shell
            [sys.executable, "-I", *(["-S"] if is_plain else []), "-X", "utf8", str(child)],
            input=sent,
            capture_output=True,
            timeout=seconds,
            check=True,
            env=_bare_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise InvalidWorkbook(too_slow) from error
    except subprocess.CalledProcessError as error:
        raise InvalidWorkbook(BROKEN) from error
    return done.stdout


def _bare_environment() -> dict[str, str]:
    """What an interpreter needs to start, and no secret of ours."""
    needed = ("SYSTEMROOT", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in needed if name in os.environ}
