"""A process that dies by kill -9 while it works, and what it had acknowledged until then."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from companion.core.db import db

Acknowledge = Callable[[int], None]


def killed(seconds: float, work: Callable[[Acknowledge], None]) -> list[int]:
    """Do `work` in a copy of this process and kill it `seconds` after its first sign of life.

    `work` calls what it is given after each thing that is done; gives back what was acknowledged.
    The copy shares nothing with this process: its connections are its own.
    """
    db.session.remove()
    db.engine.dispose()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            os.write(writer, b"begun\n")
            work(lambda number: os.write(writer, f"{number}\n".encode()) and None)
        except BaseException as failure:
            os.write(writer, f"failed: {failure!r}\n".encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as heard:
        assert heard.readline() == "begun\n"
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said = heard.read().splitlines()
    assert not any(line.startswith("failed") for line in said), said[-1]
    return [int(line) for line in said]
