"""The menu: what each role finds there, in one order. A page without permission is not shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for

from companion.core.access import Permission, viewer
from companion.periods.models import Period


@dataclass(frozen=True)
class Item:
    """One entry of the menu."""

    endpoint: str
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Group:
    """Entries that belong together; without a label where the whole menu is short."""

    label: str
    items: list[Item]


# More entries than this are shown in groups.
SHORT = 14

# endpoint, label, permission
ENTRIES: list[tuple[str, str, Permission]] = [
    ("boards.home", "ホーム", Permission.HOME_VIEW),
    ("applications.imports", "取込", Permission.APPLICATION_IMPORT),
    ("applications.challenges", "市町村の課題", Permission.CHALLENGE_LIST),
    ("applications.officials", "応募職員", Permission.OFFICIAL_LIST),
    ("proposals.proposals", "職員の推薦", Permission.PROPOSAL_VIEW),
    ("screening.screening", "審査", Permission.SCREENING_VIEW),
    ("screening.challenge_opinions", "課題への意見", Permission.CHALLENGE_OPINION),
    ("screening.official_opinions", "応募への意見", Permission.OFFICIAL_OPINION),
    ("matching.runs", "マッチング", Permission.MATCH_VIEW),
    ("teams.teams", "チーム", Permission.TEAM_LIST),
    ("activities.activities", "活動記録", Permission.ACTIVITY_LIST),
    ("activities.overview", "活動状況", Permission.ACTIVITY_OVERVIEW),
    ("activities.board", "宿題", Permission.ACTIVITY_VIEW),
    ("inquiries.inquiries", "後方支援", Permission.INQUIRY_VIEW),
    ("consultations.consultations", "相談カルテ", Permission.CONSULTATION_VIEW),
    ("statistics.statistics", "統計指標", Permission.STATISTIC_VIEW),
    ("sharing.shared", "チーム間の共有", Permission.SHARED_VIEW),
    ("cases.cases", "好事例", Permission.CASE_PUBLISHED),
    ("briefings.briefings", "報告会", Permission.BRIEFING_VIEW),
    ("teamreports.team_reports", "中間・成果報告", Permission.TEAM_REPORT_VIEW),
    ("activities.load", "従事時間", Permission.LOAD_VIEW),
    ("surveys.my_surveys", "アンケート回答", Permission.SURVEY_ANSWER),
    ("surveys.rounds", "アンケート", Permission.SURVEY_STATUS),
    ("reports.reports", "帳票", Permission.REPORT_VIEW),
    ("reports.published_results", "アンケート結果", Permission.SURVEY_PUBLISHED),
    ("notices.alerts", "注意", Permission.ALERT_VIEW),
    ("notices.letters", "手紙", Permission.OUTBOX_VIEW),
    ("approvals.approvals", "承認", Permission.APPROVAL_VIEW),
    ("memos.overview", "内部メモの状況", Permission.MEMO_OVERVIEW),
    ("audits.trail", "監査記録", Permission.AUDIT_VIEW),
    ("people.accounts", "アカウント", Permission.ACCOUNT_VIEW),
]


# Parts of the house and pages without an entry of their own, and the one they are reached from.
BELONGS = {
    "freetexts": "surveys.rounds",
    "indicators": "teams.teams",
    "memos": "teams.teams",
    "rechecks": "people.accounts",
    "transfers": "teams.teams",
    "reports.own_workbook": "teams.teams",
}

# The first entry of each group.
GROUPS = {
    "boards.home": "",
    "applications.imports": "募集と編成",
    "teams.teams": "伴走",
    "surveys.my_surveys": "評価",
    "notices.alerts": "運営",
}


def groups() -> list[Group]:
    """The menu of who is signed in."""
    shown = {item.endpoint: item for item in items()}
    if len(shown) <= SHORT:
        return [Group("", list(shown.values()))] if shown else []
    found: list[Group] = []
    for endpoint, _, _ in ENTRIES:
        if endpoint in GROUPS:
            found.append(Group(GROUPS[endpoint], []))
        if endpoint in shown:
            found[-1].items.append(shown[endpoint])
    return [group for group in found if group.items]


def items() -> list[Item]:
    """The entries for who is signed in, the present one marked."""
    someone = viewer()
    if someone is None:
        return []
    here = None if g.get("is_failure") else request.endpoint
    entries = [
        (endpoint, label)
        for endpoint, label, permission in ENTRIES
        if someone.may(permission) and endpoint in current_app.view_functions
    ]
    if g.get("period") is None:
        # Without any period only pages without a year can be linked.
        entries = (
            [entry for entry in entries if not _needs_year(entry[0])] if _no_period() else entries
        )
    current = _entry_for(here or "", [endpoint for endpoint, _ in entries])
    return [
        Item(endpoint, label, url_for(endpoint), endpoint == current) for endpoint, label in entries
    ]


def _entry_for(here: str, entries: list[str]) -> str | None:
    """The entry a page belongs to: itself, its list (`challenge` of `challenges`), or its part."""
    if here in entries:
        return here
    owner = BELONGS.get(here) or BELONGS.get(here.partition(".")[0])
    if owner in entries:
        return owner
    feature = here.partition(".")[0] + "."
    related = [endpoint for endpoint in entries if endpoint.startswith(feature)]
    listed = [endpoint for endpoint in related if endpoint.startswith(here)]
    return next(iter(listed or related), None)


def _needs_year(endpoint: str) -> bool:
    return current_app.url_map.is_endpoint_expecting(endpoint, "year")


def _newest() -> Period | None:
    from companion.periods.queries import all_periods

    return next(iter(all_periods()), None)


def _no_period() -> bool:
    return _newest() is None


def init_app(app: Flask) -> None:
    """Give templates the menu and the demo's band."""

    @app.context_processor
    def _menu() -> dict[str, Any]:
        # A failure's page shows the newest period, whatever the address was about; so does a page
        # without a period, such as signing in.
        period = (None if g.get("is_failure") else g.get("period")) or _newest()
        return {
            "navigation": groups(),
            "demo_mode": period is not None and period.is_demo,
        }
