"""Joining anonymous answers to people, tried with everything the database knows, on both kinds."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from companion.core.audit import AuditLine
from companion.core.db import db, saved
from companion.core.errors import Refused
from companion.core.forms import UsedFormKey
from companion.periods.models import Period
from companion.surveys.actions import close_round, open_round, save_page, submit
from companion.surveys.anonymity import handed_in
from companion.surveys.jobs import wipe_traces
from companion.surveys.models import AnswerDraft, AnswerSet, Invitation, SealedAnswer, SurveyRound
from companion.surveys.queries import answer_sets, hash_of
from companion.surveys.sealing import Unreadable, key_of, room_for, seal, unseal
from companion.surveys.terms import InvitationState
from companion.surveys.wiping import rewrite
from tests.kit.dying import Acknowledge, killed
from tests.kit.makers import account_of, make_official, make_period, make_team
from tests.kit.pages import Browser
from tests.surveys.makers import official_eval

MINISTRIES = ("mic", "maff", "meti")


@pytest.fixture
def survey_round(app: Flask) -> SurveyRound:
    """Eight teams: an open anonymous round of 24 officials."""
    period = make_period()
    for _ in range(8):
        make_team(officials=[make_official(ministry_code=code) for code in MINISTRIES])
    with saved():
        return open_round("official_eval", period, by=None)


def secret_of(number: int) -> str:
    return f"a secret that nobody else holds {number}"


def words_of(number: int) -> str:
    return f"Mark{number:03}z"


def answers_of(number: int) -> dict[str, Any]:
    return {
        "overall": "5",
        "reasons": ["field"],
        "reasons_other": words_of(number) * (1 + number % 7),
        "backoffice": "unused",
        "hours": str(number),
    }


def people_of(survey_round: SurveyRound) -> list[Invitation]:
    found = select(Invitation).where(Invitation.round_id == survey_round.id)
    return list(db.session.scalars(found.order_by(Invitation.id)))


def hand_in(invitation: Invitation, number: int) -> None:
    """One official answers, and corrects it at once when the number says so."""
    for _ in range(1 + (number % 5 == 0)):
        with saved():
            answers = answers_of(number)
            save_page(invitation, answers, set(answers), secret=secret_of(number))
        with saved():
            assert submit(invitation, secret=secret_of(number), by=None) == {}


def everybody_answers(survey_round: SurveyRound) -> list[int]:
    """All hand in one after the other; gives the numbers of the answers in that order."""
    people = people_of(survey_round)
    order = list(range(len(people)))
    random.Random(3).shuffle(order)
    for number in order:
        hand_in(people[number], number)
    return order


def storage() -> bytes:
    """Every byte that the tables, dead rows and indexes hold."""
    db.session.rollback()
    with db.engine.connect() as link:
        if db.engine.dialect.name == "sqlite":
            main = Path(link.execute(text("PRAGMA database_list")).first().file)
            beside = [main, main.with_name(main.name + "-wal")]
            return b"".join(path.read_bytes() for path in beside if path.exists())
        link.execution_options(isolation_level="AUTOCOMMIT").execute(text("CHECKPOINT"))
        kept = "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r','t','i')"
        paths = [path for path in link.scalars(text(kept + " AND relfilenode > 0")) if path]
        read = text("SELECT pg_read_binary_file(:path, true)")
        return b"".join(bytes(link.scalar(read, {"path": path}) or b"") for path in paths)


def test_while_the_round_is_open_no_answer_stands_anywhere_in_words(
    survey_round: SurveyRound,
) -> None:
    order = everybody_answers(survey_round)
    waiting = people_of(survey_round)[0]
    assert waiting.state is InvitationState.SUBMITTED
    assert db.session.scalars(select(AnswerSet)).all() == []
    assert answer_sets(survey_round) == []
    sealed = db.session.scalars(select(SealedAnswer)).all()
    assert len(sealed) == len(order)
    assert len({len(one.content) for one in sealed}) == 1, "the size tells who wrote much"
    kept = storage()
    assert survey_round.public_id.encode() in kept, "this looks at the right place"
    assert [n for n in order if words_of(n).encode() in kept] == []
    # A key made from anything in the database opens nothing.
    purpose = f"survey-answers/{survey_round.public_id}"
    for value in sorted(everything_but("sealed_answers"))[:2000]:
        with pytest.raises(Unreadable):
            unseal([key_of(value, purpose)], sealed[0].content)


def test_a_draft_opens_with_its_own_secret_only(survey_round: SurveyRound) -> None:
    invitation = people_of(survey_round)[0]
    with saved():
        draft = save_page(invitation, answers_of(1), set(answers_of(1)), secret=secret_of(1))
    assert draft.answers == {}
    assert words_of(1).encode() not in storage()
    with pytest.raises(IntegrityError), saved() as session:
        session.add(
            AnswerDraft(
                round_id=survey_round.id,
                identity=survey_round.identity,
                secret_hash=hash_of("x"),
                sealed=b"",
                answers={"overall": "5"},
            )
        )


def test_after_closing_nothing_joins_answers_to_people(survey_round: SurveyRound) -> None:
    order = everybody_answers(survey_round)
    lines = select(AuditLine).where(AuditLine.action == "survey.submit")
    assert db.session.scalars(lines).all() == [], "a line with a time would order the answers"
    with saved():
        close_round("official_eval", survey_round.period, by=None)
    for table in (SealedAnswer, AnswerDraft):
        assert db.session.scalars(select(table)).all() == []
    columns, rows = hidden_columns()
    # The words to be read lead to their answer, and neither to a person.
    assert not {str(row["id"]) for row in rows} & everything_but("answer_sets", "free_texts")
    for row in rows:
        told = {key for key, value in row.items() if value not in (None, "", False, 0)}
        assert told - set(columns) == {"id", "round_id", "identity", "answers"}
    # No order in which the database can give them is the order in which they came.
    place = {number: index for index, number in enumerate(order)}
    for name in ("as they come", "id", *columns):
        found = (
            rows if name == "as they come" else sorted(rows, key=lambda r, n=name: sort_key(r[n]))
        )
        came = [place[int(row["answers"]["hours"])] for row in found]
        assert abs(spearman(came)) < 0.8, name
    if "xmin" in columns:
        moments = {row["xmin"] for row in rows}
        assert len(moments) == 1, "all came in one transaction"
        people = set(db.session.scalars(text("SELECT xmin::text FROM invitations")))
        assert not moments & people


def test_after_closing_the_files_hold_nothing_of_what_was_sealed(
    survey_round: SurveyRound,
) -> None:
    """Not even for who has the secret key: neither the sealed answers nor their hashes are left."""
    everybody_answers(survey_round)
    sealed = [
        (bytes(one.content)[100:140], one.secret_hash.encode())
        for one in db.session.scalars(select(SealedAnswer))
    ]
    db.session.execute(text("ANALYZE"))  # the server does it by itself, some time or other
    db.session.commit()
    rewrite(db.engine, with_files=True)
    found = handed_in(survey_round, secret_of(1))
    assert found is not None, "what waits in an open round stays"
    assert found["hours"] == "1"
    with saved():
        close_round("official_eval", survey_round.period, by=None)
    assert wipe_traces() == 1
    assert wipe_traces() == 0
    kept = storage()
    assert survey_round.public_id.encode() in kept, "this looks at the right place"
    assert [part for pair in sealed for part in pair if part in kept] == []


def hidden_columns() -> tuple[list[str], list[dict[str, Any]]]:
    """The answers as the database keeps them, with what it notes about each row by itself."""
    more = ["xmin", "ctid"] if db.engine.dialect.name == "postgresql" else []
    words = "".join(f", {name}::text AS {name}" for name in more)
    found = db.session.execute(text(f"SELECT *{words} FROM answer_sets")).mappings()  # noqa: S608
    rows = [dict(row) for row in found]
    parsed = dict(db.session.execute(select(AnswerSet.id, AnswerSet.answers)).all())
    return more, [{**row, "answers": parsed[row["id"]]} for row in rows]


def sort_key(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("("):  # a place in the file: page and row
        return tuple(int(part) for part in value.strip("()").split(","))
    return value


def spearman(came: list[int]) -> float:
    n = len(came)
    apart = sum((index - rank) ** 2 for index, rank in enumerate(came))
    return 1 - 6 * apart / (n * (n * n - 1))


def everything_but(*left_out: str) -> set[str]:
    found: set[str] = set()
    for table in db.metadata.sorted_tables:
        if table.name not in left_out:
            for row in db.session.execute(table.select()):
                found |= {str(value) for value in row}
    return found


def test_the_pages_leave_a_day_and_no_moment(app: Flask, survey_round: SurveyRound) -> None:
    official = survey_round.period and people_of(survey_round)[0].official
    browser = Browser(app).sign_in_as(account_of(official))
    lines = db.session.scalars(select(AuditLine.id)).all()
    page = browser.get("/2025/my-surveys").follow("回答する").submit("回答を始める")
    page = page.submit("保存して次へ", overall="4", reasons=["field"])
    page = page.submit("保存して次へ", backoffice="unused")
    assert page.submit("提出する").heading == "回答を受け付けました"
    assert db.session.scalars(select(AuditLine.id)).all() == lines
    moments = db.session.scalars(
        select(UsedFormKey.used_at).where(UsedFormKey.location.startswith("/answer/"))
    ).all()
    assert [moment.isoformat() for moment in moments] == ["2025-09-01T15:00:00+00:00"]
    again = browser.get("/2025/my-surveys").follow("回答を見直す").follow("回答を訂正する")
    assert again.fields["overall"] == "4"
    again.submit("保存して次へ", overall="3").submit("保存して次へ").submit("提出する")
    assert len(db.session.scalars(select(SealedAnswer)).all()) == 1


def test_another_secret_key_loses_nothing(app: Flask, survey_round: SurveyRound) -> None:
    hand_in(people_of(survey_round)[0], 1)
    kept = app.config["SECRET_KEY"]
    app.config["SECRET_KEY"] = "another key of more than thirty-two characters"
    try:
        with pytest.raises(Refused, match="封をした回答を開けません"), saved():
            close_round("official_eval", survey_round.period, by=None)
    finally:
        app.config["SECRET_KEY"] = kept
    with saved():
        close_round("official_eval", survey_round.period, by=None)
    assert [one["hours"] for one in answer_sets(survey_round)] == ["1"]


@pytest.mark.parametrize("seconds", [0.03, 0.15, 0.4])
def test_a_killed_server_loses_no_acknowledged_answer(
    app: Flask, survey_round: SurveyRound, seconds: float
) -> None:
    ids = [one.id for one in people_of(survey_round)]
    round_id = survey_round.id

    def work(done: Acknowledge) -> None:
        with app.app_context():
            for number, id_ in enumerate(ids):
                hand_in(db.session.get_one(Invitation, id_), number)
                done(number)

    acknowledged = killed(seconds, work)
    db.session.rollback()
    survey_round = db.session.get_one(SurveyRound, round_id)
    standing = [n for n in range(len(ids)) if handed_in(survey_round, secret_of(n)) is not None]
    assert set(acknowledged) <= set(standing)
    marked = [p for p in people_of(survey_round) if p.state is InvitationState.SUBMITTED]
    assert len(marked) == len(standing), "who has answered and what was answered go together"


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.03])
def test_a_closing_that_is_killed_is_whole_or_not_at_all(
    app: Flask, survey_round: SurveyRound, seconds: float
) -> None:
    for number, person in enumerate(people_of(survey_round)):
        hand_in(person, number)
    period_id, round_id = survey_round.period_id, survey_round.id

    def work(done: Acknowledge) -> None:
        with app.app_context(), saved():
            close_round("official_eval", db.session.get_one(Period, period_id), by=None)
        done(1)

    killed(seconds, work)
    db.session.rollback()
    sealed = len(db.session.scalars(select(SealedAnswer)).all())
    released = len(db.session.scalars(select(AnswerSet)).all())
    assert (sealed, released) in {(24, 0), (0, 24)}
    assert db.session.get_one(SurveyRound, round_id).state.value == (
        "closed" if released else "open"
    )


def test_any_answers_fit_into_the_same_room() -> None:
    defn, key = official_eval(), key_of("s" * 40, "test")
    room = room_for(defn)
    most = {
        "overall": "5",
        "reasons": [choice.name for choice in defn.question("reasons").choice_list(defn)],
        "reasons_other": "𠮷" * 400,
        "backoffice": "unused",
        "hours": "160",
    }
    sizes = {len(seal(key, answers, room)) for answers in ({}, {"overall": "1"}, most)}
    assert len(sizes) == 1
    assert unseal([key], seal(key, most, room)) == most
    huge = {"reasons_other": "あ" * 30_000}
    assert unseal([key], seal(key, huge, room)) == huge
