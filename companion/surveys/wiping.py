"""What a deleted row leaves in the files of the database, and how it is got rid of.

A deleted row stays in its file, and in the log beside it, until the place is used again; on
PostgreSQL with the number of the transaction that wrote it, which is that of the invitation's
mark too. So whoever holds the files and the secret key could open an anonymous answer after
closing and say whose it was. Once a round is closed (and once names are forgotten) the tables
concerned are written anew; SQLite overwrites what it deletes, and its log is emptied.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from companion.core.db import db
from companion.surveys.models import (
    AnswerDraft,
    FormReturn,
    Receipt,
    SealedAnswer,
    SurveyRound,
)
from companion.surveys.terms import Identity, RoundState

_SEALED = (SealedAnswer, AnswerDraft)
_FILES = (Receipt, FormReturn)  # large, and of confidential answers alone something goes from them


def rounds_with_traces() -> list[SurveyRound]:
    """Closed rounds without names of which deleted rows may still lie in the files."""
    found = select(SurveyRound).where(
        SurveyRound.state == RoundState.CLOSED,
        SurveyRound.identity != Identity.IDENTIFIED,
        SurveyRound.has_traces.is_(True),
    )
    return list(db.session.scalars(found))


def rewrite(engine: Engine, *, with_files: bool) -> None:
    """Write the tables anew without what was deleted; outside of any transaction.

    What stands in them stays. Raises RuntimeError when SQLite's log is being read, or the
    driver's error when a table is: it is done the next time.
    """
    link = engine.raw_connection()
    link.detach()  # it goes back to no pool with the settings made here
    try:
        cursor = link.cursor()
        if engine.dialect.name == "sqlite":
            is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if is_busy:
                raise RuntimeError("the log of the database is being read")
        else:
            own: Any = link.dbapi_connection
            own.autocommit = True
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET lock_timeout = '5s'")  # tried again the next time
            for table in _SEALED:
                name = table.__tablename__
                # Emptied, a table gets a new file whatever older snapshots (a backup, statistics)
                # may still see; VACUUM would carry over for them what was deleted.
                with own.transaction():
                    cursor.execute(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")
                    copy = f"CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM {name}"  # noqa: S608
                    cursor.execute(copy)
                    cursor.execute(f"TRUNCATE {name}")
                    cursor.execute(f"INSERT INTO {name} SELECT * FROM kept ORDER BY 1")  # noqa: S608
            for file in _FILES if with_files else ():
                cursor.execute(f"VACUUM (FULL) {file.__tablename__}")
            # Other tables lean on this one: a column computed anew takes over the living rows
            # alone. Then they go in the order of their random keys, no longer of their arrival.
            cursor.execute(
                "ALTER TABLE answer_sets ALTER COLUMN respondent"
                " TYPE varchar(200) USING respondent || ''"
            )
            cursor.execute("CLUSTER answer_sets USING pk_answer_sets")
    finally:
        link.close()
