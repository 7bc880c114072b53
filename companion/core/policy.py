"""The one table of rights: permission × role → which things, and in which state of the thing.

Pages, templates, queries, exports and files ask it through `core.access.Viewer`; nothing else
decides. A permission without a line, or a line of another length, stops the program at import.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The six roles of the programme."""

    COORDINATOR = "coordinator"
    OFFICIAL = "official"
    MUNICIPALITY = "municipality"
    PREFECTURE = "prefecture"
    MINISTRY = "ministry"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """The role as it is written on screen."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.COORDINATOR: "コーディネーター",
    Role.OFFICIAL: "地方創生支援官",
    Role.MUNICIPALITY: "自治体担当者",
    Role.PREFECTURE: "都道府県 連携窓口",
    Role.MINISTRY: "府省庁 担当窓口",
    Role.AUDITOR: "監査",
}


class Permission(StrEnum):
    """What a page or an act needs, named `<resource>:<action>`."""

    HOME_VIEW = "home:view"
    ACCOUNT_OWN = "account:own"
    ACCOUNT_VIEW = "account:view"
    ACCOUNT_MANAGE = "account:manage"
    DEPUTY_MANAGE = "deputy:manage"
    ACCOUNT_CONFIRM = "account:confirm"
    APPROVAL_VIEW = "approval:view"
    APPROVAL_DECIDE = "approval:decide"
    AUDIT_VIEW = "audit:view"
    JOB_VIEW = "job:view"
    PERIOD_MANAGE = "period:manage"
    PLACE_IMPORT = "place:import"
    APPLICATION_IMPORT = "application:import"
    CHALLENGE_LIST = "challenge:list"
    OFFICIAL_LIST = "official:list"
    SCREENING_VIEW = "screening:view"
    SCREENING_DECIDE = "screening:decide"
    CHALLENGE_OPINION = "challenge:opinion"
    OFFICIAL_OPINION = "official:opinion"
    PROPOSAL_VIEW = "proposal:view"
    PROPOSAL_MAKE = "proposal:make"
    PROPOSAL_DECIDE = "proposal:decide"
    MATCH_VIEW = "match:view"
    MATCH_RUN = "match:run"
    TEAM_LIST = "team:list"
    TEAM_ANNOUNCE = "team:announce"
    TEAM_CHANGE = "team:change"
    TEAM_CHANGE_VIEW = "team:change_view"
    HANDOVER_VIEW = "handover:view"
    CONTACT_VIEW = "contact:view"
    ACTIVITY_LIST = "activity:list"
    ACTIVITY_VIEW = "activity:view"
    ACTIVITY_RECORD = "activity:record"
    ACTIVITY_OVERVIEW = "activity:overview"
    ACTION_UPDATE = "action:update"
    ACTIVITY_CONFIRM = "activity:confirm"
    ACTIVITY_PUBLISH = "activity:publish"
    ACTIVITY_EXPORT = "activity:export"
    POLL_ANSWER = "poll:answer"
    CALENDAR_FEED = "calendar:feed"
    INDICATOR_VIEW = "indicator:view"
    INDICATOR_EDIT = "indicator:edit"
    BRIEFING_VIEW = "briefing:view"
    BRIEFING_ARRANGE = "briefing:arrange"
    BRIEFING_DAYS = "briefing:days"
    TEAM_REPORT_VIEW = "team_report:view"
    TEAM_REPORT_WRITE = "team_report:write"
    TEAM_REPORT_CONFIRM = "team_report:confirm"
    TEAM_REPORT_DECIDE = "team_report:decide"
    INQUIRY_VIEW = "inquiry:view"
    INQUIRY_ASK = "inquiry:ask"
    INQUIRY_ANSWER = "inquiry:answer"
    INQUIRY_REPLY = "inquiry:reply"
    CASE_PUBLISHED = "case:published"
    CASE_VIEW = "case:view"
    CASE_WRITE = "case:write"
    CASE_EDIT = "case:edit"
    CASE_CONSENT = "case:consent"
    CASE_DECIDE = "case:decide"
    MEMO_VIEW = "memo:view"
    MEMO_WRITE = "memo:write"
    MEMO_OPEN = "memo:open"
    MEMO_OVERVIEW = "memo:overview"
    CONSULTATION_VIEW = "consultation:view"
    CONSULTATION_WRITE = "consultation:write"
    CONSULTATION_HANDLE = "consultation:handle"
    CONSULTATION_REPLY = "consultation:reply"
    STATISTIC_VIEW = "statistic:view"
    STATISTIC_IMPORT = "statistic:import"
    SHARED_VIEW = "shared:view"
    LOAD_VIEW = "load:view"
    SURVEY_MANAGE = "survey:manage"
    SURVEY_STATUS = "survey:status"
    SURVEY_COUNTS = "survey:counts"
    SURVEY_ANSWER = "survey:answer"
    SURVEY_RESULTS = "survey:results"
    SURVEY_PUBLISHED = "survey:published"
    SURVEY_SHARED_TEXTS = "survey:shared_texts"
    SURVEY_DISCLOSED = "survey:disclosed"
    ALERT_VIEW = "alert:view"
    ALERT_SET = "alert:set"
    OUTBOX_VIEW = "outbox:view"
    OUTBOX_RESOLVE = "outbox:resolve"
    REPORT_VIEW = "report:view"
    REPORT_EXPORT = "report:export"
    ROSTER_EXPORT = "roster:export"


class Scope(StrEnum):
    """Which things of a kind a role reaches. Each feature turns it into a condition of a query."""

    ALL = "all"
    TEAM = "team"  # of the teams the official serves in today (or did at the end of the term)
    PEERS = "peers"  # of every team, for officials who serve in one of them today
    PLACE = "place"  # of the own municipality
    PREFECTURE = "pref"  # of the municipalities of the own prefecture
    MINISTRY = "ministry"  # of the officials of the own ministry
    OWN = "own"  # of the person alone
    COUNT = "count"  # sums over ten people or more, never a person
    NONE = "."


class State(StrEnum):
    """A state of the thing that a right depends on."""

    ANNOUNCED = "announced"
    OPEN = "open"  # a survey that takes answers, an application nobody has decided about
    CLOSED = "closed"  # a survey that takes no answers any more, an application decided about
    OPENED = "opened"  # a team's memos that this person has opened, with a reason and for a day
    DISCLOSED = "disclosed"  # a closed survey that two coordinators let one auditor read
    PUBLISHED = "published"  # results or a good case that the office made known to everybody
    AGREED = "agreed"  # a sheet that its municipality lets this role read


@dataclass(frozen=True)
class Grant:
    """One cell of the table: which things, and only in which state."""

    scope: Scope
    when: State | None = None


# `scope@state`; columns: coordinator, official, municipality, prefecture, ministry, auditor.
# The auditor writes nothing: the gate refuses it whatever stands here.
TABLE = """
home:view          all  own            own             own            own           all
account:own        own  own            own             own            own           own
account:view       all  .              .               .              .             all
account:manage     all  .              .               .              .             .
deputy:manage      .    .              place           .              .             .
account:confirm    all  .              place           .              ministry      .
approval:view      all  .              .               .              .             all
approval:decide    all  .              .               .              .             .
audit:view         .    .              .               .              .             all
job:view           all  .              .               .              .             .
period:manage      all  .              .               .              .             .
place:import       all  .              .               .              .             .
application:import all  .              .               .              .             .
challenge:list     all  .              place           pref           .             all
official:list      all  own            .               .              ministry      all
screening:view     all  .              .               .              .             all
screening:decide   all  .              .               .              .             .
challenge:opinion  .    .              .               pref@open      .             .
official:opinion   .    .              .               .              ministry@open .
proposal:view      all  .              .               .              ministry      all
proposal:make      .    .              .               .              ministry      .
proposal:decide    all  .              .               .              .             .
match:view         all  .              .               .              .             all
match:run          all  .              .               .              .             .
team:list          all  all@announced  all@announced   all@announced  all@announced all
team:announce      all  .              .               .              .             .
team:change        all  .              .               .              .             .
team:change_view   all  .              .               .              .             all
handover:view      all  team@announced .               .              .             all
contact:view       all  team@announced place@announced pref@announced ministry      .
activity:list      all  team@announced place@announced pref@announced .             all
activity:view      all  team@announced place@announced .              .             all
activity:record    .    team@announced .               .              .             .
activity:overview  all  .              .               .              .             all
action:update      .    team@announced place@announced .              .             .
activity:confirm   .    .              place@announced .              .             .
activity:publish   all  .              .               .              .             .
activity:export    all  team@announced place@announced .              .             .
poll:answer        .    team@announced place@announced .              .             .
calendar:feed      .    team@announced place@announced .              .             .
indicator:view     all  team@announced place@announced pref@announced .             all
indicator:edit     .    team@announced place@announced .              .             .
briefing:view      all  all@announced  all@announced   all@announced  all@announced all
briefing:arrange   all  .              .               .              .             .
briefing:days      all  team@announced place@announced .              .             .
team_report:view    all team@announced place@announced .              .             all
team_report:write   .   team@announced .               .              .             .
team_report:confirm .   .              place@announced .              .             .
team_report:decide  all .              .               .              .             .
inquiry:view       all  team@announced place@announced . ministry@announced          all
inquiry:ask        .    team@announced .               .              .             .
inquiry:answer     all  .              .               .              .             .
inquiry:reply      .    .              .               . ministry@announced          .
case:published all@published all@published all@published all@published all@published all@published
case:view          all  team@announced place@announced .              .             all
case:write         .    team@announced .               .              .             .
case:edit          all  team@announced .               .              .             .
case:consent       .    .              place@announced .              .             .
case:decide        all  .              .               .              .             .
memo:view          all@opened team@announced .         .              .             .
memo:write         .    team@announced .               .              .             .
memo:open          all  .              .               .              .             .
memo:overview      .    .              .               .              .             all
consultation:view   all team@agreed    place           pref@agreed    ministry      all
consultation:write  .   .              place           .              .             .
consultation:handle all .              .               .              .             .
consultation:reply  .   .              .               .              ministry      .
statistic:view     all  all            all             all            all           all
statistic:import   all  .              .               .              .             .
shared:view        all  peers@announced .              .              .             all
load:view          all  own            .               .              count         all
survey:manage      all  .              .               .              .             .
survey:status      all  .              .               .              .             all
survey:counts      .    .              .               .              count         .
survey:answer      .    own            place           .              .             .
survey:results     all@closed .        .               .              .             .
survey:published all@published all@published all@published all@published all@published all@published
survey:shared_texts . team@closed      .               .              .             .
survey:disclosed   .    .              .               .              .             all@disclosed
alert:view         all  .              .               .              .             all
alert:set          all  .              .               .              .             .
outbox:view        all  .              .               .              .             all
outbox:resolve     all  .              .               .              .             .
report:view        all  .              .               .              .             all
report:export      all  .              .               .              .             .
roster:export      .    .              .               pref@announced ministry@announced .
"""

# What is left of a right over everything when the term is over: one's own, for reading.
OWN_SCOPE = {
    Role.OFFICIAL: Scope.TEAM,
    Role.MUNICIPALITY: Scope.PLACE,
    Role.PREFECTURE: Scope.PREFECTURE,
    Role.MINISTRY: Scope.MINISTRY,
}
# For so many days; then the account is closed. A right that is not listed ends with the term.
READING_DAYS = 90
LEFT_WHEN_OVER = frozenset(
    {
        Permission.HOME_VIEW,
        Permission.ACCOUNT_OWN,
        Permission.CHALLENGE_LIST,
        Permission.OFFICIAL_LIST,
        Permission.TEAM_LIST,
        Permission.HANDOVER_VIEW,
        Permission.CONTACT_VIEW,
        Permission.ACTIVITY_LIST,
        Permission.ACTIVITY_VIEW,
        Permission.ACTIVITY_EXPORT,
        Permission.INDICATOR_VIEW,
        Permission.CONSULTATION_VIEW,
        Permission.LOAD_VIEW,
        Permission.CASE_VIEW,
        Permission.MEMO_VIEW,
    }
)
NOTHING = Grant(Scope.NONE)
# Whoever may not write may still keep the own account: sign out, pick a role, change the password.
ALWAYS_WRITTEN = frozenset({Permission.ACCOUNT_OWN})


def _read(table: str) -> dict[Permission, dict[Role, Grant]]:
    grants = {}
    for line in table.strip().splitlines():
        name, *cells = line.split()
        grants[Permission(name)] = {
            role: Grant(Scope(scope), State(when) if when else None)
            for role, cell in zip(Role, cells, strict=True)
            for scope, _, when in [cell.partition("@")]
        }
    missing = set(Permission) - set(grants)
    if missing:
        raise LookupError(f"nobody decided who holds {sorted(missing)}: add lines to TABLE")
    return grants


GRANTS: Mapping[Permission, Mapping[Role, Grant]] = _read(TABLE)


def grant(permission: Permission, role: Role, *, is_over: bool = False) -> Grant:
    """What a role holds; `is_over` says that the person's term has ended."""
    found = GRANTS[permission][role]
    if not is_over:
        return found
    if permission not in LEFT_WHEN_OVER:
        return NOTHING
    return Grant(OWN_SCOPE.get(role, Scope.OWN), found.when) if found.scope is Scope.ALL else found


def roles_of(permission: Permission) -> frozenset[Role]:
    """The roles that hold a permission over anything at all."""
    return frozenset(
        role for role, held in GRANTS[permission].items() if held.scope is not Scope.NONE
    )


def may_write(permission: Permission, role: Role, *, is_over: bool = False) -> bool:
    """True when unsafe requests of pages under this permission are open to the role."""
    return permission in ALWAYS_WRITTEN or not (role is Role.AUDITOR or is_over)
