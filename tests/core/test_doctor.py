"""`companion doctor` names what is missing and what helps."""

from __future__ import annotations

import datetime as dt
import json
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from companion.commands import cli
from companion.core import backup, clock
from companion.core.access import Role
from companion.core.db import db
from companion.doctor import certificate
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
    monkeypatch.setitem(app.config, "EXTERNAL_BASE_URL", "http://127.0.0.2")
    found = checks(app)
    lacking = {name for name, (met, _) in found.items() if not met}
    assert lacking >= {"設定", "控え", "監査記録", "メール", "スキーマ", "プロキシ", "証明書"}
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


def make_certificate(folder: Path, days: int) -> Path:
    """Key and certificate of localhost, valid that many days from the held clock, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
        .not_valid_after(clock.now() + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .sign(key, hashes.SHA256())
    )
    coding = serialization.Encoding.PEM
    secret = key.private_bytes(
        coding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "pem").write_bytes(secret + made.public_bytes(coding))
    return folder / "pem"


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("days", "is_known", "is_met"), [(60, True, True), (10, True, False), (60, False, False)]
)
def test_the_certificate_is_looked_at(
    folder: Path, days: int, is_known: bool, is_met: bool
) -> None:
    with clock.held(dt.datetime.now(dt.UTC)):
        pem = make_certificate(folder, days)
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving.load_cert_chain(pem)
        asking = ssl.create_default_context(cafile=str(pem) if is_known else None)
        with socket.create_server(("localhost", 0)) as server:

            def answer() -> None:
                with suppress(OSError), server.accept()[0] as plain:
                    serving.wrap_socket(plain, server_side=True).close()

            thread = threading.Thread(target=answer)
            thread.start()
            met, words = certificate("localhost", server.getsockname()[1], asking)
            thread.join()
    assert met is is_met, words
    assert ("TLSv1.3" in words) is is_known


@pytest.mark.sqlite_only
def test_demo_accounts_and_a_scanner_that_is_not_there_are_named(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user(Role.COORDINATOR, email="coordinator@demo.test")
    monkeypatch.setitem(app.config, "EXTERNAL_BASE_URL", "https://127.0.0.2")
    monkeypatch.setitem(app.config, "SCANNER", "no-such-scanner --quiet")
    found = checks(app)
    assert not found["デモ用アカウント"][0]
    assert "no-such-scanner" in found["添付の検査"][1]
