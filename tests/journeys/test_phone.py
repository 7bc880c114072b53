"""The official's log on a phone: one line is enough, and what is typed is kept."""

from __future__ import annotations

from collections.abc import Callable

from tests.journeys import steps
from tests.journeys.conftest import PHONE, Person
from tests.kit.makers import account_of, make_activity, make_next_action, make_team


def test_a_meeting_is_logged_on_a_phone(person: Callable[..., Person]) -> None:
    team = make_team()
    make_next_action(activity=make_activity(team), text="先進地の資料を送る")
    member, name = account_of(team.members[0].official), team.challenge.municipality.name
    somebody = person(size=PHONE)
    page = somebody.page
    somebody.sign_in_as(member)
    assert not somebody.is_wider_than_the_window
    page.get_by_text("メニュー").click()
    somebody.follow("チーム")
    page.get_by_role("main").get_by_role("link", name=name).first.click()
    page.wait_for_url("**/teams/*")
    assert not somebody.is_wider_than_the_window
    somebody.follow("オンライン会議を記録")
    steps.heading(somebody, "オンライン会議の記録")
    assert not somebody.is_wider_than_the_window
    button = page.get_by_role("button", name="記録する", exact=True).first
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44, "too small for a thumb"
    page.get_by_label("一行で").fill("駅前の空き店舗について")
    button.click()
    steps.heading(somebody, "駅前の空き店舗について")
    assert not somebody.is_wider_than_the_window


def test_what_is_typed_is_kept(person: Callable[..., Person]) -> None:
    team = make_team()
    member, path = account_of(team.members[0].official), f"/logs/{team.public_id}/visit"
    somebody = person(size=PHONE)
    somebody.sign_in_as(member)
    somebody.open(path)
    with somebody.page.expect_response("**/draft**") as saving:
        somebody.page.get_by_label("一行で").fill("書きかけの一行")
    assert saving.value.ok
    somebody.open("/")
    somebody.open(path)
    assert somebody.page.get_by_label("一行で").input_value() == "書きかけの一行"
