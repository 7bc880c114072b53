"""A small world with everything twice: what each role may reach, and the same of somebody else."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from companion.activities.actions.attaching import attach
from companion.activities.actions.scheduling import ask_for_date, make_feed
from companion.activities.terms import ActivityKind
from companion.activities.written import Plan
from companion.applications.actions import stage_import
from companion.applications.models import Official
from companion.approvals.actions import approve, ask, carried_out_by
from companion.briefings.actions import (
    SessionWords,
    add_unsuitable_day,
    make_sessions,
    move_team,
    publish_programme,
)
from companion.cases.terms import CaseState
from companion.consultations.actions import SheetWords, hand_in_sheet, keep_gathered, route_sheet
from companion.consultations.actions import reply as reply_to_sheet
from companion.consultations.actions import send_answer as send_sheet
from companion.consultations.models import Consultation
from companion.consultations.terms import Element, Stage, WishedWay
from companion.core import clock
from companion.core.access import PUBLIC, ROLES_OF, Permission, Role, Viewer, mark_of
from companion.core.db import db, saved
from companion.core.jobs import Job, JobState
from companion.core.mail import Letter, LetterKind, choices_link, post
from companion.core.sheets import read_workbook
from companion.freetexts.models import FreeText, TextTag
from companion.indicators.models import Indicator, IndicatorValue
from companion.inquiries.actions import Question, ask_secretariat, handle, route_inquiry
from companion.inquiries.terms import InquiryKind, InquiryState
from companion.matching.actions import begin_draft, record_run
from companion.matching.queries.freezing import freeze
from companion.matching.score import PARTS
from companion.matching.solution import Solution, Status
from companion.matching.solution import Team as ScoredTeam
from companion.memos.actions import edit_entry, open_memos, write_entry
from companion.notices.queries import Post
from companion.people.limits import Browser as PersonsBrowser
from companion.people.models import Passkey, User
from companion.people.signing_in import open_sign_in
from companion.proposals.models import Proposal
from companion.reports import actions as reporting
from companion.reports.templating import add_template
from companion.screening.models import ConflictOfInterest, Opinion
from companion.screening.terms import Stance
from companion.statistics.actions import keep_preview, stage_upload, take_upload
from companion.statistics.models import Statistic
from companion.surveys.actions import close_round, open_round, publish_results, record_answer_sets
from companion.surveys.actions.disclosing import ask_to_disclose
from companion.surveys.models import FormReturn, Invitation
from companion.surveys.terms import Outcome
from companion.teamreports.actions import begin_report
from companion.teamreports.terms import ReportKind
from companion.teams.models import Team
from companion.teams.terms import TeamState, Visibility
from tests.kit.cases import made_case
from tests.kit.makers import (
    account_of,
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
from tests.kit.workbooks import challenge_list, figure_list, form_of_office

Kind = Literal["own", "other", "hidden", "missing"]
Requests = tuple[Kind, ...]
KINDS: tuple[Kind, ...] = ("own", "other", "hidden", "missing")
MISSING = "zzzzzzzzzzzzzzzz"
EVERYONE = frozenset(Role)
STAFF = frozenset({Role.COORDINATOR, Role.AUDITOR})


@dataclass
class World:
    """One account a role, and every kind of thing: own, somebody else's, not yet announced."""

    users: dict[Role, User] = field(default_factory=dict)
    # first part of the address -> kind -> what stands in the address
    things: dict[str, dict[Kind, str]] = field(default_factory=dict)


