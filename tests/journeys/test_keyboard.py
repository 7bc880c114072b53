"""Without a mouse: everything is reached with the keyboard, and one sees where one is."""

from __future__ import annotations

from collections.abc import Callable

from companion.core.access import Role
from companion.core.db import db
from tests.journeys.conftest import Person
from tests.kit.makers import PASSWORD, make_team, make_user

FOCUSED = "document.activeElement"
# What a person sees of the focus: an outline, a shadow or another border than the others have.
IS_MARKED = """
(() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    || style.boxShadow !== "none";
})()
"""


def text_of_focus(somebody: Person) -> str:
    """What the focused element says, or the label of the focused field."""
    return str(
        somebody.page.evaluate(
            f"({FOCUSED}.labels?.[0] ?? {FOCUSED}).textContent.replace(/\\s+/g, ' ').trim()"
        )
    )


def tab_to(somebody: Person, text: str, *, most: int = 60) -> None:
    """Press Tab until the element that says this has the focus; every stop must be marked."""
    for _ in range(most):
        somebody.page.keyboard.press("Tab")
        if somebody.page.evaluate(f"{FOCUSED} === document.body"):
            continue  # once round: the next stop is the first again
        said = text_of_focus(somebody)
        assert somebody.page.evaluate(IS_MARKED), f"nobody sees that {said!r} has the focus"
        if said.startswith(text):
            return
    raise AssertionError(f"{text!r} is not reached with {most} tabs")


def test_signing_in_and_opening_a_team_by_keyboard(person: Callable[..., Person]) -> None:
    team = make_team()
    coordinator = make_user(Role.COORDINATOR)
    somebody = person()
    keyboard = somebody.page.keyboard
    somebody.open("/signin?next=/2025/teams")
    tab_to(somebody, "メールアドレス")
    keyboard.type(coordinator.email)
    tab_to(somebody, "パスワード")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    somebody.page.get_by_role("heading", level=1, name="チーム").wait_for()
    name, address = team.challenge.municipality.name, f"**/teams/{team.public_id}"
    tab_to(somebody, name)
    db.session.commit()  # what has just been read holds the lock that the page's audit line needs
    keyboard.press("Enter")
    somebody.page.wait_for_url(address)


def test_the_first_stop_leads_past_the_menu(person: Callable[..., Person]) -> None:
    make_team()
    somebody = person()
    somebody.sign_in_as(make_user(Role.COORDINATOR))
    somebody.open("/2025/teams")
    somebody.page.keyboard.press("Tab")
    assert text_of_focus(somebody) == "本文へ進む"
    assert somebody.page.get_by_text("本文へ進む").is_visible()
    somebody.page.keyboard.press("Enter")
    assert somebody.page.evaluate(f"{FOCUSED}.id") == "main"


def test_a_refused_form_begins_with_what_is_wrong(person: Callable[..., Person]) -> None:
    make_team()
    somebody = person()
    user = make_user(Role.COORDINATOR)
    somebody.sign_in_as(user)
    page = somebody.open("/accounts/new")
    page.get_by_label("メールアドレス").fill(user.email)
    page.get_by_label("氏名").fill("見本")
    page.get_by_label("役割").select_option("official")
    page.keyboard.press("Enter")
    # The script that moves the focus runs after the page is drawn: wait for it, at most 30 s.
    page.locator("#error-summary:focus").wait_for()
    assert page.evaluate(f"{FOCUSED}.id") == "error-summary"
