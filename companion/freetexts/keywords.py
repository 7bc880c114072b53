"""The words that stand in many texts, by number of texts.

With SudachiPy (extra `words`) nouns in their dictionary form; without it, runs of kanji, of
katakana and of Latin letters, which miss words of hiragana and do not cut compounds.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

Split = Callable[[str], set[str]]

_RUNS = re.compile(r"[一-龯々〆ヶ]{2,}|[ァ-ヴー]{2,}|[A-Za-z][A-Za-z0-9]{1,}")
# Words that every text about the programme holds, or that say nothing by themselves.
_COMMON = frozenset(
    "こと もの ため よう それ これ ところ とき 今回 今後 現在 場合 以上 以下 非常 必要 可能"  # noqa: SIM905
    " 活動 支援 伴走 チーム 回答".split()
)


def plain_words(text: str) -> set[str]:
    """The runs of kanji, katakana and Latin letters of a text."""
    found = _RUNS.findall(unicodedata.normalize("NFKC", text))
    return {word.lower() if word.isascii() else word for word in found}


@cache
def _sudachi() -> Split | None:
    try:
        from sudachipy import Dictionary, SplitMode
    except ImportError:
        return None
    tokenizer = Dictionary().tokenizer(mode=SplitMode.C)

    def nouns(text: str) -> set[str]:
        found: set[str] = set()
        run: list[str] = []  # nouns side by side are a word of their own: 関係人口
        for token in [*tokenizer.tokenize(unicodedata.normalize("NFKC", text)), None]:
            kind = token.part_of_speech() if token else ("", "")
            if token and kind[0] == "名詞" and kind[1] not in {"数詞", "助動詞語幹"}:
                run.append(token.normalized_form())
                continue
            found |= {word for word in (*run, "".join(run)) if len(word) > 1}
            run = []
        return found

    return nouns


def method() -> str:
    """How words are found, as told under the list."""
    return "形態素解析（SudachiPy）による名詞" if _sudachi() else "漢字・カタカナ・英字の連なり"


def keywords(
    texts: Iterable[str], *, most: int = 30, split: Split | None = None
) -> list[tuple[str, int]]:
    """(word, texts it stands in), the most frequent first.

    A word of one text alone is left out, and one that stands only inside a longer word.
    """
    cut = split or _sudachi() or plain_words
    counts = Counter(word for text in texts for word in cut(text) if word not in _COMMON)
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    often = [(word, count) for word, count in ranked if count > 1]
    return [
        (word, count)
        for word, count in often
        if not any(count == n and word in longer and word != longer for longer, n in often)
    ][:most]
