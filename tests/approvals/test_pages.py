"""What two people decide together: asked by one, done when another approves."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from companion.approvals.actions import ask, carried_out_by
from companion.approvals.models import Approval
from companion.approvals.queries import granted_to
from companion.core import clock
from companion.core.access import Role, Viewer
from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.people.models import User
from tests.conftest import MOMENT
from tests.kit.makers import make_user, viewer_as
from tests.kit.pages import Browser

done: list[tuple[str, str]] = []


@carried_out_by("paint", label="壁の塗り替え")
def _paint(approval: Approval, by: Viewer) -> str:
    if approval.detail.get("rain"):
        raise Refused("雨のため塗れません。晴れた日にもう一度承認してください。")
    done.append((approval.subject, by.email))
    return "/approvals"


@pytest.fixture
def asker(app: Flask) -> User:
    done.clear()
    return make_user(Role.COORDINATOR, name="依頼 太郎")


@pytest.fixture
def other(app: Flask) -> User:
    return make_user(Role.COORDINATOR, name="承認 花子")


def asked(by: User, subject: str = "wall", **detail: object) -> str:
    with saved():
        approval = ask(
            "paint", subject, title="壁を白くする", reason="汚れたため", by=viewer_as(by), **detail
        )
    return approval.public_id


def test_nobody_approves_the_own_request(app: Flask, asker: User) -> None:
    public_id = asked(asker)
    page = Browser(app).sign_in_as(asker).get(f"/approvals/{public_id}")
    assert "別のコーディネーターの判断を待っています" in page.text()
    assert "承認して実行する" not in page.buttons
    refused = page.browser.post(f"/approvals/{public_id}", act="approve")
    assert refused.status == 422
    assert "自分の依頼は承認も却下もできません" in refused.text()
    assert done == []


def test_a_second_coordinator_approves_and_it_is_done(app: Flask, asker: User, other: User) -> None:
    asked(asker, lines=["北側の壁", "南側の壁"])
    page = Browser(app).sign_in_as(other).get("/approvals").follow("壁を白くする")
    assert page.facts["依頼した人"] == "依頼 太郎"
    assert "汚れたため" in page.text()
    assert "北側の壁" in page.text()
    result = page.submit("承認して実行する")
    assert "完了 承認しました。依頼された内容を実行しました。" in result.notices
    assert done == [("wall", other.email)]
    row = result.table("これまでの判断（新しい順、100件まで）")[0]
    assert (row["判断"], row["判断した人"]) == ("承認", "承認 花子")
    again = page.submit("承認して実行する")
    assert "既に「承認」になっています" in again.text()
    assert done == [("wall", other.email)]
    actions = db.session.scalars(select(AuditLine.action).order_by(AuditLine.id)).all()
    assert [action for action in actions if action.startswith("approval")] == [
        "approval.ask",
        "approval.approved",
    ]


def test_what_cannot_be_done_stays_waiting(app: Flask, asker: User, other: User) -> None:
    public_id = asked(asker, rain=True)
    page = Browser(app).sign_in_as(other).get(f"/approvals/{public_id}")
    page = page.submit("承認して実行する")
    assert page.status == 422
    assert "雨のため塗れません" in page.text()
    assert "承認待ち" in page.text()


def test_refusing_needs_a_sentence_for_the_asker(app: Flask, asker: User, other: User) -> None:
    public_id = asked(asker)
    page = Browser(app).sign_in_as(other).get(f"/approvals/{public_id}")
    page = page.submit("却下する")
    assert any("却下する理由を入力してください" in error for error in page.errors)
    page = page.submit("却下する", note="色を決めてから")
    assert page.facts["却下の理由"] == "色を決めてから"
    assert done == []
    assert asked(asker)  # the same thing may be asked for again


def test_the_asker_may_withdraw(app: Flask, asker: User) -> None:
    public_id = asked(asker)
    page = Browser(app).sign_in_as(asker).get(f"/approvals/{public_id}").submit("依頼を取り下げる")
    assert page.facts["結果"] == "取下げ"


def test_the_same_thing_waits_once_and_a_reason_is_needed(app: Flask, asker: User) -> None:
    asked(asker)
    with pytest.raises(Refused, match="既に依頼しています"):
        asked(asker)
    with pytest.raises(Refused, match="理由を入力"):
        ask("paint", "door", title="扉", reason=" ", by=viewer_as(asker))


def test_what_was_granted_holds_for_the_asker_and_for_a_time(
    app: Flask, asker: User, other: User
) -> None:
    public_id = asked(asker)
    day = dt.timedelta(days=1)
    assert granted_to(viewer_as(asker), "paint", "wall", within=day) is None
    Browser(app).sign_in_as(other).get(f"/approvals/{public_id}").submit("承認して実行する")
    assert granted_to(viewer_as(asker), "paint", "wall", within=day) is not None
    assert granted_to(viewer_as(other), "paint", "wall", within=day) is None
    with clock.held(MOMENT + dt.timedelta(days=2)):
        assert granted_to(viewer_as(asker), "paint", "wall", within=day) is None


def test_an_empty_list_says_what_comes_here(app: Flask, asker: User) -> None:
    page = Browser(app).sign_in_as(asker).get("/approvals")
    assert "承認を待っている依頼はありません" in page.text()
