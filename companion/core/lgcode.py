"""全国地方公共団体コード: six digits, the last one a check digit.

Check digit (総務省): s = 6a+5b+4c+3d+2e over the first five; s < 11 → (11 - s) mod 10,
otherwise (11 - s mod 11) mod 10.
"""

from __future__ import annotations

import re
from collections.abc import Container

from companion.core.text import squash


class NotALgCode(ValueError):
    """The value is no code; the message says in Japanese why, and what it could be."""


def check_digit(five: str) -> str:
    """The sixth digit of a code whose first five are given."""
    weighted = sum(weight * int(digit) for weight, digit in zip((6, 5, 4, 3, 2), five, strict=True))
    rest = 11 - weighted if weighted < 11 else 11 - weighted % 11
    return str(rest % 10)


def is_lg_code(code: str) -> bool:
    """Whether six digits carry the right check digit and one of the 47 prefectures."""
    return (
        re.fullmatch("[0-9]{6}", code) is not None
        and 1 <= int(code[:2]) <= 47
        and check_digit(code[:5]) == code[5]
    )


def lg_code_candidates(value: object) -> tuple[str, ...]:
    """Every code a cell may mean, the likeliest first.

    Five digits can be a code without its check digit or one that has lost its leading zero: for
    text the first is likelier, for a number the second.
    """
    digits = _digits(value)
    whole = [digits.zfill(6)] if len(digits) in (5, 6) else []
    short = [digits.zfill(5) + check_digit(digits.zfill(5))] if len(digits) in (4, 5) else []
    order = whole + short if not isinstance(value, str) or len(digits) == 6 else short + whole
    return tuple(code for code in dict.fromkeys(order) if is_lg_code(code))


def lg_code(value: object, *, known: Container[str] | None = None) -> str:
    """The six-digit code meant by a cell: text or number, 5 or 6 digits, any width, zero-stripped.

    Args:
        known: the list of codes that exist; decides between two readings, and refuses the rest.

    Raises:
        NotALgCode: no digits, wrong length, wrong check digit, or not in `known`.
    """
    digits = _digits(value)
    found = lg_code_candidates(value)
    if not found:
        if len(digits) not in (4, 5, 6):
            raise NotALgCode(
                f"団体コード「{_shown(value)}」は桁数が違います。6桁で記入してください。"
            )
        full = digits.zfill(6)
        right = full[:5] + check_digit(full[:5])
        hint = f"先頭5桁が正しければ「{right}」です。" if is_lg_code(right) else ""
        raise NotALgCode(
            f"団体コード「{_shown(value)}」は検査数字（6桁目）が合いません。{hint}"
            "団体コード一覧で確かめてください。"
        )
    if known is None:
        return found[0]
    for code in found:
        if code in known:
            return code
    raise NotALgCode(
        f"団体コード「{_shown(value)}」は団体コード一覧にありません。"
        "最新の一覧で確かめ、一覧が古ければ先に取り込んでください。"
    )


def _digits(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = squash(value) if isinstance(value, str) else str(value)
    text = re.sub(r"[\s-]", "", text)
    if isinstance(value, bool) or not re.fullmatch("[0-9]+(?:\\.0)?", text):
        raise NotALgCode(
            f"団体コード「{_shown(value)}」は数字ではありません。6桁の数字で記入してください。"
        )
    return text.removesuffix(".0")


def _shown(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 40 else text[:40] + "…"
