"""Letting an auditor read named answers: one coordinator asks, another decides.

The auditor writes nothing, so a coordinator passes the auditor's reason on.
"""

from __future__ import annotations

from sqlalchemy import select

from companion.approvals.actions import ask, carried_out_by
from companion.approvals.models import Approval
from companion.core import audit, clock, mail
from companion.core.access import Role, Viewer, roles_held
from companion.core.db import db
from companion.core.errors import Refused
from companion.core.html import jst
from companion.people.models import User
from companion.surveys.models import SurveyRound
from companion.surveys.queries.disclosed import may_be_disclosed, subject_of
from companion.surveys.terms import DISCLOSED_FOR, DISCLOSURE


def ask_to_disclose(
    survey_round: SurveyRound, auditor: User, reason: str, *, by: Viewer
) -> Approval:
    """Ask a second coordinator to let an auditor read a closed round's named answers.

    Raises:
        Refused: these answers are not disclosed to anybody, the auditor is the asker, no reason is
            given, or the same is asked for already.
    """
    _check(survey_round, auditor, by)
    return ask(
        DISCLOSURE,
        subject_of(survey_round, auditor),
        title=f"{survey_round.period.name} {survey_round.title}の生の回答を監査担当者に開示",
        reason=reason,
        by=by,
        lines=[
            f"読む人：{auditor.name}（監査）",
            "読めるもの：市町村の名前つきの回答すべて（閲覧のみ）",
            f"読める期間：承認から{DISCLOSED_FOR.days}日間",
        ],
        page=f"/rounds/{survey_round.public_id}/disclosure",
    )


@carried_out_by(DISCLOSURE, label="監査担当者への回答の開示")
def disclose(approval: Approval, by: Viewer) -> str:
    """The approval itself is what lets the auditor in; the auditor is told by letter."""
    round_id, _, auditor_id = approval.subject.partition("/")
    survey_round = db.session.scalar(select(SurveyRound).where(SurveyRound.public_id == round_id))
    auditor = db.session.scalar(select(User).where(User.public_id == auditor_id))
    if survey_round is None or auditor is None:
        raise Refused("このアンケートか監査担当者のアカウントが、もうありません。")
    _check(survey_round, auditor, by)
    until = clock.now() + DISCLOSED_FOR
    audit.record(
        "survey.disclose",
        survey_round.public_id,
        by=by,
        to=auditor.public_id,
        until=jst(until),
    )
    mail.post(
        f"disclosed/{approval.public_id}",
        mail.LetterKind.APPROVAL,
        to=auditor.email,
        subject=f"【お知らせ】{survey_round.title}の回答を閲覧できます",
        body=(
            f"{auditor.name} 様\n\n"
            f"{survey_round.period.name}の「{survey_round.title}」の回答を、"
            f"{jst(until)}まで閲覧できます。閲覧は、すべて監査記録に残ります。\n\n"
            "サインインし、「アンケート」から回収状況を開いてください。\n"
        ),
    )
    return f"/rounds/{survey_round.public_id}/disclosure"


def _check(survey_round: SurveyRound, auditor: User, by: Viewer) -> None:
    if not may_be_disclosed(survey_round):
        raise Refused("開示できるのは、市町村が記名で回答し、終了したアンケートの回答だけです。")
    if not auditor.active or Role.AUDITOR not in roles_held(auditor):
        raise Refused("監査の役割を持つ、有効なアカウントを選んでください。")
    if auditor.id == by.user_id:
        raise Refused("自分が読むための開示は、依頼も承認もできません。別の人が判断します。")
