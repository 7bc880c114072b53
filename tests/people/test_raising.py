"""A role is raised, and an account that sees everything opened, by two coordinators."""

from __future__ import annotations

from flask import Flask

from companion.core.access import Role, roles_held
from companion.core.db import db
from companion.people.queries import find_user
from tests.kit.makers import make_user
from tests.kit.pages import Browser


def test_a_new_role_waits_for_a_second_coordinator(app: Flask) -> None:
    person = make_user(Role.OFFICIAL)
    there = Browser(app).sign_in_as(person)
    first, second = (Browser(app).sign_in_as(make_user()) for _ in range(2))
    page = first.get(f"/accounts/{person.public_id}/roles")
    assert page.submit("変更する", roles=["official", "coordinator"]).errors  # no reason
    page.submit("変更する", roles=["official", "coordinator"], reason="担当の交代")
    assert roles_held(person) == [Role.OFFICIAL]
    request = f"{person.name}さんの役割の変更"
    assert first.get("/approvals").follow(request).submit("依頼を取り下げる").status == 200
    page = first.get(f"/accounts/{person.public_id}/roles")
    page.submit("変更する", roles=["official", "coordinator"], reason="担当の交代")
    second.get("/approvals").follow(request).submit("承認して実行する")
    db.session.expire_all()
    assert set(roles_held(person)) == {Role.OFFICIAL, Role.COORDINATOR}
    assert there.get("/account").heading == "サインイン"


def test_taking_a_role_away_needs_nobody_else(app: Flask) -> None:
    person = make_user(Role.OFFICIAL, roles=[Role.AUDITOR])
    browser = Browser(app).sign_in_as(make_user())
    browser.get(f"/accounts/{person.public_id}/roles").submit("変更する", roles=["official"])
    db.session.expire_all()
    assert roles_held(person) == [Role.OFFICIAL]


def test_the_own_roles_are_somebody_elses_matter(app: Flask) -> None:
    me = make_user()
    page = Browser(app).sign_in_as(me).get(f"/accounts/{me.public_id}/roles")
    assert page.submit("変更する", roles=["coordinator", "auditor"], reason="x").errors


def test_an_account_that_sees_everything_is_opened_by_two(app: Flask) -> None:
    first, second = (Browser(app).sign_in_as(make_user()) for _ in range(2))
    page = first.get("/accounts/new")
    values = {"email": "new@example.go.jp", "name": "新任 者", "role": "coordinator"}
    assert page.submit("作成する", values).errors
    page = page.submit("作成する", values, reason="増員のため")
    assert page.heading == "アカウント"
    assert find_user("new@example.go.jp") is None
    second.get("/approvals").follow("新任 者さんのアカウント（コーディネーター）").submit(
        "承認して実行する"
    )
    user = find_user("new@example.go.jp")
    assert user is not None
    assert user.password is None
