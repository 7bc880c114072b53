"""What gunicorn refuses by itself is told as the application tells it, and why it may not start."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_migrate import stamp

from companion import create_app
from companion.core.db import db
from tests.kit.logs import written

pytestmark = pytest.mark.sqlite_only
COMMAND = [sys.executable, "-m", "gunicorn", "--config", "python:companion.webserver"]
SENT = b"zq-typed-by-somebody"
HOST = b"Host: localhost:8000\r\nConnection: close\r\n"
LINE = b" HTTP/1.1\r\n" + HOST
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'


def posted(body: bytes, kind: bytes = b"application/x-www-form-urlencoded") -> bytes:
    head = b"Content-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(body))
    return b"POST /signin" + LINE + head + body


REQUESTS: dict[str, tuple[int, bytes]] = {
    "nowhere": (404, b"GET /" + SENT + LINE + b"\r\n"),
    "no text": (404, b"GET /%ff%fe%00" + LINE + b"\r\n"),
    "another method": (405, b"DELETE /signin" + LINE + b"\r\n"),
    "no token": (400, posted(b"email=" + SENT)),
    "too large": (413, posted(b"a=" + b"x" * 3_300_000)),
    "too many parts": (413, posted(PART * 600 + b"--x--\r\n", b"multipart/form-data; boundary=x")),
    "no parts": (400, posted(b"\x00\xff" + SENT, b"multipart/form-data; boundary=x")),
    "another host": (400, b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
    "two hosts": (400, b"GET /" + LINE + b"Host: " + SENT + b"\r\n\r\n"),
    "a large cookie": (431, b"GET /" + LINE + b"Cookie: a=" + SENT * 600 + b"\r\n\r\n"),
    "many headers": (431, b"GET /" + LINE + b"X: zq\r\n" * 200 + b"\r\n"),
    "a long address": (414, b"GET /s/" + SENT * 300 + LINE + b"\r\n"),
    "no request": (400, SENT + b"\r\n\r\n"),
    "no method": (400, b"get /s/" + SENT + LINE + b"\r\n"),
    "no version": (400, b"GET /" + SENT + b" HTTP/9.9\r\n\r\n"),
    "no header": (400, b"GET /" + LINE + SENT + b" x: 1\r\n\r\n"),
    "no length": (400, b"POST /signin" + LINE + b"Content-Length: " + SENT + b"\r\n\r\n"),
    "two lengths": (
        400,
        b"POST /signin"
        + LINE
        + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    "no chunk": (400, b"POST /signin" + LINE + FORM + CHUNKED + SENT + b"\r\n\r\n"),
    "no range": (416, b"GET /static/app.css" + LINE + b"Range: bytes=99999999-\r\n\r\n"),
}


def environment(folder: Path, **more: str) -> dict[str, str]:
    return os.environ | {"COMPANION_INSTANCE": str(folder)} | more


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A server's port and its log."""
    folder = tmp_path_factory.mktemp("server")
    app, log = create_app(folder), folder / "log"
    with app.app_context():
        db.create_all()
        stamp(directory=f"{app.root_path}/migrations")
        db.engine.dispose()
    with log.open("wb") as out:
        command = [*COMMAND, "wsgi:app", "--bind", "127.0.0.1:0", "--workers", "1"]
        process = subprocess.Popen(command, env=environment(folder), stderr=out, stdout=out)
        try:
            while not (found := re.search(r"127\.0\.0\.1:(\d+)", log.read_text())):
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
            yield int(found[1]), log
        finally:
            process.terminate()
            process.wait()


def answer_of(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as there:
        there.sendall(sent)
        pieces = []
        try:
            while piece := there.recv(65_536):
                pieces.append(piece)
        except ConnectionResetError:
            pass  # it answered without reading to the end
    return b"".join(pieces)


@pytest.mark.parametrize("name", REQUESTS)
def test_every_refusal_is_told_and_found_again(server: tuple[int, Path], name: str) -> None:
    status, sent = REQUESTS[name]
    port, log = server
    head, _, body = answer_of(port, sent).partition(b"\r\n\r\n")
    assert head.split()[1] == str(status).encode(), head
    number = re.search(rb"(?i)^x-request-id: (\w+)\r?$", head, re.MULTILINE)
    assert number is not None
    assert b"ontent-Security-Policy: default-src 'none'" in head
    text = body.decode()
    assert re.search("ください", text)
    assert status == 404 or number[1].decode() in text
    assert SENT not in body
    assert not re.search(r"Traceback|gunicorn|Invalid|Error", text)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["message"][-3:] for line in lines if line.get("id") == number[1].decode()] == [
        str(status)
    ]
    assert SENT.decode() not in log.read_text()


STOPS = [({"COMPANION_SECRET_KEY": "x" * 31}, "秘密鍵が短すぎます"), ({}, "companion init")]


@pytest.mark.parametrize(("settings", "reason"), STOPS, ids=["secret", "no tables"])
def test_a_server_that_may_not_start_says_why_and_ends(
    folder: Path, settings: dict[str, str], reason: str
) -> None:
    command = [*COMMAND, "wsgi:app", "--bind", "127.0.0.1:0"]
    done = subprocess.run(
        command, env=environment(folder, **settings), capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_without_its_database_the_application_says_so(folder: Path) -> None:
    app = create_app(folder, SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/nowhere/a.sqlite3")
    with written() as log:
        for path in ("/signin", f"/s/{SENT.decode()}", "/nowhere"):
            answer = app.test_client().get(path)
            assert answer.status_code == 503
            assert "データベースに接続できません" in answer.text
            assert answer.headers["X-Request-Id"] in answer.text
    assert log.getvalue().count(" 503") == 3
    assert SENT.decode() not in log.getvalue()


@pytest.mark.parametrize("command", ["demo", "run"])
def test_one_command_serves_an_installation_until_it_is_stopped(
    tmp_path: Path, command: str
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    companion = [sys.executable, "-m", "companion"]
    if command == "run":
        subprocess.run([*companion, "init"], env=environment(tmp_path), check=True, timeout=120)
    log = tmp_path / "log"
    with log.open("wb") as out:
        line = [*companion, command, "--port", str(port)]
        process = subprocess.Popen(line, env=environment(tmp_path), stderr=out, stdout=out)
        try:
            while not is_listening(port):
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
            assert answer_of(port, b"GET /signin" + LINE + b"\r\n").split()[1] == b"200"
        finally:
            process.terminate()
            process.wait()
    assert (process.returncode, "エラー" in log.read_text()) == (0, False), log.read_text()


def is_listening(port: int) -> bool:
    with socket.socket() as there:
        return there.connect_ex(("127.0.0.1", port)) == 0
