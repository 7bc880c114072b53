"""Signing in as each role must, and what a stranger learns: nothing."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench.signin import kolmogorov_smirnov, tries
from companion.core import clock
from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.mail import Letter
from companion.people.factors import enrol_app, new_seed
from companion.people.limits import hash_of
from companion.people.models import MailedCode, SignIn, SignInFailure, User
from tests.conftest import MOMENT
from tests.kit.makers import PASSWORD, make_user
from tests.kit.pages import Browser, Page


@pytest.fixture
def steps(app: Flask) -> Iterator[Flask]:
    """The application as it is in use: what a role demands after the password is asked for."""
    app.config["SECOND_STEP"] = True
    yield app
    app.config["SECOND_STEP"] = False


def later(**span: float) -> dt.datetime:
    """The held moment and some time more."""
    return MOMENT + dt.timedelta(**span)


def letter_to(user: User, subject: str) -> str:
    """The newest letter with that subject."""
    return (
        db.session.scalars(
            select(Letter.body)
            .where(Letter.recipient == user.email, Letter.subject == subject)
            .order_by(Letter.id.desc())
        ).first()
        or ""
    )


def mailed(user: User) -> str:
    """The code of the newest letter."""
    found = re.search(r"^\d{8}$", letter_to(user, "サインインの確認コード"), re.MULTILINE)
    assert found is not None
    return found[0]


def app_code(app: Flask, seed: str) -> str:
    """What the person's authenticator shows at this moment."""
    return str(app.extensions["security"].totp_factory.generate_totp_password(seed))


def with_app(app: Flask, user: User) -> tuple[str, list[str]]:
    """Give an account an authenticator; its seed and recovery codes."""
    with clock.held(later(hours=-1)), saved():
        seed = new_seed()
        codes = enrol_app(user, seed, app_code(app, seed), by=None)
    assert codes is not None
    return seed, codes


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def is_in(page: Page) -> bool:
    return page.has("form[data-sign-out]")


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.PREFECTURE, Role.OFFICIAL, Role.MINISTRY])
def test_a_code_of_a_letter_follows_the_password(steps: Flask, role: Role) -> None:
    user = make_user(role)
    page = Browser(steps).sign_in(user.email)
    assert page.heading == "本人の確認"
    assert not is_in(page)
    assert "お問い合わせ" in page.text()
    assert is_in(page.submit("確認する", code=mailed(user)))
    assert count(MailedCode) == 0


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR])
def test_who_sees_everything_sets_up_an_app_the_first_time(steps: Flask, role: Role) -> None:
    user = make_user(role)
    browser = Browser(steps)
    page = browser.sign_in(user.email)
    assert page.heading == "認証アプリを登録する"
    assert browser.get("/").heading == "サインイン"
    page = browser.get("/signin/setup")
    assert page.submit("登録する", code="000000").errors
    with browser.client.session_transaction() as held:
        seed = held["seed"]
    page = page.submit("登録する", code=app_code(steps, seed))
    assert page.heading == "予備コードを控えてください"
    codes = page.text(".pre").split()
    assert len(set(codes)) == 10
    assert is_in(page.follow("控えました。次へ進む"))
    db.session.expire_all()
    stored = repr([user.totp_secret, user.mf_recovery_codes])
    assert not any(code in stored for code in codes)
    page = Browser(steps).sign_in(user.email)
    assert page.heading == "本人の確認"
    assert "メール" not in page.text("main h2") if page.has("main h2") else True
    assert Browser(steps).post("/signin/code").heading != "ホーム"
    assert letter_to(user, "サインインの確認コード") == ""


def test_a_code_of_the_app_counts_once(steps: Flask) -> None:
    user = make_user()
    seed, _ = with_app(steps, user)
    code = app_code(steps, seed)
    assert is_in(Browser(steps).sign_in(user.email).submit("確認する", code=code))
    assert not is_in(Browser(steps).sign_in(user.email).submit("確認する", code=code))


