"""Rules about accounts."""

from __future__ import annotations

from companion.core.access import Role

PASSWORD_MIN = 15
PASSWORD_MAX = 128
# Words everybody here would try first; the full list of common passwords comes with sign-in.
CONTEXT_WORDS = ("password", "companion", "chihousousei", "kantei", "123456789", "qwertyuiop")


def password_fault(password: str, *, email: str) -> str | None:
    """Why a password may not be used, as a sentence with the remedy; None when it may."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        return (
            f"パスワードは{PASSWORD_MIN}文字以上{PASSWORD_MAX}文字以内にしてください。"
            "覚えやすい単語を四つほど並べる方法をお勧めします。"
        )
    lowered = password.lower()
    rest = lowered
    for word in (*CONTEXT_WORDS, email.partition("@")[0]):
        rest = rest.replace(word, "")
    if len(set(lowered)) < 5 or len(rest) < 8:
        return "推測されやすいパスワードです。別の言葉を組み合わせてください。"
    return None


def scope_fault(
    roles: list[Role],
    *,
    lg_code: str | None,
    prefecture_code: str | None,
    ministry_code: str | None,
) -> str | None:
    """What is missing so that a role reaches its own rows only; None when nothing is."""
    if not roles:
        return "役割を一つ以上選んでください。"
    if Role.MUNICIPALITY in roles and not lg_code:
        return "自治体担当者には団体コードが必要です。"
    if Role.PREFECTURE in roles and not prefecture_code:
        return "都道府県の連携窓口には都道府県が必要です。"
    if Role.MINISTRY in roles and not ministry_code:
        return "府省庁の担当窓口には府省庁が必要です。"
    return None