# Which roles reach somebody else's thing, and one that is not announced. Own things are reached by
# every role that holds the page's permission, unless OWN says otherwise.
OTHER: dict[str, frozenset[Role]] = {
    "teams": EVERYONE,
    "members": STAFF,
    "challenges": STAFF,
    "officials": STAFF,
    "activities": STAFF,
    "logs": frozenset(),  # what a team writes: its address names the team
    "actions": STAFF,
    "files": STAFF,
    "polls": STAFF,
    "records": STAFF,
    "matching": STAFF,
    "drafts": STAFF,
    "letters": STAFF,
    "jobs": STAFF,
    "imports": STAFF,
    "rounds": STAFF,
    "survey-results": EVERYONE,
    "disclosed-answers": frozenset(),
    "texts": STAFF,
    "tags": STAFF,
    "invitations": STAFF,
    "form-returns": STAFF,
    "answer": frozenset({Role.MUNICIPALITY}),
    "accounts": STAFF,
    "approvals": STAFF,
    "exports": STAFF,
    "report-templates": STAFF,
    "conflicts": STAFF,
    "proposals": STAFF,
    "indicators": STAFF,
    "briefings": STAFF,
    "inquiries": STAFF,
    "cases": STAFF,
    "case-articles": EVERYONE,
    "memos": frozenset(),
    "memo-entries": frozenset(),
    "consultations": STAFF,
    "statistics": EVERYONE,
    "places": EVERYONE,
    "statistic-uploads": STAFF,
    "shared-logs": STAFF | {Role.OFFICIAL},
    "shared-inquiries": STAFF | {Role.OFFICIAL},
    "team-reports": STAFF,
    "briefing-teams": STAFF,
    "briefing-days": STAFF,
    "sign-ins": frozenset(),
    "passkeys": frozenset(),
}
HIDDEN: dict[str, frozenset[Role]] = {
    "teams": STAFF,
    "answer": frozenset(),
    "survey-results": frozenset(),
    # What its team has not shared is no shared thing to anybody.
    "case-articles": frozenset(),
    "shared-logs": frozenset(),
    "shared-inquiries": frozenset(),
    # Handed in, shown to nobody else yet.
    "consultations": STAFF | {Role.MUNICIPALITY},
}
OWN: dict[str, frozenset[Role]] = {
    # A coordinator's opening of these has run out.
    "memos": frozenset({Role.OFFICIAL}),
    "memo-entries": frozenset({Role.OFFICIAL}),
    # An official reads the own team's challenge on the page of the team.
    "challenges": EVERYONE - {Role.OFFICIAL},
    # "own" is an official's invitation, "other" a municipality's, "hidden" somebody else's.
    "answer": frozenset({Role.OFFICIAL}),
}

# Arguments that are words instead of a thing's public id.
WORDS_IN_ADDRESSES = {
    "kind": "templates",
    "file_type": "audit_files",
    "pack": "packs",
    "survey_id": "surveys",
    "office": "offices",
    "token": "tokens",
    "signed": "choices",
    "feed": "feeds",
}

# A page that all who hold its mark may read, and only some may act on.
ACTING: dict[tuple[str, str], Permission] = {
    ("matching.runs", "POST"): Permission.MATCH_RUN,
    ("activities.action", "POST"): Permission.ACTION_UPDATE,
    ("reports.report", "POST"): Permission.REPORT_EXPORT,
}


@carried_out_by("example", label="例")
def _nothing(approval: object, by: object) -> str:
    return "/"