def test_a_recovery_code_counts_once(steps: Flask) -> None:
    user = make_user()
    _, codes = with_app(steps, user)
    assert is_in(Browser(steps).sign_in(user.email).submit("確認する", code=codes[0]))
    assert not is_in(Browser(steps).sign_in(user.email).submit("確認する", code=codes[0]))
    assert is_in(Browser(steps).sign_in(user.email).submit("確認する", code=codes[1].upper()))


def test_recovery_codes_are_stored_as_password_hashes(steps: Flask) -> None:
    user = make_user(Role.COORDINATOR)
    _, codes = with_app(steps, user)
    assert len(set(codes)) == 10
    stored = db.session.get_one(User, user.id).mf_recovery_codes or []
    assert [one[:9] for one in stored] == ["$argon2id"] * 10


def test_encrypted_recovery_codes_of_before_still_count_once(steps: Flask) -> None:
    user = make_user(Role.COORDINATOR)
    with_app(steps, user)
    with saved():
        util = steps.extensions["security"].mf_recovery_codes_util
        codes = util.create_recovery_codes(db.session.get_one(User, user.id))
    assert is_in(Browser(steps).sign_in(user.email).submit("確認する", code=codes[0]))
    again = Browser(steps).sign_in(user.email).submit("確認する", code=codes[0])
    assert not is_in(again)


def test_a_mailed_code_belongs_to_the_browser_that_asked(steps: Flask) -> None:
    user = make_user(Role.MUNICIPALITY)
    asking, other = Browser(steps), Browser(steps)
    page = asking.sign_in(user.email)
    code = mailed(user)
    # Another browser with the password: too early for a new code, and this one is not its own.
    assert not is_in(other.sign_in(user.email).submit("確認する", code=code))
    assert is_in(page.submit("確認する", code=code))


def test_five_tries_and_ten_minutes(steps: Flask) -> None:
    user = make_user(Role.MUNICIPALITY)
    page = Browser(steps).sign_in(user.email)
    code = mailed(user)
    wrong = f"{(int(code) + 1) % 10**8:08}"
    for minute in range(5):
        with clock.held(later(minutes=minute)):
            page = page.submit("確認する", code=wrong)
            assert page.errors
    with clock.held(later(minutes=8)):
        assert not is_in(page.submit("確認する", code=code))
    with clock.held(later(minutes=9)):
        page = page.submit("コードを送り直す")
        assert mailed(user) != code
    with clock.held(later(minutes=14)):
        assert is_in(page.submit("確認する", code=mailed(user)))


def test_a_code_expires_and_is_sent_again_after_a_minute(steps: Flask) -> None:
    user = make_user(Role.MUNICIPALITY)
    page = Browser(steps).sign_in(user.email)
    first = mailed(user)
    assert page.submit("コードを送り直す").notices
    assert mailed(user) == first
    with clock.held(later(seconds=61)):
        page = page.submit("コードを送り直す")
        assert mailed(user) != first
        assert not is_in(page.submit("確認する", code=first))
    with clock.held(later(minutes=11, seconds=1)):
        assert not is_in(page.submit("確認する", code=mailed(user)))
        page = page.submit("コードを送り直す")
        assert is_in(page.submit("確認する", code=mailed(user)))


def test_nothing_tells_who_has_an_account(app: Flask) -> None:
    user, stopped = make_user(email="known@example.jp"), make_user(active=False)
    addresses = [user.email, stopped.email, "nobody@example.jp", "no-address", "x" * 200 + "@a.jp"]
    answers = []
    for address in addresses:
        browser = Browser(app)
        seen = []
        for _ in range(7):
            page = browser.sign_in(address, "a wrong password here")
            text = page.data.decode().replace(address, "")
            seen.append((page.status, re.sub(r'name="csrf_token"[^>]*>', "", text)))
        answers.append(seen)
    assert all(seen == answers[0] for seen in answers[1:])
    assert [status for status, _ in answers[0]] == [422] * 5 + [429] * 2


