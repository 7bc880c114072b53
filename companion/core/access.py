"""Who may do what: roles, permissions, the mark on every page, and the gate that reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, g, redirect, request, session, url_for
from flask_security import current_user
from werkzeug.wrappers import Response


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
    ACCOUNT_MANAGE = "account:manage"
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
    LOAD_VIEW = "load:view"
    SURVEY_MANAGE = "survey:manage"
    SURVEY_STATUS = "survey:status"
    SURVEY_ANSWER = "survey:answer"
    SURVEY_RESULTS = "survey:results"
    REPORT_VIEW = "report:view"
    REPORT_EXPORT = "report:export"


P, R = Permission, Role
_EVERYONE = frozenset(Role)

# permission -> roles. Which rows of a thing a role sees is decided by each feature's visible_to().
ROLES_OF: dict[Permission, frozenset[Role]] = {
    P.HOME_VIEW: _EVERYONE,
    P.ACCOUNT_OWN: _EVERYONE,
    P.ACCOUNT_MANAGE: frozenset({R.COORDINATOR}),
    P.APPROVAL_VIEW: frozenset({R.COORDINATOR, R.AUDITOR}),
    P.APPROVAL_DECIDE: frozenset({R.COORDINATOR}),
    P.AUDIT_VIEW: frozenset({R.AUDITOR}),
    P.JOB_VIEW: frozenset({R.COORDINATOR}),
    P.PERIOD_MANAGE: frozenset({R.COORDINATOR}),
    P.PLACE_IMPORT: frozenset({R.COORDINATOR}),
    P.APPLICATION_IMPORT: frozenset({R.COORDINATOR}),
    # An official reads the challenge of the own team on the team's page.
    P.CHALLENGE_LIST: frozenset({R.COORDINATOR, R.AUDITOR, R.PREFECTURE, R.MUNICIPALITY}),
    P.OFFICIAL_LIST: frozenset({R.COORDINATOR, R.AUDITOR, R.MINISTRY, R.OFFICIAL}),
    P.SCREENING_VIEW: frozenset({R.COORDINATOR, R.AUDITOR}),
    P.SCREENING_DECIDE: frozenset({R.COORDINATOR}),
    P.MATCH_VIEW: frozenset({R.COORDINATOR, R.AUDITOR}),
    P.MATCH_RUN: frozenset({R.COORDINATOR}),
    P.TEAM_LIST: _EVERYONE,
    P.TEAM_ANNOUNCE: frozenset({R.COORDINATOR}),
    P.TEAM_CHANGE: frozenset({R.COORDINATOR}),
    P.TEAM_CHANGE_VIEW: frozenset({R.COORDINATOR, R.AUDITOR}),
    P.HANDOVER_VIEW: frozenset({R.COORDINATOR, R.OFFICIAL, R.AUDITOR}),
    P.CONTACT_VIEW: frozenset(
        {R.COORDINATOR, R.OFFICIAL, R.MUNICIPALITY, R.PREFECTURE, R.MINISTRY}
    ),
    P.ACTIVITY_LIST: frozenset(
        {R.COORDINATOR, R.OFFICIAL, R.MUNICIPALITY, R.PREFECTURE, R.AUDITOR}
    ),
    P.ACTIVITY_VIEW: frozenset({R.COORDINATOR, R.OFFICIAL, R.MUNICIPALITY, R.AUDITOR}),
    P.ACTIVITY_RECORD: frozenset({R.OFFICIAL}),
    P.ACTIVITY_OVERVIEW: frozenset({R.COORDINATOR, R.AUDITOR}),
    P.ACTION_UPDATE: frozenset({R.OFFICIAL, R.MUNICIPALITY}),
    P.ACTIVITY_CONFIRM: frozenset({R.MUNICIPALITY}),
    P.ACTIVITY_PUBLISH: frozenset({R.COORDINATOR}),
    P.ACTIVITY_EXPORT: frozenset({R.COORDINATOR, R.OFFICIAL, R.MUNICIPALITY}),
    P.POLL_ANSWER: frozenset({R.OFFICIAL, R.MUNICIPALITY}),
    P.CALENDAR_FEED: frozenset({R.OFFICIAL, R.MUNICIPALITY}),
    # A ministry gets counts only, and only of ten officials or more.
    P.LOAD_VIEW: frozenset({R.COORDINATOR, R.OFFICIAL, R.MINISTRY, R.AUDITOR}),
    P.SURVEY_MANAGE: frozenset({R.COORDINATOR}),
    P.SURVEY_STATUS: frozenset({R.COORDINATOR, R.AUDITOR}),
    P.SURVEY_ANSWER: frozenset({R.OFFICIAL, R.MUNICIPALITY}),
    P.SURVEY_RESULTS: frozenset({R.COORDINATOR}),
    P.REPORT_VIEW: frozenset({R.COORDINATOR, R.AUDITOR}),
    P.REPORT_EXPORT: frozenset({R.COORDINATOR}),
}
del P, R


@dataclass(frozen=True)
class Viewer:
    """The person on whose behalf a page is read or an act is done, in one role.

    `lg_code`, `prefecture_code` and `ministry_code` bound what the role reaches; an official is
    known by the e-mail of the application.
    """

    user_id: int
    name: str
    email: str
    role: Role
    lg_code: str | None = None
    prefecture_code: str | None = None
    ministry_code: str | None = None

    def may(self, permission: Permission) -> bool:
        """True when this role holds the permission."""
        return self.role in ROLES_OF[permission]


def viewer_of(user: Any, role: Role) -> Viewer:
    """The viewer that an account is in one of its roles."""
    return Viewer(
        user_id=user.id,
        name=user.name,
        email=user.email,
        role=role,
        lg_code=user.lg_code,
        prefecture_code=user.prefecture_code,
        ministry_code=user.ministry_code,
    )


def roles_held(user: Any) -> list[Role]:
    """The account's roles in the order of the programme's list."""
    names = {role.name for role in user.roles}
    return [role for role in Role if role.value in names]


def viewer() -> Viewer | None:
    """Who is signed in, in the role chosen for this session; None when nobody is."""
    if not current_user.is_authenticated:
        return None
    held = roles_held(current_user)
    if not held:
        return None
    chosen = session.get("role")
    role = Role(chosen) if chosen in held else held[0]
    return viewer_of(current_user, role)


def need_viewer() -> Viewer:
    """Who is signed in; behind the gate there always is somebody."""
    someone = viewer()
    if someone is None:
        abort(404)
    return someone


F = TypeVar("F", bound=Callable[..., Any])
PUBLIC = "public"


# Permissions whose pages show nothing confidential. Every other page leaves a line in the audit
# trail when it is read: a new permission is confidential until it is listed here.
NOT_CONFIDENTIAL = frozenset(
    {
        Permission.HOME_VIEW,
        Permission.ACCOUNT_OWN,
        Permission.JOB_VIEW,
        Permission.PERIOD_MANAGE,
        Permission.PLACE_IMPORT,
        Permission.MATCH_RUN,
        Permission.TEAM_LIST,
        Permission.TEAM_ANNOUNCE,
        Permission.SURVEY_ANSWER,
        Permission.SURVEY_MANAGE,
        Permission.REPORT_VIEW,
    }
)


def needs(permission: Permission, *, reads: bool | None = None) -> Callable[[F], F]:
    """Mark a page function with the permission it needs; put it directly above the function.

    `reads` says that this page shows confidential data (or not) otherwise than its permission
    does in `NOT_CONFIDENTIAL`; each reading of such a page is a line in the audit trail.
    """

    def mark(function: F) -> F:
        function.access_mark = permission  # type: ignore[attr-defined]
        function.reads_mark = reads  # type: ignore[attr-defined]
        return function

    return mark


def needs_fresh(function: F) -> F:
    """Mark a page whose act must not be somebody else's at an open screen (roles, exports).

    Put it between `@needs(...)` and the function. Who has not proved within a quarter of an hour
    who is there is asked for the password first (`people` does the asking).
    """
    function.fresh_mark = True  # type: ignore[attr-defined]
    return function


def public(function: F) -> F:
    """Mark a page function as open to everybody (sign-in, style sheet, health)."""
    function.access_mark = PUBLIC  # type: ignore[attr-defined]
    return function


class UnmarkedEndpoint(RuntimeError):
    """A page has no access mark; the application does not start."""


# Pages of libraries, which cannot carry a mark of ours.
LIBRARY_ENDPOINTS: dict[str, Permission | str] = {
    "static": PUBLIC,
}


def mark_of(app: Flask, endpoint: str) -> Permission | str | None:
    """The access mark of an endpoint, or None when it has none."""
    if endpoint in LIBRARY_ENDPOINTS:
        return LIBRARY_ENDPOINTS[endpoint]
    return getattr(app.view_functions[endpoint], "access_mark", None)


def is_confidential(app: Flask, endpoint: str | None) -> bool:
    """True when reading this page is to be found in the audit trail."""
    if endpoint is None:
        return False
    said: bool | None = getattr(app.view_functions[endpoint], "reads_mark", None)
    mark = mark_of(app, endpoint)
    return said if said is not None else mark != PUBLIC and mark not in NOT_CONFIDENTIAL


def _gate() -> Response | None:
    from flask import current_app

    endpoint = request.endpoint
    if endpoint is None:
        return None  # no such address: the 404 follows
    mark = mark_of(current_app, endpoint)
    if mark == PUBLIC:
        return None
    someone = g.gate_viewer = viewer()
    if someone is None:
        if request.method in {"GET", "HEAD"}:
            return redirect(url_for("signin.sign_in", next=request.full_path.rstrip("?")))
        abort(403)
    if not isinstance(mark, Permission) or not someone.may(mark):
        abort(404)  # out of reach looks the same as not existing
    return None


def init_app(app: Flask) -> None:
    """Put the gate in front of every page and teach templates to ask it."""
    app.before_request(_gate)

    @app.context_processor
    def _ask() -> dict[str, Any]:
        someone = viewer()
        return {
            "viewer": someone,
            "may": (lambda name: someone is not None and someone.may(Permission(name))),
        }


def check_marks(app: Flask) -> None:
    """Refuse to start with an endpoint that nobody decided about.

    Raises:
        UnmarkedEndpoint: naming every endpoint without a mark.
    """
    bare = sorted(
        {r.endpoint for r in app.url_map.iter_rules() if mark_of(app, r.endpoint) is None}
    )
    if bare:
        raise UnmarkedEndpoint("no access mark: " + ", ".join(bare))
