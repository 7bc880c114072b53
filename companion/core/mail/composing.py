"""What a mail says: one letter as it is, several as sections of one. Pure.

A letter's text begins with whom it is to (a first paragraph that ends with 様) and may end with who
sends it (a last paragraph of one line); merged, both stand once where they are the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from companion.core.mail.kinds import LetterKind

RULE = "━" * 20
DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
# Links that let in whoever holds them are not for the eyes of those who look after the post.
SECRET_LINK = re.compile(r"(/(?:s|invite|invitation|signin|letters/choices)/)[\w.-]{16,}")
HELD_BY_READER = r"\1（本人だけのリンク）"


@dataclass(frozen=True)
class Part:
    """One letter of a mail."""

    kind: LetterKind
    subject: str
    body: str


def without_secrets(text: str) -> str:
    """The text with links that let somebody in left out."""
    return SECRET_LINK.sub(HELD_BY_READER, text)


def subject_of(parts: Sequence[Part]) -> str:
    """The subject of a mail."""
    if len(parts) == 1:
        return parts[0].subject
    labels = dict.fromkeys(part.kind.label for part in parts)
    return f"【お知らせ{len(parts)}件】{'、'.join(labels)}"


def text_of(parts: Sequence[Part], *, choices: str) -> str:
    """The text of a mail; `choices` is the address where its reader chooses what to get."""
    if len(parts) == 1:
        return f"{parts[0].body.rstrip()}\n\n{_footer(parts, choices)}"
    greetings, middles, signatures = zip(*(_taken_apart(part.body) for part in parts), strict=True)
    same = set(greetings) == {greetings[0]}
    lines = [greetings[0], ""] if same and greetings[0] else []
    lines += [f"本日のお知らせは{len(parts)}件です。", ""]
    for number, (part, greeting, middle) in enumerate(
        zip(parts, greetings, middles, strict=True), start=1
    ):
        heading = f"{str(number).translate(DIGITS)}　{part.subject}"
        lines += [RULE, heading, RULE]
        lines += ["", greeting] if greeting and not same else []
        lines += ["", middle, ""]
    lines += [RULE, *dict.fromkeys(filter(None, signatures)), ""]
    return "\n".join(lines) + "\n" + _footer(parts, choices)


def _taken_apart(body: str) -> tuple[str, str, str]:
    """Greeting, what is said, signature; greeting and signature are empty where there is none."""
    paragraphs = body.strip().split("\n\n")
    greeting = paragraphs.pop(0) if len(paragraphs) > 1 and paragraphs[0].endswith("様") else ""
    last = paragraphs[-1].strip()
    # A sentence is no signature.
    is_signature = len(paragraphs) > 1 and "\n" not in last and not last.endswith(("。", "）"))
    signature = paragraphs.pop().strip() if is_signature else ""
    return greeting, "\n\n".join(paragraphs).strip("\n"), signature


def _footer(parts: Sequence[Part], choices: str) -> str:
    stopped = dict.fromkeys(part.kind.label for part in parts if part.kind.manner.may_stop)
    kept = dict.fromkeys(part.kind.label for part in parts if not part.kind.manner.may_stop)
    lines = ["-- "]
    if stopped:
        lines.append(f"「{'」「'.join(stopped)}」は、次のページで止められます。")
    if kept:
        lines.append(f"「{'」「'.join(kept)}」は業務に必要なため、止められません。")
    lines.append(f"届くお知らせの確認と変更（サインイン不要）：{choices}")
    return "\n".join(lines) + "\n"
