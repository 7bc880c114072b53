"""What people do in the journeys, step by step, as they would tell it."""

from __future__ import annotations

from companion.core.db import db
from companion.core.jobs import run_next
from tests.journeys.conftest import Person
from tests.kit.axe import violations


def heading(somebody: Person, name: str) -> None:
    """Wait for the page with that main heading, and look whether everybody can use it."""
    somebody.page.get_by_role("heading", level=1, name=name).wait_for()
    if somebody.has_script:
        assert violations(somebody.page) == []


def take_in(somebody: Person, kind: str, data: bytes, *, says: str) -> None:
    """Upload a list, look at the preview, confirm it."""
    page = somebody.page
    somebody.follow("取込")
    page.get_by_label(kind, exact=True).check()
    page.get_by_label("Excelファイル").set_input_files(
        {"name": f"{kind}.xlsx", "mimeType": "application/octet-stream", "buffer": data}
    )
    somebody.press("内容を確認する")
    heading(somebody, f"{kind}の確認")
    somebody.press("この内容で取り込む")
    page.get_by_text(says).wait_for()


def match_and_announce(somebody: Person, second: Person, *, teams: int) -> None:
    """Run the matcher, take its result over; a second coordinator lets it be known."""
    page = somebody.page
    somebody.follow("マッチング")
    page.get_by_label("チーム数").fill(str(teams))
    page.get_by_label("時間の上限").fill("5")
    somebody.press("実行する")
    page.get_by_role("progressbar").wait_for()
    db.session.rollback()
    assert run_next()
    heading(somebody, "マッチング結果")
    somebody.press("この編成を採用して案にする")
    heading(somebody, "チーム")
    somebody.follow("内容を確かめて公表する")
    page.get_by_label("承認する人への説明").fill("審査会で了承済み")
    somebody.press(f"{teams}チームの公表を依頼する")
    page.get_by_text("公表の承認を依頼しました").wait_for()
    second.follow("承認")
    second.page.get_by_role("link", name=f"{teams}チームの公表").click()
    second.press("承認して実行する")
    heading(second, "チーム")


def record(somebody: Person, kind: str, title: str, *, decisions: str = "") -> None:
    """Log a meeting or a visit from the team's page: one line, and what was decided."""
    page = somebody.page
    somebody.follow(f"{kind}を記録")
    heading(somebody, f"{kind}の記録")
    page.get_by_label("一行で").fill(title)
    if decisions:
        details = page.locator("details", has=page.get_by_label("決定事項"))
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        page.get_by_label("決定事項").fill(decisions)
    page.get_by_role("button", name="記録する", exact=True).first.click()
    heading(somebody, title)


def open_survey(somebody: Person, title: str, *, invited: int) -> None:
    """Open a survey and see how many are invited."""
    page = somebody.page
    somebody.follow("アンケート")
    page.get_by_role("row", name=title).get_by_role("link", name="開始").click()
    heading(somebody, "アンケートを開始する")
    somebody.press(f"{invited}件に招待を送って開始する")
    page.get_by_text(f"{invited}件の招待を作成しました").wait_for()


def answer_official_survey(somebody: Person) -> None:
    """Answer all pages, go back once from the check, hand in."""
    page = somebody.page
    somebody.follow("アンケート回答")
    somebody.follow("回答する")
    heading(somebody, "地方創生支援官アンケート")
    somebody.press("回答を始める")
    somebody.press("保存して次へ")
    page.locator(".error-summary").wait_for()
    heading(somebody, "全体評価")
    page.get_by_label("5（良い）").check()
    somebody.press("保存して次へ")  # the reasons are asked because of the mark
    page.get_by_label("多様な人材とチームで取り組めるから。").check()
    page.get_by_label("業務負担が大きいから。").check()
    somebody.press("保存して次へ")
    page.get_by_label("わからない、活用したことがない").first.check()
    somebody.press("保存して次へ")
    hand_in(somebody)


def answer_municipality_survey(somebody: Person) -> None:
    """Answer for a municipality, which tells who has filled it in."""
    page = somebody.page
    somebody.follow("アンケート回答")
    somebody.follow("回答する")
    heading(somebody, "伴走支援自治体アンケート")
    somebody.press("回答を始める")
    page.get_by_label("5（良い）").check()
    page.get_by_label("継続が必要").check()
    somebody.press("保存して次へ")
    page.get_by_label("2年程度").check()
    somebody.press("保存して次へ")
    page.get_by_label("回答を記入した方").fill("企画課 見本花子")
    hand_in(somebody)


def hand_in(somebody: Person) -> None:
    """Look over the answers and hand them in."""
    heading(somebody, "回答の確認")
    somebody.press("提出する")
    heading(somebody, "回答を受け付けました")


def close_survey(somebody: Person, title: str) -> None:
    """Close a survey and stand on its results."""
    page = somebody.page
    somebody.follow("アンケート")
    page.get_by_role("row", name=title).get_by_role("link").first.click()
    somebody.follow("終了する")
    somebody.press("終了して結果を見る")
    heading(somebody, f"{title}")


def download(somebody: Person, button: str) -> bytes:
    """Press a button that hands out a file."""
    with somebody.page.expect_download() as coming:
        somebody.press(button)
    return coming.value.path().read_bytes()