def test_twenty_with_an_account_and_twenty_without_read_the_same(app: Flask) -> None:
    """`python -m bench.signin` asks 1,000 of each and compares the times as well."""
    found = list(tries(app, 20, random.Random(1)))
    assert sum(one.exists for one in found) == 20
    assert {one.seen[0] for one in found} == {422}
    assert len({one.seen for one in found}) == 1


# What the limit with Stephens' correction gives: shifted rows of 1..40, worked out by hand from
# lambda = (sqrt(20) + 0.12 + 0.11 / sqrt(20)) * shift / 40.
@pytest.mark.parametrize(
    ("shift", "distance", "p"), [(0, 0, 1), (4, 0.1, 0.983), (12, 0.3, 0.043), (16, 0.4, 0.002)]
)
def test_how_likely_two_rows_of_times_are_one(shift: int, distance: float, p: float) -> None:
    found = kolmogorov_smirnov(range(40), range(shift, 40 + shift))
    assert found == pytest.approx((distance, p), abs=0.001)


def test_waiting_grows_and_never_locks_the_owner_out(app: Flask) -> None:
    user = make_user()
    home = Browser(app).sign_in_as(user)
    home.get("/account").submit("サインアウト")
    stranger = Browser(app)
    guesses, minute = 0, 0
    while minute < 60:
        with clock.held(later(minutes=minute)):
            if stranger.sign_in(user.email, f"wrong guess {minute}").status == 422:
                guesses += 1
            else:
                minute += 1
    assert guesses <= 20
    with clock.held(later(minutes=61)):
        for number in range(25):  # as many addresses as the stranger has machines
            Browser(app).client.post(
                "/signin",
                data={"email": user.email, "password": "x" * 20},
                environ_base={"REMOTE_ADDR": f"203.0.113.{number}"},
            )
        assert count(SignInFailure) > 0
    with clock.held(later(hours=4)):
        assert is_in(home.sign_in(user.email))


def test_a_long_row_of_addresses_guesses_twenty_times_an_hour(app: Flask) -> None:
    user = make_user()
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        tried = [
            Browser(app)
            .raw(
                "POST",
                "/signin",
                data={"email": user.email, "password": "wrong wrong wrong"},
                environ_base={"REMOTE_ADDR": f"203.0.113.{number}"},
            )
            .status_code
            for number in range(40)
        ]
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert tried == [422] * 20 + [429] * 20


LIMITS = [(Role.COORDINATOR, 30, 8), (Role.AUDITOR, 30, 8), (Role.OFFICIAL, 60, 12)]


@pytest.mark.parametrize(("role", "minutes", "hours"), LIMITS)
def test_a_sign_in_ends_when_it_rests_and_when_it_is_old(
    app: Flask, role: Role, minutes: int, hours: int
) -> None:
    user = make_user(role)
    browser = Browser(app).sign_in_as(user)
    with clock.held(later(minutes=minutes - 1)):
        assert is_in(browser.get("/account"))
    with clock.held(later(minutes=2 * minutes - 2)):
        assert is_in(browser.get("/account"))
    with clock.held(later(minutes=3 * minutes - 2)):
        page = browser.get("/account")
        assert page.heading == "サインイン"
        assert any("しばらく操作がなかった" in notice for notice in page.notices)
    busy, moment = Browser(app).sign_in_as(user), 0
    while moment < hours * 60 - 20:
        moment += 20
        with clock.held(later(minutes=moment)):
            is_open = is_in(busy.get("/account"))
            assert is_open is (moment < hours * 60)
    with clock.held(later(hours=hours)):
        assert not is_in(busy.get("/account"))


def test_a_script_that_asks_by_itself_keeps_nobody_signed_in(app: Flask) -> None:
    browser = Browser(app).sign_in_as(make_user())
    for minute in (10, 20, 29):
        with clock.held(later(minutes=minute)):
            browser.raw("GET", "/account", headers={"Sec-Fetch-Dest": "empty"})
    with clock.held(later(minutes=31)):
        assert browser.get("/account").heading == "サインイン"


