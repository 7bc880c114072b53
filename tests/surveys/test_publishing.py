"""Linting from the terminal, faulty files beside good ones, and what publishing lets through."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from companion.commands import cli
from companion.core.access import Role
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.surveys.definition import json_schema, parse
from companion.surveys.library import FOLDER, files, report_faults
from companion.surveys.publishing import publish_version
from tests.kit.makers import make_period, make_user
from tests.kit.pages import Browser
from tests.surveys.makers import small_text

QUESTION = """
- name: q
  type: single
  label: 色を選んでください。
  choices: [{name: a, label: 赤}, {name: b, label: 青}]
"""


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, list(words), standalone_mode=False)
    code = done.exception.code if isinstance(done.exception, SystemExit) else done.exit_code
    return int(code or 0), done.output


def test_the_shipped_definitions_have_no_errors() -> None:
    code, out = run("survey", "lint")
    assert code == 0, out
    assert "誤り 0件" in out


def test_a_finding_says_file_line_question_reason_and_nearest_name(tmp_path: Path) -> None:
    file = tmp_path / "sample.yaml"
    file.write_text(
        small_text(QUESTION.replace("label: 色", "lable: 色")).replace(
            "everyone", "cohort_official"
        )
    )
    code, out = run("survey", "lint", str(file), "--json")
    assert code == 1
    told = {(f["line"], f["question"]): f["message"] for f in json.loads(out)["findings"]}
    assert all(line > 10 for line, _ in told)
    assert "項目「lable」は使えません。もしかして「label」ではありませんか。" in "".join(
        told.values()
    )
    assert {question for _, question in told} == {"q"}
    file.write_text(small_text(QUESTION).replace("everyone", "cohort_official"))
    code, out = run("survey", "lint", str(file))
    assert f"{file}:7: 対象「cohort_official」がありません。" in out
    assert "もしかして「cohort_officials」ではありませんか。" in out


def test_the_schema_is_printed_served_and_kept(app: Flask) -> None:
    code, out = run("survey", "schema")
    assert code == 0
    assert json.loads(out) == json_schema()
    assert Browser(app).raw("GET", "/survey.schema.json").get_json() == json_schema()
    kept = (FOLDER / "companion.survey-1.schema.json").read_text(encoding="utf-8")
    assert json.loads(kept) == json_schema(), "companion survey schema > surveys/…"


def test_a_faulty_file_is_named_and_the_others_stay(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "good.yaml").write_text(
        small_text(QUESTION)
        .replace("everyone", "cohort_officials")
        .replace("id: sample", "id: good")
    )
    (tmp_path / "bad.yaml").write_text("schema: companion.survey/1\nid: bad\n")
    books = files(tmp_path)
    assert books["good"].defn is not None
    assert books["bad"].defn is None
    with caplog.at_level(logging.ERROR):
        report_faults(logging.getLogger("companion.test"), tmp_path)
    assert "bad.yaml:1: " in caplog.text
    assert "good.yaml" not in caplog.text


def version(number: str, *changes: tuple[str, str]) -> str:
    text = small_text(QUESTION).replace('version: "1.0"', f'version: "{number}"')
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("text", "note", "refusal"),
    [
        (version("1.0", ("見本", "題名")), "", "公開済みで、変更できません"),
        (version("0.9"), "", "より古い番号です"),
        (version("1.1", ("見本", "新しい題名")), "", ""),
        (version("1.1", ("label: 青}", "label: 青}, {name: c, label: 黄}")), "", ""),
        (version("1.1", ("色を選んで", "好みを選んで")), "", "変更の理由を書いて公開してください"),
        (version("1.1", ("色を選んで", "好みを選んで")), "分かりにくいため", ""),
        (version("1.1", ("{name: b, label: 青}", "{name: c, label: 黄}")), "x", "読めなくなる"),
        (version("1.1", ("type: single", "type: multi")), "理由", "読めなくなる"),
    ],
)
def test_the_class_of_the_change_decides(app: Flask, text: str, note: str, refusal: str) -> None:
    with saved():
        publish_version(parse(version("1.0"), "sample.yaml"), by=None)
    with saved():
        new = parse(text, "sample.yaml")
        if refusal:
            with pytest.raises(Refused, match=refusal):
                publish_version(new, by=None, note=note)
        else:
            assert publish_version(new, by=None, note=note).note == note


def test_a_published_version_never_changes(app: Flask) -> None:
    with saved():
        row = publish_version(parse(version("1.0"), "sample.yaml"), by=None)
    row.title = "別の題名"
    with pytest.raises(RuntimeError, match="is published"):
        db.session.flush()
    db.session.rollback()


def test_a_coordinator_looks_at_the_difference_and_publishes(app: Flask) -> None:
    make_period()
    coordinator = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = coordinator.get("/2025/surveys").follow("版と公開")
    assert page.facts["公開済みの版"] == "まだありません"
    page = page.submit(f"版 {page.facts['いまの定義の版']} を公開する")
    assert "この版は公開済みです" in page.text()
    assert len(page.table("公開済みの版 1件")) == 1
    assert page.buttons == []
    assert coordinator.get("/2025/surveys/nothing/versions").status == 404
