"""Pages about accounts and signing in, and the wiring of the sign-in library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore, current_user

from companion.core.access import roles_held
from companion.core.db import db
from companion.people.factors import SteppedTotp
from companion.people.models import RoleRow, User
from companion.people.offices import read_offices
from companion.people.routes import (
    accounts,
    again,
    deputies,
    offices,
    own,
    passkeys,
    second,
    session,
    signin,
    welcome,
)


def init_app(app: Flask) -> None:
    """Register the pages, and Flask-Security on our accounts.

    The library's own pages stay out: they keep the identity in the cookie, mail codes of six digits
    that any browser may use, and neither wait after failures nor know what a role demands. Its
    password hashes, seeds, recovery codes and identity behind `current_user` are what we use.
    """
    Security(
        app,
        SQLAlchemyUserDatastore(db, User, RoleRow),
        register_blueprint=False,
        totp_cls=SteppedTotp,
    )
    app.config.setdefault("OFFICES", read_offices(Path(app.instance_path)))
    session.init_app(app)
    again.init_app(app)
    offices.init_app(app)
    for pages in (accounts, signin, second, again, welcome, own, deputies, passkeys):
        app.register_blueprint(pages.bp)

    @app.context_processor
    def _roles() -> dict[str, Any]:
        if not current_user.is_authenticated:
            return {"roles_held": []}
        return {"roles_held": roles_held(current_user)}
