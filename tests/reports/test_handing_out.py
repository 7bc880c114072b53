"""`companion export`: many contacts leave by two coordinators only, as on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from companion.approvals.models import Approval
from companion.commands import cli
from companion.core.access import Role
from companion.core.db import db
from companion.reports.models import ReportExport
from tests.kit.makers import make_team, make_user


@pytest.fixture
def many(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """More persons than one coordinator may take along: here a team and its municipality."""
    make_team()
    monkeypatch.setitem(app.config, "CONTACTS_EXPORTED_PER_HOUR", 1)
    return app


def run(app: Flask, folder: Path, *words: str) -> tuple[int, str]:
    out = folder / "連絡先.xlsx"
    arguments = ["export", "contacts", "--period", "2025", "--out", str(out), *words]
    done = app.test_cli_runner().invoke(cli, arguments)
    return done.exit_code, done.output


def test_one_alone_takes_nothing_along(many: Flask, folder: Path) -> None:
    one, two = make_user(Role.COORDINATOR), make_user(Role.COORDINATOR)
    for words in (
        (),
        ("--approved-by", one.email),
        ("--approved-by", one.email, "--approved-by", one.email, "--reason", "例"),
        ("--approved-by", one.email, "--approved-by", two.email),  # without a reason
    ):
        code, said = run(many, folder, *words)
        assert code != 0, words
        assert "二人のコーディネーター" in said or "理由" in said
    assert not (folder / "連絡先.xlsx").exists()
    assert db.session.scalars(select(ReportExport)).all() == []


def test_two_with_a_reason_do(many: Flask, folder: Path) -> None:
    one, two = make_user(Role.COORDINATOR), make_user(Role.COORDINATOR)
    words = ("--approved-by", one.email, "--approved-by", two.email, "--reason", "災害時の連絡")
    code, said = run(many, folder, *words)
    assert (code, (folder / "連絡先.xlsx").read_bytes()[:2]) == (0, b"PK"), said
    approval = db.session.scalars(select(Approval)).one()
    assert (approval.asked_by_id, approval.decided_by_id) == (one.id, two.id)
    assert approval.reason == "災害時の連絡"
    assert db.session.scalars(select(ReportExport.rows)).one() > 1
