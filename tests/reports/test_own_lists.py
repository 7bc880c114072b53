"""What a prefecture and a ministry take along: theirs, and nothing of anybody else."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from dataclasses import dataclass

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from companion.approvals.models import Approval
from companion.core import clock
from companion.core.access import Role
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.core.mail import Letter
from companion.people.models import User
from companion.teams.models import Team
from companion.teams.terms import TeamState
from tests.kit.makers import (
    make_challenge,
    make_municipality,
    make_official,
    make_period,
    make_team,
    make_user,
)
from tests.kit.pages import Browser

LIST = "市町村の課題とチームをExcelで受け取る"
ROSTER = "所属支援官の名簿をExcelで受け取る"


@dataclass
class World:
    near: Team
    far: Team
    waiting: Team


@pytest.fixture
def world(app: Flask) -> World:
    """A team in Nagano, one in Fukuoka, and one in Nagano that is not announced."""
    make_period()
    near = make_team(
        make_challenge(make_municipality("あさひ見本町", prefecture_code="20"), title="=1+1"),
        [
            make_official("青山 一", ministry_code="mlit", email="aoyama@mlit.go.jp"),
            make_official("石橋 二", ministry_code="maff", email="ishibashi@maff.go.jp"),
        ],
    )
    far = make_team(
        make_challenge(make_municipality("いわい見本市", prefecture_code="40"), title="遠い課題"),
        [make_official("上原 三", ministry_code="mlit", email="uehara@mlit.go.jp")],
    )
    waiting = make_team(
        make_challenge(make_municipality("うみの見本村", prefecture_code="20"), title="待つ課題"),
        [make_official("江口 四", ministry_code="mlit", email="eguchi@mlit.go.jp")],
        state=TeamState.PROPOSED,
    )
    return World(near, far, waiting)


def taken(app: Flask, user: User, button: str) -> tuple[list[list[str]], str]:
    """The rows of the workbook as words, and all its words together."""
    browser = Browser(app).sign_in_as(user)
    values = browser.get("/2025/teams").form(button).fields
    answer = browser.raw("POST", "/2025/teams/workbook", data=values)
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    rows = [[str(v or "") for v in row] for row in book.worksheets[0].values]
    return rows[4:], " ".join(str(cell.value) for cell in cells if cell.value is not None)


def test_a_prefecture_takes_its_own_list_without_contacts(app: Flask, world: World) -> None:
    rows, text = taken(app, make_user(Role.PREFECTURE, prefecture_code="20"), LIST)
    assert [(row[1], row[3], row[6]) for row in rows] == [
        ("長野県あさひ見本町", "=1+1", "青山 一（国土交通省）、石橋 二（農林水産省）"),
        ("長野県うみの見本村", "待つ課題", ""),  # who comes is known when it is announced
    ]
    contact = world.near.challenge
    for word in ("@", contact.contact_name, contact.contact_phone, "いわい", "上原", "江口"):
        assert word not in text


def test_a_ministry_takes_its_own_officials_of_announced_teams(app: Flask, world: World) -> None:
    rows, text = taken(app, make_user(Role.MINISTRY, ministry_code="mlit"), ROSTER)
    assert [(row[1], row[3], row[8]) for row in rows] == [
        ("長野県あさひ見本町", "青山 一", "aoyama@mlit.go.jp"),
        ("福岡県いわい見本市", "上原 三", "uehara@mlit.go.jp"),
    ]
    contact = world.near.challenge
    for word in (
        "石橋",
        "ishibashi",
        "江口",
        "eguchi",
        contact.contact_name,
        contact.contact_email,
    ):
        assert word not in text


def test_who_serves_no_longer_is_not_on_the_roster(app: Flask, world: World) -> None:
    with saved():
        member = world.far.members[0]
        member.started_on = member.ended_on = dt.date(2025, 4, 1)
    _, text = taken(app, make_user(Role.MINISTRY, ministry_code="mlit"), ROSTER)
    assert "上原" not in text


def test_taking_it_along_is_one_line_in_the_trail(app: Flask, world: World) -> None:
    taken(app, make_user(Role.MINISTRY, ministry_code="mlit"), ROSTER)
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "roster.export")).all()
    assert [(line.detail["rows"], line.detail["people"]) for line in lines] == [(2, 2)]


def roster_lines() -> list[dict[str, object]]:
    db.session.expire_all()
    return list(
        db.session.scalars(select(AuditLine.detail).where(AuditLine.action == "roster.export"))
    )


@pytest.fixture
def crowded(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> User:
    """A ministry's contact with three officials serving, where an hour allows two."""
    monkeypatch.setitem(app.config, "CONTACTS_SHOWN_PER_HOUR", 2)
    make_team(
        make_challenge(make_municipality(prefecture_code="30")),
        [make_official(ministry_code="mlit")],
    )
    return make_user(Role.MINISTRY, ministry_code="mlit")