def build(year: int = 2025, *, near_code: str = "20", ministry: str = "mic") -> World:
    """Make the world; a second one beside it in another year, prefecture and ministry."""
    world = World()
    period = make_period(year)
    near, far = (
        make_municipality(prefecture_code=near_code),
        make_municipality(prefecture_code="30"),
    )
    third = make_municipality(prefecture_code="30")
    people = itertools.count(1)

    def somebody(code: str) -> Official:
        email = f"shienkan{year}{next(people):02d}@ministry.example.go.jp"
        return make_official(period=period, ministry_code=code, email=email)

    own = make_team(
        make_challenge(near, period=period),
        [somebody(ministry), somebody("meti"), somebody("mlit")],
    )
    other = make_team(
        make_challenge(far, period=period), [somebody("env"), somebody("env"), somebody("env")]
    )
    hidden = make_team(make_challenge(third, period=period), state=TeamState.PROPOSED)
    official = account_of(own.members[0].official)
    world.users = {
        Role.COORDINATOR: make_user(Role.COORDINATOR),
        Role.OFFICIAL: official,
        Role.MUNICIPALITY: make_user(Role.MUNICIPALITY, municipality=near),
        Role.PREFECTURE: make_user(Role.PREFECTURE, prefecture_code=near_code),
        Role.MINISTRY: make_user(Role.MINISTRY, ministry_code=ministry),
        Role.AUDITOR: make_user(Role.AUDITOR),
    }
    ours, theirs = make_activity(own, author=official), make_activity(other)
    stranger = account_of(other.members[0].official)
    with saved():
        for user in (*world.users.values(), stranger):
            user.confirmed_on = dt.date(2025, 1, 1)  # to be confirmed again
    with saved():
        frozen = freeze(period, team_count=1)
        runs = [
            record_run(
                period,
                frozen,
                Solution(
                    Status.OPTIMAL,
                    (ScoredTeam(t.challenge.lg_code, _keys(t), 0, dict.fromkeys(PARTS, 0)),),
                    objective=0,
                    bound=0,
                ),
                by=None,
            )
            for t in (own, other)
        ]
        drafts = [begin_draft(run, str(number), by=None) for number, run in enumerate(runs)]
        jobs = [
            Job(kind="match", title="マッチング", state=state)
            for state in (JobState.RUNNING, JobState.FAILED)
        ]
        db.session.add_all(jobs)
        uploads = [
            stage_import(
                "challenges",
                challenge_list(wrong=True),
                "市町村応募一覧.xlsx",
                period=period,
                by=viewer_as(world.users[Role.COORDINATOR]),
            )
            for _ in range(2)
        ]
    with saved():
        coordinator = viewer_as(world.users[Role.COORDINATOR])
        requests = [
            ask(
                "example",
                f"{year}/{number}",
                title="例",
                reason="例のため",
                by=coordinator,
                lines=["例の文"],
            )
            for number in range(2)
        ]
    with saved():
        conflicts = [
            ConflictOfInterest(
                official_id=member.official_id,
                prefecture_code="13",
                reason="例",
                found_by_id=world.users[Role.COORDINATOR].id,
            )
            for member in (own.members[1], other.members[1])
        ]
        db.session.add_all(conflicts)
        for team in (own, other):
            for subject, stance, role in (
                ({"challenge_id": team.challenge_id}, Stance.CONCERN, Role.PREFECTURE),
                ({"official_id": team.members[0].official_id}, Stance.DISAGREED, Role.MINISTRY),
            ):
                author = world.users[role].id
                said = {"version": 1, "stance": stance, "note": "例", "given_by_id": author}
                db.session.add(Opinion(**subject, **said))
    with saved():
        proposals = [
            Proposal(
                period_id=period.id,
                ministry_code=code,
                name="例",
                kana="れい",
                division="例",
                post="例",
                email=team.members[0].official.email,  # who has an account: none is opened
                reason="例",
                proposed_by_id=world.users[Role.MINISTRY].id,
            )
            for team, code in ((own, ministry), (other, "env"))
        ]
        db.session.add_all(proposals)
    with saved():
        files = [attach(row, "資料.txt", b"minutes", by=None) for row in (ours, theirs)]
        start = clock.now() + dt.timedelta(days=7)
        plan = Plan(ActivityKind.ONLINE_MEETING, start, start + dt.timedelta(hours=1))
        starts = [start, start + dt.timedelta(days=1)]
        polls = [ask_for_date(team, plan, starts, by=None) for team in (own, other)]
        _, secret = make_feed(own, by=viewer_as(official))
    with saved():
        exports = [
            reporting.make_export(period, reporting.Wanted(pack), by=None, origin="例")[0]
            for pack in ("applications", "teams")
        ]
    with saved():
        forms = [
            add_template(period, pack, "様式", form_of_office(), "様式.xlsx", by=coordinator)
            for pack in ("applications", "teams")
        ]
    world.things["feeds"] = {"own": secret, "missing": MISSING}
    link = choices_link("a@example.go.jp").rpartition("/")[2]
    world.things["choices"] = {"own": link, "missing": MISSING}
    with saved():
        troubled = []
        for number in range(2):
            letter = post(
                f"example/{year}/{number}",
                LetterKind.TEAM,
                to="a@example.go.jp",
                subject="例",
                body="例",
            )
            assert letter is not None
            letter.state = "expired"
            troubled.append(Post(letter))
    with saved():
        indicators = [
            Indicator(
                team_id=team.id,
                name="宿泊者数",
                unit="人",
                baseline=1,
                baseline_on=period.first_day,
                target=2,
                target_on=period.last_day,
                source="例",
                values=[
                    IndicatorValue(
                        measured_on=period.first_day,
                        value=1,
                        note="例",
                        entered_by_id=world.users[Role.COORDINATOR].id,
                    )
                ],
            )
            for team in (own, other)
        ]
        db.session.add_all(indicators)
    with saved():
        question = Question(InquiryKind.SCHEME, "例", "例", "例")
        told = replace(question, visibility=Visibility.ALL_TEAMS)
        inquiries = [
            ask_secretariat(team, question, by=viewer_as(user))
            for team, user in ((own, official), (other, stranger))
        ]
        for row, code in zip(inquiries, (ministry, "env"), strict=True):
            route_inquiry(row, code, by=coordinator)
        answers = [
            ask_secretariat(team, told, by=viewer_as(user))
            for team, user in ((own, official), (other, stranger))
        ]
        for row in answers:
            handle(row, InquiryState.ANSWERED, "例", "", row.due_on, by=coordinator)
    cases = [
        made_case(team, state, viewer_as(user), coordinator)
        for state in (CaseState.DRAFT, CaseState.PUBLISHED)
        for team, user in ((own, official), (other, stranger))
    ]
    memos = []
    with clock.held(clock.now() - dt.timedelta(days=2)), saved():
        for team, user in ((own, official), (other, stranger)):
            memos.append(write_entry(team, "例", by=viewer_as(user)))
            edit_entry(memos[-1], "例の文", by=viewer_as(user))
            open_memos(team, "例", by=coordinator)
    with saved():
        sheets = [
            _sheet(team, code, by=coordinator) for team, code in ((own, ministry), (other, "env"))
        ]
        silent = hand_in_sheet(period, near.lg_code, SHEET, by=coordinator)
    workbook = figure_list({near.lg_code: [1_000, 30.5], far.lg_code: [2_000, "三割"]})
    figures = read_workbook(workbook)
    with saved():
        uploaded = [
            stage_upload(workbook, "統計.xlsx", period=period, by=coordinator)[0] for _ in range(2)
        ]
        for row in uploaded:
            keep_preview(row, figures)
        take_upload(uploaded[1], figures, by=coordinator)
    shared_logs = [make_activity(team, visibility=Visibility.ALL_TEAMS) for team in (own, other)]
    with saved():
        team_reports = [
            begin_report(team, ReportKind.INTERIM, by=viewer_as(user))
            for team, user in ((own, official), (other, stranger))
        ]
    with saved():
        first = SessionWords(clock.now() + dt.timedelta(days=9), 12, 10, "例", "https://a.example")
        sessions = make_sessions(period, 2, first, by=None)
    with saved():
        move_team(own, sessions[0], by=None)
        move_team(other, sessions[1], by=None)
        publish_programme(period, by=None)
        add_unsuitable_day(own, period.first_day, "例", by=viewer_as(official))
        add_unsuitable_day(other, period.first_day, "例", by=viewer_as(stranger))
    pairs = {
        "letters": (troubled[0], troubled[1]),
        "files": (files[0], files[1]),
        "exports": (exports[0], exports[1]),
        "report-templates": (forms[0], forms[1]),
        "polls": (polls[0], polls[1]),
        "conflicts": (conflicts[0], conflicts[1]),
        "proposals": (proposals[0], proposals[1]),
        "approvals": (requests[0], requests[1]),
        "imports": (uploads[0], uploads[1]),
        "teams": (own, other),
        "indicators": (indicators[0], indicators[1]),
        "team-reports": (team_reports[0], team_reports[1]),
        "inquiries": (inquiries[0], inquiries[1]),
        "cases": (cases[0], cases[1]),
        "case-articles": (cases[2], cases[3]),
        "memos": (own, other),
        "memo-entries": (memos[0], memos[1]),
        "consultations": (sheets[0], sheets[1]),
        "shared-inquiries": (answers[0], answers[1]),
        "shared-logs": (shared_logs[0], shared_logs[1]),
        "briefings": (sessions[0], sessions[1]),
        "briefing-teams": (own, other),
        "briefing-days": (own, other),
        "members": (own.members[0], other.members[0]),
        "challenges": (own.challenge, other.challenge),
        "officials": (own.members[0].official, other.members[0].official),
        "activities": (ours, theirs),
        "logs": (own, other),
        "records": (own, other),
        "actions": (make_next_action(activity=ours), make_next_action(activity=theirs)),
        "matching": (runs[0], runs[1]),
        "drafts": (drafts[0], drafts[1]),
        "jobs": (jobs[0], jobs[1]),
        "accounts": (stranger, world.users[Role.AUDITOR]),
    }
    for name, (mine, foreign) in pairs.items():
        world.things[name] = {
            "own": mine.public_id,
            "other": foreign.public_id,
            "missing": MISSING,
        }
    with saved():
        foreign_sign_in = open_sign_in(
            stranger,
            token=f"{year}" + "t" * 39,
            browser=PersonsBrowser("", "", "d" * 43),
            via="password",
        )
    with saved():
        foreign_key = Passkey(
            user_id=stranger.id, name="例", credential_id=b"example%d" % year, public_key=b"example"
        )
        db.session.add(foreign_key)
    world.things["passkeys"] = {"other": foreign_key.public_id, "missing": MISSING}
    world.things["sign-ins"] = {"other": foreign_sign_in.public_id, "missing": MISSING}
    _ask(world, own, other)
    world.things["teams"]["hidden"] = hidden.public_id
    world.things["case-articles"]["hidden"] = cases[1].public_id
    world.things["shared-logs"]["hidden"] = theirs.public_id
    world.things["shared-inquiries"]["hidden"] = inquiries[1].public_id
    world.things["statistic-uploads"] = {
        "own": uploaded[0].public_id,
        "other": uploaded[1].public_id,
        "missing": MISSING,
    }
    statistic = db.session.scalars(select(Statistic)).first()
    assert statistic is not None
    world.things["statistics"] = {"own": statistic.public_id, "missing": MISSING}
    world.things["places"] = {"own": near.lg_code, "other": far.lg_code, "missing": "000000"}
    world.things["consultations"]["hidden"] = silent.public_id
    world.things["audit_files"] = {"own": "csv", "missing": "nothing"}
    world.things["offices"] = {"own": "example", "missing": "nothing"}
    world.things["packs"] = {"own": "applications", "missing": "nothing"}
    world.things["templates"] = {"own": "challenges", "missing": "nothing"}
    return world


