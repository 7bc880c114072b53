"""A dangerous or missing setting stops the start, with the reason in Japanese."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from flask import Flask

from companion import create_app
from companion.config import BadSettings
from companion.core.access import UnmarkedEndpoint, check_marks

REFUSALS = [
    pytest.param({"COMPANION_SECRET_KEY": ""}, "秘密鍵が短すぎます", id="empty secret"),
    pytest.param({"COMPANION_SECRET_KEY": "x" * 31}, "秘密鍵が短すぎます", id="short secret"),
    pytest.param({"FLASK_DEBUG": "1"}, "デバッグモードでは起動しません", id="debug"),
    pytest.param({"FLASK_DEBUG": "true"}, "デバッグモードでは起動しません", id="debug in words"),
]


@pytest.mark.parametrize(("environment", "reason"), REFUSALS)
def test_start_is_refused_with_the_reason(
    environment: dict[str, str], reason: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match=reason):
        create_app(folder)


def test_the_secret_is_made_once_and_kept_from_others(folder: Path) -> None:
    first = create_app(folder / "instance")
    second = create_app(folder / "instance")
    kept = folder / "instance" / "secret_key"
    assert first.secret_key == second.secret_key == kept.read_text().strip()
    assert len(kept.read_text()) >= 43
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_two_installations_have_different_secrets(folder: Path) -> None:
    assert create_app(folder / "a").secret_key != create_app(folder / "b").secret_key


COOKIES = [
    pytest.param("http://localhost:8000", False, "companion", id="on one machine"),
    pytest.param("https://bansou.example.go.jp", True, "__Host-companion", id="on a server"),
]


@pytest.mark.parametrize(("address", "is_secure", "name"), COOKIES)
def test_the_cookie_is_as_strict_as_the_address_allows(
    address: str, is_secure: bool, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXTERNAL_BASE_URL", address)
    settings = create_app(folder).config
    assert settings["SESSION_COOKIE_SECURE"] is is_secure
    assert settings["SESSION_COOKIE_NAME"] == name
    assert settings["SESSION_COOKIE_HTTPONLY"] is True
    assert settings["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert not settings["DEBUG"]
    assert not settings["TESTING"]


def test_a_page_that_nobody_decided_about_stops_the_start(folder: Path) -> None:
    app = create_app(folder)
    app.add_url_rule("/forgotten", endpoint="forgotten", view_func=lambda: "")
    with pytest.raises(UnmarkedEndpoint, match="forgotten"):
        check_marks(app)


def test_a_mark_above_the_route_is_not_lost_in_silence(folder: Path) -> None:
    """A mark put on a wrapper instead of the page itself must not count."""
    app = create_app(folder)

    def page() -> str:
        return ""

    app.add_url_rule("/above", endpoint="above", view_func=page)
    wrapper = lambda: page()  # noqa: E731 - stands for a decorator that wraps
    wrapper.access_mark = "public"  # type: ignore[attr-defined]
    with pytest.raises(UnmarkedEndpoint, match="above"):
        check_marks(app)


def test_an_unknown_host_is_refused(app: Flask) -> None:
    answer = app.test_client().get("/signin", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.data
