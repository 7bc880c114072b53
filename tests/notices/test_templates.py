"""Every letter as it reads: the text beside this test is what the template makes of the same data.

A template without a text fails, and so does a text without a template.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from companion.activities.actions.scheduling import ask_for_date, decide_poll
from companion.activities.terms import ActivityKind
from companion.activities.written import Plan
from companion.approvals.actions import ask, carried_out_by, refuse
from companion.briefings.models import BriefingSeat, BriefingSession
from companion.cases.terms import CaseState
from companion.consultations.actions import SheetWords, hand_in_sheet, route_sheet
from companion.consultations.terms import Element, Stage, WishedWay
from companion.core.access import Role
from companion.core.db import saved
from companion.inquiries.actions import Question, ask_secretariat, route_inquiry
from companion.inquiries.terms import InquiryKind
from companion.memos.models import MemoOpening
from companion.memos.terms import OPEN_FOR
from companion.notices.alerts import Alert, Rule
from companion.notices.queries import TeamAlerts
from companion.people.models import SignIn
from companion.surveys.terms import Identity
from companion.teams.models import Team
from tests.conftest import MOMENT
from tests.kit.cases import made_case
from tests.kit.makers import (
    make_activity,
    make_challenge,
    make_municipality,
    make_next_action,
    make_official,
    make_period,
    make_team,
    make_user,
    viewer_as,
)

TEMPLATES = Path(__file__).parents[2] / "companion" / "templates"
TEXTS = Path(__file__).parent / "letters"
LETTERS = sorted(
    str(path.relative_to(TEMPLATES))
    for path in TEMPLATES.glob("*/letters/*.txt")
    if not path.name.startswith("_")
)


@carried_out_by("templates-example", label="例")
def _nothing(approval: object, by: object) -> str:
    return "/"


def text_beside(template: str) -> Path:
    """Where the text of a template stands: `notices/letters/digest.txt` → `notices.digest.txt`."""
    feature, _, name = template.split("/")
    return TEXTS / f"{feature}.{name}"


@pytest.fixture
def team(app: Flask) -> Team:
    make_period()
    officials = [
        make_official(name, ministry_code=code, email=f"{code}@example.go.jp")
        for name, code in (("青山 一郎", "mic"), ("石橋 二葉", "maff"), ("上原 三奈", "meti"))
    ]
    town = make_challenge(make_municipality("朝見本町"), contact_email="kikaku@example.lg.jp")
    return make_team(town, officials)


def surveyed() -> dict[str, Any]:
    return {
        "name": "長野県朝見本町 企画課",
        "title": "伴走支援自治体アンケート",
        "closes_at": MOMENT + dt.timedelta(days=18),
        "promise": Identity.IDENTIFIED.promise,
        "link": "https://example.jp/s/secret",
        "secretariat": "内閣官房 地域未来戦略本部事務局",
    }


def contexts(team: Team) -> dict[str, dict[str, Any]]:
    """What each template is given."""
    boss, other = make_user(Role.COORDINATOR, name="調整 花子"), make_user(Role.COORDINATOR)
    with saved():
        approval = ask(
            "templates-example", "1", title="公表", reason="審査が終わった", by=viewer_as(boss)
        )
        refuse(approval, note="もう一度見たい", by=viewer_as(other))
        start = MOMENT + dt.timedelta(days=7)
        plan = Plan(ActivityKind.ONLINE_MEETING, start, start + dt.timedelta(hours=1))
        poll = ask_for_date(team, plan, [start, start + dt.timedelta(days=1)], by=None)
        chosen = decide_poll(poll, poll.slots[0].id, by=None)
        asking = Question(InquiryKind.SCHEME, "空き家の交付金", "使える交付金を知りたい。")
        inquiry = ask_secretariat(team, asking, by=viewer_as(boss))
        route_inquiry(inquiry, "mlit", by=viewer_as(boss))
        parts = (Element.INDUSTRY, Element.SIDE_JOB)
        sheet = hand_in_sheet(
            team.period,
            team.challenge.lg_code,
            SheetWords("酒蔵", "休んでいる。", parts, Stage.IDEA, "使える制度", WishedWay.ONLINE),
            by=viewer_as(boss),
        )
        route_sheet(sheet, ["maff", "meti"], sheet.due_on, by=viewer_as(boss))
    action = make_next_action(team, "観光統計を送る", due_on=dt.date(2025, 8, 1))
    alerts = [
        Alert(Rule.QUIET, "最後の活動から40日たっています。", "次の会議の予定を確かめてください。"),
        Alert(
            Rule.ABSENT,
            "青山 一郎さんが3回続けて欠席しています。",
            "業務の状況を確かめてください。",
        ),
    ]
    found = [TeamAlerts(team, alerts), TeamAlerts(team, alerts[:1])]
    common = {
        "base": "https://example.jp",
        "name": "青山 一郎",
        "team": team,
        "secretariat": team.period.secretariat,
        "period": team.period,
        "member": team.members[0],
    }
    session = BriefingSession(number=3, starts_at=start, team_minutes=15, place="中央合同庁舎8号館")
    opening = MemoOpening(
        user=boss, reason="経緯を確かめるため", opened_at=MOMENT, until=MOMENT + OPEN_FOR
    )
    case = made_case(team, CaseState.CONSENTED, viewer_as(boss), viewer_as(boss))
    about_case = {**common, "case": case, "town": team.challenge.municipality}
    asked = {**common, "row": inquiry}
    consulted = {**common, "row": sheet, "ministry": sheet.routings[0].ministry, "again": False}
    acting = {**common, "action": action, "late": 32}
    here = {**common, "user": boss}
    sign_in = SignIn(started_at=MOMENT, device="Firefox（Windows）")
    in_survey = surveyed()
    return {
        "notices/letters/action_due.txt": acting,
        "notices/letters/action_leader.txt": acting,
        "notices/letters/action_overdue.txt": acting,
        "notices/letters/approval_asked.txt": {**common, "approval": approval},
        "notices/letters/approval_decided.txt": {
            **common,
            "approval": approval,
            "page": "/approvals/ID",
        },
        "notices/letters/briefing.txt": {
            **common,
            "seat": BriefingSeat(team=team, session=session, position=1),
        },
        "notices/letters/case_asked.txt": about_case,
        "notices/letters/case_moved.txt": {**about_case, "is_office": True},
        "notices/letters/consultation_answered.txt": consulted,
        "notices/letters/consultation_received.txt": consulted,
        "notices/letters/consultation_replied.txt": consulted,
        "notices/letters/consultation_routed.txt": consulted,
        "notices/letters/digest.txt": {**common, "found": found},
        "notices/letters/inquiry_replied.txt": asked,
        "notices/letters/inquiry_routed.txt": asked,
        "notices/letters/log_correction.txt": {**common, "activity": make_activity(team)},
        "notices/letters/log_objection.txt": {**common, "activity": make_activity(team)},
        "notices/letters/memo_opened.txt": {**common, "opening": opening, "is_team": True},
        "notices/letters/new_member.txt": common,
        "notices/letters/poll_asked.txt": {**common, "poll": poll},
        "notices/letters/poll_decided.txt": {**common, "poll": poll, "activity": chosen},
        "notices/letters/team_alert.txt": {**common, "alerts": alerts},
        "notices/letters/team_municipality.txt": common,
        "notices/letters/team_official.txt": common,
        "notices/letters/unresolved.txt": {**common, "count": 3},
        "people/letters/address.txt": {**here, "at": MOMENT},
        "people/letters/code.txt": {**here, "code": "12345678"},
        "people/letters/invitation.txt": {
            **here,
            "code": "ABCD-EFGH-JKMN",
            "link": "https://example.jp/welcome",
            "expires_at": MOMENT + dt.timedelta(days=14),
        },
        "people/letters/new_device.txt": {**here, "sign_in": sign_in},
        "screening/letters/consent.txt": {**common, "ministry": "総務省", "period": "令和7年度"},
        "surveys/letters/new_link.txt": in_survey,
        "surveys/letters/open.txt": in_survey,
        "surveys/letters/reminded.txt": {
            **in_survey,
            "name": "調整 花子",
            "step": "締切の2業務日後",
            "reminded": ["長野県朝見本町", "長野県糸見本村"],
            "calls": "https://example.jp/rounds/x/calls",
        },
        "surveys/letters/reminder.txt": {**in_survey, "is_late": False, "is_begun": True},
    }


def test_every_letter_reads_as_the_text_beside_says(app: Flask, team: Team) -> None:
    given = contexts(team)
    assert sorted(given) == LETTERS
    assert sorted(path.name for path in TEXTS.glob("*.txt")) == sorted(
        text_beside(template).name for template in LETTERS
    )
    for template in LETTERS:
        made = app.jinja_env.get_template(template).render(given[template])
        for thing in (
            team,
            *(v for v in given[template].values() if getattr(v, "public_id", None)),
        ):
            made = made.replace(thing.public_id, "ID")
        assert made == text_beside(template).read_text(), template


@pytest.mark.parametrize("template", LETTERS)
def test_every_letter_begins_with_whom_it_is_to(template: str) -> None:
    first = text_beside(template).read_text().split("\n\n")[0]
    assert first.endswith("様"), "merged mails take the greeting from there"
