"""Reads the cells of one workbook in a process of its own; knows only the standard library.

Started by `reader.read_workbook` as a plain file, without the application, with limits on memory
and processor time. Takes the workbook on standard input and writes JSON on standard output:
`{"sheets": [...]}` (see `cells`) or `{"fault": "a Japanese sentence"}`.

Every workbook waits for the start of this process: little stands here, because what is started is
compiled each time, while what it imports is not.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10
sys.path.append(str(Path(__file__).parent))  # last, so that nothing of ours hides the library's
import guard  # noqa: E402 - only reachable now
from cells import parse  # noqa: E402


def _limit_self() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the caller's time limit remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Read standard input, answer on standard output."""
    _limit_self()
    answer: dict[str, object]
    try:
        answer = {"sheets": parse(sys.stdin.buffer.read(guard.LIMITS.file_bytes + 1))}
    except guard.InvalidWorkbook as refusal:
        answer = {"fault": str(refusal)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
