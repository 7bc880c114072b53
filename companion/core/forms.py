"""Forms: Japanese messages, one-time keys for creating, versions for editing."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import current_app, has_request_context, request
from flask_wtf import FlaskForm
from sqlalchemy import String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from wtforms import Field, FieldList, FormField, HiddenField, IntegerField, StringField
from wtforms.widgets import HiddenInput

from companion.core import clock
from companion.core.access import PROOF
from companion.core.db import Base, UtcDateTime, db
from companion.core.html import jdate
from companion.core.text import strip_forbidden

MOST = 2_147_483_647  # what a whole number of a table can hold


class UsedFormKey(Base):
    """A creating form that has been carried out, and the page its result is on."""

    __tablename__ = "used_form_keys"

    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    used_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    location: Mapped[str] = mapped_column(String(500), default="/")
    # Of what was sent, under the secret key: it tells the same from another, and nothing else.
    # Empty for what was carried out before it was kept.
    digest: Mapped[str] = mapped_column(String(64), default="", server_default="")


class AlreadyDone(Exception):
    """The same form arrived before: show the first result instead of doing it again."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


class SentOtherwise(Exception):
    """The form was carried out before with other words: what is typed now is shown, not lost.

    `location` is the first result's address.
    """

    def __init__(self, form: CreatingForm, location: str) -> None:
        super().__init__(location)
        self.location = location
        # What a person typed, as (label, words), and everything the form would send again.
        self.rows = [
            (field.label.text, words)
            for field in form
            if field.type not in UNSEEN and (words := as_words(field))
        ]
        self.held = [(name, value) for name, values in sent_fields() for value in values]
        self.has_files = any(file.filename for _, file in request.files.items(multi=True))


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
        _clean(self)


def _clean(fields: Iterable[Field]) -> None:
    for field in fields:
        if isinstance(field, FieldList):
            _clean(field.entries)
        elif isinstance(field, FormField):
            _clean(field.form)
        elif isinstance(field.data, str):
            field.data = strip_forbidden(field.data)
            if isinstance(field, StringField) and not field.data.strip():
                # Nothing but blanks is nothing typed, also for `InputRequired`.
                field.data, field.raw_data = "", [""] if field.raw_data else field.raw_data
        elif isinstance(field.data, int) and abs(field.data) > MOST:
            field.data = None
            field.process_errors.append(f"{MOST:,}以下の数を入力してください。")


class CreatingForm(Form):
    """A form that makes something new; its key makes ten clicks one row."""

    form_key = HiddenField(default=lambda: secrets.token_urlsafe(24))

    def validate(self, extra_validators: Any = None) -> bool:
        """Look first whether this form was carried out: its rules no longer fit what it has made.

        Raises:
            AlreadyDone: the key was used before.
            SentOtherwise: it was, and other words were sent then.
        """
        key = self.form_key.data if "form_key" in self else None
        used = db.session.get(UsedFormKey, key[:43]) if key else None
        if used is not None:
            raise self._used_up(used)
        return bool(super().validate(extra_validators))

    def _used_up(self, used: UsedFormKey) -> Exception:
        if used.digest and used.digest != _digest_of_sent():
            return SentOtherwise(self, used.location)
        return AlreadyDone(used.location)

    def once(self) -> UsedFormKey:
        """Take the key inside the transaction; set `.location` to the result's address.

        Raises:
            AlreadyDone: the key was used before; the error handler leads to the first result.
            SentOtherwise: it was, and other words were sent then.
        """
        key = (self.form_key.data or secrets.token_urlsafe(24))[:43]
        used = db.session.get(UsedFormKey, key)
        if used is None:
            used = UsedFormKey(key=key, used_at=clock.now(), location="/", digest=_digest_of_sent())
            db.session.add(used)
            try:
                db.session.flush()
            except IntegrityError:
                db.session.rollback()
                first = db.session.get(UsedFormKey, key)
                raise (self._used_up(first) if first else AlreadyDone("/")) from None
            return used
        raise self._used_up(used)


def sent_fields() -> Iterator[tuple[str, list[str]]]:
    """What this request sent in its form, without its token, key, and proof of who is there."""
    for name, values in request.form.lists():
        if name not in {"csrf_token", "form_key"} and not name.startswith(PROOF):
            yield name, values


def _digest_of_sent() -> str:
    if not has_request_context():
        return ""
    digest = hmac.new(str(current_app.secret_key).encode(), digestmod=hashlib.sha256)
    digest.update(repr(sorted(sent_fields())).encode("utf-8", "surrogatepass"))
    for name, file in sorted(request.files.items(multi=True), key=lambda part: part[0]):
        file.stream.seek(0)
        content = hashlib.sha256(file.stream.read()).hexdigest()  # 3 MB at most
        file.stream.seek(0)
        digest.update(repr((name, file.filename, content)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


class EditingForm(Form):
    """A form that changes what exists; it carries the version the person saw."""

    version = IntegerField(widget=HiddenInput())

    def is_stale(self, row: Any) -> bool:
        """True when the row was saved by somebody else after this form was shown."""
        return self.version.data != row.version

    def conflict(
        self,
        stored: Mapping[str, Any],
        *,
        title: str,
        back: str,
        more: Sequence[tuple[str, str, str]] = (),
        names: Mapping[str, str] | None = None,
    ) -> Conflict:
        """What is stored now beside what was typed, for every field in which they differ.

        `stored` is keyed by the names of the fields; `more` are rows of what stands in no field;
        `names` say whose line of a list it is, by what its hidden field holds.
        """
        there = type(self)(formdata=None, data=dict(stored))
        rows = list(more)
        for field in self:
            if field.name == "version" or field.type in UNSEEN:
                continue
            if getattr(field, "choices", None) is not None:
                there[field.name].choices = field.choices
            ours, theirs = as_words(there[field.name], names), as_words(field, names)
            if ours != theirs:
                rows.append((field.label.text, ours, theirs))
        return Conflict(title=title, back=back, rows=rows)


UNSEEN = {"HiddenField", "CSRFTokenField", "SubmitField", "FileField", "MultipleFileField"}
UNSEEN |= {"PasswordField"}


def as_words(field: Any, names: Mapping[str, str] | None = None) -> str:
    """What stands in a field as a person reads it: labels of choices, dates, lists by line."""
    value = field.data
    if isinstance(field, FieldList):
        return "\n".join(filter(None, (_line(entry.form, names or {}) for entry in field)))
    if getattr(field, "choices", None):
        chosen = {str(one) for one in (value if isinstance(value, list | tuple | set) else [value])}
        return "、".join(row.label for row in field.iter_choices() if str(row.value) in chosen)
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return jdate(value)
    if isinstance(value, dt.time):
        return f"{value.hour}:{value.minute:02}"
    if isinstance(value, float | Decimal):
        return f"{value:g}"
    return str(value)


def _line(row: Any, names: Mapping[str, str]) -> str:
    controls = list(row)
    whose = [names[c.data] for c in controls if c.type == "HiddenField" and c.data in names]
    told = [(c.type, as_words(c)) for c in controls if c.type not in UNSEEN]
    # A choice is always made; a line of free text counts once something was written in it.
    if not whose and not any(words for kind, words in told if kind != "SelectField"):
        return ""
    return " ".join(filter(None, [*whose, *(words for _, words in told)]))
