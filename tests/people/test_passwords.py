"""What a password must be, and what nobody asks of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from flask import Flask

from companion.core.access import Role
from companion.core.leaks import is_leaked, is_list
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


LEAKED = ["1234567890", "kagami mizuumi tetsudou", GOOD, *(f"leaked {n}" for n in range(500))]


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("count", [1, 2, 3, len(LEAKED)])
def test_every_line_of_a_list_of_leaks_is_found(folder: Path, count: int, end: str) -> None:
    file = list_of(folder, LEAKED[:count], end)
    assert [word for word in LEAKED if is_leaked(word, file)] == LEAKED[:count]
    assert not any(is_leaked(f"another {n}", file) for n in range(500))


def list_of(folder: Path, words: list[str], end: str = "\r\n") -> str:
    """A list of leaked passwords as it is published."""
    lines = sorted(
        hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper() + ":7"
        for word in words
    )
    (folder / "leaked").write_text(end.join(lines) + end, newline="")
    return str(folder / "leaked")


def test_one_known_from_a_leak_is_refused(
    app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "LEAKED_PASSWORDS", list_of(folder, LEAKED))
    browser = Browser(app).sign_in_as(make_user(Role.MINISTRY))
    page = browser.get("/account/password")
    page = page.submit("変更する", current=PASSWORD, password=GOOD, again=GOOD)
    assert "漏えいした" in page.errors[0]
    other = "tora-hebi-uma-hitsuji 七番"
    assert page.submit("変更する", current=PASSWORD, password=other, again=other).path == "/account"
    assert is_list(list_of(folder, LEAKED))
    (folder / "leaked").write_text("no list")
    assert not is_list(str(folder / "leaked"))


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
