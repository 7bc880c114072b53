"""What a password must be, and what nobody asks of it."""

from __future__ import annotations

import pytest
from flask import Flask

from companion.core.access import Role
from companion.people.rules import PASSWORD_MAX, PASSWORD_MIN, password_fault
from tests.kit.makers import PASSWORD, make_user
from tests.kit.pages import Browser

GOOD = "紙風船 と夜明けの 線路 七番"


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        (GOOD, True),
        ("kagami mizuumi tetsudou", True),  # no capital, no digit, no mark is asked for
        ("kagami mizuumi", False),  # 14 characters
        ("x7 " * 45, False),  # 135
        ("tora-hebi-uma-hitsuji-saru-tori " * 3 + "inu", True),  # 99
        ("aaaaaaaaaaaaaaaaaaaa", False),
        ("123456789012345678", False),
        ("qwertyuiopasdfghjkl", False),
        ("passwordpassword", False),
        ("PasswordPassword1!", False),
        ("companioncompanion", False),
        ("chihousousei2025", False),
        ("naikakukantei-2025", False),
        ("tanaka.taro-tanaka", False),  # of tanaka.taro@…
    ],
)
def test_long_and_not_guessed_is_all_that_is_asked(password: str, is_good: bool) -> None:
    fault = password_fault(password, email="tanaka.taro@example.go.jp")
    assert (fault is None) is is_good, fault
    assert (PASSWORD_MIN, PASSWORD_MAX) == (15, 128)


def test_it_is_compared_as_it_was_typed(app: Flask) -> None:
    user = make_user(Role.MINISTRY)
    for wrong in (PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1], PASSWORD + "x"):
        assert Browser(app).sign_in(user.email, wrong).status == 422
    assert Browser(app).sign_in(user.email, PASSWORD).status == 200


def test_changing_it_asks_for_the_present_one(app: Flask) -> None:
    user = make_user(Role.MINISTRY)
    browser = Browser(app).sign_in_as(user)
    page = browser.get("/account/password")
    assert page.submit("変更する", current="wrong", password=GOOD, again=GOOD).status == 422
    assert Browser(app).sign_in(user.email, GOOD).status == 422
    assert page.submit("変更する", current=PASSWORD, password=GOOD, again=GOOD).path == "/account"
    assert Browser(app).sign_in(user.email, GOOD).status == 200
    assert Browser(app).sign_in(user.email, PASSWORD).status == 422


def test_fields_hide_what_is_typed_and_let_managers_fill_it(app: Flask) -> None:
    browser = Browser(app).sign_in_as(make_user(Role.MINISTRY))
    for page in (browser.get("/account/password"), Browser(app).get("/signin")):
        fields = page.soup.select('input[name*="password"], input[name="current"]')
        assert fields
        for field in fields:
            assert field["type"] == "password"
            assert str(field["autocomplete"]).endswith("-password")
            assert not {"onpaste", "readonly"} & set(field.attrs)
