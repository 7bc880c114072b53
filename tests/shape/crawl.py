"""Everything an identity can read of the world: each page, file and export, as one text."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, Column, String, Table, select, update

from companion.core.access import Role, mark_of
from companion.core.db import Base, Word, db
from tests.kit.pages import Browser
from tests.shape.world import Requests, World, requests_of

# Text that is no text of people: keys, codes, hashes, words of the program. Their names say so.
TECHNICAL = re.compile(
    r"(^|_)(id|code|hash|key|sha256|digest|uniquifier|password|voter|version|about|token|state|status|via|kind|pack"
    r"|media_type|location|request_id|address|secret|email|recipient|page|url|counter)$|^fs_|^tf_"
)
TABLES_OF_THE_PROGRAM = {
    "alembic_version", "audit_lines", "ministries", "pillars", "policy_fields", "roles",
    "municipalities", "periods", "survey_versions", "used_form_keys", "sessions", "sign_ins",
}  # fmt: skip
# The name that a definition gives to a question, not its words; the key of what is to be approved;
# the code of who is asked.
NAMES_OF_THINGS = {
    *("free_texts.question", "text_tags.question", "approvals.subject", "survey_rounds.audience"),
}


def text_columns() -> list[tuple[Table, Column[Any]]]:
    """Every column that holds words somebody typed, found from the models."""
    found = []
    for table in Base.metadata.sorted_tables:
        if table.name in TABLES_OF_THE_PROGRAM:
            continue
        for column in table.columns:
            is_words = isinstance(column.type, String) and not isinstance(column.type, Word | JSON)
            is_key = column.primary_key or column.unique or bool(column.foreign_keys)
            is_name = bool(TECHNICAL.search(column.name)) or str(column) in NAMES_OF_THINGS
            if is_words and not is_key and not is_name:
                found.append((table, column))
    return found


def json_columns() -> list[tuple[Table, Column[Any]]]:
    """Every column that holds something built of parts, found from the models."""
    return [
        (table, column)
        for table in Base.metadata.sorted_tables
        if table.name not in TABLES_OF_THE_PROGRAM
        for column in table.columns
        if isinstance(column.type, JSON)
    ]


def _with_marks(part: Any, values: Iterator[str], used: list[str]) -> Any:
    """The same with the next value in place of all words: of every text that is not ASCII, which
    keys, codes and words of the program are."""
    if isinstance(part, dict):
        return {key: _with_marks(inner, values, used) for key, inner in part.items()}
    if isinstance(part, list):
        return [_with_marks(inner, values, used) for inner in part]
    if isinstance(part, str) and not part.isascii():
        used.append(next(values))
        return used[-1]
    return part


def fill(values: Iterator[str]) -> dict[str, tuple[str, tuple[Any, ...]]]:
    """Put the next value into every such column of every row.

    Returns value -> ("table.column", primary key of the row).
    """
    placed: dict[str, tuple[str, tuple[Any, ...]]] = {}
    db.session.rollback()
    with db.engine.begin() as connection:
        for table, column in text_columns():
            keys = list(table.primary_key.columns)
            for row in connection.execute(select(*keys, column).order_by(*keys)).all():
                value = next(values)
                key = tuple(row[:-1])
                mine = [k == part for k, part in zip(keys, key, strict=True)]
                connection.execute(update(table).where(*mine).values({column.name: value}))
                placed[value] = (f"{table.name}.{column.name}", key)
        for table, column in json_columns():
            keys = list(table.primary_key.columns)
            for row in connection.execute(select(*keys, column).order_by(*keys)).all():
                used: list[str] = []
                marked, key = _with_marks(row[-1], values, used), tuple(row[:-1])
                mine = [k == part for k, part in zip(keys, key, strict=True)]
                if used:
                    change = update(table).where(*mine).values({column.name: marked})
                    connection.execute(change)
                for value in used:
                    placed[value] = (f"{table.name}.{column.name}", key)
    return placed


def readings(
    app: Flask, world: World, browser: Browser, kinds: Requests = ("own", "other", "hidden")
) -> Iterator[tuple[str, Any]]:
    """Every answer this browser gets from pages to read and from exports."""
    for wanted in requests_of(app, world, kinds=kinds):
        mark = mark_of(app, wanted.endpoint)
        is_export = wanted.method == "POST" and str(mark).endswith(":export")
        if wanted.method != "GET" and not is_export:
            continue
        if wanted.thing in {"tokens", "feeds"}:
            continue  # a secret in the address: whoever has it is the person, whoever signs in
        answer = browser.raw(wanted.method, wanted.path)
        assert answer.status_code < 500, f"{wanted.path} fails: what it shows is not looked at"
        if answer.status_code == 200:
            yield wanted.path, answer


def text_of(answer: Any) -> str:
    """What can be read in an answer; a package (workbook, zip) is opened."""
    data: bytes = answer.get_data()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join(
                archive.read(name).decode("utf-8", "replace") for name in archive.namelist()
            )
    return data.decode("utf-8", "replace")


Address = tuple[Role, str, str]  # who asks, how, for what


def asked_by(
    app: Flask, world: World, browsers: dict[Role, Browser]
) -> Iterator[tuple[Address, Any]]:
    """Every answer these browsers get, with its address."""
    for role, browser in browsers.items():
        for path, answer in readings(app, world, browser):
            yield (role, answer.request.method, path), answer


def numbered(payloads: list[str], offset: int) -> Iterator[str]:
    """Every payload in turn with a number behind it, so that no two values are equal."""
    for number in itertools.count():
        yield f"{payloads[(number + offset) % len(payloads)]} {number}"


def turns(request: pytest.FixtureRequest, number: int, payloads: list[str]) -> range:
    """One offset; with `--long` half of all, so that every column takes every payload."""
    if request.config.getoption("--long"):
        return range(number * len(payloads) // 2, (number + 1) * len(payloads) // 2)
    return range(number * 3, number * 3 + 1)
