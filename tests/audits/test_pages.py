"""The audit trail as the auditor sees it."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from companion.audits.jobs import anchor_file, keep_anchor, send_monthly_letters, write_anchor
from companion.audits.terms import detail_in_words, label_of
from companion.commands import cli
from companion.core import audit
from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.mail import Letter
from tests.kit.makers import make_team, make_user
from tests.kit.pages import Browser
from tests.shape.sources import sources


@pytest.fixture(autouse=True)
def _own_backups(app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", str(folder))


@pytest.fixture
def auditor(app: Flask) -> Browser:
    return Browser(app).sign_in_as(make_user(Role.AUDITOR))


def test_lines_are_found_by_person_thing_action_and_day(app: Flask, auditor: Browser) -> None:
    with saved():
        for number in range(3):
            audit.record("team.announce", f"thing{number}", by=None, count=number)
    rows = auditor.get("/audit", {"thing": "thing1"}).table("監査記録")
    assert [(r["何をしたか"], r["何に"], r["内容"]) for r in rows] == [
        ("チームの公表", "thing1", "件数：1")
    ]
    assert len(auditor.get("/audit", {"action": "team.announce"}).table("監査記録")) == 3
    assert len(auditor.get("/audit", {"person": "SYSTEM"}).table("監査記録")) >= 3
    assert "あてはまる記録はありません" in auditor.get("/audit", {"first": "2025-09-03"}).text()
    assert auditor.get("/audit", {"first": "2025-09-02", "last": "2025-09-02"}).tables


def test_reading_a_team_leaves_a_line_with_what_was_read(app: Flask, auditor: Browser) -> None:
    team = make_team()
    auditor.get(f"/teams/{team.public_id}")
    line = list(audit.all_lines())[-1]
    assert (line["action"], line["target"]) == ("page.read", team.public_id)
    assert line["detail"]["page"] == "teams.team"
    assert line["detail"]["rows"]["officials"] == 3


def test_the_exports_can_be_read_and_the_json_verified_offline(
    app: Flask, auditor: Browser, folder: Path
) -> None:
    with saved():
        audit.record("team.announce", "=1+1", by=None)
    write_anchor(folder)
    for kind in ("xlsx", "csv"):
        page = auditor.get(f"/audit/export/{kind}")
        assert page.status == 200
    assert "'=1+1" in page.data.decode("utf-8-sig")
    exported = folder / "trail.jsonl"
    exported.write_bytes(auditor.get("/audit/export/json").data)
    arguments = ["audit", "verify", "--json", "--export", str(exported)]
    done = app.test_cli_runner().invoke(cli, [*arguments, "--anchor", str(anchor_file(folder))])
    assert json.loads(done.output)["holds"], done.output
    exported.write_text(exported.read_text().replace("=1+1", "=1+2"))
    done = app.test_cli_runner().invoke(cli, arguments)
    assert done.exit_code == 1
    assert not json.loads(done.output)["holds"]


def test_the_check_says_what_it_found(app: Flask, auditor: Browser, folder: Path) -> None:
    assert "控えがまだありません" in auditor.get("/audit/check").text()
    write_anchor(folder)
    assert "書き換えは見つかりませんでした" in auditor.get("/audit/check").text()
    # The suite's tables carry no triggers: somebody with the file in hands could do this.
    with saved():
        db.session.execute(text("UPDATE audit_lines SET actor = 'nobody' WHERE id = 1"))
    assert "1番の記録" in auditor.get("/audit/check").text()


def test_the_head_is_kept_hourly_and_written_monthly(app: Flask, folder: Path) -> None:
    user = make_user(Role.AUDITOR)
    assert not keep_anchor(folder)  # nothing to keep yet
    with saved():
        audit.record("test.act", "x", by=None)
    assert keep_anchor(folder)
    assert not keep_anchor(folder)
    assert (send_monthly_letters(), send_monthly_letters()) == (1, 0)
    letter = db.session.scalars(select(Letter)).one()
    assert letter.recipient == user.email
    assert json.loads(anchor_file(folder).read_text())["hash"] in letter.body


def test_everybody_sees_the_own_sign_ins_only(app: Flask) -> None:
    Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    browser = Browser(app).sign_in_as(make_user(Role.OFFICIAL))
    assert len(browser.get("/sign-ins").table()) == 1


def test_every_act_has_words_for_the_auditor() -> None:
    bare = {
        node.args[0].value
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"record", "audit.record"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and label_of(str(node.args[0].value)).isascii()
    }
    assert bare == set(), "give them words in companion/audits/terms.py"
    assert detail_in_words({"rows": {"teams": 2}, "page": "x", "after": None}) == (
        "変更後：なし、画面：x、読んだ件数：teams 2"
    )
