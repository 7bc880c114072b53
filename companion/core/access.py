"""Who is there, the mark on every page, and the gate that asks the table of `core.policy`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, g, redirect, request, session, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from companion.core import policy
from companion.core.policy import Grant, Permission, Role, Scope, State

__all__ = [
    "NOT_CONFIDENTIAL",
    "PUBLIC",
    "ROLES_OF",
    "Grant",
    "Permission",
    "Role",
    "Scope",
    "State",
    "UnmarkedEndpoint",
    "Viewer",
]

# permission -> roles, as most pages and templates ask. Which things a role reaches is in the scope.
ROLES_OF = {permission: policy.roles_of(permission) for permission in Permission}


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
    # The last day of a term that is over: from then on the own may be read for a while.
    term_ended_on: dt.date | None = None

    @property
    def is_over(self) -> bool:
        """True when the person's term has ended."""
        return self.term_ended_on is not None

    @property
    def closes_on(self) -> dt.date | None:
        """The last day on which somebody whose term is over may read."""
        return self.term_ended_on and self.term_ended_on + dt.timedelta(days=policy.READING_DAYS)

    def grant(self, permission: Permission) -> Grant:
        """Which things the permission reaches, and in which state of the thing."""
        return policy.grant(permission, self.role, is_over=self.is_over)

    def may(self, permission: Permission, state: State | None = None) -> bool:
        """True when this role holds the permission (over a thing in that state, where given)."""
        held = self.grant(permission)
        if held.scope is Scope.NONE:
            return False
        return state is None or held.when in {None, state}


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
        term_ended_on=user.term_ended_on,
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
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ASKING = frozenset({"GET", "HEAD", "POST"})  # methods of pages that ask for a new proof
PROOF = "again-"  # how the fields of that proof begin, beside those of the form that waits for it


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
        Permission.BRIEFING_VIEW,
        Permission.BRIEFING_ARRANGE,
        Permission.STATISTIC_VIEW,
        Permission.STATISTIC_IMPORT,
        Permission.SURVEY_ANSWER,
        Permission.SURVEY_MANAGE,
        Permission.SURVEY_PUBLISHED,
        Permission.CASE_PUBLISHED,
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
    """Mark a page that must not be somebody else's at an open screen (second factors, names).

    Put it between `@needs(...)` and the function. Who has not proved within a quarter of an hour
    who is there is asked first (`people` does the asking); what was sent goes on afterwards.
    """
    function.fresh_mark = ASKING  # type: ignore[attr-defined]
    return function


def needs_fresh_to_send(function: F) -> F:
    """Mark a page that anybody with the right may look at, but whose form is such an act."""
    function.fresh_mark = frozenset({"POST"})  # type: ignore[attr-defined]
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
    may_write = policy.may_write(mark, someone.role, is_over=someone.is_over)
    if request.method not in SAFE and not may_write:
        abort(404)  # whoever writes nothing finds no act, whatever page carries it
    return None


def _refuse_foreign() -> None:
    """Refuse a change that a page of another site asks for, whatever token it carries."""
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(400)
    # Browsers say "null" for pages that send no Referer, as ours; the token decides about those.
    origin = request.headers.get("Origin", "null")
    if origin != "null" and urlsplit(origin).netloc != request.host:
        abort(400)


def init_app(app: Flask) -> None:
    """Put the gate in front of every page and teach templates to ask it."""
    app.before_request(_refuse_foreign)
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
