"""The one normaliser: what counts as the same name, and which characters are let in at all.

Keys (names, codes, marks) are compared and stored in NFKC; free text stays as typed except for
characters that nobody can see and that break sheets or spoof names.
"""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

# Unicode bidirectional controls and zero-width characters: they make text look like another text.
BIDI_AND_INVISIBLE = frozenset(
    "\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"
    "\ufeff\ufff9\ufffa\ufffb"
)
_KEPT_CONTROLS = frozenset("\t\n")
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Forms of one character that people use without distinction in names of places and persons.
_VARIANTS = str.maketrans(
    "髙﨑邊邉澤濵濱齋齊斎德瀨靑黑榮曻峯嶋嶌冨龍瀧檜槇舘廣國學惠眞條增橫淸渚祐ヶヵ",
    "高崎辺辺沢浜浜斉斉斉徳瀬青黒栄昇峰島島富竜滝桧槙館広国学恵真条増横清渚祐ケカ",
)
_DASHES = re.compile("[‐‑‒–—―−﹣－ｰ-]")
_DOTS = re.compile("[･·•‧∙⋅]")
_YES = frozenset(
    re.split(
        "[ \n]+",
        """○ 〇 ◯ ● ◎ ✓ ✔ ☑ レ 可 はい 有 有り あり 済 済み 同意 同意済 同意済み 承諾 了 良
1 true yes y ok""",
    )
)
_NO = frozenset(
    re.split(
        "[ \n]+",
        """× ✕ ✖ ✗ ✘ ☓ x 否 不可 いいえ 無 無し なし 未 未了 未済 未同意 不同意
0 false no n ng""",
    )
)


def is_forbidden(character: str) -> bool:
    """Whether a character is a control (but tab and line feed), bidi control or lone surrogate."""
    if character in _KEPT_CONTROLS:
        return False
    if character in BIDI_AND_INVISIBLE or character in "\ufffe\uffff":  # the latter end XML
        return True
    return unicodedata.category(character) in {"Cc", "Cs"}


def forbidden_in(value: str) -> list[str]:
    """The forbidden characters of a text as 「U+000B」, each once, in order of appearance."""
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return list(dict.fromkeys(f"U+{ord(ch):04X}" for ch in text if is_forbidden(ch)))


def strip_forbidden(value: str) -> str:
    """The text without forbidden characters; every line end becomes a line feed."""
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(ch for ch in text if not is_forbidden(ch))


def clean(value: str) -> str:
    """Free text for storing: NFC, no forbidden characters, no spaces around it."""
    return unicodedata.normalize("NFC", strip_forbidden(value)).strip()


def squash(value: str) -> str:
    """Text of one line for keys: NFKC, runs of spaces as one, none at the ends."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", strip_forbidden(value))).strip()


def to_hiragana(value: str) -> str:
    """Katakana of any width as hiragana (ｻｯﾎﾟﾛｼ → さっぽろし)."""
    text = unicodedata.normalize("NFKC", value)
    return "".join(chr(ord(ch) - 0x60) if "ァ" <= ch <= "ヶ" else ch for ch in text)


def to_katakana(value: str) -> str:
    """Half-width katakana and hiragana as full-width katakana (ｻｯﾎﾟﾛｼ → サッポロシ)."""
    text = unicodedata.normalize("NFKC", value)
    return "".join(chr(ord(ch) + 0x60) if "ぁ" <= ch <= "ゖ" else ch for ch in text)


@lru_cache(maxsize=8192)
def name_key(value: str) -> str:
    """What two spellings of one name have in common.

    NFKC, case, all spaces, kana kind, variant characters (髙／高), dashes and dots do not count.
    """
    text = _VARIATION_SELECTORS.sub("", unicodedata.normalize("NFKC", strip_forbidden(value)))
    text = _DOTS.sub("・", text.translate(_VARIANTS))
    # A dash between katakana is a long vowel written with the wrong key.
    text = re.sub("(?<=[ァ-ヶぁ-ゖ])[‐‑‒–—―−-]", "ー", text)
    text = _DASHES.sub("-", text)
    return to_hiragana(re.sub(r"\s+", "", text).casefold())


def whole_number(value: object) -> int | None:
    """A whole number as people write it: 7795, 「６，４０１」, 「20,049人」, 「26年」; else None.

    A unit (one or two characters: 人 名 年 日 回 件 円 世帯) may follow. Nothing is guessed from
    words such as 約 or 万.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if not isinstance(value, str):
        return None
    text = re.sub(r"\s", "", squash(value)).replace("、", ",")
    found = re.fullmatch(
        r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.0+)?(?:人|名|年|日|回|件|円|世帯)?", text
    )
    if not found:
        return None
    return int(found[1] + found[2].replace(",", ""))


def percent(value: object) -> Decimal | None:
    """A share in percent: 0.15, 「15%」, 「１５％」, 「15」, 「1割5分」 all say 15; else None.

    A bare number up to 1 is a fraction (0.1 = 10 %), above 1 a percentage.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        if not math.isfinite(value):
            return None
        number = Decimal(str(value))
        return _tidy(number * 100 if abs(number) <= 1 else number)
    if not isinstance(value, str):
        return None
    text = re.sub(r"\s", "", squash(value))
    tenths = re.fullmatch(r"(\d+(?:\.\d+)?)割(?:(\d)分)?", text)
    if tenths:
        return _tidy(Decimal(tenths[1]) * 10 + int(tenths[2] or 0))
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(%|パーセント)?", text)
    if not found:
        return None
    number = Decimal(found[1])
    return _tidy(number * 100 if not found[2] and number <= 1 else number)


def _tidy(number: Decimal) -> Decimal | None:
    if not number.is_finite():
        return None
    return Decimal(int(number)) if number == number.to_integral_value() else number.normalize()


def yes_or_no(value: object) -> bool | None:
    """A mark as people set it: ○ 可 はい 有 済 are True, × 否 いいえ 無 未 are False; else None."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return bool(value) if value in (0, 1) else None
    if not isinstance(value, str):
        return None
    # ○ marks have several code points that NFKC keeps apart: the sets hold each of them.
    word = squash(value).casefold().replace("◯", "○")
    if word in _YES:
        return True
    return False if word in _NO else None