def test_more_contacts_than_a_person_may_take_are_asked_of_the_coordinators(
    app: Flask, crowded: User
) -> None:
    browser = Browser(app).sign_in_as(crowded)
    page = browser.get("/2025/teams").submit(ROSTER)
    assert page.errors == ["理由：理由を入力してください。承認する人が判断に使います。"]
    page = page.submit("承認を依頼する", reason="災害時の連絡網のため")
    assert page.heading == "所属支援官の名簿をExcelで受け取る"
    assert any("承認を待っています" in words for words in page.notices)
    assert not page.buttons
    assert roster_lines() == []
    boss = Browser(app).sign_in_as(make_user())
    done = boss.get("/approvals").follow("令和7年度 所属支援官の名簿の出力（3人）")
    assert "災害時の連絡網のため" in done.text()
    done.submit("承認して実行する")
    banner = " ".join(Browser(app).sign_in_as(make_user()).get("/").notices)
    assert "多くの連絡先の出力" in banner
    assert "（3人）" in banner
    page = browser.get("/2025/teams/workbook")
    assert any("まで受け取れます" in words for words in page.notices)
    answer = browser.raw("POST", page.path, data=page.form("Excelで受け取る").fields)
    assert answer.data[:2] == b"PK"
    (line,) = roster_lines()
    assert (line["rows"], line["people"]) == (3, 3)
    assert line["sha256"] == hashlib.sha256(answer.data).hexdigest()
    assert line["approved"] == db.session.scalars(select(Approval.public_id)).one()
    letter = db.session.scalars(
        select(Letter.body).where(Letter.recipient == crowded.email, Letter.kind == "approval")
    ).one()
    assert "/2025/teams/workbook" in letter
    with clock.held(clock.now() + dt.timedelta(days=7, minutes=1)):
        page = Browser(app).sign_in_as(crowded).get("/2025/teams/workbook")
        assert "承認を依頼する" in page.buttons, "the decision has run out"


def test_what_was_seen_on_screen_counts_with_it(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "CONTACTS_SHOWN_PER_HOUR", 2)
    user = make_user(Role.MINISTRY, ministry_code="mlit")
    waiting = world.waiting.members[0].official.public_id
    browser = Browser(app).sign_in_as(user)
    assert "eguchi" in browser.get(f"/officials/{waiting}").text()
    assert browser.get("/2025/teams").submit(ROSTER).errors
    assert roster_lines() == []


def test_more_people_than_were_approved_are_asked_anew(app: Flask, crowded: User) -> None:
    browser = Browser(app).sign_in_as(crowded)
    page = browser.get("/2025/teams/workbook").submit("承認を依頼する", reason="連絡網")
    approval = db.session.scalars(select(Approval.public_id)).one()
    boss = Browser(app).sign_in_as(make_user())
    boss.get(f"/approvals/{approval}").submit("承認して実行する")
    make_team(
        make_challenge(make_municipality(prefecture_code="31")),
        [make_official(ministry_code="mlit")],
    )
    page = browser.get("/2025/teams/workbook")
    assert page.buttons == ["承認を依頼する"]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MUNICIPALITY, Role.AUDITOR])
def test_nobody_else_is_offered_it(app: Flask, world: World, role: Role) -> None:
    browser = Browser(app).sign_in_as(make_user(role))
    assert not {LIST, ROSTER} & set(browser.get("/2025/teams").buttons)
