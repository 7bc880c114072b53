"""Forms: Japanese messages, one-time keys for creating, versions for editing."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from wtforms import HiddenField, IntegerField
from wtforms.widgets import HiddenInput

from companion.core import clock
from companion.core.db import Base, UtcDateTime, db
from companion.core.text import strip_forbidden


class UsedFormKey(Base):
    """A creating form that has been carried out, and the page its result is on."""

    __tablename__ = "used_form_keys"

    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    used_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    location: Mapped[str] = mapped_column(String(500), default="/")


class AlreadyDone(Exception):
    """The same form arrived before: show the first result instead of doing it again."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


class Conflict(Exception):
    """Somebody saved the same thing in between; both texts are shown, neither is lost.

    `rows` holds (field label, what is stored now, what was typed) for the fields that differ.
    """

    def __init__(self, *, title: str, back: str, rows: list[tuple[str, str, str]]) -> None:
        super().__init__(title)
        self.title, self.back, self.rows = title, back, rows


class Form(FlaskForm):
    """The base of every form: Japanese messages of WTForms."""

    class Meta(FlaskForm.Meta):
        locales = ["ja"]

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Read what was sent, without characters that no text may hold (control, bidi marks)."""
        super().process(*args, **kwargs)
        for field in self:
            if isinstance(field.data, str):
                field.data = strip_forbidden(field.data)


class CreatingForm(Form):
    """A form that makes something new; its key makes ten clicks one row."""

    form_key = HiddenField(default=lambda: secrets.token_urlsafe(24))

    def once(self) -> UsedFormKey:
        """Take the key inside the transaction; set `.location` to the result's address.

        Raises:
            AlreadyDone: the key was used before; the error handler leads to the first result.
        """
        key = (self.form_key.data or secrets.token_urlsafe(24))[:43]
        used = db.session.get(UsedFormKey, key)
        if used is None:
            used = UsedFormKey(key=key, used_at=clock.now(), location="/")
            db.session.add(used)
            try:
                db.session.flush()
            except IntegrityError:
                db.session.rollback()
                first = db.session.get(UsedFormKey, key)
                raise AlreadyDone(first.location if first else "/") from None
            return used
        raise AlreadyDone(used.location)


class EditingForm(Form):
    """A form that changes what exists; it carries the version the person saw."""

    version = IntegerField(widget=HiddenInput())

    def is_stale(self, row: Any) -> bool:
        """True when the row was saved by somebody else after this form was shown."""
        return self.version.data != row.version
