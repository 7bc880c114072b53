"""`companion doctor` names what is missing and what helps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from companion.commands import cli
from companion.core import backup
from companion.core.access import Role
from companion.core.db import db
from companion.doctor import file_system
from companion.surveys.library import files
from tests.kit.makers import make_user


def checks(app: Flask) -> dict[str, tuple[bool, str]]:
    done = app.test_cli_runner().invoke(cli, ["doctor", "--json"])
    db.session.rollback()  # a command ends with its process; here it shares the test's session
    found = json.loads(done.stdout)["checks"]
    assert (done.exit_code == 0) == all(row["met"] for row in found)
    return {row["name"]: (row["met"], row["message"]) for row in found}


def test_a_server_needs_https_backups_anchors_and_mail(
    app: Flask, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", str(folder))
    monkeypatch.setitem(app.config, "EXTERNAL_BASE_URL", "http://bansou.example.go.jp")
    found = checks(app)
    lacking = {name for name, (met, _) in found.items() if not met}
    assert lacking >= {"設定", "控え", "監査記録", "メール", "スキーマ", "プロキシ"}
    assert "添付の検査" in lacking
    assert found["デモ用アカウント"] == (True, "ありません。")
    assert "府省庁のサインイン（例省）" in lacking, "this office does not answer"
    assert "companion backup" in found["控え"][1]


def test_the_questionnaires_are_looked_at(app: Flask) -> None:
    assert files()
    assert checks(app)["アンケートの定義"] == (True, f"{len(files())}件あり、誤りはありません。")


@pytest.mark.sqlite_only
def test_a_fresh_backup_is_seen(app: Flask, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", str(folder))
    backup.take(app, folder)
    assert checks(app)["控え"] == (True, "最新は0分前（1個）。")


def test_a_secret_others_can_read_is_named(app: Flask) -> None:
    key = Path(app.instance_path) / "secret_key"
    key.chmod(0o644)
    try:
        assert "chmod 600" in checks(app)["秘密鍵"][1]
    finally:
        key.chmod(0o600)
    assert checks(app)["秘密鍵"][0]


def test_the_file_system_of_a_path_is_found() -> None:
    mounts = "a / ext4 rw 0 0\nserver:/x /srv nfs4 rw 0 0\n"
    assert file_system(Path("/srv/instance/x"), mounts) == "nfs4"
    assert file_system(Path("/home/x"), mounts) == "ext4"


@pytest.mark.sqlite_only
def test_demo_accounts_and_a_scanner_that_is_not_there_are_named(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user(Role.COORDINATOR, email="coordinator@demo.test")
    monkeypatch.setitem(app.config, "EXTERNAL_BASE_URL", "https://bansou.example.go.jp")
    monkeypatch.setitem(app.config, "SCANNER", "no-such-scanner --quiet")
    found = checks(app)
    assert not found["デモ用アカウント"][0]
    assert "no-such-scanner" in found["添付の検査"][1]
