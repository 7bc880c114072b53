"""The machine's own time zone, which must not matter."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

ZONES = ["Asia/Tokyo", "UTC", "America/New_York"]


@contextmanager
def machine_in(zone: str) -> Iterator[None]:
    """Let this process believe that the machine stands in a zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()
