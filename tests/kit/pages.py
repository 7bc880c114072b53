"""A person's browser for tests: it reads pages as a person does and fills the forms it finds.

Every HTML page it opens is held to the house rules (`tests.kit.house`), so that each page test
also checks headings, labels, ids and the absence of inline script and style.
"""

from __future__ import annotations

import contextvars
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask, has_app_context
from sqlalchemy import event
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from companion.core.db import db
from tests.kit import house
from tests.kit.makers import PASSWORD

Upload = tuple[str, bytes]
Uploads = list[tuple[str, Upload]]
BUTTONS = 'button, input[type="submit"]'


def words(tag: Tag | None) -> str:
    """What a person reads in a piece of the page, runs of white space as one space."""
    return " ".join(tag.get_text().split()) if tag is not None else ""


class Form:
    """A form on a page: where it goes, and the fields with the values they hold now."""

    def __init__(self, tag: Tag, page: Page) -> None:
        self.tag = tag
        self.page = page
        self.action = urljoin(page.url, str(tag.get("action") or page.url))
        self.method = str(tag.get("method") or "get").upper()
        everything = [*tag.select("input, select, textarea, button")]
        if tag.get("id"):
            everything += page.soup.select(f'[form="{tag["id"]}"]')
        self.controls = [c for c in everything if c.name != "button" and c.get("type") != "submit"]
        self.buttons = [c for c in everything if c.name == "button" or c.get("type") == "submit"]

    @property
    def names(self) -> set[str]:
        """Names of the fields that can be filled."""
        return {str(c["name"]) for c in self.controls if c.get("name") and not _is_off(c)}

    @property
    def fields(self) -> MultiDict[str, str]:
        """What would be sent if the form were submitted untouched."""
        sent: MultiDict[str, str] = MultiDict()
        for control in self.controls:
            name = control.get("name")
            if not name or _is_off(control):
                continue
            for value in _values(control):
                sent.add(str(name), value)
        return sent

    def choices(self, name: str) -> dict[str, str]:
        """What can be chosen in a select, radio or checkbox field: value -> label."""
        found: dict[str, str] = {}
        for control in self.controls:
            if control.get("name") != name:
                continue
            if control.name == "select":
                for option in control.select("option"):
                    found[str(option.get("value", option.get_text()))] = words(option)
            elif control.get("type") in {"radio", "checkbox"}:
                found[str(control.get("value", "on"))] = self.page.label_of(control)
        return found

    def button(self, text: str) -> Tag | None:
        """The button with that text."""
        for button in self.buttons:
            shown = words(button) if button.name == "button" else str(button.get("value", ""))
            if shown == text or button.get("aria-label") == text:
                return button
        return None

    def fill(
        self, values: Mapping[str, Any]
    ) -> tuple[MultiDict[str, str], list[tuple[str, Upload]]]:
        """The fields with `values` put in; only what a person could put in is accepted.

        A string (or number) fills a text, select or radio field, a list several checkboxes,
        True or False one checkbox, a pair (file name, bytes) or a list of them a file field.
        """
        sent, files = self.fields, []
        missing = set(values) - self.names
        assert not missing, f"no field {sorted(missing)} in the form; it has {sorted(self.names)}"
        for name, value in values.items():
            choices = self.choices(name)
            sent.poplist(name)
            if isinstance(value, tuple):
                files.append((name, value))
            elif isinstance(value, list) and value and isinstance(value[0], tuple):
                files += [(name, one) for one in value]
            elif isinstance(value, bool):
                if value:
                    sent.setlist(name, list(choices))
            else:
                given = [str(v) for v in value] if isinstance(value, list) else [str(value)]
                strange = [v for v in given if choices and v not in choices]
                assert not strange, f"{name} cannot be {strange}; choices: {choices}"
                sent.setlist(name, given)
        return sent, files


def _is_off(control: Tag) -> bool:
    if control.has_attr("disabled"):
        return True
    return any(parent.has_attr("disabled") for parent in control.find_parents("fieldset"))


def _values(control: Tag) -> list[str]:
    if control.name == "textarea":
        text = control.get_text()
        return [text.removeprefix("\n")]
    if control.name == "select":
        options = control.select("option")
        chosen = [o for o in options if o.has_attr("selected")]
        if not chosen and options and not control.has_attr("multiple"):
            chosen = options[:1]
        return [str(o.get("value", o.get_text())) for o in chosen]
    kind = control.get("type", "text")
    if kind in {"checkbox", "radio"}:
        return [str(control.get("value", "on"))] if control.has_attr("checked") else []
    if kind in {"file", "button", "reset", "image"}:
        return []
    return [str(control.get("value", ""))]


