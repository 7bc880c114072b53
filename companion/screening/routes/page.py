"""What the pages of the screening share."""

from __future__ import annotations

from flask import Blueprint, abort, flash

from companion.applications.models import Challenge, Official
from companion.applications.queries import find_challenge, find_official
from companion.core.access import need_viewer
from companion.core.db import saved
from companion.core.errors import Refused
from companion.periods.routes import show_period
from companion.screening.actions import (
    decide,
)
from companion.screening.forms import (
    VerdictForm,
)
from companion.screening.terms import Verdict

bp = Blueprint("screening", __name__)


def challenge_of(public_id: str) -> Challenge:
    row = find_challenge(public_id, need_viewer()) or abort(404)
    show_period(row.period)
    return row


def decided(row: Challenge | Official, form: VerdictForm) -> bool:
    if form.validate_on_submit():
        try:
            with saved():
                decide(row, Verdict(form.verdict.data), form.reason.data or "", by=need_viewer())
                words = Verdict(form.verdict.data).label
            flash(f"「{words}」を保存しました。", "success")
            return True
        except Refused as refusal:
            form.reason.errors = [str(refusal)]
    return False


def official_of(public_id: str) -> Official:
    row = find_official(public_id, need_viewer()) or abort(404)
    show_period(row.period)
    return row
