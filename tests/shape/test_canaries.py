"""Which words reach whom: a mark in every text column of every row, looked for in all one can read.

Columns built of parts (JSON: answers, drafts, what was decided) carry a mark in place of each text
inside. The columns are found from the models. A column that is missing in SEEN fails: decide who
may read it and write it down. Large letters see the words of everybody's rows, small ones those of
the own team, municipality, prefecture or ministry only, and what another team shares with every
team.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from companion.activities.actions.drafts import save_draft
from companion.audits.terms import ANSWER_PAGES
from companion.core.access import Role
from companion.core.db import Base, db, saved
from companion.matching import queries as matching
from companion.matching.actions import deciding
from companion.matching.models import MatchDecision, MatchRun
from companion.surveys.models import AnswerDraft, Invitation
from companion.teams.models import Team
from companion.teams.terms import Visibility
from tests.kit.pages import Browser
from tests.shape.crawl import fill, json_columns, readings, text_columns, text_of
from tests.shape.test_access import world  # noqa: F401 the fixture
from tests.shape.world import World, requests_of

pytestmark = pytest.mark.sqlite_only
MARK = re.compile(r"Qz\d{5}z")
MAILS = (("challenges", "contact_email"), ("officials", "email"))
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
LETTER = dict(zip("COMPKA", Role, strict=True))
# K reads officials of the own ministry in every team; the trail names accounts to A by address.
SEEN = """
alert_settings.limits -
answer_drafts.answers m
consultations.elements -
answer_sets.answers c a
statistic_uploads.summary c
approvals.detail c a
briefing_plans.before -
draft_steps.sketch -
drafts.typed o
imports.counts -
jobs.arguments -
match_copies.applicants c a
match_copies.names c a
match_decisions.content c a
invitations.facts -
invitations.groups -
match_runs.reasons c a
match_runs.rules -
match_runs.teams c a
match_runs.weights -
match_settings.rules -
match_settings.weights -
report_template_versions.look c
reviews.levels -
team_members.reasons C A
team_reports.drawn -
teams.reasons C A
teams.score_parts -
text_codings.tag_ids -
users.mf_recovery_codes -
challenges.contact_email C o m p
officials.email C o m k A
letters.body c a
letters.subject c a
receipts.operator -
form_returns.message -
form_returns.filename -
form_returns.batch -
invitations.call_note -
invitations.decline_reason c
report_templates.name c
report_template_versions.filename c
report_template_versions.uploaded_by_name c
report_exports.origin c a
report_exports.made_by_name c a
report_exports.filter_text c a
survey_rounds.occasion c o m p k a
survey_drafts.text -
free_texts.quote c
text_tags.name c
text_tags.meaning c
survey_drafts.saved_by -
survey_draft_steps.text -
survey_draft_steps.change -
action_changes.words                -
activities.advice                   C o m A
activities.agenda                   C o m A
activities.cancel_reason            -
activities.decisions                C o m A
activities.medium                   C o m A
activities.objection                C o m A
activities.office_change            C o m A
activities.place                    C o m A
activities.title                    C o m p A
activities.trip_purpose             C o m A
activities.trip_route               C o m A
activities.until_next               C o m A
answer_drafts.respondent m
answer_sets.respondent              -
approvals.asked_by_name             c a
approvals.decided_by_name           c a
approvals.decision_note             -
approvals.reason                    c a
approvals.title                     c a
attachments.name                    C o m A
challenges.contact_name             C o m p
challenges.contact_phone            C o m p
challenges.division                 C o m p A
challenges.efforts                  C o m p A
challenges.title                    C o m p A
challenges.wished_officials         C o m p A
challenges.wished_support           C o m p A
conflicts_of_interest.lifted_reason -
conflicts_of_interest.reason        C A
criteria.description                -
criteria.label                      -
diet_sessions.name                  -
draft_steps.made_by                 c a
draft_steps.reason                  c a
draft_steps.summary                 c a
indicators.name C o m p A
indicators.unit C o m p A
indicators.source C o m p A
indicator_values.note C o m p A
guests.name                         -
guests.organisation                 -
guests.post                         -
imports.filename                    c
imports.fingerprint                 -
jobs.message                        c
jobs.title                          c
match_drafts.name                   c a
match_runs.label                    c a
next_actions.reason                 C o m A
next_actions.text                   C o m A
office_identities.issuer            -
office_identities.subject           -
official_places.region              -
official_places.words               -
officials.conflict_note             C o k A
officials.division                  C O M P K A
officials.kana                      C o k A
officials.name                      C O M P K A t
officials.post                      C O M P K A
passkeys.name                       -
polls.medium                        C o m A
polls.place                         C o m A
polls.title                         C o m A
reviews.note                        -
screening_decisions.reason          -
opinions.note                       C p k A
proposals.name                      c k a
proposals.kana                      c k a
proposals.division                  c k a
proposals.post                      c k a
proposals.reason                    c k a
proposals.answer                    -
briefing_sessions.place C O M P K A
teams.support_theme C O M P K A
unsuitable_days.note C o m
briefing_calls.name -
briefing_calls.place -
team_reports.theme C o m A
team_reports.course C o m A
team_reports.decisions C o m A
team_reports.outcome C o m A
team_reports.remaining C o m A
team_report_changes.comment C o m A
inquiries.subject C o m k A
inquiries.background C o m k A
inquiries.question C o m k A
inquiries.passed_to C o m k A
inquiries.answer C o m k A
cases.title C O M P K A
cases.background C O M P K A
cases.measures C O M P K A
cases.people C O M P K A
cases.schemes C O M P K A
cases.duration C O M P K A
cases.cost C O M P K A
cases.situation_before C O M P K A
cases.situation_after C O M P K A
cases.team_part C O M P K A
cases.obstacles C O M P K A
cases.advice C O M P K A
case_steps.comment C o m A
memo_entries.text o
memo_versions.text o
memo_openings.reason C o A
statistics.name c o m p k a
statistics.unit c o m p k a
statistics.source c o m p k a
statistic_uploads.filename c
statistic_uploads.fingerprint -
consultations.subject C o m p k A
consultations.partners C o m p k A
consultations.situation C o m p k A
consultations.question C o m p k A
consultations.gathered C A
consultations.answer C o m p k A
consultation_routings.answer C k A
team_members.end_note               C A
team_pauses.reason                  -
users.name                          c o m p k a
"""


# Columns built of parts that hold numbers, keys and words of the program only.
WITHOUT_WORDS = {
    "alert_settings.limits",
    "briefing_plans.before",
    "consultations.elements",
    "draft_steps.sketch",
    "imports.counts",
    "jobs.arguments",
    "match_runs.rules",
    "match_runs.weights",
    "match_settings.rules",
    "match_settings.weights",
    "reviews.levels",
    "teams.score_parts",
    "text_codings.tag_ids",
    "users.mf_recovery_codes",  # encrypted
}


def add_words(made: World) -> None:
    """Rows whose words stand inside something built of parts, where the world has none yet."""
    team = db.session.scalars(
        select(Team).where(Team.public_id == made.things["teams"]["own"])
    ).one()
    asked = db.session.scalars(
        select(Invitation).where(Invitation.public_id == made.things["answer"]["other"])
    ).one()
    with saved():
        save_draft(made.users[Role.OFFICIAL].id, team, "visit", [["advice", "例の文"]])
        db.session.add(
            AnswerDraft(
                round_id=asked.round_id,
                identity=asked.round.identity,
                invitation_id=asked.id,
                answers={"change": "例の文"},
            )
        )
        for run in db.session.scalars(select(MatchRun)):
            run.reasons = ["例の文"]
        content = {
            "draft": "例の案",
            "decided_by": None,
            "teams": [
                {
                    "number": team.number,
                    "lg_code": team.challenge.lg_code,
                    "officials": [member.official.email for member in team.members],
                    "score": 0,
                    "parts": team.score_parts,
                    "reasons": ["例の理由"],
                    "published": deciding._published(team),
                }
            ],
            "points": 0,
            "objective": 0,
            "bound": 0,
            "status": "optimal",
            "seed": 1,
            "data_hash": "0" * 64,
            "weights": {},
            "rules": {},
            "steps": [],
        }
        db.session.add(
            MatchDecision(period_id=team.period_id, content=content, content_hash="0" * 64)
        )


def foreign_rows(made: World) -> set[tuple[str, tuple[Any, ...]]]:
    """Rows that belong to other teams than the identities': those whose keys lead there only."""
    rows: dict[tuple[str, tuple[Any, ...]], set[tuple[str, tuple[Any, ...]]]] = {}
    outside = {
        "statistics",
        "periods",
        "users",
        "ministries",
        "policy_fields",
        "roles",
        "survey_versions",
    }
    outside |= {"survey_rounds", "criteria", "pillars", "match_runs", "jobs", "imports"}
    tables = [t for t in Base.metadata.sorted_tables if t.name not in outside]
    own = made.things["teams"]["own"]
    near, far, shared = set(), set(), set()
    with db.engine.connect() as connection:
        for table in tables:
            keys = [c.name for c in table.primary_key.columns]
            for row in connection.execute(select(table)).mappings():
                key = (table.name, tuple(row[name] for name in keys))
                rows[key] = {
                    (fk.column.table.name, (row[column.name],))
                    for column in table.columns
                    for fk in column.foreign_keys
                    if row[column.name] is not None and fk.column.table.name not in outside
                }
                if table is Team.__table__:
                    (near if row["public_id"] == own else far).add(key)
                if row.get("visibility") == Visibility.ALL_TEAMS:
                    shared.add(key)
    for side, other in ((near, far), (far, near)):
        grown = True
        while grown:
            grown = False
            for key, leads in rows.items():
                if key in other:
                    continue
                towards = key not in side and bool(leads & side)
                new = ({key} if towards else set()) | (
                    {lead for lead in leads if lead not in side and lead not in other}
                    if key in side
                    else set()
                )
                if new:
                    side |= new
                    grown = True
    return far - shared


