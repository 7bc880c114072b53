"""Pages of handing in: everything looked over, then the receipt."""

from __future__ import annotations

import datetime as dt

from flask import abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from companion.core import clock
from companion.core.access import public
from companion.core.db import saved
from companion.core.errors import Refused
from companion.surveys.actions import Arrival, answers_handed_in, submit
from companion.surveys.answers import check_all
from companion.surveys.forms import SubmitForm
from companion.surveys.queries import may_share_texts, standing_answer
from companion.surveys.reading import answered_lines, not_asked_words
from companion.surveys.routes.page import bp
from companion.surveys.routes.respondent import answering
from companion.surveys.terms import Channel


@bp.route("/answer/<public_id>/check", methods=["GET", "POST"])
@public
def check(public_id: str) -> str | Response | tuple[str, int]:
    """Everything answered, to be looked over and handed in."""
    work = answering(public_id)
    draft = work.draft
    may_share = may_share_texts(work.invitation)
    standing = standing_answer(work.invitation) if may_share else None
    form = SubmitForm(
        respondent=draft.respondent if draft else "",
        shares_texts=standing is not None and standing.shares_texts,
    )
    faults: dict[str, str] = {}
    if request.method == "POST":
        if not form.validate():
            abort(400)
        try:
            with saved():
                key = form.once()
                key.location = url_for("surveys.receipt", public_id=public_id)
                if work.is_anonymous:  # the day, not the moment, in which this person answered
                    key.used_at = clock.at_jst(clock.today(), dt.time())
                if draft is not None and not work.is_anonymous:
                    draft.respondent = form.respondent.data or ""
                arrival = Arrival(Channel(session.get("channels", {}).get(public_id, "web")))
                faults = submit(
                    work.invitation,
                    secret=work.secret,
                    by=work.by,
                    arrival=arrival,
                    shares_texts=form.shares_texts.data if may_share else None,
                )
                if faults:
                    raise _Faulty
            return redirect(url_for("surveys.receipt", public_id=public_id), 303)
        except _Faulty:
            pass
        except Refused as refusal:
            flash(str(refusal), "error")
            return redirect(url_for("surveys.start", public_id=public_id), 303)
    elif work.draft is None:
        return redirect(url_for("surveys.start", public_id=public_id), 303)
    else:
        _, faults = check_all(work.defn, work.answers, work.facts)
    shown = render_template(
        "surveys/check.html",
        work=work,
        form=form,
        may_share=may_share,
        faults=faults,
        page_of=lambda field: work.defn.page_of(field.partition("/")[0].partition("__")[0]) + 1,
        lines=answered_lines(work.defn, work.answers, work.facts),
        left_out=not_asked_words(work.defn, work.answers, work.facts),
    )
    return shown, 422 if request.method == "POST" else 200


class _Faulty(Exception):
    """Undoes the transaction when the answers cannot be handed in yet."""


@bp.get("/answer/<public_id>/done")
@public
def receipt(public_id: str) -> str:
    """The answer has arrived."""
    work = answering(public_id)
    if not work.invitation.has_answered:
        abort(404)
    standing = None if work.is_anonymous else standing_answer(work.invitation)
    handed_in = answers_handed_in(work.invitation, work.secret)
    return render_template(
        "surveys/receipt.html",
        work=work,
        received_at=standing.submitted_at if standing else None,
        respondent=standing.respondent if standing else "",
        shares=standing.shares_texts if standing and may_share_texts(work.invitation) else None,
        lines=answered_lines(work.defn, handed_in, work.facts) if handed_in else [],
    )
