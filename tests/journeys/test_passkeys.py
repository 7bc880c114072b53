"""A passkey is made and used in a real browser, with an authenticator of software inside it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from companion.core.access import Role
from companion.core.db import db
from tests.journeys.conftest import Person
from tests.kit import axe
from tests.kit.makers import PASSWORD, make_user


def test_a_passkey_is_made_and_follows_the_password(
    app: Flask, person: Callable[..., Person]
) -> None:
    user, somebody = make_user(Role.OFFICIAL), person()
    # A key belongs to a name; numbers (127.0.0.1) are none.
    somebody.address = somebody.address.replace("127.0.0.1", "localhost")
    before = app.config["EXTERNAL_BASE_URL"]
    app.config["EXTERNAL_BASE_URL"] = somebody.address
    try:
        devices = somebody.page.context.new_cdp_session(somebody.page)
        devices.send("WebAuthn.enable")
        devices.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        somebody.sign_in_as(user)
        somebody.open("/account/passkeys")
        assert axe.violations(somebody.page) == []
        somebody.page.get_by_label("名前").fill("机のパソコン")
        somebody.press("登録する")
        somebody.page.get_by_text("パスキーを登録しました").wait_for()
        somebody.press("サインアウト")
        somebody.page.get_by_role("heading", level=1, name="サインイン").wait_for()
        app.config["SECOND_STEP"] = True
        db.session.commit()
        somebody.page.get_by_label("メールアドレス").fill(user.email)
        somebody.page.get_by_label("パスワード").fill(PASSWORD)
        somebody.press("サインインする")
        somebody.follow("パスキーで確認する")
        assert axe.violations(somebody.page) == []
        somebody.press("パスキーを使う")
        somebody.page.locator("form[data-sign-out]").wait_for()
    finally:
        app.config["EXTERNAL_BASE_URL"], app.config["SECOND_STEP"] = before, False
