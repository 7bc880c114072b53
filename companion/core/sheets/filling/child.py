"""Looks into a template, or fills it, in a process of its own; started as a plain file.

Standard input: one line of JSON, then the workbook. `{"do": "look"}` answers JSON; `{"do": "fill",
"marks": …, "names": …, "lists": …}` answers the workbook. Knows lxml, openpyxl's splitter of
formulas and the standard library only.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 60
sys.path.append(str(Path(__file__).parent))  # last, so that nothing of ours hides the library's


def main() -> None:
    """Read what is wanted and the workbook, answer on standard output."""
    with contextlib.suppress(ImportError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    from book import Book
    from looking import look
    from writing import fill

    wanted = json.loads(sys.stdin.buffer.readline())
    book = Book(sys.stdin.buffer.read())
    if wanted["do"] == "look":
        sys.stdout.write(json.dumps(look(book)))
    else:
        sys.stdout.buffer.write(fill(book, wanted))


if __name__ == "__main__":
    main()