@dataclass
class Link:
    """A link as a person sees it."""

    text: str
    href: str


class Page:
    """What came back, read as a person reads it."""

    def __init__(self, browser: Browser, response: TestResponse) -> None:
        self.browser = browser
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.data: bytes = response.get_data()
        request = response.request
        self.path = request.path
        self.url = request.path + (
            f"?{request.query_string.decode()}" if request.query_string else ""
        )
        self.is_html = response.mimetype == "text/html"
        self.soup = BeautifulSoup(self.data if self.is_html else b"", "html5lib")
        if self.is_html:
            house.check(self.soup, dict(response.headers), where=f"{self.status} {self.url}")

    def __repr__(self) -> str:
        return f"<Page {self.status} {self.url} {self.heading!r} {self.errors}>"

    @property
    def title(self) -> str:
        """The title of the window."""
        return words(self.soup.title)

    @property
    def heading(self) -> str:
        """The one main heading."""
        return words(self.soup.h1)

    @property
    def main(self) -> Tag:
        """The part of the page that is its own, without the frame around it."""
        found = self.soup.main or self.soup.body
        assert found is not None
        return found

    @property
    def links(self) -> dict[str, str]:
        """Link text -> address, of the whole page; the first of equal texts wins."""
        found: dict[str, str] = {}
        for link in self.soup.select("a[href]"):
            found.setdefault(words(link), str(link["href"]))
        return found

    @property
    def menu(self) -> dict[str, list[str]]:
        """The entries of the menu by the label of their group, in order."""
        return {
            " ".join(words(label) for label in group.select("p")): [
                words(link) for link in group.select("a")
            ]
            for group in self.soup.select(".site-nav__groups > div")
        }

    @property
    def tables(self) -> dict[str, list[dict[str, str]]]:
        """Every table by its caption: rows as dicts, column heading -> text."""
        found: dict[str, list[dict[str, str]]] = {}
        for number, table in enumerate(self.soup.select("table"), start=1):
            caption = words(table.caption) or f"#{number}"
            found[caption] = _rows(table)
        return found

    def table(self, caption: str | None = None) -> list[dict[str, str]]:
        """The rows of the table whose caption begins so; without a caption, of the only table."""
        tables = self.tables
        if caption is None:
            assert len(tables) == 1, f"{self} has the tables {list(tables)}"
            return next(iter(tables.values()))
        for name, rows in tables.items():
            if name.startswith(caption):
                return rows
        raise AssertionError(f"{self} has no table {caption!r}, only {list(tables)}")

    @property
    def facts(self) -> dict[str, str]:
        """Every term of the description lists with its text."""
        found: dict[str, str] = {}
        for term in self.soup.select("dl dt"):
            definition = term.find_next_sibling("dd")
            found.setdefault(words(term), words(definition))
        return found

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary, in order."""
        return [words(item) for item in self.soup.select(house.ERRORS)]

    @property
    def notices(self) -> list[str]:
        """The notices shown on top (what has just been done, warnings, information)."""
        return [words(item) for item in self.soup.select(house.NOTICES)]

    def text(self, selector: str = "main") -> str:
        """What a person reads in the first piece that matches."""
        found = self.soup.select_one(selector)
        assert found is not None, f"{self} has nothing like {selector!r}"
        return words(found)

    def texts(self, selector: str) -> list[str]:
        """What a person reads in every piece that matches."""
        return [words(tag) for tag in self.soup.select(selector)]

    def has(self, selector: str) -> bool:
        """True when some piece of the page matches."""
        return self.soup.select_one(selector) is not None

    def label_of(self, control: Tag) -> str:
        """The label of a field."""
        if control.get("id"):
            label = self.soup.select_one(f'label[for="{control["id"]}"]')
            if label:
                return words(label)
        return words(control.find_parent("label"))

    @property
    def forms(self) -> list[Form]:
        """The forms of the page's own part."""
        return [Form(tag, self) for tag in self.main.select("form")]

    @property
    def buttons(self) -> list[str]:
        """What can be pressed in the page's own part."""
        return [words(tag) or str(tag.get("value", "")) for tag in self.main.select(BUTTONS)]

    def form(self, button: str | None = None, names: set[str] | None = None) -> Form:
        """The form with that button; without one, the first that has all these fields."""
        forms = [Form(tag, self) for tag in self.soup.select("form")] if button else self.forms
        for form in forms:
            if button is not None and form.button(button) is None:
                continue
            if names and not names <= form.names:
                continue
            return form
        raise AssertionError(
            f"{self} has no form with button {button!r} and fields {sorted(names or ())}; it has "
            + "; ".join(f"{sorted(f.names)} {[words(b) for b in f.buttons]}" for f in self.forms)
        )

    @property
    def fields(self) -> MultiDict[str, str]:
        """The fields of the first form with their present values."""
        return self.form().fields

    def submit(
        self,
        button: str | None = None,
        values: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Page:
        """Fill the form (see `Form.fill`), press the button, and read the page it leads to."""
        given = {**(values or {}), **more}
        form = self.form(button, set(given))
        sent, files = form.fill(given)
        action, method = form.action, form.method
        pressed = form.button(button) if button else (form.buttons[0] if form.buttons else None)
        if pressed is not None:
            if pressed.get("name"):
                sent.add(str(pressed["name"]), str(pressed.get("value", "")))
            if pressed.get("formaction"):
                action = urljoin(self.url, str(pressed["formaction"]))
            if pressed.get("formmethod"):
                method = str(pressed["formmethod"]).upper()
        if method == "GET":
            return self.browser.get(urlsplit(action).path, query=sent)
        data: MultiDict[str, Any] = MultiDict(sent)
        for name, (filename, content) in files:
            data.add(name, (io.BytesIO(content), filename))
        return self.browser.send("POST", action, data=data)

    def follow(self, text: str) -> Page:
        """Open the link with that text."""
        assert text in self.links, f"{self} has no link {text!r}, only {list(self.links)}"
        return self.browser.get(urljoin(self.url, self.links[text]))


def _rows(table: Tag) -> list[dict[str, str]]:
    head = table.select("thead tr")
    heading = head[-1] if head else table.find("tr")
    if not isinstance(heading, Tag):
        return []
    names = [words(cell) for cell in heading.select("th, td")]
    body = [row for row in table.select("tr") if row is not heading and row not in head]
    rows = []
    for row in body:
        cells = row.select("th, td")
        rows.append(
            {
                (names[index] if index < len(names) else f"#{index + 1}"): words(cell)
                for index, cell in enumerate(cells)
            }
        )
    return rows


class Browser:
    """One person's browser: keeps cookies, follows redirects, fills in what pages ask for."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self._token: str | None = None

    def send(self, method: str, path: str, **arguments: Any) -> Page:
        """One request in a context of its own, as a server would handle it.

        The test's own session is committed first: pages see what the test has made, and the test
        sees afterwards what pages have saved.
        """
        response = self.raw(method, path, follow_redirects=True, **arguments)
        page = Page(self, response)
        field = page.soup.select_one('input[name="csrf_token"]')
        if field is not None:
            self._token = str(field["value"])
        return page

    def raw(self, method: str, path: str, **arguments: Any) -> TestResponse:
        """The bare response, unread and unchecked."""
        if has_app_context():
            db.session.commit()
        # An empty context: the request must not find the test's own application context, which
        # would lend it its `g` and its session.
        answer: TestResponse = contextvars.Context().run(
            lambda: self.client.open(path, method=method, **arguments)
        )
        for step in (*answer.history, answer):
            step.request.environ["wsgi.input"].close()  # a large upload stands in a file
        return answer

    def get(self, path: str, query: Any = None) -> Page:
        """Open an address."""
        return self.send("GET", path, query_string=query)

    def post(self, path: str, values: Mapping[str, Any] | None = None, **more: Any) -> Page:
        """Post to an address with the token of the last page that had one.

        For what no form on the page offers; to fill a form a person sees use `Page.submit`.
        """
        data: dict[str, Any] = {"csrf_token": self._token} if self._token else {}
        data.update(values or {}, **more)
        for name, value in data.items():
            if isinstance(value, tuple):
                data[name] = (io.BytesIO(value[1]), value[0])
        return self.send("POST", path, data=data)

    def sign_in(self, email: str, password: str = PASSWORD) -> Page:
        """Sign in through the sign-in page."""
        return self.get("/signin").submit(None, email=email, password=password)

    def sign_in_as(self, user: Any) -> Browser:
        """Sign in as an account of `make_user`; gives this browser back."""
        page = self.sign_in(user.email)
        assert not page.path.startswith("/signin"), f"sign-in of {user.email} failed: {page}"
        return self


@contextmanager
def count_queries() -> Iterator[list[str]]:
    """The statements sent inside the block, transactions and the line of the reading aside."""
    sent: list[str] = []

    def note(
        _connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
    ) -> None:
        if "audit_lines" in statement or "pg_advisory" in statement:
            return
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