SHEET = SheetWords(
    "例", "例", (Element.INDUSTRY, Element.SIDE_JOB), Stage.IDEA, "例", WishedWay.ONLINE, "例"
)


def _sheet(team: Team, code: str, *, by: Viewer) -> Consultation:
    """A sheet that its town lets everybody read, answered once and being gathered again."""
    town = team.challenge.lg_code
    row = hand_in_sheet(team.period, town, SHEET, is_for_team=True, is_for_prefecture=True, by=by)
    route_sheet(row, [code, "cao"], row.due_on, by=by)
    for routing in row.routings:
        reply_to_sheet(row, routing, "例", by=by)
    send_sheet(row, "例", by=by)
    keep_gathered(row, "例", by=by)
    return row


def _keys(team: Team) -> tuple[str, ...]:
    return tuple(member.official.email for member in team.members)


def _ask(world: World, own: Team, other: Team) -> None:
    """Two surveys of this year that are open, and one of the year before that is closed."""
    before = make_period(own.period.fiscal_year - 1)
    make_team(make_challenge(own.challenge.municipality, period=before))
    with saved():
        closed = open_round("municipality_eval", before, by=None)
        words = {"change": "視点が変わった。", "change__consent": "yes"}
        record_answer_sets(closed, [{"overall": "5", "cont": "dk", **words}])
        close_round("municipality_eval", before, by=None)
        publish_results(closed, by=None)
        asked = open_round("official_eval", own.period, by=None)
        open_round("municipality_eval", own.period, by=None)
    invitations = {
        (row.team_id, row.official_id): row.public_id
        for row in db.session.scalars(select(Invitation))
    }
    addressee = own.members[0].official.email
    letter = db.session.scalars(
        select(Letter.body).where(Letter.recipient == addressee, Letter.body.contains("/s/"))
    ).first()
    token = re.search(r"/s/([\w-]+)", letter or "")
    assert token is not None, letter
    returned = FormReturn(
        batch="b",
        filename="回答票.xlsx",
        outcome=Outcome.FAULTY,
        invitation_id=None,
        file=b"file",
        taken_at=clock.now(),
    )
    with saved():
        db.session.add(returned)
    text = db.session.scalars(select(FreeText).where(FreeText.round_id == closed.id)).one()
    tag = db.session.scalars(select(TextTag)).first()
    assert tag is not None
    with saved():
        disclosed = ask_to_disclose(
            closed,
            world.users[Role.AUDITOR],
            "例のため",
            by=viewer_as(world.users[Role.COORDINATOR]),
        )
        approve(disclosed, by=viewer_as(make_user(Role.COORDINATOR)))
    world.things |= {
        "disclosed-answers": {
            "own": closed.public_id,
            "other": asked.public_id,
            "missing": MISSING,
        },
        "texts": {"own": text.public_id, "missing": MISSING},
        "tags": {"own": tag.public_id, "missing": MISSING},
        "invitations": {"own": invitations[own.id, None], "missing": MISSING},
        "form-returns": {"own": returned.public_id, "missing": MISSING},
        "rounds": {"own": closed.public_id, "other": asked.public_id, "missing": MISSING},
        "survey-results": {
            "own": closed.public_id,
            "hidden": asked.public_id,
            "missing": MISSING,
        },
        "surveys": {"own": "official_eval", "missing": "nothing"},
        "tokens": {"own": token[1], "missing": MISSING},
        "answer": {
            "own": invitations[own.id, own.members[0].official_id],
            "other": invitations[own.id, None],
            "hidden": invitations[other.id, other.members[0].official_id],
            "missing": MISSING,
        },
    }