def addresses() -> dict[str, dict[str, set[tuple[int]]]]:
    """Mail addresses of people, which are marks as they stand: address -> column -> rows."""
    found: dict[str, dict[str, set[tuple[int]]]] = defaultdict(lambda: defaultdict(set))
    with db.engine.connect() as connection:
        for name, column in MAILS:
            table = Base.metadata.tables[name]
            for key, value in connection.execute(select(table.c.id, table.c[column])):
                found[value][f"{name}.{column}"].add((key,))
    return found


def seen_by(app: Flask, made: World) -> dict[str, str]:
    """Column -> the letters of who reads it."""
    add_words(made)
    for remembered in (matching._question, matching._names):  # of a world before
        remembered.cache_clear()
    placed = fill(f"Qz{number:05d}z" for number in itertools.count())
    far = foreign_rows(made)
    letters: dict[str, list[str]] = defaultdict(list)
    mails = addresses()
    holder = Browser(app)
    holder.raw("GET", f"/s/{made.things['tokens']['own']}")
    people = {letter: Browser(app).sign_in_as(made.users[r]) for letter, r in LETTER.items()}
    for letter, browser in {**people, "T": holder}.items():
        texts = "\n".join(text_of(answer) for _, answer in readings(app, made, browser))
        marks = set(MARK.findall(texts))
        whose: dict[str, set[bool]] = defaultdict(set)
        own = made.users[LETTER[letter]].email if letter in LETTER else ""
        for address in (set(MAIL.findall(texts)) & mails.keys()) - {own}:
            for column, keys in mails[address].items():
                rows = {(column.partition(".")[0], key) for key in keys}
                whose[column].add(rows <= far)  # one person may apply in several years
        for mark in marks:
            column, key = placed[mark]
            whose[column].add((column.partition(".")[0], key) in far)
        for column, sides in whose.items():
            letters[column].append(letter if True in sides else letter.lower())
    nobody = Browser(app)
    for path, answer in readings(app, made, nobody):
        assert not MARK.search(text_of(answer)), f"{path} shows words to nobody in particular"
    both = [*text_columns(), *json_columns()]
    columns = [f"{table.name}.{column.name}" for table, column in both]
    columns += [f"{table}.{column}" for table, column in MAILS]
    bare = {f"{t.name}.{c.name}" for t, c in json_columns()} - {c for c, _ in placed.values()}
    assert bare == WITHOUT_WORDS, "make a row with words in tests/shape/test_canaries.py"
    return {column: " ".join(letters[column]) or "-" for column in columns}


