"""Letters of the 後方支援: a ministry is asked for an answer, the secretariat learns of it."""

from __future__ import annotations

from companion.core import events
from companion.core.db import db
from companion.core.mail import LetterKind
from companion.inquiries.models import Inquiry
from companion.inquiries.terms import InquiryRouted, MinistryReplied
from companion.notices.writing import write
from companion.people.models import User
from companion.people.queries import contacts_of, coordinators


@events.on(InquiryRouted)
def ask_the_ministry(news: InquiryRouted) -> None:
    """Every contact of the ministry is asked; asked again, it is another letter."""
    row = db.session.get_one(Inquiry, news.inquiry_id)
    for user in contacts_of(row.routed_to_code or ""):
        _write(row, "routed", user, f"【後方支援】回答のお願い（期限 {row.due_on:%-m月%-d日}）")


@events.on(MinistryReplied)
def tell_of_a_reply(news: MinistryReplied) -> None:
    """The coordinators learn that a ministry has answered in their place."""
    row = db.session.get_one(Inquiry, news.inquiry_id)
    for user in coordinators():
        _write(row, "replied", user, "【後方支援】府省庁からの回答")


def _write(row: Inquiry, step: str, user: User, subject: str) -> None:
    # The words of the inquiry stay on its page.
    write(
        f"inquiry/{row.public_id}/{step}/{row.version}/{user.email}",
        LetterKind.INQUIRY,
        f"inquiry_{step}",
        to=user.email,
        subject=subject,
        name=user.name,
        row=row,
        team=row.team,
        secretariat=row.team.period.secretariat,
    )
