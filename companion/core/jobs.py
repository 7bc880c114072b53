"""Long work outside the web worker: queued in a table, claimed once, with progress and cancel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from companion.core import clock
from companion.core.access import Viewer
from companion.core.db import Base, PublicId, UtcDateTime, Word, db, saved
from companion.core.errors import Refused, log


class JobState(StrEnum):
    """Where a piece of long work stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The state as shown on screen."""
        return {
            "queued": "待機中",
            "running": "実行中",
            "done": "完了",
            "failed": "失敗",
            "cancelled": "中止",
        }[self.value]


class Job(PublicId, Base):
    """One piece of long work: what to do, how far it is, and what came out."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[JobState] = mapped_column(Word(JobState, 12), default=JobState.QUEUED, index=True)
    percent: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(String(500), default="")
    done_url: Mapped[str | None] = mapped_column(String(500))
    is_cancel_wanted: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[int | None]
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=clock.now)
    started_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # When the working process last gave a sign of life.
    seen_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Running:
    """What the working function holds: tells progress, asks whether it should stop."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id

    def tell(self, percent: int, message: str) -> None:
        """Show progress, 0 to 100, in a transaction of its own."""
        with saved():
            db.session.execute(
                update(Job)
                .where(Job.id == self.job_id)
                .values(
                    percent=max(0, min(100, percent)), message=message[:500], seen_at=clock.now()
                )
            )

    def is_cancelled(self) -> bool:
        """True once somebody pressed 中止."""
        with saved():
            return bool(
                db.session.scalar(select(Job.is_cancel_wanted).where(Job.id == self.job_id))
            )


Work = Callable[[dict[str, Any], Running], str | None]
_kinds: dict[str, Work] = {}


def work(kind: str) -> Callable[[Work], Work]:
    """Register the function that does one kind of long work.

    It receives the arguments and a `Running`, and returns the address of its result.
    """

    def register(function: Work) -> Work:
        _kinds[kind] = function
        return function

    return register


def enqueue(kind: str, title: str, arguments: dict[str, Any], *, by: Viewer | None) -> Job:
    """Put long work into the queue; `companion work` takes it within seconds."""
    job = Job(kind=kind, title=title, arguments=arguments, created_by=by.user_id if by else None)
    db.session.add(job)
    db.session.flush()
    return job


SILENT = dt.timedelta(minutes=5)


def _give_up_the_silent() -> None:
    """A job whose process died is said to have failed, so that nobody waits for it."""
    db.session.execute(
        update(Job)
        .where(Job.state == JobState.RUNNING, Job.seen_at < clock.now() - SILENT)
        .values(
            state=JobState.FAILED,
            ended_at=clock.now(),
            message="処理が途中で止まりました。もう一度実行してください。",
        )
    )


def run_next() -> bool:
    """Claim the oldest queued job and do it; False when the queue is empty."""
    with saved():
        _give_up_the_silent()
        job_id = db.session.scalar(
            select(Job.id).where(Job.state == JobState.QUEUED).order_by(Job.id).limit(1)
        )
        if job_id is None:
            return False
        claimed = db.session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state == JobState.QUEUED)
            .values(state=JobState.RUNNING, started_at=clock.now(), seen_at=clock.now())
        )
        if claimed.rowcount != 1:  # type: ignore[attr-defined]
            return True  # another process was faster
        job = db.session.get_one(Job, job_id)
        kind, arguments = job.kind, dict(job.arguments)
    running = Running(job_id)
    url, state, message = None, JobState.DONE, ""
    try:
        url = _kinds[kind](arguments, running)
        if running.is_cancelled():
            state, message = JobState.CANCELLED, "中止しました。"
    except Refused as refusal:
        db.session.rollback()
        state, message = JobState.FAILED, str(refusal)
    except Exception:
        db.session.rollback()
        log.error("job %s failed", job_id, exc_info=True)
        state, message = JobState.FAILED, "処理中に問題が起きました。もう一度実行してください。"
    with saved():
        job = db.session.get_one(Job, job_id)
        job.state, job.done_url, job.ended_at = state, url, clock.now()
        job.percent = 100 if state is JobState.DONE else job.percent
        job.message = message or ("完了しました。" if state is JobState.DONE else job.message)
    return True
