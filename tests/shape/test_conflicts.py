"""Two people at the same form: both texts are shown, neither is lost; for every form that edits.

The forms are found by opening every page; a class of editing forms that none of them shows fails.
"""

from __future__ import annotations

from flask import Flask

from companion.core.forms import EditingForm
from tests.kit.pages import Browser, Form
from tests.shape.offers import Offer, asked_by, enrich, is_text, kinds_below, offers, plain, sent
from tests.shape.submits import Pair, at_once
from tests.shape.test_access import world  # noqa: F401 the fixture
from tests.shape.world import World

FRAME = {"version", "csrf_token"}


def _carries_version(form: Form) -> bool:
    return any(c.get("name") == "version" and c.get("type") == "hidden" for c in form.controls)


def _has_words(form: Form) -> bool:
    """A button alone changes no text, and a file cannot be shown beside another."""
    return bool(form.names - FRAME) and "file" not in form.names


def changes(form: Form, mark: str, step: int) -> dict[str, list[str]]:
    """Every text set to one with `mark`; where there is none, what else can be moved, by `step`."""
    found: dict[str, list[str]] = {}
    texts = [c for c in form.controls if is_text(c)]
    for number, control in enumerate(texts):
        found[str(control["name"])] = [f"{mark}{number}番"]
    for control in form.controls:
        name, kind = str(control.get("name", "")), control.get("type", "text")
        if kind == "radio" or (control.name == "select" and not texts):
            values = [value for value in form.choices(name) if value]
            is_set = kind == "radio" and form.fields.get(name)
            if name not in found and len(values) > step and not (texts and is_set):
                found[name] = [values[-1 - step]]
        elif control.get("inputmode") in {"numeric", "decimal"} and not texts:
            found[name] = [str(3 + step)]
    return found


def fight(app: Flask, made: World, offer: Offer) -> str:
    """Two people fill the same form; returns what is wrong with what the second one is shown."""
    first, second = (Browser(app).sign_in_as(made.users[offer.role]) for _ in range(2))
    one, other = offer.opened(first), offer.opened(second)
    earlier, later = changes(one, "甲", 0), changes(other, "乙", 1)
    done = first.send("POST", offer.action, data=sent(one, earlier))
    if done.status != 200 or done.errors:
        return f"the first is refused: {done}"
    late = second.send("POST", offer.action, data=sent(other, later))
    if (late.status, late.heading) != (409, "ほかの人が先に保存しました"):
        return f"no conflict: {late} {late.notices}"
    typed = [word for words in later.values() for word in words if word.startswith("乙")]
    # What the winner typed may stand elsewhere (a new next action, say) but has been saved; what
    # the loser typed is nowhere else.
    lost = [word for word in typed if word not in late.text()]
    rows = late.table() if late.tables else []
    stored = [row for row in rows if row["いま保存されている内容"] != row["あなたが入力した内容"]]
    if lost or not stored:
        return f"lost {lost} in {late.text()}"
    if typed and earlier and not any("甲" in row["いま保存されている内容"] for row in rows):
        return f"what was saved is not shown: {late.text()}"
    return ""


def test_both_texts_are_shown_and_neither_is_lost(app: Flask, world: World) -> None:  # noqa: F811
    enrich(world)
    found = offers(
        app,
        world,
        lambda form: bool(
            _carries_version(form) and form.names - FRAME and "file" not in form.names
        ),
    )
    faults = {offer.page + " " + offer.shape: fight(app, world, offer) for offer in found}
    assert {where: fault for where, fault in faults.items() if fault} == {}
    asked = [plain(offer.names) for offer in found]
    unseen = [
        kind.__name__
        for kind in kinds_below(EditingForm)
        if not any(asked_by(kind) - {"form_key", "wrong"} <= names for names in asked)
    ]
    assert unseen == []


def test_of_two_at_the_same_moment_one_wins_and_the_other_sees_both(
    app: Flask,
    world: World,  # noqa: F811
) -> None:
    """Each form from two processes, as it was when nobody had saved anything."""
    enrich(world)
    found = offers(app, world, lambda form: _carries_version(form) and _has_words(form))
    faults = {}
    with at_once(app, world) as (pair, snapshot):
        snapshot.keep()
        for offer in found:
            faults[offer.shape] = _at_once(app, world, offer, pair)
            snapshot.put_back()
    assert {where: fault for where, fault in faults.items() if fault} == {}
    assert len(found) >= 10


def _at_once(app: Flask, made: World, offer: Offer, pair: Pair) -> str:
    browser = Browser(app).sign_in_as(made.users[offer.role])
    forms = [offer.opened(browser) for _ in range(2)]
    typed = [changes(forms[at], mark, at) for at, mark in enumerate(("甲", "乙"))]
    one, other = (
        [*sent(form, words).items(multi=True)] for form, words in zip(forms, typed, strict=True)
    )
    answers = pair.fight(offer, one, other)
    statuses = sorted(status for status, _, _ in answers)
    if any(
        all(form.fields.getlist(name) == values for name, values in words.items())
        for form, words in zip(forms, typed, strict=True)
    ):
        return "" if statuses[0] == 303 else f"answered {statuses}"  # one changes nothing
    if statuses not in ([200, 409], [303, 409]):
        return f"answered {statuses}"
    loser = next(at for at, answer in enumerate(answers) if answer[0] == 409)
    words = [word for values in typed[loser].values() for word in values if word[0] in "甲乙"]
    lost = [word for word in words if word not in answers[loser][2]]
    return f"lost {lost}" if lost or "ほかの人が先に保存しました" not in answers[loser][2] else ""
