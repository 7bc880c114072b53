"""A municipality's contact has one deputy, who may do the same but for inviting a further one."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.core.access import Role, viewer_of
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.people.deputies import end_deputy, invite_deputy
from companion.people.models import User
from companion.people.queries import find_user
from tests.kit.makers import make_municipality, make_user, viewer_as
from tests.kit.pages import Browser
from tests.people.test_invitations import NEW, code_of
from tests.people.test_signing_in import is_in, letter_to, steps

__all__ = ["steps"]
PAGE = "/account/deputy"


def contact() -> User:
    """The contact of a municipality, whose term ends with the year."""
    user = make_user(Role.MUNICIPALITY)
    with saved():
        user.term_ends_on = dt.date(2030, 3, 31)
    return user


def deputy_of(user: User, email: str = "dairi@town.lg.jp") -> User:
    """A deputy whom the contact has invited."""
    with saved():
        found = invite_deputy(user, email=email, name="代理 花子", by=viewer_as(user))
        found.password = user.password
        return found


def test_the_contact_invites_a_deputy_by_letter(app: Flask) -> None:
    me = contact()
    page = Browser(app).sign_in_as(me).get("/account").follow("代理の方を招待する・終了する")
    page = page.submit("招待する", email="Dairi@town.lg.jp", name="代理 花子")
    assert "代理 花子さんに招待の手紙を送りました" in page.text("body")
    assert "招待中" in page.text("body")
    found = find_user("dairi@town.lg.jp")
    assert found is not None
    assert (found.lg_code, found.term_ends_on) == (me.lg_code, me.term_ends_on)
    assert [role.name for role in found.roles] == ["municipality"]
    assert "招待コード" in letter_to(found, "運営システムへの招待")
    lines = db.session.scalars(
        select(AuditLine.action).where(AuditLine.target == found.public_id).order_by(AuditLine.id)
    ).all()
    assert lines == ["user.add", "user.deputy", "user.invite"]


def test_the_deputy_signs_in_as_the_municipality(steps: Flask) -> None:
    found = deputy_of(contact())
    browser = Browser(steps)
    page = browser.get("/welcome").submit("次へ進む", email=found.email, code=code_of(found))
    assert is_in(page.submit("設定する", password=NEW, again=NEW))


def test_a_deputy_has_the_same_rights_but_invites_nobody(app: Flask) -> None:
    me = contact()
    found = deputy_of(me)
    mine, theirs = viewer_as(me), viewer_of(found, Role.MUNICIPALITY)
    assert (mine.role, mine.lg_code) == (theirs.role, theirs.lg_code)
    browser = Browser(app).sign_in_as(found)
    missing = browser.raw("GET", "/no-such-page")
    assert (missing.status_code, browser.raw("GET", PAGE).status_code) == (404, 404)
    assert browser.post(PAGE, email="third@town.lg.jp", name="三人目").status == 404
    assert browser.post(f"{PAGE}/end").status == 404
    page = browser.get("/account")
    assert "自治体担当者（代理）" in page.text("body")
    assert "代理の方を招待" not in page.text("body")
    assert find_user("third@town.lg.jp") is None
    assert found.active


def test_a_second_is_refused_in_one_sentence_and_nothing_typed_is_lost(app: Flask) -> None:
    me = contact()
    page = Browser(app).sign_in_as(me).get(PAGE)
    deputy_of(me)
    page = page.submit("招待する", email="second@town.lg.jp", name="二人目")
    assert page.status == 422
    assert "代理は一つの自治体に一人までです" in page.text("body")
    assert page.form("招待する").fields["email"] == "second@town.lg.jp"
    assert find_user("second@town.lg.jp") is None


def test_each_municipality_has_its_own(app: Flask) -> None:
    first, second = contact(), make_user(Role.MUNICIPALITY, municipality=make_municipality())
    assert deputy_of(first).lg_code != deputy_of(second, "dairi@other.lg.jp").lg_code


@pytest.mark.parametrize("address", ["dairi@gmail.com", "not an address"])
def test_only_an_address_of_an_office_is_taken(
    app: Flask, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_DOMAINS", ("lg.jp",))
    page = Browser(app).sign_in_as(contact()).get(PAGE)
    page = page.submit("招待する", email=address, name="代理 花子")
    assert page.status == 422
    assert page.errors


def test_ending_signs_out_at_once_and_makes_room(app: Flask) -> None:
    me = contact()
    found = deputy_of(me)
    there = Browser(app).sign_in_as(found)
    page = Browser(app).sign_in_as(me).get(PAGE).submit("代理を終了する")
    assert "終了しました" in page.text("body")
    assert there.get("/account").heading == "サインイン"
    assert not db.session.get_one(User, found.id).active
    page = page.submit("招待する", email="next@town.lg.jp", name="次の人")
    assert "次の人さんに招待の手紙" in page.text("body")


def test_the_same_address_may_be_invited_again_with_nothing_of_before(app: Flask) -> None:
    me = contact()
    found = deputy_of(me)
    with saved():
        found.password, found.totp_secret = "old", "old"
        end_deputy(me, by=viewer_as(me))
        again = invite_deputy(me, email=found.email, name="別の人", by=viewer_as(me))
    assert (again.id, again.active) == (found.id, True)
    assert (again.password, again.totp_secret) == (None, None)


def test_an_account_of_somebody_else_is_never_taken_over(app: Flask) -> None:
    me, other = contact(), contact()
    stopped = deputy_of(other, "dairi@other.lg.jp")
    with saved():
        end_deputy(other, by=viewer_as(other))
    for account in (stopped, make_user(Role.OFFICIAL)):
        with pytest.raises(Refused), saved():
            invite_deputy(me, email=account.email, name="代理", by=viewer_as(me))
    assert not db.session.get_one(User, stopped.id).active


def test_a_deputy_in_another_role_is_ended_by_a_coordinator_only(app: Flask) -> None:
    from companion.people.queries import role_row

    me = contact()
    found = deputy_of(me)
    with saved():
        found.roles = [role_row("municipality"), role_row("official")]
    page = Browser(app).sign_in_as(me).get(PAGE).submit("代理を終了する")
    assert "コーディネーターに依頼してください" in page.text("body")
    assert db.session.get_one(User, found.id).active


def test_coordinators_see_both_and_never_reopen_a_second(app: Flask) -> None:
    me = contact()
    first = deputy_of(me)
    with saved():
        end_deputy(me, by=viewer_as(me))
    second = deputy_of(me, "second@town.lg.jp")
    browser = Browser(app).sign_in_as(make_user())
    page = browser.get("/accounts?role=municipality")
    assert page.text("body").count("（代理）") == 2
    assert me.email in page.text("body")
    page = browser.post(f"/accounts/{first.public_id}/state")
    assert "別の代理" in page.text("body")
    assert not db.session.get_one(User, first.id).active
    assert db.session.get_one(User, second.id).active
