"""A dangerous or missing setting stops the start, with the reason in Japanese."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from flask import Flask

from companion import create_app
from companion.config import BadSettings
from companion.core.access import UnmarkedEndpoint, check_marks

BASE, SHORT = "EXTERNAL_BASE_URL", "秘密鍵が短すぎます"
REFUSALS = [
    pytest.param({"COMPANION_SECRET_KEY": ""}, SHORT, id="empty secret"),
    pytest.param({"COMPANION_SECRET_KEY": "x" * 31}, SHORT, id="short secret"),
    pytest.param({"COMPANION_SECRET_KEY_OLD": "short"}, SHORT, id="short earlier secret"),
    pytest.param({"COMPANION_SECRET_KEY": "ab" * 30}, "推測できます", id="secret of two letters"),
    pytest.param(
        {"COMPANION_SECRET_KEY": "please-change-me-before-you-go-live-0123"},
        "見本のまま",
        id="default secret",
    ),
    pytest.param({"FLASK_DEBUG": "1"}, "デバッグモードでは起動しません", id="debug"),
    pytest.param({"FLASK_DEBUG": "true"}, "デバッグモードでは起動しません", id="debug in words"),
    pytest.param({BASE: "bansou.example.go.jp"}, "形が正しくありません", id="no scheme"),
    pytest.param({BASE: "https://a.go.jp/app?x=1"}, "形が正しくありません", id="path"),
    pytest.param({BASE: "https://user@a.go.jp"}, "形が正しくありません", id="user in address"),
    pytest.param({BASE: "https://a.go.jp:99999"}, "形が正しくありません", id="no such port"),
    pytest.param({BASE: "https://a b.go.jp"}, "形が正しくありません", id="space in address"),
    pytest.param({BASE: "http://bansou.example.go.jp"}, "https:// で", id="not encrypted"),
    pytest.param({"DATABASE_URL": "not an address"}, "DATABASE_URL", id="database address"),
    pytest.param({"DATABASE_URL": "mysql://a/b"}, "DATABASE_URL", id="other database"),
    pytest.param({"COMPANION_SMTP": "mail:many"}, "COMPANION_SMTP", id="mail server"),
    pytest.param({"COMPANION_MAIL_FROM": "a@b.jp\nBcc: c@d.jp"}, "差出人", id="line break"),
    pytest.param({"COMPANION_MAIL_FROM": "a@b.jp, c@d.jp"}, "差出人", id="two senders"),
    pytest.param({"COMPANION_PROXY_HOPS": "all"}, "COMPANION_PROXY_HOPS", id="proxies"),
    pytest.param({"COMPANION_LEAKED_PASSWORDS": "/nowhere"}, "一覧の形", id="list of leaks"),
    pytest.param({"COMPANION_BACKUP_MINUTES": "soon"}, "整数", id="not a number"),
]


@pytest.mark.parametrize(("environment", "reason"), REFUSALS)
def test_start_is_refused_with_the_reason(
    environment: dict[str, str], reason: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match=reason):
        create_app(folder)


def test_a_secret_that_others_can_read_is_refused(folder: Path) -> None:
    create_app(folder)
    (folder / "secret_key").chmod(0o644)
    with pytest.raises(BadSettings, match="chmod 600"):
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


FORGED = [
    {"Host": "evil.example"},
    {"Host": "localhost.evil.example"},
    {"Host": "evil.example:8000"},
    {"Host": "localhost@evil.example"},
    {"Host": "localhost, evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"},
    {"Forwarded": "host=evil.example"},
    {"X-Original-Host": "evil.example"},
    {"X-Forwarded-Server": "evil.example"},
    {"X-Forwarded-Prefix": "/evil.example"},
    {"X-Rewrite-URL": "http://evil.example/"},
    {"Host": "localhost:8000.evil.example"},
    {"Host": "evil.example\\@localhost"},
    {"Host": "[evil.example]"},
    {"X-Forwarded-Host": "localhost, evil.example"},
    {"X-Forwarded-Host": "localhost:80@evil.example"},
    {"X-Forwarded-For": "evil.example"},
    {"X-Forwarded-Port": "443.evil.example"},
    {"X-HTTP-Host-Override": "evil.example"},
    {"X-Host": "evil.example"},
    {"X-Original-URL": "//evil.example/"},
    {"Referer": "https://evil.example/"},
    {"Base-Url": "https://evil.example/"},
]


@pytest.mark.parametrize("forged", FORGED, ids=str)
def test_no_link_follows_a_forged_host(app: Flask, forged: dict[str, str]) -> None:
    for path in ("/signin", "/", "/welcome", "/2025/teams", "/nowhere"):
        answer = app.test_client().get(path, headers=forged)
        assert b"evil" not in answer.data
        assert "evil" not in str(answer.headers)
        if "Host" in forged:
            assert answer.status_code == 400