def test_words_reach_whom_they_are_meant_for(app: Flask, world: World) -> None:  # noqa: F811
    meant = {}
    for line in SEEN.strip().splitlines():
        column, *letters = line.split()
        meant[column] = " ".join(letters)
    found = seen_by(app, world)
    differs = [f"{column} {who}" for column, who in found.items() if meant.get(column) != who]
    assert not differs, "decide who reads these, then write them into SEEN:\n" + "\n".join(differs)
    assert set(meant) <= set(found)
    assert len(found) >= 60


ANSWERS = {"answer_sets.answers", "free_texts.quote"}


def test_the_trail_knows_every_page_that_shows_answers(
    app: Flask,
    world: World,  # noqa: F811
) -> None:
    placed = fill(f"Qz{number:05d}z" for number in itertools.count())
    marks = {mark for mark, (column, _) in placed.items() if column in ANSWERS}
    found = set()
    for role in (Role.COORDINATOR, Role.AUDITOR):
        browser = Browser(app).sign_in_as(world.users[role])
        for wanted in requests_of(app, world, kinds=("own", "other", "hidden")):
            if wanted.method == "GET" and wanted.thing not in {"tokens", "feeds"}:
                text = text_of(browser.raw("GET", wanted.path))
                if marks & set(MARK.findall(text)):
                    found.add(wanted.endpoint)
    # Typing in a paper answer shows what stands already; this world holds none that is open.
    assert found == set(ANSWER_PAGES) - {"surveys.enter"}
