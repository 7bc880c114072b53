"""Every form people are offered, found by opening every page there is, with more states of things.

What `world` holds is enough for rights; forms appear in some states only: a plan can be called off,
a survey that is closed can be published, a list that was read can be taken in.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bs4 import Tag
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from companion.activities.terms import ActivityKind, ActivityState
from companion.applications.actions import stage_import
from companion.cases.terms import CaseState
from companion.consultations.actions import hand_in_sheet, route_sheet
from companion.core.access import PUBLIC, Permission, Role, mark_of
from companion.core.db import db, saved
from companion.core.forms import Form as Kind
from companion.inquiries.actions import Question, ask_secretariat, handle
from companion.inquiries.terms import InquiryKind, InquiryState
from companion.screening.actions import prepare_criteria
from companion.surveys.drafting import begin_draft
from companion.teamreports.actions import begin_report, hand_in
from companion.teamreports.terms import ReportKind
from companion.teams.models import Team
from companion.teams.terms import TeamState
from tests.kit.cases import made_case
from tests.kit.makers import (
    account_of,
    make_activity,
    make_challenge,
    make_official,
    make_period,
    make_team,
    viewer_as,
)
from tests.kit.pages import Browser, Form
from tests.kit.workbooks import code_list
from tests.shape.world import SHEET, World, requests_of

# Those of the world, and the states that are added here.
KINDS = ("own", "other", "hidden", "planned", "visit", "good", "ended", "quiet")
ROLES = (Role.COORDINATOR, Role.OFFICIAL, Role.MUNICIPALITY, Role.PREFECTURE, Role.MINISTRY)
_ID = re.compile(r"/[a-z2-7]{16}(?=/|$)")


@dataclass(frozen=True)
class Offer:
    """One kind of form: who is offered it on which page, where it goes, what it asks for."""

    shape: str  # its address with ids left out, and the words of its first button
    role: Role
    page: str
    action: str
    names: frozenset[str]

    def opened(self, browser: Browser) -> Form:
        """The form as it stands on its page just now."""
        page = browser.send("GET", self.page)
        same = [f for f in page.forms if urlsplit(f.action).path == self.action]
        return max(same, key=lambda form: len(self.names & form.names))


def enrich(world: World) -> None:
    """Add the states in which further forms appear."""
    own = db.session.scalars(
        select(Team).where(Team.public_id == world.things["teams"]["own"])
    ).one()
    coordinator = viewer_as(world.users[Role.COORDINATOR])
    planned = make_activity(own, state=ActivityState.PLANNED, day=dt.date(2025, 9, 20))
    visit = make_activity(own, kind=ActivityKind.SITE_VISIT, day=dt.date(2025, 7, 1))
    another = make_team(make_challenge(period=own.period), state=TeamState.ACTIVE)
    free = make_official(period=own.period)  # who could follow
    following = make_period(2026)
    make_team(make_challenge(period=following), [make_official(period=following) for _ in range(3)])
    with saved():
        prepare_criteria(own.period, by=coordinator)
        member = another.members[2]
        member.ended_on = dt.date(2025, 8, 31)
        answered = ask_secretariat(own, Question(InquiryKind.SCHEME, "例", "例"), by=coordinator)
        handle(answered, InquiryState.ANSWERED, "例", "", answered.due_on, by=coordinator)
        asked = hand_in_sheet(own.period, own.challenge.lg_code, SHEET, by=coordinator)
        ministry = world.users[Role.MINISTRY].ministry_code
        route_sheet(asked, [str(ministry)], asked.due_on, by=coordinator)
        final = begin_report(own, ReportKind.FINAL, by=coordinator)
        hand_in(final, by=coordinator)
        begin_draft("visit_pulse", by=coordinator)
        upload = stage_import(
            "codes", code_list(), "団体コード一覧.xlsx", period=own.period, by=coordinator
        )
    official = viewer_as(account_of(own.members[0].official))
    unanswered = made_case(own, CaseState.ASKED, official, coordinator)
    waiting = make_challenge(period=own.period)
    things: dict[str, dict[str, str]] = world.things  # type: ignore[assignment]
    things["activities"] |= {"planned": planned.public_id, "visit": visit.public_id}
    things["inquiries"]["good"] = answered.public_id
    # What the secretariat decides about first is another one than the municipality answers to.
    decided = things["case-articles"]["other"]
    things["cases"] |= {"visit": decided, "good": unanswered.public_id}
    things["consultations"]["good"] = asked.public_id
    things["team-reports"]["good"] = final.public_id
    things["imports"]["good"] = upload.public_id
    things["surveys"] |= {"good": "visit_pulse"}
    things["officials"]["good"] = free.public_id
    things["members"]["ended"] = member.public_id
    things["teams"]["ended"] = another.public_id
    things["challenges"]["good"] = waiting.public_id


def offers(
    app: Flask, world: World, wanted: Callable[[Form], bool], roles: tuple[Role, ...] = ROLES
) -> list[Offer]:
    """One of each kind of form for which `wanted` holds, in the order of pages."""
    found: dict[tuple[str, frozenset[str]], Offer] = {}
    for role in roles:
        browser = Browser(app).sign_in_as(world.users[role])
        for path in _pages(app, world, role):
            page = browser.send("GET", path)
            for form in page.forms if page.is_html and page.status == 200 else []:
                if form.method != "POST" or not wanted(form):
                    continue
                names, action = frozenset(form.names), urlsplit(form.action).path
                shape = _shape(form)
                fields = frozenset(plain(names))
                found.setdefault((shape, fields), Offer(shape, role, path, action, names))
    # What ends a thing comes after what changes it.
    return sorted(found.values(), key=lambda offer: offer.shape.endswith(("/cancel", "/discard")))


def _pages(app: Flask, world: World, role: Role) -> Iterator[str]:
    viewer = viewer_as(world.users[role], role)
    for wanted in requests_of(app, world, kinds=KINDS):  # type: ignore[arg-type]
        mark = mark_of(app, wanted.endpoint)
        if wanted.method != "GET" or wanted.endpoint.startswith(("signin.", "welcome.")):
            continue
        if mark == PUBLIC or (isinstance(mark, Permission) and viewer.may(mark)):
            yield wanted.path
            if wanted.path.startswith("/2025/"):
                yield wanted.path.replace("/2025/", "/2026/", 1)


def _shape(form: Form) -> str:
    return _ID.sub("/…", urlsplit(form.action).path).replace("/2026/", "/2025/")


def kinds_below(kind: type[Kind]) -> Iterator[type[Kind]]:
    """Every class of form that is one of this kind."""
    for below in kind.__subclasses__():
        yield below
        yield from kinds_below(below)


def asked_by(kind: type[Kind]) -> set[str]:
    """The fields a class of form asks for."""
    own = {
        name for name in dir(kind) if hasattr(getattr(kind, name), "field_class")
    }  # unbound fields
    return own


def is_text(control: Tag) -> bool:
    """True for a field that takes any words."""
    if control.has_attr("disabled") or not control.get("name"):
        return False
    is_line = control.name == "input" and control.get("type", "text") == "text"
    return control.name == "textarea" or (is_line and control.get("inputmode") is None)


def plain(names: set[str] | frozenset[str]) -> set[str]:
    """Names of controls as names of fields: a row of a list counts for the list."""
    return {name.partition("-")[0] for name in names}


def sent(form: Form, changes: dict[str, list[str]]) -> MultiDict[str, str]:
    """What the browser sends when these controls were changed and the first button is pressed."""
    fields = form.fields
    for name, values in changes.items():
        fields.setlist(name, values)
    named = [b for b in form.buttons if b.get("name")]
    if named and not any(not b.get("name") for b in form.buttons):
        fields.add(str(named[0]["name"]), str(named[0].get("value", "")))
    return fields


# What the fields of creating forms want to hear, by name; by type below.
WANTED = {
    "email": "new.account@town.example.lg.jp",
    "first_on": "2025-10-01",
    "last_on": "2025-12-20",
    "last_day": "2025-09-30",
    "first_day": "2025-09-15",
    "start_time": "10:00",
    "end_time": "11:00",
    "measured_on": "2025-08-01",
    "due_on": "2025-10-01",
    "until": "2026-06-01",
    "baseline_on": "2025-04-01",
    "target_on": "2026-03-31",
    "closes_on": "2025-12-01",
    "slots-0-day": "2025-09-24",
    "slots-0-time": "10:00",
    "slots-1-day": "2025-09-25",
    "slots-1-time": "10:00",
    "online_url": "https://kaigi.example.go.jp/1",
    "survey_id": "rei",
    "lg_code": "",
    "prefecture_code": "",
    "role": "official",
    "next_on": "",
    "next_start": "",
    "next_end": "",
    "is_led": "y",
    "measure": "industry",
    "people": "side_job",
}
# Where the same name means something else.
BY_SHAPE = {
    "/periods/new": {"name": "令和9年度"},
    "/2025/proposals/new": {"email": "suisen@ministry.example.go.jp"},
    "/officials/…/screening/conflicts": {"place": "長野県"},
    "/logs/…/meeting": {"held_on": "2025-08-28"},
    "/logs/…/visit": {"held_on": "2025-08-27", "end_on": ""},
}
# Boxes of which one has to be ticked.
TICKED = {"present"}
BY_TYPE = {"date": "2025-09-22", "time": "10:00", "number": "1", "email": "a@example.lg.jp"}


def filled(form: Form) -> dict[str, list[str]]:
    """Something a person could send: what is empty is filled, what stands there is left."""
    wanted = WANTED | BY_SHAPE.get(_shape(form), {})
    found: dict[str, list[str]] = {}
    now = form.fields
    for control in form.controls:
        name = str(control.get("name") or "")
        kind = str(control.get("type", "text"))
        if name in wanted:
            found[name] = [wanted[name]]
        elif not name or name in found or "-" in name or now.get(name):
            continue
        elif control.name == "select" or kind == "radio":
            found[name] = [value for value in form.choices(name) if value][:1]
        elif name in TICKED:
            found[name] = list(form.choices(name))[:1]
        elif kind in {"checkbox", "hidden", "file"}:
            continue
        elif control.get("inputmode") in {"numeric", "decimal"}:
            found[name] = ["1"]
        else:
            found[name] = [BY_TYPE.get(kind, "例の文")]
    return {name: values for name, values in found.items() if values}
