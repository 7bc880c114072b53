"""How many persons' direct contacts (mail, telephone) reach one account within an hour.

What was handed out is counted from the audit trail: a line tells in `contacts` whose contacts a
page or file showed (public ids of applications), or in `people` how many a file held, under its
`sha256`. Coordinators write to everybody and are bounded in what they take along; everybody else
also in what is shown on screen. What a second person approved (`approved`) is not counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask, current_app, flash, g
from sqlalchemy import or_, select
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from companion.core import audit, clock
from companion.core.access import Role, Viewer
from companion.core.audit import AuditLine
from companion.core.db import db, saved

WINDOW = dt.timedelta(hours=1)


def most_shown() -> int:
    """How many persons' contacts others than coordinators get in an hour."""
    return int(current_app.config["CONTACTS_SHOWN_PER_HOUR"])


def most_exported() -> int:
    """How many persons' contacts anybody takes along in an hour without a second person."""
    return int(current_app.config["CONTACTS_EXPORTED_PER_HOUR"])


def _handed_out(viewer: Viewer) -> Iterator[dict[str, Any]]:
    detail = AuditLine.detail
    counted = or_(
        detail["contacts"].as_string().is_not(None), detail["people"].as_string().is_not(None)
    )
    found = db.session.scalars(
        select(detail).where(
            AuditLine.user_id == viewer.user_id, AuditLine.at > clock.now() - WINDOW, counted
        )
    )
    return (one for one in found if "approved" not in one)


def shown_to(viewer: Viewer) -> set[str]:
    """Whose contacts this account was shown or took along within the hour."""
    return {person for one in _handed_out(viewer) for person in one.get("contacts", ())}


def files_of(viewer: Viewer) -> dict[str, int]:
    """The files with contacts this account took along within the hour: hash -> how many persons."""
    return {one["sha256"]: one["people"] for one in _handed_out(viewer) if "sha256" in one}


def is_too_much(files: dict[str, int], viewer: Viewer) -> bool:
    """True when these files (hash -> how many persons) need a second person in this hour.

    Others than coordinators take along no more than they are shown.
    """
    if not any(files.values()):
        return False
    most = most_exported() if viewer.role is Role.COORDINATOR else most_shown()
    return sum((files_of(viewer) | files).values()) > most


def is_within(people: Iterable[str], viewer: Viewer) -> bool:
    """True when these persons' contacts may reach the viewer in this hour."""
    if viewer.role is Role.COORDINATOR:
        return True
    wanted = set(people)
    return not wanted or len(shown_to(viewer) | wanted) <= most_shown()


def may_show(people: Iterable[str], viewer: Viewer) -> bool:
    """Decide whether a page shows these persons' contacts, and have the trail tell so.

    Where the hour's number is used up, the page says so and what to do.
    """
    wanted = set(people)
    if not wanted or viewer.role is Role.COORDINATOR:
        return True
    if not is_within(wanted, viewer):
        flash(
            f"連絡先は、1時間に{most_shown()}人分まで表示できます。今は表示していません。"
            "1時間ほど待ってから開き直すか、お急ぎのときはコーディネーターに連絡してください。",
            "warning",
        )
        return False
    g.contacts = (viewer, wanted)
    return True


def _note(response: Response) -> Response:
    """Leave the line before the page leaves: of two pages at once, the second counts both."""
    if "contacts" not in g or response.status_code != 200:
        return response
    viewer, wanted = g.pop("contacts")
    g.is_writing = True
    db.session.rollback()
    with saved():
        audit.take_turn()
        is_free = is_within(wanted, viewer)
        if is_free:
            target, detail = audit.what_was_read()
            audit.record("page.read", target, by=viewer, contacts=sorted(wanted), **detail)
    if is_free:
        return response
    return current_app.make_response(current_app.handle_user_exception(TooManyRequests()))


def init_app(app: Flask) -> None:
    """Look at every page that showed contacts, before the trail looks whether a line is missing."""
    app.after_request(_note)
