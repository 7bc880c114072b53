"""A tired official answers on a telephone: what is answered is kept without pressing anything."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask

from companion.core.access import Role
from companion.core.db import saved
from companion.surveys.actions import open_round
from tests.journeys.conftest import PHONE, Person
from tests.kit.axe import violations
from tests.kit.makers import make_official, make_team, make_user


def test_what_is_answered_is_kept_and_found_on_another_machine(
    app: Flask, person: Callable[..., Person]
) -> None:
    team = make_team(officials=[make_official() for _ in range(3)])
    user = make_user(Role.MUNICIPALITY, municipality=team.challenge.municipality)
    with saved():
        open_round("municipality_eval", team.period, by=None)
    phone = person(size=PHONE)
    phone.sign_in_as(user)
    phone.open("/2025/my-surveys")
    phone.follow("回答する")
    phone.press("回答を始める")
    phone.page.get_by_label("2年程度").wait_for(state="hidden")
    phone.page.get_by_label("継続が必要").check()
    phone.page.get_by_label("2年程度").check()
    phone.page.get_by_text("入力した内容を保存しました。").wait_for()
    with phone.page.expect_response(lambda answer: answer.url.endswith("/draft")):
        phone.page.locator("textarea").fill("庁内の連携が進んだ。")
    assert violations(phone.page) == []
    assert not phone.is_wider_than_the_window
    desk = person(script=False)
    desk.sign_in_as(user)
    desk.open("/2025/my-surveys")
    desk.follow("続きから回答する")
    desk.follow("続きから回答する")
    assert desk.page.get_by_label("2年程度").is_checked()
    assert desk.page.locator("textarea").input_value() == "庁内の連携が進んだ。"
    phone.page.get_by_label("5（良い）").check()
    phone.press("保存して次へ")
    assert phone.heading == "回答の確認", "the window's own saving is no other window's"
    phone.page.locator("a[href$='#overall']").click()
    assert phone.page.get_by_text("この端末に残っています").count() == 0
    phone.press("保存して次へ")
    phone.page.get_by_label("回答を記入した方").fill("企画課 見本")
    phone.press("提出する")
    assert phone.heading == "回答を受け付けました"
    assert violations(phone.page) == []


def test_a_coordinator_edits_with_the_keyboard_and_without_script(
    app: Flask, person: Callable[..., Person]
) -> None:
    make_team(officials=[make_official() for _ in range(3)])
    desk, user = person(script=False), make_user(Role.COORDINATOR)
    desk.sign_in_as(user)
    desk.open("/2025/surveys/municipality_eval/edit")
    desk.press("下書きを作る")
    desk.page.get_by_role("button", name=re.compile(r"^下へ\s*：問2$")).focus()
    desk.page.keyboard.press("Enter")
    desk.page.locator("#q-cont").wait_for()
    desk.page.get_by_role("link", name=re.compile(r"^直す\s*：問2$")).focus()
    desk.page.keyboard.press("Enter")
    desk.page.get_by_role("heading", level=1, name="問2を直す").wait_for()
    desk.page.keyboard.press("Tab")
    desk.page.get_by_label("質問文").fill("続けたいですか。")
    desk.page.get_by_label("質問文").press("Tab")
    desk.page.locator("#choice-0-label").press("Enter")
    assert desk.heading.endswith("の編集"), "Enter saves, whatever button stands first"
    assert "続けたいですか。" in desk.page.inner_text("#q-cont")
    sighted = person(size=PHONE)
    sighted.sign_in_as(user)
    for path in (
        "edit",
        "edit/questions/1",
        "edit/sections/1",
        "edit/settings",
        "edit/publish",
        "try",
    ):
        sighted.open(f"/2025/surveys/municipality_eval/{path}")
        assert violations(sighted.page) == [], path
        assert not sighted.is_wider_than_the_window, path