@dataclass(frozen=True)
class Wanted:
    """One request: what is asked for, and whose thing it is."""

    endpoint: str
    method: str
    path: str
    kind: Kind
    thing: str | None  # first part of the address when it names a thing

    def is_reached_by(self, role: Role) -> bool:
        """True when this thing exists for the role (which also needs the page's permission)."""
        if self.kind == "missing":
            return False
        if self.thing is None:
            return True
        if self.kind == "own":
            return role in OWN.get(self.thing, EVERYONE)
        return role in (OTHER if self.kind == "other" else HIDDEN)[self.thing]


def allowed(app: Flask, wanted: Wanted, role: Role) -> bool:
    """What the one role table and the reach of the thing say."""
    mark = ACTING.get((wanted.endpoint, wanted.method)) or mark_of(app, wanted.endpoint)
    if mark != PUBLIC and role not in ROLES_OF[Permission(str(mark))]:
        return False
    return wanted.is_reached_by(role)


class UnknownThingError(LookupError):
    """A page names a thing that this world does not hold: add it to `build` and to OTHER."""


def requests_of(app: Flask, world: World, kinds: tuple[Kind, ...] = KINDS) -> Iterator[Wanted]:
    """Every page of the application with every thing it can name, from the URL map.

    Raises:
        UnknownThingError: a new kind of page has come that this world does not know.
    """
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for kind, path, thing in _paths(app, rule, world):
                if kind in kinds:
                    yield Wanted(rule.endpoint, method, path, kind, thing)


