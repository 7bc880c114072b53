"""Proposing an official, taking that back, accepting and declining."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from companion.applications.models import Official
from companion.core import audit, clock
from companion.core.access import Role, Viewer, roles_held
from companion.core.db import db
from companion.core.errors import Refused
from companion.people.actions import address_of
from companion.people.queries import find_user
from companion.people.raising import open_account
from companion.people.tenure import extend_terms
from companion.periods.models import Period
from companion.proposals.models import Proposal
from companion.proposals.queries import takes_proposals
from companion.proposals.terms import ProposalState


@dataclass(frozen=True)
class Candidate:
    """Whom a ministry proposes, and why."""

    name: str
    kana: str
    division: str
    post: str
    email: str
    reason: str


def propose(period: Period, who: Candidate, *, by: Viewer) -> Proposal:
    """Propose an official of the own ministry; nothing is made before it is accepted.

    Raises:
        Refused: the period is over, the address is of no central ministry, or this person is
            proposed or has applied already.
    """
    if not takes_proposals(period):
        raise Refused("新しい年度が始まっています。年度を切り替えてから推薦してください。")
    domains = [one for one in current_app.config["MAIL_DOMAINS"] if not is_of_municipality(one)]
    email = address_of(who.email, domains)
    same = db.session.scalar(
        select(Proposal).where(
            Proposal.period_id == period.id,
            Proposal.ministry_code == by.ministry_code,
            Proposal.email == email,
            Proposal.state.in_({ProposalState.OPEN, ProposalState.ACCEPTED}),
        )
    )
    if same is not None:
        raise Refused(f"この方は、すでに推薦しています（{same.state.label}）。")
    applied = db.session.scalar(
        select(Official.id).where(
            Official.period_id == period.id,
            Official.ministry_code == by.ministry_code,
            Official.email == email,
        )
    )
    if applied is not None:
        raise Refused("この方は、すでに応募しています。「応募職員」で確かめてください。")
    row = Proposal(
        period_id=period.id,
        ministry_code=by.ministry_code,
        name=who.name.strip(),
        kana=who.kana.strip(),
        division=who.division.strip(),
        post=who.post.strip(),
        email=email,
        reason=who.reason.strip(),
        proposed_by_id=by.user_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("proposal.make", row.public_id, by=by, ministry=row.ministry_code)
    return row


def is_of_municipality(domain: str) -> bool:
    """True for the domains of municipalities and prefectures, whose people are no officials."""
    return domain == "lg.jp" or domain.endswith(".lg.jp")


def _open_only(row: Proposal) -> None:
    if row.state is not ProposalState.OPEN:
        raise Refused(f"この推薦は「{row.state.label}」になっています。画面を開き直してください。")


def withdraw(row: Proposal, *, by: Viewer) -> None:
    """The ministry takes its proposal back.

    Raises:
        Refused: the secretariat has answered.
    """
    _open_only(row)
    row.state = ProposalState.WITHDRAWN
    db.session.flush()
    audit.record("proposal.withdraw", row.public_id, by=by)


def accept(row: Proposal, *, by: Viewer) -> bool:
    """Invite who was proposed; True when an account was opened, False when there was one.

    Raises:
        Refused: it was answered or taken back, or the address belongs to an account that is
            stopped or of another role.
    """
    _open_only(row)
    user = find_user(row.email)
    if user is None:
        open_account(email=row.email, name=row.name, role=Role.OFFICIAL.value, reason="", by=by)
    elif user.is_open and Role.OFFICIAL in roles_held(user):
        extend_terms(row.period.last_day, emails=[row.email], lg_codes=[], by=by)
    else:
        raise Refused(
            "このアドレスには、停止中か、ほかの役割のアカウントがあります。「アカウント」で状態と"
            "役割を確かめてから、もう一度承諾してください。"
        )
    _answer(row, ProposalState.ACCEPTED, "", by=by)
    audit.record("proposal.accept", row.public_id, by=by)
    return user is None


def decline(row: Proposal, reason: str, *, by: Viewer) -> None:
    """Say no, with a reason that the ministry reads.

    Raises:
        Refused: it was answered or taken back, or no reason is given.
    """
    _open_only(row)
    if not reason.strip():
        raise Refused("見送る理由を入力してください。府省庁の窓口に表示されます。")
    _answer(row, ProposalState.DECLINED, reason.strip(), by=by)
    audit.record("proposal.decline", row.public_id, by=by)


def _answer(row: Proposal, state: ProposalState, words: str, *, by: Viewer) -> None:
    row.state, row.answer = state, words
    row.decided_by_id, row.decided_at = by.user_id, clock.now()
    db.session.flush()
