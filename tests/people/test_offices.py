"""Signing in at the own office, against a provider that answers over real HTTP."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from companion.config import BadSettings
from companion.core import clock
from companion.core.access import Role
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.people.clients import register
from companion.people.codes import invite
from companion.people.identities import link
from companion.people.models import OfficeIdentity, SignIn, User
from companion.people.offices import read_offices
from tests.kit.makers import make_user
from tests.kit.pages import Browser, Page
from tests.kit.provider import Provider, serve
from tests.people.test_signing_in import count, is_in, later, letter_to, with_app

BEGIN = "/signin/office/example"


@pytest.fixture
def provider(app: Flask) -> Iterator[Provider]:
    """The office of the settings, answering."""
    before = dict(app.config["OFFICES"]), app.config["SECOND_STEP"]
    with serve() as provider:
        app.config["OFFICES"], app.config["SECOND_STEP"] = {"example": provider.office}, True
        register(app)
        yield provider
        app.config["OFFICES"], app.config["SECOND_STEP"] = before
        register(app)


def come_back(browser: Browser, provider: Provider, begin: str = BEGIN) -> Page:
    """Press the button, be recognised there, and come back."""
    answer = browser.raw("GET", begin)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return browser.get(provider.answer(answer.headers["Location"]))


def linked(provider: Provider, role: Role = Role.OFFICIAL) -> User:
    """An account that the identity of this moment leads to."""
    user = make_user(role)
    with saved():
        link(user, provider.office, provider.subject, by=None)
    return user


def test_the_way_there_carries_state_nonce_and_challenge(app: Flask, provider: Provider) -> None:
    seen = []
    for _ in range(2):
        leads = Browser(app).raw("GET", BEGIN).headers["Location"]
        asked = {name: one[0] for name, one in parse_qs(urlsplit(leads).query).items()}
        assert leads.startswith(f"{provider.issuer}/authorize?")
        assert asked["redirect_uri"] == "http://localhost:8000/signin/office/example/back"
        assert asked["response_type"] == "code"
        assert asked["scope"] == "openid"
        assert asked["code_challenge_method"] == "S256"
        assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 20
        seen.append(asked)
    assert all(seen[0][name] != seen[1][name] for name in ("state", "nonce", "code_challenge"))


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.MINISTRY])
def test_a_linked_account_comes_in_by_a_button(app: Flask, provider: Provider, role: Role) -> None:
    linked(provider, role)
    browser = Browser(app)
    button = browser.get("/signin?next=/account").links["例省でサインインする"]
    page = come_back(browser, provider, button)
    assert page.heading == "サインインを続ける"
    assert count(SignIn) == 0, "opening addresses signs nobody in"
    page = page.submit("サインインする")
    assert is_in(page)
    assert page.path == "/account"
    assert db.session.scalars(select(SignIn.via)).all() == ["office:example"]


def test_a_mail_address_opens_nothing(app: Flask, provider: Provider) -> None:
    user = make_user(Role.OFFICIAL)
    provider.claims = {"email": user.email, "email_verified": True}
    page = come_back(Browser(app), provider).submit("サインインする")
    assert not is_in(page)
    assert "まだどのアカウントにもつながっていません" in page.errors[0]
    assert count(User) == 1
    assert count(OfficeIdentity) == 0


def test_who_is_invited_links_instead_of_choosing_a_password(
    app: Flask, provider: Provider
) -> None:
    user = make_user(Role.OFFICIAL)
    with saved():
        user.password = None
        invite(user, by=None)
    code = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}", letter_to(user, "運営システムへの招待"))
    assert code is not None
    browser = Browser(app)
    page = browser.get("/welcome").submit(email=user.email, code=code[0])
    assert "例省のサインインをつなぐ" in page.links
    page = come_back(browser, provider)
    assert page.heading == "サインインをつなぐ"
    assert is_in(page.submit("つないで始める"))
    assert count(OfficeIdentity) == 1
    assert is_in(come_back(Browser(app), provider).submit("サインインする"))
    again = Browser(app).get("/welcome").submit(email=user.email, code=code[0])
    assert again.errors, "the invitation is used up"


def test_one_identity_leads_to_one_account(app: Flask, provider: Provider) -> None:
    linked(provider)
    other = Browser(app)
    other.sign_in_as(_simple(app, make_user(Role.OFFICIAL)))
    page = come_back(other, provider).submit("つなぐ")
    assert "別のアカウントにつながっています" in page.errors[0]
    assert count(OfficeIdentity) == 1


def _simple(app: Flask, user: User) -> User:
    app.config["SECOND_STEP"] = False
    return user


def test_who_is_signed_in_links_and_unlinks(app: Flask, provider: Provider) -> None:
    user = _simple(app, make_user(Role.MINISTRY))
    browser = Browser(app).sign_in_as(user)
    page = come_back(browser, provider)
    assert provider.asked[-1]["prompt"] == "login"
    assert page.submit("つなぐ").path == "/account"
    page = browser.get("/account").submit("例省を外す")
    assert page.notices == ["完了 例省のサインインを外しました。"]
    assert count(OfficeIdentity) == 0
    done = db.session.scalars(select(AuditLine.action).order_by(AuditLine.id)).all()
    assert {"user.office_link", "user.office_unlink"} <= set(done)


def test_the_last_way_in_is_not_taken_away(app: Flask, provider: Provider) -> None:
    user = linked(provider)
    browser = Browser(app)
    come_back(browser, provider).submit("サインインする")
    with saved():
        user.password = None
    page = browser.get("/account").submit("例省を外す")
    assert "先にパスワードを設定" in page.text()
    assert count(OfficeIdentity) == 1


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.PREFECTURE])
def test_other_roles_have_no_office(app: Flask, provider: Provider, role: Role) -> None:
    browser = Browser(app).sign_in_as(_simple(app, make_user(role)))
    assert "所属府省庁" not in browser.get("/account").text()
    assert come_back(browser, provider).submit("つなぐ").errors
    assert count(OfficeIdentity) == 0


def test_a_coordinator_needs_the_office_to_say_two_factors(app: Flask, provider: Provider) -> None:
    user = linked(provider, Role.COORDINATOR)
    with_app(app, user)
    page = come_back(Browser(app), provider).submit("サインインする")
    assert page.heading == "本人の確認"
    assert not is_in(page)
    provider.claims = {"amr": ["pwd", "mfa"]}
    assert is_in(come_back(Browser(app), provider).submit("サインインする"))


@pytest.mark.parametrize(
    "fault", ["aud", "nonce", "exp", "signature", "unsigned", "iss", "issuer", "moved", "sub"]
)
def test_a_wrong_answer_lets_nobody_in(app: Flask, provider: Provider, fault: str) -> None:
    linked(provider)
    if fault in {"issuer", "moved"}:
        provider.faults.add(fault)
        page = Browser(app).get(BEGIN)
        assert page.path == "/signin"
        return
    provider.faults.add(fault)
    if fault == "sub":
        provider.claims = {"sub": ""}
    page = come_back(Browser(app), provider)
    assert page.path == "/signin"
    assert "本人を確かめられませんでした" in page.notices[0]
    assert count(SignIn) == 0


def test_an_answer_is_worth_nothing_elsewhere_or_twice(app: Flask, provider: Provider) -> None:
    linked(provider)
    browser = Browser(app)
    address = provider.answer(browser.raw("GET", BEGIN).headers["Location"])
    for stranger in (Browser(app), Browser(app)):
        assert stranger.get(address).path == "/signin"
    page = browser.get(address)
    assert page.heading == "サインインを続ける"
    assert browser.get(address).path == "/signin"
    assert is_in(browser.get("/signin/office").submit("サインインする"))


def test_what_the_office_said_grows_old(app: Flask, provider: Provider) -> None:
    linked(provider)
    browser = Browser(app)
    page = come_back(browser, provider)
    with clock.held(later(minutes=16)):
        assert browser.get("/signin/office").path == "/signin"
        assert not is_in(page.submit("サインインする"))


def test_a_stopped_account_stays_out(app: Flask, provider: Provider) -> None:
    user = linked(provider)
    with saved():
        user.active = False
    assert not is_in(come_back(Browser(app), provider).submit("サインインする"))


def test_proving_anew_goes_through_the_office(app: Flask, provider: Provider) -> None:
    user = linked(provider)
    with saved():
        user.password = None
    browser = Browser(app)
    come_back(browser, provider).submit("サインインする")
    with clock.held(later(minutes=20)):
        page = browser.get("/account/app")
        assert page.heading == "もう一度、本人の確認"
        assert not page.has('input[type="password"]')
        begin = page.links["例省で確認する"]
        page = come_back(browser, provider, begin)
        assert provider.asked[-1]["max_age"] == "0"
        assert page.submit("続ける").path == "/account/app"
    with clock.held(later(minutes=40)):
        provider.claims = {"auth_time": int(later(minutes=1).timestamp())}
        page = come_back(browser, provider, begin).submit("続ける")
        assert "新しくありません" in page.errors[0]


def test_signing_out_says_that_the_office_goes_on(app: Flask, provider: Provider) -> None:
    linked(provider)
    browser = Browser(app)
    page = come_back(browser, provider).submit("サインインする")
    page = browser.post("/signout")
    assert not is_in(page)
    leads = browser.raw("GET", page.links["例省からもサインアウトする"]).headers["Location"]
    asked = parse_qs(urlsplit(leads).query)
    assert leads.startswith(f"{provider.issuer}/logout?")
    assert asked["client_id"] == ["bansou"]
    assert asked["post_logout_redirect_uri"] == ["http://localhost:8000/signin"]


def test_an_office_that_does_not_answer_is_said_so(app: Flask) -> None:
    page = Browser(app).get(BEGIN)
    assert page.path == "/signin"
    assert "つながりません" in page.notices[0]


WHOLE = """[mic]
name = "総務省"
issuer = "https://login.example.go.jp"
client_id = "bansou"
client_secret = "0123456789abcdef"
"""


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "offices.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return folder


def test_the_settings_are_read(folder: Path) -> None:
    assert read_offices(folder) == {}
    office = read_offices(written(folder, WHOLE + 'mfa = ["mfa", "phr"]\n'))["mic"]
    assert (office.name, office.mfa) == ("総務省", {"mfa", "phr"})
    assert office.client_secret not in repr(office)
    assert stat.S_IMODE((folder / "offices.toml").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *((re.sub(rf"{name} = .*\n", "", WHOLE), f"{name} がありません")
          for name in ("name", "issuer", "client_id", "client_secret")),
        (WHOLE.replace("bansou", ""), "client_id がありません"),
        (WHOLE.replace("0123456789abcdef", "short"), "16文字以上"),
        (WHOLE.replace("https:", "http:"), "https://"),
        (WHOLE.replace("https://login.example.go.jp", "login"), "https://"),
        (WHOLE + 'secret = "x"\n', "secret は使えません"),
        (WHOLE + 'mfa = "mfa"\n', "並び"),
        (WHOLE.replace("[mic]", "[総務省]"), "読めません"),
        (WHOLE.replace("[mic]", "[Mic]"), "英小文字"),
        (WHOLE + WHOLE.replace("[mic]", "[other]"), "二度"),
        ("mic = 1", "表"),
        ("[mic", "読めません"),
    ],
)  # fmt: skip
def test_half_a_setting_does_not_start(folder: Path, text: str, reason: str) -> None:
    with pytest.raises(BadSettings, match=reason):
        read_offices(written(folder, text))


def test_a_secret_that_others_read_does_not_start(folder: Path) -> None:
    with pytest.raises(BadSettings, match="chmod 600"):
        read_offices(written(folder, WHOLE, 0o644))
