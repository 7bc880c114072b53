"""companion: runs the programme 地方創生伴走支援制度."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix


def create_app(folder: Path | None = None, **overrides: Any) -> Flask:
    """The application on an instance folder; `overrides` are settings for tests.

    Raises:
        BadSettings: a setting is dangerous or missing; says which.
        UnmarkedEndpoint: a page has no access mark.
    """
    from companion import config, navigation
    from companion.core import access, audit, contacts, db, errors, headers, html

    folder = folder or config.instance_folder()
    app = Flask(__name__, instance_path=str(folder.resolve()))
    app.config.from_mapping(config.settings(folder) | overrides)
    if hops := app.config["PROXY_HOPS"]:
        # Only as many proxies as there are: one more, and whoever comes could choose an address.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    db.init_app(app)
    errors.init_app(app)
    headers.init_app(app)
    html.register(app)
    CSRFProtect(app)
    access.init_app(app)
    audit.init_app(app)
    contacts.init_app(app)
    navigation.init_app(app)
    for feature in _features():
        feature.init_app(app)
    access.check_marks(app)
    return app


def serving_app() -> Flask:
    """The application for a web server.

    Raises:
        UnknownSchema: the database is not of the form this program knows.
        BadSettings: the accounts of the demo could be reached from elsewhere.
        Refused: SQLite's file is on a network drive.
    """
    from companion import config
    from companion.core import db, disks
    from companion.people.queries import has_demo_accounts

    app = create_app()
    with app.app_context():
        disks.check_disk()
        db.check_schema()
        if not config.may_serve_demo(app.config["EXTERNAL_BASE_URL"]) and has_demo_accounts():
            raise config.BadSettings(
                "デモ用のアカウントがあるため、外に公開できません。別の COMPANION_INSTANCE で"
                "本番用のデータを作るか、デモとして公開する場合は COMPANION_DEMO=1 としてください。"
            )
        db.db.engine.dispose()  # each worker process opens connections of its own
    return app


def _features() -> list[Any]:
    """Each feature's routes module, in the published order from the ground up."""
    from companion.activities import routes as activities
    from companion.applications import routes as applications
    from companion.approvals import routes as approvals
    from companion.audits import routes as audits
    from companion.boards import routes as boards
    from companion.briefings import routes as briefings
    from companion.cases import routes as cases
    from companion.consultations import routes as consultations
    from companion.freetexts import routes as freetexts
    from companion.indicators import routes as indicators
    from companion.inquiries import routes as inquiries
    from companion.matching import routes as matching
    from companion.memos import routes as memos
    from companion.notices import routes as notices
    from companion.people import routes as people
    from companion.periods import routes as periods
    from companion.proposals import routes as proposals
    from companion.rechecks import routes as rechecks
    from companion.reports import routes as reports
    from companion.screening import routes as screening
    from companion.sharing import routes as sharing
    from companion.statistics import routes as statistics
    from companion.surveys import routes as surveys
    from companion.teamreports import routes as teamreports
    from companion.teams import routes as teams
    from companion.transfers import routes as transfers

    return [
        approvals,
        people,
        audits,
        periods,
        applications,
        proposals,
        rechecks,
        screening,
        teams,
        matching,
        activities,
        indicators,
        inquiries,
        cases,
        memos,
        consultations,
        statistics,
        sharing,
        transfers,
        briefings,
        surveys,
        freetexts,
        teamreports,
        notices,
        reports,
        boards,
    ]
