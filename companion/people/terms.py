"""Words of signing in."""

from __future__ import annotations

from enum import StrEnum


class Step(StrEnum):
    """What can follow the password to prove who is there."""

    APP = "app"
    PASSKEY = "passkey"
    MAIL = "mail"
    RECOVERY = "recovery"
    OFFICE = "office"

    @property
    def label(self) -> str:
        """As shown on screen."""
        return {
            "app": "認証アプリのコード",
            "passkey": "パスキー",
            "mail": "メールのコード",
            "recovery": "予備コード",
            "office": "所属府省庁のサインイン",
        }[self.value]


class CodePurpose(StrEnum):
    """What a code in a letter is for."""

    SIGN_IN = "sign_in"
    INVITATION = "invitation"
