"""Files of a log: only safe kinds under clean names, and only for who reads the log."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask import Flask

from companion.activities.actions.attaching import path_of
from companion.activities.attachments import LARGEST, NotAttachable, check_file, clean_name
from companion.activities.models import Activity, Attachment
from companion.activities.terms import ActivityState
from companion.core.access import Role
from companion.core.db import db
from tests.kit.makers import account_of, make_activity, make_team, make_user
from tests.kit.pages import Browser, Page

PDF = b"%PDF-1.7 minutes"
TRIAL = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def office(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("議事録.pdf", "議事録.pdf"),
        ("C:\\Users\\x\\議事録.pdf", "議事録.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.pdf", "agpj.pdf"),
        ('a"b<c>:d|e?.txt', "a_b_c__d_e_.txt".replace("__", "_")),
        (".pdf", "添付.pdf"),
        ("", "添付"),
        (" . .txt", "添付.txt"),
        ("資" * 200 + ".pdf", "資" * 96 + ".pdf"),
        ("a\r\nb.txt", "a b.txt"),
    ],
)
def test_names_are_cleaned(given: str, cleaned: str) -> None:
    assert clean_name(given) == cleaned


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", PDF),
        ("a.PDF", PDF),
        ("a.png", b"\x89PNG\r\n\x1a\n..."),
        ("a.jpeg", b"\xff\xd8\xff..."),
        ("a.docx", office("word/document.xml")),
        ("a.xlsx", office("xl/workbook.xml")),
        ("a.pptx", office("ppt/presentation.xml")),
        ("a.txt", "議事".encode("cp932")),
        ("a.csv", b"\xef\xbb\xbfa,b"),
    ],
)
def test_safe_kinds_are_taken(name: str, data: bytes) -> None:
    assert check_file(name, data).name == name


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.exe", b"MZ", "この種類のファイル"),
        ("a.html", b"<script>", "この種類のファイル"),
        ("a.svg", b"<svg/>", "この種類のファイル"),
        ("a.zip", office(), "この種類のファイル"),
        ("a.xlsm", office("xl/workbook.xml"), "この種類のファイル"),
        ("a", PDF, "この種類のファイル"),
        ("a.pdf", b"<html>", "のファイルではありません"),
        ("a.docx", office("xl/workbook.xml"), "のファイルではありません"),
        ("a.docx", b"PK\x03\x04broken", "のファイルではありません"),
        ("a.xlsx", office("xl/workbook.xml", "xl/vbaProject.bin"), "のファイルではありません"),
        ("a.txt", b"a\x00b", "のファイルではありません"),
        ("a.txt", b"\x81", "のファイルではありません"),
        ("a.pdf", b"", "空です"),
        ("a.pdf", PDF + b"x" * LARGEST, "10.1MBあります"),
        ("a.txt", TRIAL, "ウイルスの検査で見つかった"),
        ("a.pdf", PDF + TRIAL, "ウイルスの検査で見つかった"),
    ],
)
def test_the_rest_is_refused_with_the_remedy(name: str, data: bytes, message: str) -> None:
    with pytest.raises(NotAttachable, match=message):
        check_file(name, data)


@pytest.fixture
def held(app: Flask) -> Activity:
    return make_activity(make_team())


@pytest.fixture
def browser(app: Flask, held: Activity) -> Browser:
    return Browser(app).sign_in_as(account_of(held.team.members[0].official))


def attach(browser: Browser, activity: Activity, name: str, data: bytes) -> Page:
    page = browser.get(f"/activities/{activity.public_id}").follow("資料を添付する")
    return page.submit("添付する", files=(name, data))


def test_a_file_is_attached_and_handed_out_as_a_download(
    app: Flask, browser: Browser, held: Activity
) -> None:
    page = attach(browser, held, "会議\u202eの資料.pdf", PDF)
    assert page.notices == ["完了 添付しました。"]
    path = page.links["会議の資料.pdf"]
    town = make_user(Role.MUNICIPALITY, municipality=held.team.challenge.municipality)
    for reader in (browser, Browser(app).sign_in_as(town)):
        answer = reader.raw("GET", path)
        assert answer.data == PDF
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    other = account_of(make_team().members[0].official)
    for stranger in (other, make_user(Role.PREFECTURE), make_user(Role.MINISTRY)):
        assert Browser(app).sign_in_as(stranger).raw("GET", path).status_code == 404
    assert Browser(app).raw("GET", path).status_code == 302


@pytest.mark.parametrize(
    ("name", "data"), [("a.exe", b"MZ"), ("a.pdf", PDF + b"x" * LARGEST), ("a.txt", TRIAL)]
)
def test_a_refused_file_leaves_nothing_behind(
    browser: Browser, held: Activity, name: str, data: bytes
) -> None:
    page = attach(browser, held, name, data)
    assert page.status == 422
    assert page.errors[0].startswith("ファイル：")
    assert db.session.query(Attachment).count() == 0


def test_a_body_beyond_everything_is_refused_before_it_is_read(
    browser: Browser, held: Activity
) -> None:
    path = f"/activities/{held.public_id}/files"
    said = {"CONTENT_LENGTH": str(LARGEST + 3 * 2**20)}
    page = browser.send(
        "POST", path, data=b"x", content_type="multipart/form-data", environ_overrides=said
    )
    assert page.status == 413
    assert "10MB" in page.text()


def test_the_same_content_is_kept_once_and_goes_with_its_last_holder(
    app: Flask, browser: Browser, held: Activity
) -> None:
    second = make_activity(held.team, title="次の会議")
    attach(browser, held, "a.pdf", PDF)
    attach(browser, held, "b.pdf", PDF)
    page = attach(browser, second, "c.pdf", PDF)
    row = db.session.query(Attachment).filter_by(activity_id=held.id).one()
    place = path_of(row.digest)
    assert place.read_bytes() == PDF
    page.submit("外す：c.pdf")
    assert place.exists()
    browser.get(f"/activities/{held.public_id}").submit("外す：a.pdf")
    assert not place.exists()


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("/bin/false", "ウイルスの検査で見つかった"),
        ("/no/such/scanner", "検査ができない"),
        ("/bin/sh -c 'exit 2'", "検査ができない"),
    ],
)
def test_the_scanner_of_the_settings_is_asked(
    app: Flask, browser: Browser, held: Activity, command: str, message: str
) -> None:
    app.config["SCANNER"] = command
    try:
        page = attach(browser, held, "a.txt", f"content for {command}".encode())
        assert message in page.errors[0]
        app.config["SCANNER"] = "/bin/true"
        assert attach(browser, held, "a.txt", b"clean").status == 200
    finally:
        app.config["SCANNER"] = None


def test_a_published_log_keeps_its_files(browser: Browser, held: Activity) -> None:
    page = attach(browser, held, "a.pdf", PDF)
    assert "外す：a.pdf" in page.buttons
    held.state = ActivityState.PUBLISHED
    db.session.commit()
    page = browser.get(f"/activities/{held.public_id}")
    assert "外す：a.pdf" not in page.buttons
    row = db.session.query(Attachment).one()
    assert browser.post(f"/files/{row.public_id}/remove").notices[0].startswith("エラー")
