"""A meeting is logged in a minute: few touches, and nothing typed is lost with the session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from companion.activities.terms import ActivityState
from tests.journeys import steps
from tests.journeys.conftest import PHONE, Person
from tests.kit.makers import PASSWORD, account_of, make_activity, make_next_action, make_team

# Counts what a hand does: touches, keys, and text that comes without keys (dictation, a Japanese
# keyboard), over all pages of the tab.
COUNTER = """
const more = () => sessionStorage.setItem("acts", 1 + Number(sessionStorage.getItem("acts")));
let byKey = false;
addEventListener("pointerdown", more, true);
addEventListener("keydown", () => { byKey = true; more(); }, true);
addEventListener("input", (event) => { if (event.data && !byKey) more(); byKey = false; }, true);
"""
MOST = 12


def acts(somebody: Person) -> int:
    return int(somebody.page.evaluate("sessionStorage.getItem('acts')"))


def test_a_meeting_is_logged_from_the_team_page_in_few_touches(
    person: Callable[..., Person],
) -> None:
    team = make_team()
    make_next_action(activity=make_activity(team))
    somebody = person(size=PHONE)
    page = somebody.page
    somebody.sign_in_as(account_of(team.members[0].official))
    somebody.open(f"/teams/{team.public_id}")
    page.context.add_init_script(COUNTER)
    page.reload()
    somebody.follow("オンライン会議を記録")
    page.get_by_label("一行で").click()
    page.keyboard.type("空き店舗の活用")  # character by character
    page.get_by_role("button", name="記録する", exact=True).first.click()
    steps.heading(somebody, "空き店舗の活用")
    assert acts(somebody) == 3 + len("空き店舗の活用") <= MOST


def test_a_planned_meeting_is_logged_from_the_calendars_link(
    person: Callable[..., Person],
) -> None:
    team = make_team()
    plan = make_activity(team, state=ActivityState.PLANNED, day=dt.date(2025, 9, 1), title="定例")
    somebody = person(size=PHONE)
    page = somebody.page
    page.context.add_init_script(COUNTER)
    page.set_default_timeout(30_000)
    # The link is opened before signing in: signing in leads on to it.
    somebody.open(f"/activities/{plan.public_id}/log")
    page.get_by_label("メールアドレス").fill(account_of(team.members[0].official).email)
    page.get_by_label("パスワード", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    steps.heading(somebody, "オンライン会議の記録")
    before = acts(somebody)
    page.get_by_label("一行で").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("定例会。空き店舗の活用について三つの案を比べた")  # dictated
    page.get_by_role("button", name="記録する", exact=True).first.click()
    steps.heading(somebody, "定例会。空き店舗の活用について三つの案を比べた")
    assert acts(somebody) - before <= MOST


def test_what_is_typed_survives_a_lost_session(person: Callable[..., Person]) -> None:
    team = make_team()
    user, path = account_of(team.members[0].official), f"/logs/{team.public_id}/meeting"
    somebody = person(size=PHONE)
    page = somebody.page
    somebody.sign_in_as(user)
    somebody.open(path)
    page.context.clear_cookies()
    page.get_by_label("一行で").fill("消えてはいけない一行")
    page.get_by_role("button", name="記録する", exact=True).first.click()
    page.wait_for_load_state()
    somebody.sign_in_as(user)
    somebody.open(path)
    somebody.press("入力を戻す")
    assert page.get_by_label("一行で").input_value() == "消えてはいけない一行"
    page.get_by_role("button", name="記録する", exact=True).first.click()
    steps.heading(somebody, "消えてはいけない一行")
    somebody.open(path)
    assert page.get_by_role("button", name="入力を戻す").count() == 0


def test_nothing_typed_stays_in_the_browser_after_signing_out(
    person: Callable[..., Person],
) -> None:
    team = make_team()
    somebody = person()
    page = somebody.page
    somebody.sign_in_as(account_of(team.members[0].official))
    somebody.open(f"/logs/{team.public_id}/meeting")
    page.route("**/draft**", lambda route: route.abort())
    page.get_by_label("一行で").fill("残ってはいけない一行")
    page.get_by_text("この端末に残しました").wait_for()
    held = "JSON.stringify([{...sessionStorage}, {...localStorage}])"
    assert "残ってはいけない" in page.evaluate(held)
    somebody.faults.clear()  # the failed request speaks on the console
    second = page.context.new_page()
    second.goto(somebody.address + "/")
    second.get_by_role("button", name="サインアウト").click()
    second.get_by_role("heading", name="サインイン").first.wait_for()
    assert "残ってはいけない" not in page.evaluate(held)
    assert "残ってはいけない" not in second.evaluate(held)
