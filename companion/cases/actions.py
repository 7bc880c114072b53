"""Writing an article, asking for consent, consenting, publishing, taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from companion.cases.models import Case, CaseStep
from companion.cases.terms import NEEDED, CaseMoved, CaseState, ConsentAsked, Section
from companion.core import audit, clock, events
from companion.core.access import Role, Viewer
from companion.core.db import db
from companion.core.errors import Refused
from companion.teams.models import Team


@dataclass(frozen=True)
class CaseWords:
    """What an article says."""

    title: str
    field_code: str
    texts: Mapping[Section, str]


def begin_case(team: Team, words: CaseWords, *, by: Viewer) -> Case:
    """Keep a first draft."""
    case = Case(team_id=team.id)
    _set(case, words)
    db.session.add(case)
    _step(case, CaseState.DRAFT, "begin", by=by)
    return case


def _set(case: Case, words: CaseWords) -> None:
    case.title, case.field_code = words.title, words.field_code
    for section, text in words.texts.items():
        setattr(case, section.value, text)


def _step(case: Case, state: CaseState, verb: str, comment: str = "", *, by: Viewer) -> None:
    case.state = state
    case.steps.append(CaseStep(at=clock.now(), by_id=by.user_id, state=state, comment=comment))
    db.session.flush()
    audit.record(f"case.{verb}", case.public_id, by=by, after=state.value)


def write_case(case: Case, words: CaseWords, *, by: Viewer) -> None:
    """Keep what is written now.

    What the municipality has consented to is not these words any more: it is asked again, and
    until then nobody else reads the article. One that was withdrawn is a draft again.

    Raises:
        Refused: an official changes what is published; the secretariat does that.
    """
    if case.state is CaseState.PUBLISHED and by.role is not Role.COORDINATOR:
        raise Refused(
            "公開中の記事は、事務局が直します。直したいところを事務局に知らせてください。"
        )
    _set(case, words)
    if not db.session.is_modified(case):
        return
    if case.state in {CaseState.CONSENTED, CaseState.PUBLISHED}:
        _step(
            case, CaseState.ASKED, "write", "内容を直したため、もう一度同意をお願いします。", by=by
        )
        events.publish(ConsentAsked(case.id))
    elif case.state is CaseState.WITHDRAWN:
        _step(case, CaseState.DRAFT, "write", by=by)
    else:
        db.session.flush()
        audit.record("case.write", case.public_id, by=by)
    db.session.expire(case, ["field"])


def ask_for_consent(case: Case, *, by: Viewer) -> None:
    """Ask the municipality whether the article may be published.

    Raises:
        Refused: it is no draft, or a part is missing that others need.
    """
    if case.state is not CaseState.DRAFT:
        raise Refused(f"「{case.state.label}」の記事は、同意を依頼できません。")
    missing = [section.label for section in NEEDED if not case.texts[section].strip()]
    if missing:
        raise Refused(f"同意を依頼する前に、{'、'.join(missing)}を書いてください。")
    _step(case, CaseState.ASKED, "ask", by=by)
    events.publish(ConsentAsked(case.id))


def take_back(case: Case, *, by: Viewer) -> None:
    """Make a draft of it again before the municipality has answered.

    Raises:
        Refused: nobody was asked.
    """
    if case.state is not CaseState.ASKED:
        raise Refused(f"「{case.state.label}」の記事は、依頼を取り下げられません。")
    _step(case, CaseState.DRAFT, "take_back", by=by)


def consent(case: Case, comment: str, *, by: Viewer) -> None:
    """The municipality agrees that these words are published.

    Raises:
        Refused: it is not asked.
    """
    if case.state is not CaseState.ASKED:
        raise Refused(f"「{case.state.label}」の記事には、同意できません。")
    _step(case, CaseState.CONSENTED, "consent", comment.strip(), by=by)
    events.publish(CaseMoved(case.id))


def refuse(case: Case, comment: str, *, by: Viewer) -> None:
    """The municipality does not agree, or does no longer; the article is a draft again.

    Raises:
        Refused: nothing is asked or consented to, or no word says what stands in the way.
    """
    if case.state not in {CaseState.ASKED, CaseState.CONSENTED, CaseState.PUBLISHED}:
        raise Refused(f"「{case.state.label}」の記事には、同意を求めていません。")
    _back_to_draft(case, comment, "refuse", by=by)


def give_back(case: Case, comment: str, *, by: Viewer) -> None:
    """The secretariat gives the article back to the team with what is to be put right.

    Raises:
        Refused: it is not with the municipality or the secretariat, or nothing is said.
    """
    if case.state not in {CaseState.ASKED, CaseState.CONSENTED}:
        raise Refused(f"「{case.state.label}」の記事は差し戻せません。")
    _back_to_draft(case, comment, "give_back", by=by)


def _back_to_draft(case: Case, comment: str, verb: str, *, by: Viewer) -> None:
    if not comment.strip():
        raise Refused("直してほしいところや、同意できない理由を入力してください。")
    _step(case, CaseState.DRAFT, verb, comment.strip(), by=by)
    events.publish(CaseMoved(case.id))


def publish_case(case: Case, comment: str, *, by: Viewer) -> None:
    """Let everybody of the programme read it.

    Raises:
        Refused: its municipality has not consented to these words.
    """
    if case.state is not CaseState.CONSENTED:
        raise Refused(f"「{case.state.label}」の記事は公開できません。自治体の同意が必要です。")
    case.published_at = clock.now()
    _step(case, CaseState.PUBLISHED, "publish", comment.strip(), by=by)
    events.publish(CaseMoved(case.id))


def withdraw_case(case: Case, comment: str, *, by: Viewer) -> None:
    """Let nobody else read it any more.

    Raises:
        Refused: it is not published, or no reason is given.
    """
    if case.state is not CaseState.PUBLISHED:
        raise Refused(f"「{case.state.label}」の記事は、公開していません。")
    if not comment.strip():
        raise Refused("公開を終える理由を入力してください。")
    _step(case, CaseState.WITHDRAWN, "withdraw", comment.strip(), by=by)
    events.publish(CaseMoved(case.id))
