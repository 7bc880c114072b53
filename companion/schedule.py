"""The process beside the web server: does queued work and sends due letters, one tick at a time.

The scheduler only wakes these functions; what is due is always read from the tables, so nothing
is lost when the process stops and nothing is done twice when several run.
"""

from __future__ import annotations

import datetime as dt
import logging
from functools import partial
from pathlib import Path

from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from companion.audits.jobs import keep_anchor, send_monthly_letters
from companion.core import clock, jobs
from companion.core.backup import keep as keep_backup
from companion.core.db import db, saved
from companion.core.errors import log
from companion.core.mail import FolderMailbox, Mailbox, SmtpMailbox, deliver_due
from companion.notices.jobs import send_action_letters, send_digest, tell_of_unresolved
from companion.notices.models import Heartbeat
from companion.people.tenure import close_ended
from companion.reports.jobs import queue_due_reports
from companion.surveys.forgetting import forget_names
from companion.surveys.jobs import send_reminders, wipe_traces

WORK_SECONDS = 2
LETTER_SECONDS = 5  # somebody waits in front of the screen for a code
WATCH_SECONDS = 60
BEAT = dt.timedelta(seconds=30)


def mailbox(app: Flask) -> Mailbox:
    """The mail server of the settings, or the folder mail/ of the instance."""
    if app.config["SMTP_ADDRESS"]:
        return SmtpMailbox(app.config["SMTP_ADDRESS"])
    return FolderMailbox(Path(app.instance_path) / "mail")


def _beat(name: str) -> None:
    """Leave a sign of life, for the page of the post."""
    with saved():
        row = db.session.get(Heartbeat, name)
        if row is None or abs(clock.now() - row.beaten_at) > BEAT:
            db.session.merge(Heartbeat(name=name, beaten_at=clock.now()))


def do_work(app: Flask) -> None:
    """Do every queued job."""
    with app.app_context():
        try:
            _beat("work")
            while jobs.run_next():
                db.session.remove()
        except Exception:
            log.error("tick of work failed", exc_info=True)


def send_letters(app: Flask) -> None:
    """Send every due letter."""
    with app.app_context():
        try:
            _beat("letters")
            deliver_due(mailbox(app), sender=app.config["MAIL_FROM"])
        except Exception:
            log.error("tick of letters failed", exc_info=True)


def keep_watch(app: Flask) -> None:
    """Letters that are due, heads of the audit trail kept elsewhere, backups, planned reports.

    One that fails does not keep the others waiting.
    """
    folder = Path(app.config["BACKUP_FOLDER"])
    minutes = dt.timedelta(minutes=app.config["BACKUP_MINUTES"])
    for task in (
        partial(_beat, "watch"),
        partial(keep_anchor, folder),
        send_monthly_letters,
        send_reminders,
        send_digest,
        send_action_letters,
        tell_of_unresolved,
        partial(keep_backup, app, folder, minutes),
        queue_due_reports,
        _forget,
        wipe_traces,
    ):
        with app.app_context():
            try:
                task()
            except Exception:
                log.error("tick of watching failed", exc_info=True)


def _forget() -> None:
    with saved():
        close_ended()
        forget_names()


def serve(app: Flask) -> None:
    """Run until the process is stopped."""
    # A tick that falls into a long job is skipped on purpose and needs no warning.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BlockingScheduler(timezone=dt.UTC)
    common = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    scheduler.add_job(do_work, "interval", [app], seconds=WORK_SECONDS, **common)
    scheduler.add_job(send_letters, "interval", [app], seconds=LETTER_SECONDS, **common)
    scheduler.add_job(keep_watch, "interval", [app], seconds=WATCH_SECONDS, **common)
    scheduler.start()
