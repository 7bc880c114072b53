"""Writing one letter from its template."""

from __future__ import annotations

from typing import Any

from flask import current_app

from companion.core.mail import LetterKind, is_address, post


def write(
    key: str, kind: LetterKind, template: str, *, to: str, subject: str, **values: Any
) -> bool:
    """One letter; the same key never goes out twice, nor does one without an address.

    True when it is new.
    """
    if not is_address(to):
        return False
    base = current_app.config["EXTERNAL_BASE_URL"]
    body = current_app.jinja_env.get_template(f"notices/letters/{template}.txt")
    # Not render_template: a letter is the same whoever is signed in when it is written.
    letter = post(key, kind, to=to, subject=subject, body=body.render(base=base, **values))
    return letter is not None
