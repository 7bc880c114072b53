"""Ways of writing that open doors stand nowhere, and links lead nowhere but where they say."""

from __future__ import annotations

import ast
import itertools
import re
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from wtforms import RadioField, SelectField
from wtforms.validators import Optional

from companion.core.access import Role
from companion.core.forms import Form
from companion.people.queries import all_users
from tests.kit.pages import Browser
from tests.shape.crawl import fill, readings
from tests.shape.offers import asked_by as fields_of
from tests.shape.offers import kinds_below
from tests.shape.sources import PACKAGE, sources
from tests.shape.test_access import world  # noqa: F401 the fixture
from tests.shape.world import World

pytestmark = pytest.mark.sqlite_only
# Running text as a program, shells, formats that carry objects, and parameters from anywhere.
CALLS = {
    "eval", "exec", "compile", "os.system", "os.popen", "pickle.load", "pickle.loads",
    "marshal.loads", "shelve.open", "yaml.load", "Template", "render_template_string",
}  # fmt: skip
NAMES = {"request.values"}
SCRIPTS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|localStorage"
    r"|setTimeout\(['\"]|https?:"
)


def dotted(node: ast.AST) -> str:
    """The name that a call or attribute is written with."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def test_nothing_is_run_that_was_written_elsewhere() -> None:
    found = []
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call):
                name = dotted(node.func)
                shell = [k for k in node.keywords if k.arg == "shell"]
                if name in CALLS or shell:
                    found.append(f"{source.at(node)} {name}")
            elif isinstance(node, ast.Attribute) and dotted(node) in NAMES:
                found.append(f"{source.at(node)} {dotted(node)}")
    assert found == []


def test_a_choice_that_may_be_left_out_is_still_one_of_those_offered(app: Flask) -> None:
    """`Optional()` takes a space for nothing, and lets it pass although nobody offered it."""
    assert "surveys" in app.blueprints  # every form is known once the application is made
    fields = {
        f"{kind.__name__}.{name}": getattr(kind, name)
        for kind in kinds_below(Form)
        for name in fields_of(kind)
    }
    choices = {
        name: field.kwargs.get("validators") or next(iter(field.args[1:2]), ())
        for name, field in fields.items()
        if issubclass(field.field_class, SelectField | RadioField)
    }
    assert len(choices) > 20
    found = [
        name
        for name, rules in choices.items()
        for rule in rules
        if isinstance(rule, Optional) and not rule.string_check(" ")
    ]
    assert found == []


def test_scripts_write_text_only_and_load_nothing() -> None:
    found = [
        f"{path.name}:{number} {line.strip()}"
        for path in sorted((PACKAGE / "static").glob("*.js"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if SCRIPTS.search(line) and "w3.org" not in line
    ]
    assert found == []


def test_an_installation_begins_without_accounts(app: Flask) -> None:
    assert all_users() == []
    page = Browser(app).get("/signin").submit(None, email="admin@localhost", password="admin")
    assert page.status == 422


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.OFFICIAL, Role.MUNICIPALITY])
def test_links_lead_where_programs_lead_them(app: Flask, world: World, role: Role) -> None:  # noqa: F811
    """With an address that runs a script in every field of text, no link follows it."""
    fill(f"javascript:alert({number})//https://evil.example/" for number in itertools.count())
    browser, found, seen = Browser(app).sign_in_as(world.users[role]), set(), 0
    for path, answer in readings(app, world, browser):
        if answer.mimetype != "text/html":
            continue
        soup = BeautifulSoup(answer.get_data(), "html5lib")
        for tag in soup.select("[href], [src], [action], [formaction]"):
            for name in ("href", "src", "action", "formaction"):
                parts = urlsplit(str(tag.get(name) or ""))
                seen += 1
                is_ours = parts.scheme in {"", "mailto"} and not parts.netloc
                if not is_ours and (parts.scheme != "https" or "evil" in parts.netloc):
                    found.add(f"{path}: {tag.get(name)}")
    assert found == set()
    assert seen > 200