def test_signing_out_kills_every_copy_of_the_cookie(app: Flask) -> None:
    user = make_user()
    browser, thief = Browser(app).sign_in_as(user), Browser(app)
    cookie = browser.client.get_cookie("companion")
    assert cookie is not None
    thief.client.set_cookie("companion", cookie.value)
    assert is_in(thief.get("/account"))
    browser.get("/account").submit("サインアウト")
    assert thief.get("/account").heading == "サインイン"


def test_the_token_is_new_at_sign_in_and_at_another_role_and_stored_hashed(app: Flask) -> None:
    user = make_user(Role.OFFICIAL, roles=[Role.AUDITOR])
    browser, tokens = Browser(app), []
    browser.get("/signin")
    for act in (lambda: browser.sign_in_as(user), lambda: browser.post("/role", role="auditor")):
        act()
        with browser.client.session_transaction() as held:
            tokens.append(held["sid"])
    stored = db.session.scalars(select(SignIn.token_hash)).all()
    assert len(set(tokens)) == 2
    assert {hash_of(token) for token in tokens} == set(stored)
    assert [row.ended_at is None for row in db.session.scalars(select(SignIn))] == [False, True]


def test_own_sign_ins_are_listed_and_ended(app: Flask) -> None:
    user = make_user(Role.MUNICIPALITY)
    one, two, three = (Browser(app).sign_in_as(user) for _ in range(3))
    page = one.get("/account")
    assert len(page.table("サインイン中の端末")) == 3
    page = page.submit("終了する")
    assert len(page.table("サインイン中の端末")) == 2
    assert [is_in(browser.get("/account")) for browser in (one, two, three)].count(False) == 1
    page = one.get("/account").submit("ほかの端末をすべて終了する")
    assert len(page.table("サインイン中の端末")) == 1
    assert is_in(one.get("/account"))


def test_a_new_device_is_told_by_letter(app: Flask) -> None:
    user, subject = make_user(), "新しい端末からサインインがありました"
    first = Browser(app).sign_in_as(user)
    first.get("/account").submit("サインアウト")
    first.sign_in_as(user)
    assert letter_to(user, subject) == ""
    Browser(app).sign_in_as(user)
    assert "心当たりがないとき" in letter_to(user, subject)


def test_another_password_ends_the_other_sign_ins(app: Flask) -> None:
    user = make_user()
    here, there = Browser(app).sign_in_as(user), Browser(app).sign_in_as(user)
    new = "しずかな 朝に みずうみを わたる"
    page = here.get("/account/password")
    given = {"current": PASSWORD}
    assert page.submit(
        "変更する", given, password="password1234567", again="password1234567"
    ).errors
    assert page.submit("変更する", given, password=new, again=new + "x").errors
    assert page.submit("変更する", given, password=new, again=new).heading == "自分のアカウント"
    assert is_in(here.get("/account"))
    assert there.get("/account").heading == "サインイン"
    assert is_in(Browser(app).sign_in(user.email, new))


def test_a_grave_act_asks_for_the_password_again(steps: Flask) -> None:
    user = make_user()
    seed, codes = with_app(steps, user)
    browser = Browser(steps)
    assert is_in(browser.sign_in(user.email).submit("確認する", code=app_code(steps, seed)))
    assert browser.get("/account/password").heading == "パスワードを変更する"
    with clock.held(later(minutes=16)):
        page = browser.get("/account/password")
        assert page.heading == "もう一度、本人の確認"
        assert page.submit("確認する", password=PASSWORD).errors
        assert page.submit("確認する", password="x" * 20, code=codes[0]).errors
        page = page.submit("確認する", password=PASSWORD, code=codes[1])
        assert page.heading == "パスワードを変更する"


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example/", "/\\evil.example", "\\x", "javascript:1"]
)
def test_signing_in_leads_nowhere_else(app: Flask, address: str) -> None:
    browser = Browser(app)
    page = browser.send("GET", "/signin", query_string={"next": address})
    page = page.submit(None, email=make_user().email, password=PASSWORD)
    assert page.path == "/"
