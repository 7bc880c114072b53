"""Letters about good cases: a municipality is asked for consent, and what came of an article."""

from __future__ import annotations

from companion.cases.models import Case
from companion.cases.terms import CaseMoved, CaseState, ConsentAsked
from companion.core import events
from companion.core.db import db
from companion.core.mail import LetterKind
from companion.notices.writing import write
from companion.people.queries import coordinators


def _municipality(case: Case) -> tuple[str, str]:
    challenge = case.team.challenge
    town = f"{challenge.municipality.full_name} {challenge.division}".strip()
    return challenge.contact_email, town


@events.on(ConsentAsked)
def ask_the_municipality(news: ConsentAsked) -> None:
    """The municipality is asked; for other words it is another letter."""
    case = db.session.get_one(Case, news.case_id)
    address, name = _municipality(case)
    _write(case, "case_asked", address, name, "【好事例】公開への同意のお願い")


@events.on(CaseMoved)
def tell_what_came_of_it(news: CaseMoved) -> None:
    """The team and its municipality; what may be published is told to the coordinators too."""
    case = db.session.get_one(Case, news.case_id)
    told = {row.official.email: row.official.name for row in case.team.current_members}
    told.setdefault(*_municipality(case))
    subject = f"【好事例】「{case.state.label}」になりました"
    for address, name in told.items():
        _write(case, "case_moved", address, name, subject)
    if case.state is CaseState.CONSENTED:
        for user in coordinators():
            if user.email not in told:
                _write(case, "case_moved", user.email, user.name, subject, is_office=True)


def _write(
    case: Case, template: str, address: str, name: str, subject: str, *, is_office: bool = False
) -> None:
    write(
        f"case/{case.public_id}/{case.version}/{address}",
        LetterKind.CASE,
        template,
        to=address,
        subject=subject,
        name=name,
        case=case,
        town=case.team.challenge.municipality,
        is_office=is_office,
        secretariat=case.team.period.secretariat,
    )
