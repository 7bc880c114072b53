"""Letters of the 相談カルテ: whoever owes the next step learns of it."""

from __future__ import annotations

from collections.abc import Sequence

from companion.consultations.models import Consultation
from companion.consultations.terms import (
    ConsultationAnswered,
    ConsultationReceived,
    ConsultationReplied,
    ConsultationRouted,
)
from companion.core import events
from companion.core.db import db
from companion.core.mail import LetterKind
from companion.notices.writing import write
from companion.people.models import Ministry, User
from companion.people.queries import accounts_of_municipality, contacts_of, coordinators


@events.on(ConsultationReceived)
def tell_the_secretariat(news: ConsultationReceived) -> None:
    """The coordinators have a sheet to share, or one that is asked on."""
    row = db.session.get_one(Consultation, news.consultation_id)
    subject = "【相談カルテ】" + ("追加の相談" if news.again else "新しい相談")
    _write(row, "received", coordinators(), subject, again=news.again)


@events.on(ConsultationRouted)
def ask_the_ministry(news: ConsultationRouted) -> None:
    """Every contact of the ministry is asked."""
    row = db.session.get_one(Consultation, news.consultation_id)
    subject = f"【相談カルテ】回答のお願い（期限 {row.due_on:%-m月%-d日}）"
    _write(row, "routed", contacts_of(news.ministry_code), subject, code=news.ministry_code)


@events.on(ConsultationReplied)
def tell_of_a_reply(news: ConsultationReplied) -> None:
    """The coordinators learn which ministry has replied and who is still silent."""
    row = db.session.get_one(Consultation, news.consultation_id)
    subject = "【相談カルテ】府省庁からの回答"
    _write(row, "replied", coordinators(), subject, code=news.ministry_code)


@events.on(ConsultationAnswered)
def tell_the_municipality(news: ConsultationAnswered) -> None:
    """Everybody of the municipality learns that the answer is there."""
    row = db.session.get_one(Consultation, news.consultation_id)
    users = accounts_of_municipality(row.lg_code)
    _write(row, "answered", users, "【相談カルテ】回答のお知らせ")


def _write(
    row: Consultation,
    step: str,
    users: Sequence[User],
    subject: str,
    *,
    code: str = "",
    again: bool = False,
) -> None:
    # The words of the sheet stay on its page.
    for user in users:
        write(
            f"consultation/{row.public_id}/{step}/{code}/{row.version}/{user.email}",
            LetterKind.CONSULTATION,
            f"consultation_{step}",
            to=user.email,
            subject=subject,
            name=user.name,
            row=row,
            ministry=db.session.get(Ministry, code) if code else None,
            again=again,
            secretariat=row.period.secretariat,
        )
