"""Every creating form sent twice at the same moment: what is made is made once.

Before every try the tables are put back to what they were, so that forms that can succeed only
once (opening a survey, announcing the teams) are tried as often as the others.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text

from companion.core.access import Role
from companion.core.audit import AuditLine
from companion.core.db import db
from companion.core.forms import CreatingForm
from companion.surveys.shelf import load_definitions
from companion.surveys.xlsformwriting import xlsform_book
from tests.kit.pages import Browser, Form
from tests.kit.workbooks import code_list
from tests.shape.offers import (
    Offer,
    asked_by,
    enrich,
    filled,
    is_text,
    kinds_below,
    offers,
    plain,
    sent,
)
from tests.shape.world import World

Fields = list[tuple[str, str]]
# Forms of this class can be met without being filled: a press of the button that looks first, a
# box that is shown when an answer stands already or above twenty letters.
SELDOM = {"version", "look", "confirmed", "note", "is_certain", "typed_count"}
# What the button of a second sending carries, by address.
PRESSED = {"/2025/surveys/visit_pulse/short": {"is_certain": ["y"]}}


@dataclass
class Outcome:
    """What the double submits of one form led to."""

    made: dict[str, int] = field(default_factory=dict)  # by a single submit: table or act -> count
    tries: int = 0
    faults: Counter[str] = field(default_factory=Counter)  # what a double submit did otherwise


def creating(app: Flask, world: World) -> tuple[list[Offer], list[str]]:
    """One of each creating form, and the classes of creating forms that were met nowhere."""
    enrich(world)
    _answer(app, world)
    found = offers(
        app, world, lambda form: "form_key" in form.names and "version" not in form.names
    )
    asked = [plain(offer.names) for offer in found]
    unseen = [
        kind.__name__
        for kind in kinds_below(CreatingForm)
        if not any(asked_by(kind) - SELDOM <= names for names in asked)
    ]
    return found, unseen


def _answer(app: Flask, world: World) -> None:
    """The municipality has answered everything and only has to hand it in."""
    browser = Browser(app).sign_in_as(world.users[Role.MUNICIPALITY])
    page = browser.get(f"/answer/{world.things['answer']['other']}")
    page = browser.get(f"{page.path.rstrip('/')}/1")
    for _ in range(9):
        if page.path.endswith("/check"):
            return
        form = next(form for form in page.forms if "seen" in form.names)
        page = browser.send("POST", form.action, data=sent(form, filled(form)))


def fields_of(app: Flask, world: World, offer: Offer) -> Fields:
    """The form as a person would send it."""
    form = offer.opened(Browser(app).sign_in_as(world.users[offer.role]))
    return _filled_fields(form, offer)


def _filled_fields(form: Form, offer: Offer) -> Fields:
    fields = sent(form, filled(form) | PRESSED.get(offer.action, {}))
    files = [str(c["name"]) for c in form.controls if c.get("type") == "file"]
    return [*fields.items(multi=True), *((name, "") for name in files)]  # files: in `_data`


def double(
    app: Flask, world: World, offer: Offer, *, times: int, pair: Pair, snapshot: Snapshot
) -> Outcome:
    """Send the form once, then `times` times twice at the same moment, each from the beginning."""
    outcome, fields = Outcome(), fields_of(app, world, offer)
    browser = Browser(app).sign_in_as(world.users[offer.role])
    snapshot.keep()
    before = counts()
    answer = _post(browser, offer, fields)
    outcome.made = _difference(before, counts())
    if answer[0] not in {200, 303} or not outcome.made:
        outcome.faults[f"refused: {answer[0]}"] += 1
        return outcome
    for _ in range(times):
        snapshot.put_back()
        answers = pair.post(offer, fields)
        made = _difference(before, counts())
        outcome.tries += 1
        if made != outcome.made:
            outcome.faults[f"made {made} instead of {outcome.made}"] += 1
        if not {status for status, _ in answers} <= {answer[0], 303}:
            outcome.faults[f"answered {[status for status, _ in answers]}"] += 1
    snapshot.put_back()
    return outcome


def otherwise(app: Flask, world: World, offer: Offer, snapshot: Snapshot) -> str:
    """What is wrong when a form that was carried out is sent again, as it was and with other words.

    Empty when the first leads to the first result, and the second to a page that shows what was
    typed and can send it as something new.
    """
    browser = Browser(app).sign_in_as(world.users[offer.role])
    form = offer.opened(browser)
    fields = _filled_fields(form, offer)
    words = {str(c["name"]) for c in form.controls if is_text(c)} & {name for name, _ in fields}
    has_file = any(c.get("type") == "file" for c in form.controls)
    first, again = _post(browser, offer, fields), _post(browser, offer, fields)
    if again[0] != 303:
        snapshot.put_back()
        return f"the same again: {again} after {first}"
    if all(c.get("type") == "hidden" for c in form.controls):  # a button alone always says the same
        snapshot.put_back()
        return ""
    changed = [(name, value + "別の文" if name in words else value) for name, value in fields]
    if not words:
        changed.append(("another", "1"))
    page = browser.send("POST", offer.action, data=_data(offer, changed))
    lost = [value for name, value in changed if name in words and value not in str(page.soup)]
    fault = f"other words: {page} lost {lost}" if page.status != 409 or lost else ""
    if not fault:
        new = page.submit("今回の内容を、新しく送信する")
        fault = "" if new.status in {200, 409, 422} and "すでに" not in new.heading else f"{new}"
    if not fault and has_file:
        page = browser.send("POST", offer.action, data=_data(offer, fields, end=b" "))
        fault = f"another file: {page}" if page.status != 409 else ""
    snapshot.put_back()
    return fault


def _post(browser: Browser, offer: Offer, fields: Fields) -> tuple[int, str]:
    answer = browser.raw("POST", offer.action, data=_data(offer, fields))
    return answer.status_code, answer.headers.get("Location", "")


def _data(offer: Offer, fields: Fields, end: bytes = b"") -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    for name in {"files", "file"} & set(data):
        data[name] = (io.BytesIO(_file_for(offer) + end), "回答票.xlsx")
    return data


@cache
def _file_for(offer: Offer) -> bytes:
    """A workbook that the page takes; elsewhere one that is kept to be told what is wrong."""
    if offer.action.endswith("/surveys/import"):
        return xlsform_book(load_definitions()["municipality_eval"])
    return code_list()


def counts() -> dict[str, int]:
    """Rows of every table, and acts in the trail by name."""
    db.session.rollback()
    tables = [table for table in db.metadata.sorted_tables if table is not AuditLine.__table__]
    with db.engine.connect() as connection:
        query = select(*(select(func.count()).select_from(t).scalar_subquery() for t in tables))
        found = dict(zip((t.name for t in tables), connection.execute(query).one(), strict=True))
        acts = select(AuditLine.action, func.count()).group_by(AuditLine.action)
        return found | {
            f"act {action}": number
            for action, number in connection.execute(acts)
            if not action.startswith(("request.", "page."))
        }


def _difference(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: n - before.get(name, 0) for name, n in after.items() if n != before.get(name, 0)}


class Pair:
    """Two processes that send the same form at the same moment, each with its own connections."""

    def __init__(self, app: Flask, world: World) -> None:
        browsers = {offer: Browser(app).sign_in_as(user) for offer, user in world.users.items()}
        db.session.rollback()
        db.engine.dispose()
        self.ends = [self._start(browsers) for _ in range(2)]

    def _start(self, browsers: dict[Role, Browser]) -> tuple[Any, Any, int]:
        asked, ask = os.pipe()
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(ask)
                with os.fdopen(asked) as orders, os.fdopen(tell, "w") as answers:
                    for line in orders:
                        offer, fields = json.loads(line)
                        found = Offer(offer[0], Role(offer[1]), *offer[2:], frozenset())
                        data = _data(found, fields)
                        answer = browsers[found.role].raw("POST", found.action, data=data)
                        leads, page = answer.headers.get("Location", ""), answer.get_data(True)
                        answers.write(json.dumps([answer.status_code, leads, page]) + "\n")
                        answers.flush()
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)
        os.close(asked)
        os.close(tell)
        return os.fdopen(ask, "w"), os.fdopen(told), child

    def post(self, offer: Offer, fields: Fields) -> list[tuple[int, str]]:
        """Both send it; their answers (status, location)."""
        return [(status, leads) for status, leads, _ in self.fight(offer, fields, fields)]

    def fight(self, offer: Offer, one: Fields, other: Fields) -> list[tuple[int, str, str]]:
        """Each sends its own; their answers (status, location, page)."""
        named = [offer.shape, offer.role.value, offer.page, offer.action]
        for (ask, _, _), fields in zip(self.ends, (one, other), strict=True):
            ask.write(json.dumps([named, fields]) + "\n")
        for ask, _, _ in self.ends:
            ask.flush()
        died = '[0, "died", ""]'
        return [tuple(json.loads(told.readline() or died)) for _, told, _ in self.ends]

    def close(self) -> None:
        """End both."""
        for ask, told, child in self.ends:
            ask.close()
            told.close()
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


class Snapshot:
    """All tables as they were, put back in a moment."""

    def __init__(self) -> None:
        self.is_sqlite = db.engine.dialect.name == "sqlite"
        self.copy = sqlite3.connect(":memory:") if self.is_sqlite else None
        self.tables = [table.name for table in db.metadata.sorted_tables]

    def keep(self) -> None:
        """Remember how it is now."""
        db.session.rollback()
        if self.copy is not None:
            with closing(sqlite3.connect(str(db.engine.url.database))) as now:
                now.backup(self.copy)
            return
        made = "; ".join(f"CREATE TABLE kept.{t} AS TABLE public.{t}" for t in self.tables)
        with db.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA IF EXISTS kept CASCADE"))
            connection.execute(text("CREATE SCHEMA kept"))
            connection.exec_driver_sql(made)

    def put_back(self) -> None:
        """Make it so again; what counts rows on its own (sequences) may stay where it is."""
        db.session.rollback()
        if self.copy is not None:
            with closing(sqlite3.connect(str(db.engine.url.database), timeout=30)) as now:
                self.copy.backup(now)
            return
        back = "; ".join(f"INSERT INTO {t} SELECT * FROM kept.{t}" for t in self.tables)  # noqa: S608
        with db.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.exec_driver_sql(f"TRUNCATE {', '.join(self.tables)}")
            connection.exec_driver_sql(back)

    def close(self) -> None:
        """Forget it."""
        if self.copy is not None:
            self.copy.close()
            return
        with db.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA IF EXISTS kept CASCADE"))


@contextmanager
def at_once(app: Flask, world: World) -> Iterator[tuple[Pair, Snapshot]]:
    """What double submits need."""
    pair, snapshot = Pair(app, world), Snapshot()
    try:
        yield pair, snapshot
    finally:
        pair.close()
        snapshot.close()