def _paths(app: Flask, rule: Rule, world: World) -> Iterator[tuple[Kind, str, str | None]]:
    values: dict[str, object] = {"year": 2025, "number": 1}
    named = [name for name in rule.arguments if name not in values]
    if named:
        thing = WORDS_IN_ADDRESSES.get(named[0]) or rule.rule.split("<")[0].strip("/").split("/")[0]
        if len(named) > 1 or thing not in world.things:
            raise UnknownThingError(f"{rule.rule} ({rule.endpoint})")
        for kind, value in world.things[thing].items():
            yield kind, _build(app, rule, values | {named[0]: value}), thing
        return
    yield "own", _build(app, rule, values), None
    if "year" in rule.arguments:
        yield "missing", _build(app, rule, values | {"year": 1999}), None


def _build(app: Flask, rule: Rule, values: dict[str, object]) -> str:
    built = rule.build({name: values[name] for name in values if name in rule.arguments})
    assert built is not None, rule.rule
    return built[1]


def fingerprint() -> str:
    """A hash of every row of every table but the audit trail, which grows by being read."""
    digest = hashlib.sha256()
    db.session.rollback()
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            if table.name == "audit_lines":
                continue
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            digest.update(f"{table.name} {len(rows)} {rows}".encode())
    return digest.hexdigest()
