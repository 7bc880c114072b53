"""An account begins with a letter whose code is typed; whatever opens pages spends nothing."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from companion.core import clock
from companion.core.access import Role
from companion.core.db import db
from companion.core.mail import Letter, deliver_due
from companion.people.models import MailedCode, User
from companion.people.queries import find_user
from tests.kit.makers import make_municipality, make_user
from tests.kit.pages import Browser
from tests.people.test_signing_in import app_code, is_in, later, letter_to, steps

__all__ = ["steps"]
NEW = "しずかな 朝に みずうみを わたる"


def code_of(user: User) -> str:
    """The invitation's code in the newest letter."""
    found = re.search(
        r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", letter_to(user, "運営システムへの招待")
    )
    assert found is not None
    return found[0]


def invited(app: Flask, role: Role, email: str) -> User:
    """Somebody a coordinator has just opened an account for."""
    app.config["SECOND_STEP"] = False
    values = {"lg_code": make_municipality().lg_code} if role is Role.MUNICIPALITY else {}
    page = Browser(app).sign_in_as(make_user()).get("/accounts/new")
    page.submit("作成する", email=email, name="見本 花子", role=role.value, **values)
    app.config["SECOND_STEP"] = True
    user = find_user(email)
    assert user is not None
    return user


def test_a_municipality_begins_without_a_phone(steps: Flask) -> None:
    user = invited(steps, Role.MUNICIPALITY, "town@example.lg.jp")
    browser = Browser(steps)
    page = browser.get("/signin").follow("はじめてのサインイン")
    page = page.submit("次へ進む", email=user.email, code=code_of(user).lower().replace("-", " "))
    assert page.heading == "パスワードを決める"
    assert page.submit("設定する", password="short", again="short").errors
    assert is_in(page.submit("設定する", password=NEW, again=NEW))
    assert Browser(steps).sign_in(user.email, NEW).heading == "本人の確認"
    again = Browser(steps).get("/welcome").submit(None, email=user.email, code="0000-0000-0000")
    assert again.errors


def test_the_letter_holds_no_token_in_its_link(steps: Flask) -> None:
    user = invited(steps, Role.OFFICIAL, "official@example.go.jp")
    links = re.findall(r"https?://\S+", letter_to(user, "運営システムへの招待"))
    assert links == ["http://localhost:8000/welcome"]


def test_scanners_spend_nothing(steps: Flask, request: pytest.FixtureRequest) -> None:
    """Every link opened and every form sent as it is found, from elsewhere, before the person.

    10 letters; with --long 100.
    """
    steps.config["SECOND_STEP"] = True
    for number in range(100 if request.config.getoption("--long") else 10):
        user = invited(steps, Role.MUNICIPALITY, f"town{number}@example.lg.jp")
        for scanner in (Browser(steps), Browser(steps)):
            scanner.raw("HEAD", "/welcome")
            page = scanner.get("/welcome")
            page.submit("次へ進む")
            page.submit("次へ進む", email=user.email)
            scanner.raw("GET", "/welcome/password")
            scanner.post("/welcome/password", password=NEW, again=NEW)
        person = Browser(steps)
        page = person.get("/welcome").submit("次へ進む", email=user.email, code=code_of(user))
        assert is_in(page.submit("設定する", password=NEW, again=NEW))


def test_an_invitation_ends_and_a_new_one_replaces_it(app: Flask) -> None:
    user = invited(app, Role.OFFICIAL, "official@example.go.jp")
    first = code_of(user)
    coordinator = Browser(app)
    app.config["SECOND_STEP"] = False
    coordinator.sign_in_as(make_user())
    coordinator.get("/accounts").submit("招待を送る")
    found = {code_of(user), first}
    row = db.session.scalars(select(MailedCode)).all()
    assert len(row) >= 1
    with clock.held(later(days=15)):
        for code in found:
            page = Browser(app).get("/welcome").submit("次へ進む", email=user.email, code=code)
            assert page.errors
    assert db.session.scalar(select(func.count()).select_from(MailedCode)) == len(row)


def test_an_unknown_address_reads_the_same(app: Flask) -> None:
    user = invited(app, Role.OFFICIAL, "official@example.go.jp")
    app.config["SECOND_STEP"] = False
    answers = []
    for address in (user.email, make_user().email, "nobody@example.jp"):
        page = Browser(app).get("/welcome").submit("次へ進む", email=address, code="AAAA-BBBB-CCCC")
        text = re.sub(r'name="csrf_token"[^>]*>', "", page.data.decode().replace(address, ""))
        answers.append((page.status, text))
    assert answers[0] == answers[1] == answers[2]


def test_the_secret_leaves_the_outbox_with_the_letter(app: Flask) -> None:
    user = invited(app, Role.OFFICIAL, "official@example.go.jp")
    app.config["SECOND_STEP"] = False
    code, sent = code_of(user), []

    class Box:
        def send(self, message: object) -> None:
            sent.append(str(message))

    deliver_due(Box(), sender="a@example.jp")  # type: ignore[arg-type]
    assert sent
    assert not db.session.scalar(select(Letter.id).where(Letter.body.contains(code)))
    hashes = db.session.scalars(select(MailedCode.code_hash)).all()
    assert all(stored.startswith("$argon2id$") for stored in hashes)


@pytest.mark.parametrize("days", [1, 13])
def test_an_auditor_ends_with_an_app(steps: Flask, days: int) -> None:
    from companion.core.access import viewer_of
    from companion.core.db import saved
    from companion.people.actions import add_user
    from companion.people.codes import invite

    with saved():
        user = add_user(email="kansa@example.go.jp", name="監査", roles=[Role.AUDITOR], by=None)
        invite(user, by=viewer_of(user, Role.AUDITOR))
    browser = Browser(steps)
    with clock.held(later(days=days)):
        page = browser.get("/welcome").submit("次へ進む", email=user.email, code=code_of(user))
        page = page.submit("設定する", password=NEW, again=NEW)
        assert page.heading == "認証アプリを登録する"
        with browser.client.session_transaction() as held:
            seed = held["seed"]
        assert page.submit("登録する", code=app_code(steps, seed)).heading.startswith("予備コード")
        assert is_in(browser.get("/account"))


def test_a_lost_device_is_forgotten_by_another_coordinator(app: Flask) -> None:
    from tests.people.test_signing_in import with_app

    other = make_user(Role.AUDITOR)
    with_app(app, other)
    browser = Browser(app).sign_in_as(make_user())
    there = Browser(app).sign_in_as(other)
    page = browser.get("/accounts")
    page.submit("端末の登録を消す")
    db.session.expire_all()
    assert other.totp_secret is None
    assert there.get("/account").heading == "サインイン"
    assert code_of(other)
