"""Passwords that are known from leaks: looked up in a file on this machine, never anywhere else.

The file is one of those published for this purpose: lines `SHA-1 in capital hexadecimal digits`,
followed by `:` and a number or nothing, in the order of the hashes. It may hold hundreds of
millions of lines; a look-up reads about thirty places of it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

LINE = 120  # bytes, longer than any line


def is_leaked(password: str, file: str | None) -> bool:
    """True when the password is in the list of leaked ones; False without a list.

    Raises:
        OSError: the list cannot be read.
    """
    if file is None:
        return False
    # The list is made of SHA-1; what is kept of a password is Argon2id.
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    low, high = 0, Path(file).stat().st_size
    with Path(file).open("rb") as lines:
        while low < high:  # the line wanted begins in low..high, if there is one
            middle = (low + high) // 2
            lines.seek(middle)
            if middle:
                lines.readline(LINE)  # the rest of a line
            found = lines.readline(LINE)[:40]
            if found == wanted:
                return True
            if not found or found > wanted:
                high = middle
            else:
                low = middle + 1
    return False


def is_list(file: str) -> bool:
    """True when a file can be read and begins like such a list."""
    try:
        with Path(file).open("rb") as lines:
            first = lines.readline(LINE)[:40]
            return len(bytes.fromhex(first.decode())) == 20
    except (OSError, ValueError):
        return False
