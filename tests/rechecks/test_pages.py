"""Every three months a ministry, a municipality and the coordinators say who is in post."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core import clock
from companion.core.access import Role
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.people.actions import set_active
from companion.people.codes import invite
from companion.people.deputies import invite_deputy
from companion.people.models import User
from companion.rechecks.queries import SHOWN
from tests.kit.makers import (
    account_of,
    make_municipality,
    make_official,
    make_period,
    make_user,
    viewer_as,
)
from tests.kit.pages import Browser, Page, count_queries

PAGE = "/account-check"
OWED = "在職の確認が必要なアカウント"
TOLD = "異動・退職の知らせがあるアカウント"


def old(user: User, days: int = 100) -> User:
    """The account, last confirmed so many days ago."""
    with saved():
        user.confirmed_on = clock.today() - dt.timedelta(days=days)
    return user


def named(role: Role, name: str, **values: object) -> User:
    """An account that is owed a confirmation."""
    return old(make_user(role, name=name, **values))  # type: ignore[arg-type]


def names_on(page: Page) -> set[str]:
    """Whom the page asks about."""
    found = page.main.select("tbody th")
    return {cell.get_text().strip().partition("（")[0].split()[0] for cell in found}


def lines_about(user: User) -> list[str]:
    """What the trail says was said about an account."""
    statement = select(AuditLine.action).where(AuditLine.target == user.public_id)
    said = db.session.scalars(statement.order_by(AuditLine.id))
    return [one for one in said if one in {"user.confirm", "user.tell_left"}]


def test_who_answers_for_whom(app: Flask) -> None:
    before, period = make_period(2024), make_period(2025)
    place, other = make_municipality(), make_municipality()
    contact = named(Role.MUNICIPALITY, "窓口", municipality=place)
    with saved():
        deputy = invite_deputy(contact, email="d@town.lg.jp", name="代理", by=viewer_as(contact))
        deputy.confirmed_on, deputy.password = dt.date(2025, 1, 1), contact.password
    named(Role.MUNICIPALITY, "隣町", municipality=other)
    ministry = named(Role.MINISTRY, "国交省", ministry_code="mlit")
    named(Role.MINISTRY, "同僚", ministry_code="mlit")
    named(Role.MINISTRY, "環境省", ministry_code="env")
    named(Role.PREFECTURE, "県庁")
    official = make_official(period=period, name="国土", ministry_code="mlit")
    old(account_of(official))
    moved = make_official(period=period, name="転籍", ministry_code="env")
    make_official(period=before, name="転籍", ministry_code="mlit", email=moved.email)
    old(account_of(moved))
    stopped = named(
        Role.OFFICIAL, "停止", official=make_official(period=period, ministry_code="mlit")
    )
    ended = named(
        Role.OFFICIAL, "任期後", official=make_official(period=period, ministry_code="mlit")
    )
    with saved():
        stopped.active, ended.term_ends_on = False, dt.date(2025, 3, 31)
    coordinator = named(Role.COORDINATOR, "事務局")
    town, mlit = {"窓口", "代理"}, {"国交省", "同僚", "国土"}
    for user, meant in (
        (contact, town),
        (deputy, town),
        (ministry, mlit),
        (coordinator, town | mlit | {"隣町", "環境省", "県庁", "転籍", "事務局"}),
    ):
        assert names_on(Browser(app).sign_in_as(user).get(PAGE)) == meant, user.name


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.PREFECTURE, Role.AUDITOR])
def test_others_find_no_page(app: Flask, role: Role) -> None:
    browser = Browser(app).sign_in_as(make_user(role))
    assert browser.get(PAGE).status == 404
    assert browser.post(PAGE, present="x").status == 404


def test_the_board_asks_until_everybody_is_confirmed(app: Flask) -> None:
    make_period()
    me = named(Role.MINISTRY, "国交省", ministry_code="mlit")
    colleague = named(Role.MINISTRY, "同僚", ministry_code="mlit")
    browser = Browser(app).sign_in_as(me)
    assert f"{OWED}：2件" in browser.get("/").text("main")
    page = browser.get("/").follow(OWED)
    page = page.submit("答えを送る", present=[me.public_id])
    assert "1人の在職を確認しました" in page.text("body")
    assert names_on(page) == {"同僚"}
    assert me.confirmed_on == clock.today()
    assert (lines_about(me), lines_about(colleague)) == (["user.confirm"], [])
    page = page.submit("答えを送る", present=[colleague.public_id])
    assert "確認が必要なアカウントはありません" in page.text("body")
    assert OWED not in browser.get("/").text("body")


def test_who_has_left_is_told_to_the_coordinators_and_stopped_by_them(app: Flask) -> None:
    make_period()
    place = make_municipality()
    me = make_user(Role.MUNICIPALITY, municipality=place)
    left = named(Role.MUNICIPALITY, "去った人", municipality=place)
    coordinator = make_user()
    page = Browser(app).sign_in_as(me).get(PAGE)
    page = page.submit("答えを送る", left=[left.public_id])
    assert "1人の異動・退職をコーディネーターに知らせました" in page.text("body")
    assert "異動・退職の知らせ" in page.text("tbody")
    assert (left.active, left.left_told_on) == (True, clock.today())
    assert OWED not in page.browser.get("/").text("body")
    there = Browser(app).sign_in_as(coordinator)
    assert f"{TOLD}：1件" in there.get("/").text("main")
    accounts = there.get("/").follow(TOLD).follow("アカウントを停止する（去った人さん）")
    accounts.submit("停止する")
    assert not left.active
    assert TOLD not in there.get("/").text("body")
    assert lines_about(left) == ["user.tell_left"]
    with saved():  # opened again: the word of before is over
        set_active(left, True, by=viewer_as(coordinator))
    assert (left.left_told_on, left.confirmed_on) == (None, clock.today())


def test_a_word_by_mistake_is_taken_back(app: Flask) -> None:
    me = named(Role.MINISTRY, "国交省", ministry_code="mlit")
    page = Browser(app).sign_in_as(me).get(PAGE)
    page = page.submit("答えを送る", left=[me.public_id])
    page = page.submit("答えを送る", present=[me.public_id])
    assert (me.left_told_on, me.confirmed_on) == (None, clock.today())
    assert lines_about(me) == ["user.tell_left", "user.confirm"]
    assert names_on(page) == set()


def test_accounts_of_others_are_not_there(app: Flask) -> None:
    me = named(Role.MINISTRY, "国交省", ministry_code="mlit")
    other = named(Role.MINISTRY, "環境省", ministry_code="env")
    browser = Browser(app).sign_in_as(me)
    key = browser.get(PAGE).fields["form_key"]
    for one in (other.public_id, "missing", "\x00"):
        for name in ("present", "left"):
            sent = {name: [me.public_id, one], "form_key": key}
            assert browser.post(PAGE, sent).status == 404
    assert other.confirmed_on != clock.today()
    assert me.confirmed_on != clock.today()
    assert (other.left_told_on, me.left_told_on) == (None, None)


def test_nothing_and_both_are_refused_and_the_ticks_stay(app: Flask) -> None:
    me = named(Role.MINISTRY, "国交省", ministry_code="mlit")
    other = named(Role.MINISTRY, "同僚", ministry_code="mlit")
    page = Browser(app).sign_in_as(me).get(PAGE)
    assert page.submit("答えを送る").status == 422
    page = page.submit("答えを送る", present=[me.public_id, other.public_id], left=[me.public_id])
    assert page.status == 422
    assert "どちらか一つにしてください" in page.text("body")
    assert page.form("答えを送る").fields.getlist("present") == [me.public_id, other.public_id]
    assert lines_about(me) == []


def test_pressing_twice_is_one_answer(app: Flask) -> None:
    me = named(Role.MINISTRY, "国交省", ministry_code="mlit")
    page = Browser(app).sign_in_as(me).get(PAGE)
    for _ in range(2):
        assert page.submit("答えを送る", present=[me.public_id]).status == 200
    assert lines_about(me) == ["user.confirm"]


def test_an_account_of_before_counts_from_its_making_and_an_invitation_anew(app: Flask) -> None:
    me = make_user(Role.MINISTRY, ministry_code="mlit")
    with saved():
        me.confirmed_on = None  # of before this was asked
        me.created_at = clock.at_jst(dt.date(2025, 3, 31), dt.time(23, 59))
    assert me.in_post_on == dt.date(2025, 3, 31)
    for day, owed in ((29, False), (30, True)):
        with clock.held(dt.datetime(2025, 6, day, 1, tzinfo=dt.UTC)):
            browser = Browser(app).sign_in_as(me)
            assert bool(browser.get(PAGE).main.select("tbody")) is owed
    with saved():
        invite(me, by=None)
    assert me.confirmed_on == clock.today()


def test_many_are_asked_page_by_page_in_the_same_queries(app: Flask) -> None:
    first = named(Role.COORDINATOR, "事務局")
    browser = Browser(app).sign_in_as(first)
    browser.get(PAGE)
    with count_queries() as few:
        browser.get(PAGE)
    for number in range(SHOWN):
        named(Role.PREFECTURE, f"県{number}")
    with count_queries() as many:
        page = browser.get(PAGE)
    assert len(many) == len(few) <= 13, many
    assert len(page.main.select("tbody tr")) == SHOWN
    assert f"はじめの{SHOWN}件" in page.text("table caption")
