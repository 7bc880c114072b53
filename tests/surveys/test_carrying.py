"""Carrying the surveys of a year into the next one: everything but answers and dates, by test."""

from __future__ import annotations

import json
import random

import pytest
from flask import Flask
from sqlalchemy import func, select

from companion.core import clock
from companion.core.access import Role
from companion.core.db import Base, db, saved
from companion.periods.actions import CARRIED_SETTINGS, open_period
from companion.periods.models import Period
from companion.surveys.actions import open_round
from companion.surveys.carrying import carry, moved, target_before
from companion.surveys.composing import yaml_text
from companion.surveys.definition import canonical_json, parse
from companion.surveys.models import AnswerSet, Invitation, SurveyRound
from companion.surveys.publishing import publish_version
from companion.surveys.schema import SurveyDefinition, Window
from tests.kit.makers import make_official, make_period, make_team, make_user, make_viewer
from tests.kit.pages import Browser
from tests.surveys.randomly import random_data

# Fields of a definition that a copy does not take over as they are.
NEW = {"version", "window"}
EMPTIED = {"published"}  # of questions: figures printed for the old answers

# Every column of what a round is: taken over, begun anew, or of the answers.
ROUND = """
survey_id          kept
occasion           kept
version_id         new   the copy is a version of its own
identity           kept
target_percent     kept
id                 new
public_id          new
period_id          new
state              new
audience           new
opened_at          new
closes_at          new
closed_at          new
has_traces         new
results_published_at new
"""
PERIOD = """
secretariat        kept
team_count         kept
team_size          kept
population_limit   kept
id                 new
fiscal_year        new
name               new
version            new
is_demo            new
"""


def decided(table: str) -> dict[str, str]:
    lines = (line.split() for line in table.strip().splitlines())
    return {line[0]: line[1] for line in lines}


def test_every_column_of_a_round_and_of_a_period_is_decided() -> None:
    for name, table in (("survey_rounds", ROUND), ("periods", PERIOD)):
        columns = {column.name for column in Base.metadata.tables[name].columns}
        assert columns == set(decided(table)), f"decide what a new year takes of {name}"
    kept = [name for name, what in decided(PERIOD).items() if what == "kept"]
    assert sorted(kept) == sorted(CARRIED_SETTINGS)


@pytest.mark.parametrize("seed", range(12))
def test_a_copy_has_every_field_but_the_dates(app: Flask, seed: int) -> None:
    data = random_data(random.Random(seed), "2025.3") | {"identity": "identified"}
    defn = parse(yaml_text(data), "random.yaml")
    period, later = make_period(2025), make_period(2026)
    with saved():
        version = publish_version(defn, by=None, source=yaml_text(data))
        row = SurveyRound(
            period=period,
            survey_id=defn.id,
            version=version,
            identity=version.identity,
            opened_at=clock.now(),
            closes_at=clock.now(),
            target_percent=70 + seed,
        )
        db.session.add(row)
    with saved():
        draft = carry("random", later, by=make_viewer())
    assert draft.defn is not None, draft.book.faults
    old, new = json.loads(canonical_json(defn)), json.loads(canonical_json(draft.defn))
    assert set(old) == {
        field.alias or name for name, field in SurveyDefinition.model_fields.items()
    }
    for field in set(old) - NEW:
        assert _without(old[field]) == _without(new[field]), field
    assert "published" not in json.dumps(_emptied(new)), "no figures of the old answers"
    assert new["version"] == "2026.1"
    assert new["window"]["grace_hours"] == old["window"]["grace_hours"]
    assert target_before("random", later) == 70 + seed
    assert target_before("random", period) == 80, "nothing was put before"


def _without(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without(inner) for key, inner in value.items() if key not in EMPTIED}
    return [_without(inner) for inner in value] if isinstance(value, list) else value


def _emptied(value: object) -> object:
    """A definition without its empty fields."""
    if isinstance(value, dict):
        kept = {key: _emptied(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in (None, [], {})}
    return [_emptied(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("old", "years", "new"),
    [
        ("2025-09-01T09:00", 1, "2026-09-01T09:00"),
        ("2025-09-19T18:00", 1, "2026-09-24T18:00"),  # Saturday, then four days off
        ("2027-12-29T17:00", 1, "2029-01-04T17:00"),
        ("2028-02-29T09:00", 1, "2029-02-28T09:00"),
        ("2025-09-01T09:00", 2, "2027-09-01T09:00"),
    ],
)
def test_days_are_moved_to_business_days(old: str, years: int, new: str) -> None:
    window = moved(Window(open=old, close=old, grace_hours=3), years)
    assert (window.open, window.close, window.grace_hours) == (new, new, 3)


def test_a_new_period_takes_over_the_settings(app: Flask) -> None:
    with saved():
        open_period("令和7年度", by=None)
        old = db.session.scalars(select(Period)).one()
        old.secretariat, old.team_count, old.team_size = "別の事務局", 61, 4
        old.population_limit = 90_000
    with saved():
        new = open_period("令和8年度", by=None)
    assert {name: getattr(new, name) for name in CARRIED_SETTINGS} == {
        name: getattr(old, name) for name in CARRIED_SETTINGS
    }


def test_a_coordinator_carries_last_years_surveys_over(app: Flask) -> None:
    period = make_period(2025)
    make_team(officials=[make_official() for _ in range(3)])
    with saved():
        for survey_id in ("municipality_eval", "official_eval"):
            open_round(survey_id, period, by=None, target_percent=90)
    make_period(2026)
    before = {
        table: db.session.scalar(select(func.count()).select_from(table))
        for table in (Invitation, AnswerSet, SurveyRound)
    }
    coordinator = Browser(app).sign_in_as(make_user(Role.COORDINATOR))
    page = coordinator.get("/2026/surveys")
    assert "令和7年度のアンケートを引き継げます" in page.text()
    page = page.follow("前の年度から引き継ぐ")
    row = page.table("引き継げるアンケート 2件")[0]
    assert (row["新しい版"], row["回収の目標"]) == ("2026.1", "90％")
    page = page.submit("下書きを作る", surveys=["municipality_eval"])
    assert "1件の下書きを作りました。" in page.text()
    again = coordinator.get("/2026/surveys/carry")
    assert "編集中の下書きがあるので引き継げません。" in again.text()
    page = coordinator.get("/2026/surveys/municipality_eval/edit")
    assert page.facts["版"] == "2026.1（公開済みは 2025.1）"
    page = page.follow("違いを見て公開する")
    assert page.facts["いちばん重い違い"] == "影響なし"
    page.submit("版 2026.1 を公開する")
    opening = coordinator.get("/2026/surveys/municipality_eval/open")
    assert "版 2026.1" in opening.text()
    for table, count in before.items():
        assert db.session.scalar(select(func.count()).select_from(table)) == count
    assert coordinator.get("/2025/surveys/carry").text().count("実施したアンケートがありません")
