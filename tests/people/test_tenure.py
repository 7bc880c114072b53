"""When a term is over: the own for reading, for ninety days, then nothing. And editing accounts."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select

from companion.core import clock
from companion.core.access import PUBLIC, Permission, Role, mark_of
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.core.mail import Letter
from companion.core.policy import LEFT_WHEN_OVER
from companion.people.actions import add_user
from companion.people.factors import new_seed
from companion.people.models import Passkey, User
from companion.people.rules import default_term_end, domain_fault, is_closed
from companion.people.tenure import close_ended, extend_terms
from tests.kit.makers import PASSWORD, make_user
from tests.kit.pages import Browser
from tests.people.test_signing_in import is_in, later
from tests.shape.test_access import LATER, body
from tests.shape.world import World, allowed, build, fingerprint, requests_of

BOUND = (Role.OFFICIAL, Role.MUNICIPALITY, Role.PREFECTURE, Role.MINISTRY)
YESTERDAY = dt.date(2025, 9, 1)


@pytest.fixture
def world(app: Flask) -> World:
    """The world, in which the term of everybody but the staff ended yesterday."""
    made = build()
    with saved():
        for role in BOUND:
            made.users[role].term_ends_on = YESTERDAY
    return made


@pytest.mark.sqlite_only
@pytest.mark.parametrize("role", BOUND)
def test_the_own_is_left_for_reading(app: Flask, world: World, role: Role) -> None:
    browser = Browser(app).sign_in_as(world.users[role])
    app.config["WTF_CSRF_ENABLED"] = False
    nothing, before, found, reached = browser.raw("GET", "/nothing"), fingerprint(), [], 0
    for wanted in requests_of(app, world):
        mark = mark_of(app, wanted.endpoint)
        if mark in {PUBLIC, Permission.ACCOUNT_OWN}:
            continue
        is_left = wanted.method == "GET" and mark in LEFT_WHEN_OVER and allowed(app, wanted, role)
        if wanted.thing is not None:
            # A sheet kept from team and prefecture is its own municipality's all the same.
            kept = wanted.thing == "consultations" and role is Role.MUNICIPALITY
            is_left = is_left and (wanted.kind == "own" or (kept and wanted.kind == "hidden"))
            # A ministry sees its own officials, and no team as a whole.
            is_left = is_left and not (wanted.thing == "teams" and role is Role.MINISTRY)
        answer = browser.raw(wanted.method, wanted.path)
        if is_left and wanted.endpoint not in LATER:
            reached += 1
            if answer.status_code != 200:
                found.append(f"{wanted} is not left: {answer.status_code}")
        elif answer.status_code != 404 or body(answer.data) != body(nothing.data):
            found.append(f"{wanted} is left: {answer.status_code}")
    app.config["WTF_CSRF_ENABLED"] = True
    assert found == []
    assert reached >= 3
    assert fingerprint() == before


def test_the_frame_says_until_when(app: Flask, world: World) -> None:
    page = Browser(app).sign_in(world.users[Role.OFFICIAL].email)
    assert "任期は令和7年9月1日（月）に終わりました" in page.text("body")
    assert "令和7年11月30日（日）まで読めます" in page.text("body")


def test_after_ninety_days_nobody_gets_in_or_stays_in(app: Flask, world: World) -> None:
    user = world.users[Role.OFFICIAL]
    with clock.held(later(days=89)):
        browser = Browser(app).sign_in_as(user)
    with clock.held(dt.datetime(2025, 11, 30, 15, 0, tzinfo=dt.UTC)):  # midnight in Japan
        assert not is_in(browser.get("/"))
        wrong = Browser(app).sign_in(user.email, "wrong-wrong-wrong")
        right = Browser(app).sign_in(user.email, PASSWORD)
        assert not is_in(right)
        assert right.errors == wrong.errors


def test_what_led_into_the_account_is_forgotten(app: Flask) -> None:
    user, other = make_user(Role.OFFICIAL), make_user(Role.OFFICIAL)
    with saved():
        user.term_ends_on, user.totp_secret = YESTERDAY, new_seed()
        other.term_ends_on = YESTERDAY + dt.timedelta(days=1)
        db.session.add(Passkey(user_id=user.id, name="例", credential_id=b"1", public_key=b"1"))
    with clock.held(later(days=89)), saved():
        assert close_ended() == 0
    with clock.held(later(days=90)), saved():
        assert close_ended() == 1
        assert close_ended() == 0
    assert (user.active, user.password, user.totp_secret) == (False, None, None)
    assert other.active
    assert db.session.scalar(select(func.count(Passkey.id))) == 0
    assert db.session.scalars(select(AuditLine.target).where(AuditLine.action == "user.close"))


@pytest.mark.parametrize(
    ("roles", "today", "ends_on"),
    [
        ([Role.OFFICIAL], dt.date(2025, 4, 1), dt.date(2026, 3, 31)),
        ([Role.MUNICIPALITY], dt.date(2025, 12, 31), dt.date(2026, 3, 31)),
        ([Role.MUNICIPALITY], dt.date(2026, 1, 1), dt.date(2027, 3, 31)),
        ([Role.OFFICIAL], dt.date(2026, 3, 31), dt.date(2027, 3, 31)),
        ([Role.PREFECTURE], dt.date(2025, 4, 1), None),
        ([Role.MINISTRY], dt.date(2025, 4, 1), None),
        ([Role.COORDINATOR], dt.date(2025, 4, 1), None),
        ([Role.OFFICIAL, Role.COORDINATOR], dt.date(2025, 4, 1), None),
    ],
)
def test_a_new_account_lives_until_the_end_of_its_year(
    roles: list[Role], today: dt.date, ends_on: dt.date | None
) -> None:
    assert default_term_end(roles, today) == ends_on


@pytest.mark.parametrize(("days", "closed"), [(0, False), (1, False), (90, False), (91, True)])
def test_ninety_days_are_counted(days: int, closed: bool) -> None:
    assert is_closed(YESTERDAY, YESTERDAY + dt.timedelta(days=days)) is closed
    assert not is_closed(None, YESTERDAY)


def test_terms_only_grow_and_only_where_there_is_one(app: Flask) -> None:
    short, long_, endless = (make_user(Role.OFFICIAL) for _ in range(3))
    until = dt.date(2026, 3, 31)
    with saved():
        short.term_ends_on, long_.term_ends_on = YESTERDAY, dt.date(2027, 3, 31)
    with saved():
        people = [user.email.upper() for user in (short, long_, endless)]
        assert extend_terms(until, emails=people, lg_codes=[], by=None) == 1
    found = [user.term_ends_on for user in (short, long_, endless)]
    assert found == [until, dt.date(2027, 3, 31), None]


DOMAINS = ("go.jp", "lg.jp")


@pytest.mark.parametrize(
    ("email", "is_right"),
    [
        ("a@mic.go.jp", True),
        ("a@go.jp", True),
        ("A@CITY.EXAMPLE.LG.JP", True),
        ("a@example.com", False),
        ("a@evilgo.jp", False),
        ("a@go.jp.example.com", False),
        ("a@go.jp@example.com", False),
    ],
)
def test_addresses_are_of_an_office(email: str, is_right: bool) -> None:
    assert (domain_fault(email, DOMAINS) is None) is is_right
    assert domain_fault(email, ()) is None


def test_the_refusal_says_what_to_do(app: Flask) -> None:
    with pytest.raises(Refused, match=r"go\.jp、lg\.jp.*COMPANION_MAIL_DOMAINS"), saved():
        add_user(email="a@example.com", name="例", roles=[Role.MINISTRY], by=None)


def test_the_auditor_reads_the_accounts_and_finds_no_act(app: Flask) -> None:
    user = make_user(Role.MUNICIPALITY)
    page = Browser(app).sign_in_as(make_user(Role.AUDITOR)).get("/accounts")
    assert user.name in {row["氏名"] for row in page.table("アカウント")}
    assert {row["メールアドレス"] for row in page.table("アカウント")} == {"…@example.jp"}
    assert page.buttons == ["絞り込む"]
    assert not [link for link in page.links if "作成" in link]


def test_accounts_are_found_by_name_and_role(app: Flask) -> None:
    make_user(Role.MUNICIPALITY, name="東の町")
    make_user(Role.MINISTRY, name="西の省")
    browser = Browser(app).sign_in_as(make_user())
    page = browser.get("/accounts?q=東の")
    assert [row["氏名"] for row in page.table("アカウント")] == ["東の町"]
    page = browser.get("/accounts?role=ministry")
    assert [row["氏名"] for row in page.table("アカウント")] == ["西の省"]
    assert "あてはまる" in browser.get("/accounts?q=nobody-of-that-name").text()


def test_another_address_is_told_to_both_and_signs_out(app: Flask) -> None:
    user = make_user(Role.MINISTRY, name="前の担当")
    old, theirs = user.email, Browser(app).sign_in_as(user)
    page = Browser(app).sign_in_as(make_user()).get(f"/accounts/{user.public_id}/edit")
    page = page.submit("変更する", email="next@example.go.jp", name="次の担当")
    assert page.heading == "アカウント"
    assert not is_in(theirs.get("/"))
    letters = db.session.scalars(
        select(Letter.recipient).where(Letter.subject.contains("メールアドレスが変わりました"))
    )
    assert set(letters) == {old, "next@example.go.jp"}
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "user.edit")).one()
    assert line.detail == {"changed": ["email", "name"]}


def test_two_who_edit_see_both_texts(app: Flask) -> None:
    user = make_user(Role.MINISTRY, name="元の名")
    one = Browser(app).sign_in_as(make_user()).get(f"/accounts/{user.public_id}/edit")
    two = Browser(app).sign_in_as(make_user()).get(f"/accounts/{user.public_id}/edit")
    assert one.submit("変更する", name="一人目", email="a@example.go.jp").status == 200
    page = two.submit("変更する", name="二人目", email="a@example.go.jp")
    assert page.status == 409
    (row,) = page.table()
    assert (row["いま保存されている内容"], row["あなたが入力した内容"]) == ("一人目", "二人目")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "変わったところがありません"),
        ({"email": "x@example.com"}, "職場のアドレス"),
        ({"ministry_code": ""}, "府省庁が必要です"),
        ({"lg_code": "999999"}, "団体一覧にありません"),
    ],
)
def test_what_cannot_stand_is_refused(app: Flask, values: dict[str, str], said: str) -> None:
    user = make_user(Role.MINISTRY)
    page = Browser(app).sign_in_as(make_user()).get(f"/accounts/{user.public_id}/edit")
    page = page.submit("変更する", values)
    assert page.status == 422
    assert said in page.errors[0]


def test_staff_have_no_term(app: Flask) -> None:
    user = make_user(Role.AUDITOR)
    page = Browser(app).sign_in_as(make_user()).get(f"/accounts/{user.public_id}/edit")
    assert "任期" in page.submit("変更する", term_ends_on="2026-03-31").errors[0]
    assert db.session.get_one(User, user.id).term_ends_on is None
