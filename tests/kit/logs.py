"""What the program writes into its log while something is done."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from companion.core.errors import JsonLines, log


@contextmanager
def written() -> Iterator[io.StringIO]:
    """The lines of the log, as a server would write them, of everything inside the block."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    roots = [log, logging.getLogger(), logging.getLogger("sqlalchemy")]
    for logger in roots:
        logger.addHandler(handler)
    try:
        yield stream
    finally:
        for logger in roots:
            logger.removeHandler(handler)
